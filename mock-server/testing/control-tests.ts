/** The tests that control has to pass over every transport. A transport runs them with a factory of its own. */

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodeAdvertisingToken } from '../../contract-tests/wire/index.ts';
import { type Control, type Identifier, type MockOperator, startMockOperator } from '../index.ts';
import { refusalOf } from './refusals.ts';
import { type Controlled, testJournal, testWorld } from './world-control-tests.ts';
import { embeddedKeys, post } from './caller.ts';

/** Makes the control of an operator that runs in this process. */
type ControlOf = (mock: MockOperator) => Control | Promise<Control>;

const START = Date.UTC(2026, 4, 1);
const USER = { email: 'controlled@example.com' };
const EMBEDDED_OPT_OUT = { email: 'local-mock-optout@example.com' };

/** What an operator answers to a generation, with the common state or that of a test id. */
async function statusOf(mock: MockOperator, identity: object, testId = ''): Promise<string> {
  const url = testId === '' ? mock.url : `${mock.url}/__test/${testId}`;
  return (await post({ ...mock, url }, '/v2/token/generate', { ...identity, policy: 1 })).json.status;
}

function testClock(use: () => Controlled): void {
  it('is frozen by set, moved by advance, and runs on after resume', async () => {
    const { control, mock } = use();
    await control.clock.set('2026-05-01T00:00:00Z');
    const frozen = { now: '2026-05-01T00:00:00.000Z', now_ms: START, frozen: true, rate: 0 };
    expect(await control.clock.get()).toEqual({ ...frozen, envelopes: 'clock' });
    await control.clock.advance('90d');
    await control.clock.advance(1);
    expect(mock.clock.now()).toBe(START + 90 * 86_400_000 + 1);
    await control.clock.set(new Date(START));
    expect(mock.clock.now()).toBe(START);
    await control.clock.resume();
    expect(await control.clock.get()).toMatchObject({ frozen: false, rate: 1 });
  });

  it('is frozen where it stands, runs at another rate, and checks envelopes by the time of the machine', async () => {
    const { control } = use();
    await control.clock.freeze();
    expect(await control.clock.get()).toMatchObject({ frozen: true });
    await control.clock.run(60);
    await control.clock.checkEnvelopesBy('real');
    expect(await control.clock.get()).toMatchObject({ frozen: false, rate: 60, envelopes: 'real' });
  });

  it.each<[string, (control: Control) => Promise<void>, object]>([
    ['a time', ({ clock }) => clock.set('yesterday'), { field: 'clock.set', got: '"yesterday"' }],
    ['a number', ({ clock }) => clock.set(NaN), { field: 'clock.set', got: 'NaN' }],
    ['a duration', ({ clock }) => clock.advance('a day'), { field: 'clock.advance' }],
    ['an infinite duration', ({ clock }) => clock.advance(Infinity), { field: 'clock.advance' }],
    ['a duration beyond all dates', ({ clock }) => clock.advance(1e17), { field: 'clock.advance' }],
    ['a rate', ({ clock }) => clock.run(0), { field: 'clock.rate', got: '0' }],
  ])('refuses %s that is invalid, and stays', async (_case, change, refusal) => {
    const { control } = use();
    await control.clock.set(START);
    expect(await refusalOf(change(control))).toMatchObject({ code: 'invalid', ...refusal });
    expect(await control.clock.get()).toMatchObject({ now_ms: START, frozen: true });
  });
}

function testFaults(use: () => Controlled): void {
  const httpOf = async ({ url }: MockOperator): Promise<number> =>
    (await fetch(`${url}/v1/token/generate`)).status;

  it('are ordered by preset or by members, listed with their counts, and removed', async () => {
    const { control, mock } = use();
    const [limited, gone] = await control.faults.add([
      { preset: 'rate-limited', times: 1 },
      { status: 410, headers: { 'retry-after': 3 }, latency: '1ms' },
    ]);
    expect(limited).toMatchObject({ id: 'f1', preset: 'rate-limited', status: 429, hits: 0, left: 1 });
    expect(gone).toEqual({
      id: 'f2',
      status: 410,
      headers: { 'retry-after': 3 },
      latency: 1,
      hits: 0,
      applied: 0,
      left: null,
    });
    expect([await httpOf(mock), await httpOf(mock)]).toEqual([429, 410]);
    expect(await control.faults.list()).toMatchObject([
      { id: 'f1', hits: 1, left: 0 },
      { id: 'f2', hits: 1, left: null },
    ]);
    await control.faults.remove('f2');
    expect(await httpOf(mock)).toBe(401);
    await control.faults.add({ preset: 'down' });
    await control.faults.clear();
    expect([await httpOf(mock), await control.faults.list()]).toEqual([401, []]);
  });

  it('are refused by the name of the function', async () => {
    const { control } = use();
    const unknown = { preset: 'rate-limit' };
    expect(await refusalOf(control.faults.add(unknown))).toMatchObject({
      code: 'invalid',
      field: 'faults.preset',
      got: '"rate-limit"; did you mean rate-limited?',
    });
    expect(await refusalOf(control.faults.add([{ hang: true }, {}]))).toMatchObject({ field: 'faults[1]' });
    expect(await refusalOf(control.faults.remove('f9'))).toMatchObject({
      code: 'missing',
      field: 'faults.id',
    });
    expect(await control.faults.list()).toEqual([]);
  });
}

function testOptOuts(use: () => Controlled): void {
  it.each<[string, Identifier, Identifier]>([
    ['an address', { email: ' Controlled@Example.com' }, USER],
    ['a phone', { phone: '+12345678955' }, { phone: '+12345678955' }],
    ['a hash', { email_hash: 'tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=' }, { email: 'user@example.com' }],
  ])('adds and removes %s', async (_case, identifier, asked) => {
    const { control, mock } = use();
    await control.optOuts.add(identifier);
    expect(await statusOf(mock, asked)).toBe('optout');
    await control.optOuts.remove(identifier);
    expect(await statusOf(mock, asked)).toBe('success');
  });

  it('adds and removes a raw UID and a first-level hash', async () => {
    const { control, mock } = use();
    const { body } = (await post(mock, '/v2/token/generate', { ...USER, policy: 1 })).json;
    const { raw_uid } = decodeAdvertisingToken(body.advertising_token, embeddedKeys);
    await control.optOuts.add({ raw_uid });
    expect(await statusOf(mock, USER)).toBe('optout');
    await control.optOuts.remove({ raw_uid });
    expect(await statusOf(mock, USER)).toBe('success');
    await control.optOuts.add(USER);
    const listed = (await control.optOuts.list()).find((one) => one.raw_uid === raw_uid);
    const first_level_hash = String(listed?.first_level_hash);
    await control.optOuts.remove({ first_level_hash });
    expect(await statusOf(mock, USER)).toBe('success');
    await control.optOuts.add({ first_level_hash });
    expect(await statusOf(mock, USER)).toBe('optout');
  });

  it('lists opt-outs with their times in ms, those of the world too, and clears all', async () => {
    const { control, mock } = use();
    const [ofWorld] = await control.optOuts.list();
    await control.clock.set(START);
    await control.optOuts.add([USER, { phone: '+12345678956', at: '2026-01-01T00:00:00.007Z' }]);
    await control.optOuts.add({ email: 'dated@example.com', at: new Date(5) });
    const list = await control.optOuts.list();
    expect(list).toContainEqual(ofWorld);
    expect(list.map(({ at }) => at).sort((a, b) => a - b)).toEqual([
      5,
      ofWorld?.at,
      Date.UTC(2026, 0, 1) + 7,
      START,
    ]);
    await control.optOuts.clear();
    expect(await control.optOuts.list()).toEqual([]);
    expect(await statusOf(mock, EMBEDDED_OPT_OUT)).toBe('success');
  });

  it.each<[unknown, object]>([
    [{}, { field: 'optOuts', got: 'none' }],
    [
      { email: 'a@example.com', phone: '+12345678901' },
      { field: 'optOuts', got: 'email, phone' },
    ],
    [{ email: 'a' }, { field: 'optOuts.email', got: 'an invalid one' }],
    [{ email: 7 }, { field: 'optOuts.email', got: '7' }],
    [{ mail: 'a@example.com' }, { field: 'optOuts', got: '"mail"; did you mean email?' }],
    [null, { field: 'optOuts' }],
  ])('refuses to add %j', async (identifier, refusal) => {
    const { control } = use();
    const before = await control.optOuts.list();
    const good = { email: 'all-or-none@example.com' };
    expect(await refusalOf(control.optOuts.add(identifier as Identifier))).toMatchObject(refusal);
    expect(await refusalOf(control.optOuts.add([good, identifier as Identifier]))).toMatchObject({
      code: 'invalid',
      field: expect.stringMatching(/^optOuts\[1\]/),
    });
    expect(await control.optOuts.list()).toEqual(before);
  });

  it('refuses to remove what names nobody, and removes none', async () => {
    const { control } = use();
    const before = await control.optOuts.list();
    expect(before).toHaveLength(1);
    for (const identifier of [{}, { email: 'a' }, { email: 'a@example.com', phone: '+12345678901' }]) {
      expect(await refusalOf(control.optOuts.remove(identifier))).toMatchObject({ code: 'invalid' });
    }
    expect(await control.optOuts.list()).toEqual(before);
  });
}

function testTestIds(use: () => Controlled): void {
  it('have opt-outs and a clock of their own, which begin as the common ones', async () => {
    const { control, mock } = use();
    await control.clock.set(START);
    const [one, two] = [control.isolate('one'), control.isolate('two')];
    await one.optOuts.add(USER);
    await two.clock.advance('1h');
    expect(await Promise.all(['one', 'two', ''].map((id) => statusOf(mock, USER, id)))).toEqual([
      'optout',
      // its clock is an hour ahead of the envelope
      'client_error',
      'success',
    ]);
    const times = await Promise.all([one, two, control].map(async ({ clock }) => (await clock.get()).now_ms));
    expect(times).toEqual([START, START + 3_600_000, START]);
    expect(await control.optOuts.list()).toHaveLength(1);
    expect(await one.optOuts.list()).toHaveLength(2);
    await one.reset();
    expect(await statusOf(mock, USER, 'one')).toBe('success');
  });
}

/** Runs the tests of control over one transport. */
export function testControl(controlOf: ControlOf): void {
  let mock: MockOperator;
  let control: Control;
  const use = (): Controlled => ({ mock, control });
  beforeAll(async () => {
    mock = await startMockOperator();
    control = await controlOf(mock);
  });
  afterEach(() =>
    Promise.all([mock, ...['one', 'two'].map((id) => mock.isolate(id))].map((one) => one.reset())),
  );
  afterAll(() => mock.close());

  describe('the clock', () => {
    testClock(use);
  });
  describe('opt-outs', () => {
    testOptOuts(use);
  });
  describe('faults', () => {
    testFaults(use);
  });
  describe('test ids', () => {
    testTestIds(use);
  });

  describe('the world', () => {
    testWorld(use);
  });
  describe('the journal', () => {
    testJournal(use);
  });

  it('reset brings back everything, or the parts that are named', async () => {
    const change = async (): Promise<void> => {
      await control.clock.set(START);
      await control.optOuts.add(USER);
      await control.optOuts.remove(EMBEDDED_OPT_OUT);
    };
    const state = async () => [
      (await control.clock.get()).frozen,
      await statusOf(mock, USER),
      await statusOf(mock, EMBEDDED_OPT_OUT),
    ];
    await change();
    await control.reset(['clock']);
    expect(await state()).toEqual([false, 'optout', 'success']);
    await change();
    await control.reset(['optouts']);
    expect(await state()).toEqual([true, 'success', 'optout']);
    await change();
    await control.reset();
    expect(await state()).toEqual([false, 'success', 'optout']);
    const unknown = 'journal' as 'requests';
    expect(await refusalOf(control.reset([unknown]))).toMatchObject({ code: 'invalid', got: '"journal"' });
  });
}
