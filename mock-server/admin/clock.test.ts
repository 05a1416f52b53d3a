/** The clock: over HTTP, by its options, and with fake timers in the same process. */

import { afterEach, describe, expect, it, vi } from 'vitest';
import { compose } from '../compose.ts';
import { type MockOperator, type MockOperatorOptions, startMockOperator } from '../index.ts';
import { listen } from '../listen.ts';
import { admin, adminOk } from '../testing/admin.ts';
import { clientGenerate, companyOf, get, post } from '../testing/caller.ts';

const started: MockOperator[] = [];
const start = async (options: MockOperatorOptions = {}): Promise<MockOperator> => {
  const mock = await startMockOperator(options);
  started.push(mock);
  return mock;
};
afterEach(async () => {
  vi.useRealTimers();
  for (const mock of started.splice(0)) await mock.close();
});

const DAY_MS = 86_400_000;
const START = Date.UTC(2027, 0, 1);
const email = 'clock@example.com';
const generate = async (mock: MockOperator, timestampMs?: number) =>
  post(mock, '/v2/token/generate', { email }, timestampMs === undefined ? {} : { timestampMs });

/** An operator whose machine has a time of its own. */
async function onMachine(options: MockOperatorOptions = {}) {
  const machine = { now: START };
  const mock = await listen(await compose(options, { machine: () => machine.now }));
  started.push(mock);
  return { mock, machine };
}

describe('over HTTP', () => {
  it('is set, advanced, frozen, released and run at a rate', async () => {
    const { mock, machine } = await onMachine();
    const change = (body: object) => adminOk(mock, 'POST /clock', body);
    const at = (ms: number) => new Date(START + ms).toISOString();
    expect(await adminOk(mock, 'GET /clock')).toEqual({
      now: at(0),
      now_ms: START,
      frozen: false,
      rate: 1,
      envelopes: 'clock',
    });
    expect(await change({ advance: '90d' })).toMatchObject({ now: at(90 * DAY_MS), frozen: false });
    expect(await change({ advance: -1000 })).toMatchObject({ now: at(90 * DAY_MS - 1000) });
    expect(await change({ set: at(0) })).toMatchObject({ now_ms: START, frozen: true, rate: 0 });
    machine.now += 5000;
    expect(await change({ resume: true })).toMatchObject({ now_ms: START, rate: 1 });
    machine.now += 5000;
    expect(await change({ freeze: true })).toMatchObject({ now_ms: START + 5000, frozen: true });
    machine.now += 5000;
    expect(await change({ rate: 60 })).toMatchObject({ now_ms: START + 5000, rate: 60, frozen: false });
    machine.now += 1000;
    expect(mock.clock.now()).toBe(START + 65_000);
    const { json } = await generate(mock);
    expect(json.body.identity_expires).toBe(START + 65_000 + 3_600_000);
    await adminOk(mock, 'POST /reset', { only: ['clock'] });
    expect(mock.clock.now()).toBe(machine.now);
  });

  it.each([
    [{}, 'body: expected exactly one of set, advance, freeze, resume, rate; got none'],
    [
      { set: 0, advance: 1 },
      'body: expected exactly one of set, advance, freeze, resume, rate; got set, advance',
    ],
    [{ rate: 0 }, 'rate: expected a number above 0, at most 1000000; got 0'],
    [{ rate: 2_000_000 }, 'rate: expected at most 1000000; got 2000000'],
    [{ freeze: false }, 'freeze: expected true; got false'],
    [{ envelopes: 'machine' }, 'envelopes: expected one of clock, real; got "machine"'],
    [{ advance: '90 days' }, /^advance: expected ms, or a text such as 500ms/],
    [{ advance: 1e300 }, /^advance: expected a duration to a time that a date can hold; got 1e\+300$/],
    [{ set: 'tomorrow' }, /^set: expected epoch ms or an ISO 8601 date/],
    [{ forward: 1 }, /^body: expected members set, advance, /],
  ])('refuses %j', async (body, message) => {
    const mock = await start();
    const before = await adminOk(mock, 'POST /clock', { freeze: true });
    const { status, json } = await admin(mock, 'POST /clock', body);
    expect(status).toBe(400);
    expect(json.error.message).toMatch(message);
    expect(await adminOk(mock, 'GET /clock')).toEqual(before);
  });
});

describe('the times in envelopes', () => {
  it('are checked against the clock, or, when it is asked for, against the time of the machine', async () => {
    const { mock, machine } = await onMachine();
    await adminOk(mock, 'POST /clock', { advance: '90d' });
    expect((await generate(mock, machine.now)).status).toBe(400);
    expect((await generate(mock)).status).toBe(200);
    const set = await adminOk(mock, 'POST /clock', { envelopes: 'real' });
    expect(set).toMatchObject({ envelopes: 'real', now_ms: START + 90 * DAY_MS });
    const { status, json } = await generate(mock, machine.now);
    expect([status, json.body.identity_expires]).toEqual([200, START + 90 * DAY_MS + 3_600_000]);
    expect((await generate(mock)).status).toBe(400);
    await adminOk(mock, 'POST /reset', { only: ['clock'] });
    expect(await adminOk(mock, 'GET /clock')).toMatchObject({ envelopes: 'clock', now_ms: START });
  });

  it('follow the machine from the start with envelopeClock real, after a reset too', async () => {
    const mock = await start({ now: START, envelopeClock: 'real' });
    expect((await generate(mock, Date.now())).status).toBe(200);
    expect((await generate(mock)).status).toBe(400);
    await mock.clock.checkEnvelopesBy('clock');
    expect((await generate(mock)).status).toBe(200);
    await mock.reset();
    expect((await generate(mock, Date.now())).status).toBe(200);
    const running = await start({ envelopeClock: 'real' });
    await running.clock.advance('90d');
    expect((await generate(running, Date.now())).status).toBe(200);
  });

  it('do not matter to client-side generation, whose age no operator checks', async () => {
    const mock = await start({ now: START, envelopeClock: 'real' });
    expect(
      (await clientGenerate(mock, { email_hash: 'eVvLS/Vg+YZ6+z3i0NOpSXYyQAfEXqCZ7BTpAjFUBUc=' })).status,
    ).toBe(200);
  });
});

describe("clock 'process'", () => {
  it('follows Date.now() of the process, fake timers included', async () => {
    const mock = await start({ clock: 'process' });
    expect(Math.abs(mock.clock.now() - Date.now())).toBeLessThan(60_000);
    vi.useFakeTimers({ now: START, toFake: ['Date'] });
    expect(mock.clock.now()).toBe(START);
    vi.setSystemTime(START + 90 * DAY_MS);
    const { json } = await generate(mock, Date.now());
    expect(json.body.identity_expires).toBe(START + 90 * DAY_MS + 3_600_000);
    await mock.clock.set(0);
    vi.setSystemTime(START);
    expect(mock.clock.now()).toBe(0);
    await mock.reset();
    expect(mock.clock.now()).toBe(START);
  });

  it('has no start of its own', async () => {
    await expect(start({ clock: 'process', now: START })).rejects.toThrow(
      /^now: expected no clock beside it, .*; got both$/,
    );
    await expect(start({ clock: 'machine' } as object)).rejects.toThrow(
      /^clock: expected process; got machine$/,
    );
  });
});

describe('with fake timers in the process', () => {
  const everything = [
    'setTimeout',
    'clearTimeout',
    'setInterval',
    'clearInterval',
    'setImmediate',
    'clearImmediate',
    'performance',
    'Date',
  ] as const;
  const emails = Array.from({ length: 2000 }, (_, index) => `user${index}@example.com`);

  it.each([{}, { clock: 'process' }] as const)(
    'works with %j: long requests, /__admin, close',
    async (options) => {
      vi.useFakeTimers({ now: START, toFake: [...everything] });
      const mock = await startMockOperator(options);
      const mapped = await post(mock, '/v2/identity/map', { email: emails });
      expect(mapped.json.body.mapped).toHaveLength(emails.length);
      expect(await adminOk(mock, 'GET /health')).toMatchObject({ up: true });
      const credential = companyOf(mock);
      await mock.faults.add({ latency: 5, times: 1 });
      expect((await get(mock, '/v1/key/latest', {}, { credential })).status).toBe(200);
      expect(await mock.journal.wait({ client: 'Nobody' }, { timeout: 5 })).toEqual([]);
      await mock.close();
    },
  );

  it('is not moved by them unless asked', async () => {
    const mock = await start();
    vi.useFakeTimers({ now: START, toFake: ['Date'] });
    expect(Math.abs(mock.clock.now() - START)).toBeGreaterThan(0);
    const before = mock.clock.now();
    vi.setSystemTime(START + 90 * DAY_MS);
    expect(mock.clock.now() - before).toBeLessThan(DAY_MS);
  });
});
