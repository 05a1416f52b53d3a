/** Requests that wait while faults, connections or the mock come to their end; and faults and requests at random. */

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compose } from '../compose.ts';
import { type FaultRequest, type MockOperator, faultPresets, startMockOperator } from '../index.ts';
import { listen } from '../listen.ts';
import { StoreAway } from '../operator/state/store.ts';
import { bearer, companyOf } from '../testing/caller.ts';
import '../testing/random.ts';
import { rawAnswer, sealedAnswer } from '../testing/raw-answers.ts';
import { scaled } from '../testing/scale.ts';
import { sendBytes } from '../testing/wire-client.ts';

const PATIENT = { timeout: 10_000 };
const EMAIL = 'waits@example.com';
const GENERATE_V1 = `/v1/token/generate?email=${EMAIL}`;

let mock: MockOperator;
const log: string[] = [];
beforeEach(async () => {
  log.length = 0;
  mock = await startMockOperator({ log: (_level, line) => log.push(line) });
});
afterEach(() => mock.close());

const ask = (signal?: AbortSignal) =>
  rawAnswer(mock.url, GENERATE_V1, { headers: bearer(companyOf(mock)), ...(signal && { signal }) });

/** How long it takes to close, in ms. */
async function closingTime(): Promise<number> {
  const begun = performance.now();
  await mock.close();
  return performance.now() - begun;
}

/** Resolves when a request has met the fault. */
const untilMet = () =>
  expect.poll(async () => (await mock.faults.list())[0]?.hits, PATIENT).toBeGreaterThan(0);

describe('a request that hangs', () => {
  it('does not hold up close()', async () => {
    await mock.faults.add({ hang: true });
    const hanging = [ask(), ask(), ask()];
    await expect.poll(() => log.length, PATIENT).toBe(3);
    // two seconds are the grace period of other connections
    expect(await closingTime()).toBeLessThan(10_000);
    for (const { status, isBroken } of await Promise.all(hanging)) {
      expect([status, isBroken]).toEqual([undefined, true]);
    }
  });

  it('hangs on when its fault is removed; other requests are served meanwhile', async () => {
    await mock.faults.add({ hang: true });
    const giveUp = new AbortController();
    let isOver = false;
    const hanging = ask(giveUp.signal).then(() => (isOver = true));
    await expect.poll(() => log.length, PATIENT).toBe(1);
    await mock.faults.clear();
    expect((await ask()).status).toBe(200);
    expect(isOver).toBe(false);
    giveUp.abort();
    await hanging;
  });

  it('does not hold up those behind it for longer than its connection lasts', async () => {
    await mock.faults.add({ hang: true, route: '/v1/*' });
    const pipeline = Array.from({ length: 20 }, () => `GET ${GENERATE_V1} HTTP/1.1\r\nHost: x\r\n\r\n`).join(
      '',
    );
    const answers = sendBytes(mock.url, Buffer.from(pipeline), false);
    await expect.poll(() => log.length, PATIENT).toBe(20);
    await mock.close();
    expect(await answers).toBe('');
  });
});

it('a request that is reset takes no answer with it that was given before on its connection', async () => {
  await mock.faults.add({ reset: 'before', route: '/v2/token/generate' });
  const requests =
    'GET /ops/healthcheck HTTP/1.1\r\nHost: x\r\n\r\n' +
    'POST /v2/token/generate HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n';
  const received = await sendBytes(mock.url, Buffer.from(requests), false);
  expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
});

describe('a request that waits', () => {
  it('is answered at once when the mock closes', async () => {
    await mock.faults.add({ latency: '1d' });
    const waiting = ask();
    await untilMet();
    expect(await closingTime()).toBeLessThan(10_000);
    const { status, headers } = await waiting;
    expect([status, headers.connection]).toEqual([200, 'close']);
  });

  it('is answered as its fault said when that is removed meanwhile', async () => {
    await mock.faults.add({ latency: 100, status: 503 });
    const waiting = ask();
    await untilMet();
    await mock.faults.clear();
    expect((await waiting).status).toBe(503);
  });

  it('may be given up by its client', async () => {
    await mock.faults.add({ latency: '1d' });
    const giveUp = new AbortController();
    const waiting = ask(giveUp.signal);
    await untilMet();
    giveUp.abort();
    expect((await waiting).isBroken).toBe(true);
    await expect.poll(() => log.length, PATIENT).toBe(1);
  });
});

it('with the store away nothing is counted, and requests are served as if no fault were ordered', async () => {
  const composed = await compose({});
  await using operator = await listen(composed);
  await operator.faults.add({ status: 503 });
  const headers = bearer(companyOf(operator));
  const status = async () => (await rawAnswer(operator.url, GENERATE_V1, { headers })).status;
  expect(await status()).toBe(503);
  const { store } = composed.states;
  const append = vi.spyOn(store, 'append').mockRejectedValue(new StoreAway('away'));
  expect(await status()).toBe(200);
  // any other failure is one of the mock
  append.mockRejectedValue(new Error('broken'));
  expect(await status()).toBe(500);
  append.mockRestore();
  expect(await status()).toBe(503);
});

const anyText = fc.oneof(fc.constantFrom('', 'a', '*', '/v1/*', '**', EMAIL, 'Example Company'), fc.string());
const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  anyText,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue(),
);
/** Short ones, so that the test comes to an end. */
const anyLatency = fc.oneof(
  fc.constantFrom('1ms', '0s', -1, 'x', null),
  fc.nat(5),
  fc.record({ min: fc.nat(3), max: fc.nat(5) }),
);
const likely = {
  route: fc.constantFrom('/v1/*', '**', '/v2/token/generate', '*/map', '/ops/*'),
  method: fc.constantFrom('GET', 'POST', 'OPTIONS'),
  client: fc.constantFrom('Example Company', 'Example DSP'),
  identity: fc.constantFrom(EMAIL, '+12345678901', 'none'),
  test_id: fc.constantFrom('t', 'u'),
  times: fc.nat(3),
  after: fc.nat(2),
  probability: fc.double({ min: 0, max: 1, noNaN: true }),
  status: fc.integer({ min: 200, max: 599 }),
  body: fc.oneof(fc.string(), fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue())),
  headers: fc.dictionary(
    fc.oneof(
      fc.string(),
      fc.constantFrom('Retry-After', 'Date', 'Set-Cookie', 'Vary', 'Trailer', '__proto__'),
    ),
    fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.integer()),
  ),
  reset: fc.constantFrom('before', 'after'),
  cut: fc.oneof(fc.nat(300), fc.constant(true)),
  garbled: fc.constant(true),
  content_type: fc.oneof(fc.string(), fc.constantFrom('text/html', 'application/octet-stream')),
  nonce: fc.constant('wrong'),
  tag: fc.constant('bad'),
  skew: fc.oneof(fc.integer(), fc.constantFrom('-36525d', '36525d', 'x')),
  token: fc.constantFrom('expired', 'foreign'),
  optout: fc.constant(true),
  preset: fc.constantFrom(...faultPresets.map(({ name }) => name).filter((name) => name !== 'hangs')),
};
/** A few members, most of them of the right kind. */
const anyFault = fc
  .tuple(
    fc.subarray(Object.keys(likely), { minLength: 1, maxLength: 5 }),
    fc.record(likely),
    fc.option(anyValue, { freq: 10 }),
    anyLatency,
  )
  .map(([names, members, odd, latency]) => {
    const chosen = Object.entries(members).filter(([name]) => names.includes(name));
    const fault: Record<string, unknown> = { ...Object.fromEntries(chosen) };
    const [first] = names;
    if (odd !== null && first !== undefined) fault[first] = odd;
    // the preset has seconds of it
    if (names.length > 3 || fault['preset'] === 'slow') fault['latency'] = latency;
    return fault;
  });

type Ask = () => Promise<unknown>;

/** Requests of every kind, none of which rejects. */
const asks = (): Record<string, Ask> => ({
  v1: () => ask(),
  refused: () => rawAnswer(mock.url, GENERATE_V1),
  isolated: () => rawAnswer(mock.url, `/__test/t${GENERATE_V1}`, { headers: bearer(companyOf(mock)) }),
  preflight: () =>
    rawAnswer(mock.url, '/v2/token/generate', {
      method: 'OPTIONS',
      headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' },
    }),
  v2: () => sealedAnswer(mock, '/v2/token/generate', { email: EMAIL, policy: 1 }),
  binary: () => sealedAnswer(mock, '/v2/identity/map', { email: [EMAIL, 'x'] }, { binary: true }),
  broken: () =>
    rawAnswer(mock.url, '/v2/token/generate', {
      method: 'POST',
      body: '{',
      headers: bearer(companyOf(mock)),
    }),
  health: () => rawAnswer(mock.url, '/ops/healthcheck'),
  unknown: () => rawAnswer(mock.url, '/v9/nothing'),
});

it('no fault and no request makes the mock fail', async () => {
  const names = Object.keys(asks());
  const property = async (
    faults: readonly object[],
    asked: readonly string[],
    testId: string,
  ): Promise<void> => {
    for (const fault of faults) {
      const { status, body } = await rawAnswer(mock.url, `${testId}/__admin/faults`, {
        method: 'POST',
        body: JSON.stringify(fault),
      });
      expect([200, 400], body.toString()).toContain(status);
    }
    await Promise.all(asked.map(async (name) => asks()[name]?.()));
    await mock.reset();
    await mock.isolate('t').reset();
    expect((await ask()).status).toBe(200);
    expect(log.filter((line) => line.includes('the mock itself failed'))).toEqual([]);
    log.length = 0;
  };
  const inputs = [
    fc.array(anyFault, { minLength: 1, maxLength: 4 }),
    fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 12 }),
    fc.constantFrom('', '', '/__test/t'),
  ] as const;
  await fc.assert(fc.asyncProperty(...inputs, property), { numRuns: scaled(1000) });
});

it('members of a preset may be ordered by themselves', async () => {
  for (const { members } of faultPresets) {
    const [added] = await mock.faults.add(members);
    const { id: _, hits: _hits, applied: _applied, left: _left, ...listed } = added ?? {};
    expect(await mock.faults.add(listed as FaultRequest)).toMatchObject([members]);
  }
});
