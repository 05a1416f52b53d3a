/** Opt-outs of many at once: over HTTP, from another process, and in this one. */

import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type ConnectedOperator,
  type MockOperator,
  type OptOutRequest,
  connectMockOperator,
  startMockOperator,
} from '../index.ts';
import { inWords, scaled } from '../testing/scale.ts';

let mock: MockOperator;
let remote: ConnectedOperator;
beforeAll(async () => {
  mock = await startMockOperator();
  remote = await connectMockOperator(mock.url);
});
afterAll(async () => {
  await remote.close();
  await mock.close();
});
beforeEach(() => mock.optOuts.clear());

const email = (index: number): string => `person-${index}@example.com`;

async function post(body: string, testId = ''): Promise<{ status: number; json: unknown }> {
  const prefix = testId === '' ? '' : `/__test/${testId}`;
  const answer = await fetch(`${mock.url}${prefix}/__admin/optouts/import`, { method: 'POST', body });
  return { status: answer.status, json: await answer.json() };
}

const count = async (): Promise<number> => (await mock.optOuts.list()).length;

describe('an import over HTTP', () => {
  it('adds an opt-out a line, of every kind, and ignores blank lines', async () => {
    const hash = Buffer.alloc(32, 1).toString('base64');
    const lines = [
      { email: email(1), at: 0 },
      { phone: '+15555550100', at: -5 },
      { email_hash: hash, at: '2026-01-31T12:00:00.001Z' },
      { phone_hash: Buffer.alloc(32, 3).toString('base64') },
      { first_level_hash: Buffer.alloc(32, 4).toString('base64') },
      { raw_uid: Buffer.alloc(33, 2).toString('base64'), at: 1.5 },
    ];
    const body = lines.map((line) => JSON.stringify(line)).join('\r\n\n  \n');
    expect(await post(body)).toEqual({ status: 200, json: { added: lines.length } });
    expect(await count()).toBe(lines.length);
    const times = (await mock.optOuts.list()).map(({ at }) => at);
    expect(times).toEqual(expect.arrayContaining([0, -5, Date.UTC(2026, 0, 31, 12, 0, 0, 1), 1]));
  });

  it('of nothing adds nothing', async () => {
    expect(await post('')).toEqual({ status: 200, json: { added: 0 } });
    expect(await post('\n\n')).toEqual({ status: 200, json: { added: 0 } });
  });

  it('reads characters that are cut between two pieces', async () => {
    const sent = request(`${mock.url}/__admin/optouts/import`, { method: 'POST' });
    const answer = once(sent, 'response');
    for (const byte of Buffer.from('{"email":"\u00fc@example.com","at":7}\n{"email":"a@example.com"}')) {
      sent.write(Buffer.of(byte));
    }
    sent.end();
    const [response] = await answer;
    response.resume();
    expect([response.statusCode, await count()]).toEqual([200, 2]);
  });

  it('of a test id is seen by that id alone', async () => {
    expect(await post(JSON.stringify({ email: email(1) }), 'importer')).toMatchObject({ status: 200 });
    expect([await count(), (await mock.isolate('importer').optOuts.list()).length]).toEqual([0, 1]);
  });

  it.each([
    ['{"email":"x@example.com"', 'line 3', 'an object in JSON', 'a text that is not'],
    ['[]', 'line 3', 'an object', 'a list'],
    ['{"email":"nobody"}', 'line 3.email', 'a valid email', 'an invalid one'],
    ['{"email":"a@example.com","phone":"+15555550100"}', 'line 3', 'exactly one of', 'email, phone'],
    ['{"mail":"a@example.com"}', 'line 3', 'members', '"mail"; did you mean email?'],
    ['{"email":"a@example.com","at":"soon"}', 'line 3.at', 'epoch ms', '"soon"'],
    ['{"email":"a@example.com","at":9e99}', 'line 3.at', 'epoch ms', '9e+99'],
    [`{"email":"${'a'.repeat(70_000)}`, 'line 3', 'at most', 'at least'],
  ])('stops at a bad line: %.50s', async (line, field, expected, got) => {
    const good = JSON.stringify({ email: email(1) });
    const { status, json } = await post(`${good}\n\n${line}\n${good}`);
    expect(status).toBe(400);
    expect(json).toMatchObject({
      error: { field, expected: expect.stringContaining(expected), got: expect.stringContaining(got) },
    });
    expect(json).toMatchObject({ error: { got: expect.stringMatching(/; 1 before it were added$/) } });
    expect(await count()).toBe(1);
  });

  it('answers a bad line while more is sent', async () => {
    const good = `${JSON.stringify({ email: email(1) })}\n`;
    const { status } = await post(`{}\n${good.repeat(200_000)}`);
    expect(status).toBe(400);
  });
});

describe.each<[string, () => Pick<MockOperator, 'optOuts'>]>([
  ['in process', () => mock],
  ['from another process', () => remote],
])('an import %s', (_, use) => {
  it('takes a list, a generator and an async generator', async () => {
    function* few(from: number): Generator<OptOutRequest> {
      for (let index = from; index < from + 3; index++) yield { email: email(index), at: new Date(index) };
    }
    async function* later(): AsyncGenerator<OptOutRequest> {
      yield* few(10);
    }
    expect(await use().optOuts.import([{ email: email(0) }])).toBe(1);
    expect(await use().optOuts.import(few(1))).toBe(3);
    expect(await use().optOuts.import(later())).toBe(3);
    expect(await use().optOuts.import([])).toBe(0);
    expect(await count()).toBe(7);
  });

  it('names the entry that is invalid', async () => {
    const given = use().optOuts.import([{ email: email(0) }, { email: 'nobody' }]);
    await expect(given).rejects.toMatchObject({ name: 'ControlError', field: 'optOuts.line 2.email' });
    expect(await count()).toBe(1);
  });
});

describe('an import of many', () => {
  const many = scaled(1_000_000);

  it(`of ${inWords(many)} keeps no other client waiting, and is counted and found at once`, async () => {
    const body = Array.from({ length: many }, (_, index) =>
      JSON.stringify({ email: email(index), at: index }),
    );
    let isDone = false;
    const importing = post(body.join('\n')).finally(() => {
      isDone = true;
    });
    const waits: number[] = [];
    while (!isDone) {
      const since = performance.now();
      await (await fetch(`${mock.url}/ops/healthcheck`)).text();
      waits.push(performance.now() - since);
    }
    expect(await importing).toEqual({ status: 200, json: { added: many } });
    // 50 ms on an idle machine; the client of this test shares the process with the mock
    expect(waits.sort((a, b) => a - b)[Math.floor(waits.length / 2)]).toBeLessThan(500);
    expect(waits.at(-1)).toBeLessThan(2000);
    const answer = await fetch(`${mock.url}/__admin/optouts?limit=2`);
    const { count: counted, optouts } = (await answer.json()) as { count: number; optouts: unknown[] };
    expect([counted, optouts.length]).toEqual([many, 2]);
    const removed = await fetch(`${mock.url}/__admin/optouts?email=${email(many - 1)}`, { method: 'DELETE' });
    expect(await removed.json()).toEqual({ removed: 1 });
  });
});
