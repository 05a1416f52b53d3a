/** What a client sees of every effect of an ordered fault. Sealed answers are opened with the secret of the client. */

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  decodeAdvertisingToken,
  decodeBase64Strict,
  decodeRefreshToken,
  isBase64Strict,
  openWithKey,
  unwrapRefreshToken,
} from '../../contract-tests/wire/index.ts';
import { type FaultRequest, type MockOperator, faultPresets, startMockOperator } from '../index.ts';
import {
  ask,
  bearer,
  clientGenerate,
  companyOf,
  embeddedKeys,
  get,
  post,
  refreshV2,
} from '../testing/caller.ts';
import { rawAnswer, sealedAnswer } from '../testing/raw-answers.ts';
import { sendBytes } from '../testing/wire-client.ts';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');

const NOW = Date.UTC(2026, 10, 23, 12);
const EMAIL = 'faulty@example.com';
const USER = { email: EMAIL, policy: 1 };
const GENERATE = '/v2/token/generate';
const GENERATE_V1 = `/v1/token/generate?email=${EMAIL}`;

const PATIENT = { timeout: 10_000 };

let mock: MockOperator;
const log: string[] = [];
beforeAll(async () => {
  mock = await startMockOperator({ log: (_level, line) => log.push(line) });
});
beforeEach(async () => {
  await mock.reset();
  await mock.clock.set(NOW);
  log.length = 0;
});
afterAll(() => mock.close());

const plain = () => rawAnswer(mock.url, GENERATE_V1, { headers: bearer(companyOf(mock)) });
const sealed = () => sealedAnswer(mock, GENERATE, USER);

async function withFault(fault: FaultRequest): Promise<void> {
  await mock.faults.clear();
  await mock.faults.add(fault);
}

/** Tokens that were issued before a fault was ordered. */
async function soundTokens() {
  const v2 = (await post(mock, GENERATE, USER)).json.body;
  const v1 = (await get(mock, '/v1/token/generate', { email: EMAIL }, { credential: companyOf(mock) })).json
    .body;
  return { v1, v2 };
}

describe('in place of the operator', () => {
  it('a status with a JSON body and headers', async () => {
    await withFault({
      status: 429,
      body: { message: 'später' },
      headers: { 'Retry-After': 7, 'X-One': 'a b' },
    });
    const { status, headers, body, isBroken } = await plain();
    expect([status, isBroken, body.toString()]).toEqual([429, false, '{"message":"später"}']);
    expect(headers).toMatchObject({
      'retry-after': '7',
      'x-one': 'a b',
      'content-type': 'application/json',
      vary: 'origin',
    });
    expect(log).toEqual([
      'GET /v1/token/generate 429: the fault f1 was ordered; remove the fault when it is no longer wanted: uid2-mock ctl faults clear',
    ]);
  });

  it.each<[FaultRequest, status: number, type: string | undefined, body: string]>([
    [{ status: 503 }, 503, undefined, ''],
    [{ status: 502, body: 'Bad Gateway' }, 502, 'text/plain', 'Bad Gateway'],
    [{ status: 500, body: [1, 'a'] }, 500, 'application/json', '[1,"a"]'],
    [{ status: 502, body: '<p>', headers: { 'Content-Type': 'text/html' } }, 502, 'text/html', '<p>'],
    [{ status: 200, content_type: 'image/png' }, 200, 'image/png', ''],
    [{ status: 302, headers: { location: '/elsewhere' } }, 302, undefined, ''],
    [{ status: 204, body: 'none of it' }, 204, 'text/plain', ''],
    [{ status: 200, body: 'shortened', cut: 5 }, 200, 'text/plain', 'short'],
    [{ status: 599, latency: 1 }, 599, undefined, ''],
  ])('%j', async (fault, status, type, text) => {
    await withFault(fault);
    const answer = await plain();
    expect([answer.status, answer.headers['content-type'], answer.body.toString()]).toEqual([
      status,
      type,
      text,
    ]);
    expect(answer.isBroken).toBe(false);
  });

  it.each([204, 304])('the status %i without the body, which would begin the next answer', async (status) => {
    await withFault({ route: '/ops/healthcheck', status, body: 'x', times: 1 });
    const line = 'GET /ops/healthcheck HTTP/1.1\r\nHost: x\r\n';
    const lines = `${line}\r\n${line}Connection: close\r\n\r\n`;
    const [, first = '', second] = (await sendBytes(mock.url, Buffer.from(lines))).split('HTTP/1.1 ');
    expect(first).toMatch(new RegExp(`^${status} [^]*\r\n\r\n$`));
    expect(second).toMatch(/^200 [^]*\r\n\r\nOK$/);
  });

  it('lets a page read the answer as it could read that of the operator', async () => {
    await withFault({ status: 503 });
    const { headers } = await rawAnswer(mock.url, GENERATE_V1, {
      headers: { origin: 'https://shop.example.com' },
    });
    expect(headers['access-control-allow-origin']).toBe('https://shop.example.com');
  });

  it('changes nothing: a logout that gets a 500 opts nobody out', async () => {
    const logout = () => get(mock, '/token/logout', { email: EMAIL }, { credential: companyOf(mock) });
    for (const identity of [undefined, EMAIL]) {
      await withFault({ status: 500, ...(identity !== undefined && { identity }) });
      expect((await logout()).status).toBe(500);
    }
    await mock.faults.clear();
    expect((await sealed()).open().json.status).toBe('success');
  });
});

describe('latency', () => {
  it('comes before any other effect', async () => {
    for (const fault of [
      { latency: '150ms' },
      { latency: { min: 150, max: 200 } },
      { latency: 150, status: 503 },
    ]) {
      await withFault(fault);
      const begun = performance.now();
      const { status } = await plain();
      expect(status).toBe('status' in fault ? 503 : 200);
      // timers may be a millisecond early
      expect(performance.now() - begun).toBeGreaterThan(145);
    }
  });
});

describe('the connection', () => {
  it('is reset before the first byte', async () => {
    await withFault({ reset: 'before' });
    const { status, body, isBroken } = await plain();
    expect([status, body.length, isBroken]).toEqual([undefined, 0, true]);
    expect(log).toEqual([
      'GET /v1/token/generate cut off: the fault f1 was ordered; remove the fault when it is no longer wanted: uid2-mock ctl faults clear',
    ]);
  });

  it('is reset after a part of the answer, whose head tells the whole length', async () => {
    const whole = (await plain()).body.length;
    await withFault({ reset: 'after' });
    const { status, headers, body, isBroken } = await plain();
    expect([status, headers['content-length'], isBroken]).toEqual([200, String(whole), true]);
    expect(body.length).toBeLessThan(whole);
  });

  it('is reset after the head of an answer without body', async () => {
    await withFault({ reset: 'after', status: 503 });
    const { status, isBroken } = await plain();
    expect([status, isBroken]).toEqual([503, true]);
  });

  it('is kept open without an answer', async () => {
    await withFault({ hang: true });
    const giveUp = new AbortController();
    const hanging = rawAnswer(mock.url, GENERATE_V1, {
      headers: bearer(companyOf(mock)),
      signal: giveUp.signal,
    });
    await expect
      .poll(() => log, PATIENT)
      .toEqual([
        'GET /v1/token/generate cut off: the fault f1 was ordered; remove the fault when it is no longer wanted: uid2-mock ctl faults clear',
      ]);
    giveUp.abort();
    const { status, isBroken } = await hanging;
    expect([status, isBroken]).toEqual([undefined, true]);
  });
});

describe('the bytes of an answer', () => {
  it('are cut', async () => {
    const whole = (await sealed()).body.length;
    await withFault({ cut: true });
    const { status, body, isBroken, open } = await sealed();
    expect([status, isBroken, body.length]).toEqual([200, false, whole / 2]);
    expect(open).toThrow();
    await withFault({ cut: 10 });
    expect((await plain()).body.toString()).toBe('{"body":{"');
    await withFault({ cut: 0 });
    expect((await plain()).body.length).toBe(0);
    await withFault({ cut: 1_000_000 });
    expect((await plain()).body.toString()).toMatch(/"status":"success"\}$/);
  });

  it('are no base64 any more', async () => {
    await withFault({ garbled: true });
    const { status, body, headers } = await sealed();
    expect([status, headers['content-type']]).toEqual([200, 'text/plain']);
    expect(isBase64Strict(body.toString())).toBe(false);
    const { advertising_token, refresh_token } = JSON.parse((await plain()).body.toString()).body;
    expect([advertising_token, refresh_token]).toEqual([
      expect.stringContaining('*'),
      expect.stringContaining('*'),
    ]);
    const binary = await sealedAnswer(mock, GENERATE, USER, { binary: true });
    expect(binary.headers['content-type']).toBe('application/octet-stream');
    expect(binary.open).toThrow();
  });

  it('of a long answer are cut and garbled too', async () => {
    const email = Array.from({ length: 3000 }, (_, index) => `user${index}@example.com`);
    await withFault({ garbled: true });
    const { body } = await sealedAnswer(mock, '/v3/identity/map', { email });
    expect(body.length).toBeGreaterThan(100_000);
    expect(isBase64Strict(body.toString())).toBe(false);
    await withFault({ tag: 'bad' });
    const altered = await sealedAnswer(mock, '/v3/identity/map', { email });
    expect(isBase64Strict(altered.body.toString())).toBe(true);
    expect(altered.open).toThrow();
  });

  it('have another content type, refusals too', async () => {
    await withFault({ content_type: 'text/html; charset=x' });
    const { headers, open } = await sealed();
    expect(headers['content-type']).toBe('text/html; charset=x');
    expect(open().json.status).toBe('success');
    const refused = await rawAnswer(mock.url, GENERATE_V1);
    expect([refused.status, refused.headers['content-type']]).toEqual([401, 'text/html; charset=x']);
    expect(log.at(-1)).toBe(
      'GET /v1/token/generate 401: the request has no Authorization header (and the fault f1 was ordered); send the header Authorization: Bearer KEY with the API key',
    );
  });
});

describe('the envelope of an answer', () => {
  it('has a wrong nonce', async () => {
    await withFault({ nonce: 'wrong' });
    const { isOwn, json } = (await sealed()).open();
    expect([isOwn, json.status]).toEqual([false, 'success']);
  });

  it('has a bad tag, after a refresh and client-side generation too', async () => {
    const { v2 } = await soundTokens();
    await withFault({ tag: 'bad' });
    const { status, body, open } = await sealed();
    expect([status, isBase64Strict(body.toString())]).toEqual([200, true]);
    expect(open).toThrow();
    const refreshed = await ask(mock, '/v2/token/refresh', { method: 'POST', body: v2.refresh_token });
    const key = Buffer.from(v2.refresh_response_key, 'base64');
    expect(refreshed.status).toBe(200);
    expect(() => openWithKey(key, decodeBase64Strict(refreshed.text))).toThrow();
    await expect(clientGenerate(mock, { email_hash: hashOf(EMAIL) })).rejects.toThrow();
  });

  it.each([
    ['10m', 600_000],
    ['-1.5s', -1500],
    [0, 0],
  ])('has a time that is %s ahead of the clock', async (skew, ms) => {
    await withFault({ skew });
    const { timestampMs, isOwn, json } = (await sealed()).open();
    expect([timestampMs, isOwn, json.status]).toEqual([NOW + ms, true, 'success']);
  });

  it('shows several effects at once', async () => {
    await withFault({ skew: '1h', nonce: 'wrong', token: 'expired', latency: 1 });
    const { timestampMs, isOwn, json } = (await sealed()).open();
    expect([timestampMs, isOwn]).toEqual([NOW + 3_600_000, false]);
    expect(json.body.identity_expires).toBeLessThan(NOW);
  });
});

/** Tokens of every endpoint that issues some, as v1 or v2 wraps them. */
const issued: readonly (readonly [what: string, issue: () => Promise<IssuedBody>])[] = [
  [
    'v1 generate',
    async () =>
      (await get(mock, '/v1/token/generate', { email: EMAIL }, { credential: companyOf(mock) })).json.body,
  ],
  ['v2 generate', async () => (await sealed()).open().json.body],
  ['client-side generate', async () => (await clientGenerate(mock, { email_hash: hashOf(EMAIL) })).json.body],
  [
    'v1 refresh',
    async () => (await get(mock, '/v1/token/refresh', { refresh_token: sound.v1.refresh_token })).json.body,
  ],
  [
    'v2 refresh',
    async () => (await refreshV2(mock, sound.v2.refresh_token, sound.v2.refresh_response_key)).json.body,
  ],
];
interface IssuedBody {
  readonly advertising_token: string;
  readonly refresh_token: string;
  readonly refresh_response_key?: string;
  readonly identity_expires: number;
  readonly refresh_expires: number;
  readonly refresh_from: number;
}
let sound: { readonly v1: IssuedBody; readonly v2: IssuedBody & { readonly refresh_response_key: string } };

/** What a refresh answers to issued tokens. */
async function refreshOf(body: IssuedBody) {
  await mock.faults.clear();
  const { refresh_token, refresh_response_key: key } = body;
  const { status, json } =
    key === undefined
      ? await get(mock, '/v1/token/refresh', { refresh_token }, { credential: companyOf(mock) })
      : await ask(mock, '/v2/token/refresh', {
          method: 'POST',
          body: refresh_token,
          credential: companyOf(mock),
        });
  return { status, json };
}

describe.each(issued)('the tokens of %s', (_what, issue) => {
  beforeEach(async () => {
    sound = await soundTokens();
  });

  it('are over', async () => {
    await withFault({ token: 'expired' });
    const body = await issue();
    const { identity_expires, refresh_expires, refresh_from } = body;
    expect(refresh_from).toBeLessThan(identity_expires);
    expect(identity_expires).toBeLessThan(refresh_expires);
    expect(refresh_expires).toBeLessThan(NOW);
    const token = decodeAdvertisingToken(body.advertising_token, embeddedKeys);
    expect(token.expires).toBe(identity_expires);
    expect(token.created).toBeLessThan(token.expires);
    const { status, json } = await refreshOf(body);
    expect([status, json.status]).toEqual([400, 'expired_token']);
  });

  it('are of another operator', async () => {
    await withFault({ token: 'foreign' });
    const body = await issue();
    expect(body.identity_expires).toBeGreaterThan(NOW);
    expect(() => decodeAdvertisingToken(body.advertising_token, embeddedKeys)).toThrow('key');
    const read = body.refresh_response_key === undefined ? decodeRefreshToken : unwrapRefreshToken;
    expect(() => read(body.refresh_token, embeddedKeys)).toThrow('key');
    const { status, json } = await refreshOf(body);
    expect([status, json.status]).toEqual([400, expect.stringMatching(/^(?:invalid_token|client_error)$/)]);
  });
});

it.each([['v2'], ['v3']] as const)('tokens of version %s are over, and foreign', async (tokenVersion) => {
  await using older = await startMockOperator({ tokenVersion });
  const generate = async () =>
    (await get(older, '/v1/token/generate', { email: EMAIL }, { credential: companyOf(older) })).json.body;
  await older.faults.add({ token: 'expired', times: 1 });
  const { advertising_token, refresh_token } = await generate();
  expect(decodeAdvertisingToken(advertising_token, embeddedKeys).expires).toBeLessThan(Date.now());
  const refreshed = await get(
    older,
    '/v1/token/refresh',
    { refresh_token },
    { credential: companyOf(older) },
  );
  expect(refreshed.json.status).toBe('expired_token');
  await older.faults.add({ token: 'foreign' });
  const foreign = await generate();
  expect(() => decodeAdvertisingToken(foreign.advertising_token, embeddedKeys)).toThrow('key');
});

it('the identity counts as opted out wherever opt-outs count', async () => {
  const { v1, v2 } = await soundTokens();
  await withFault({ optout: true });
  expect((await sealed()).open().json).toEqual({ status: 'optout' });
  expect((await clientGenerate(mock, { email_hash: hashOf(EMAIL) })).json.status).toBe('optout');
  expect((await refreshV2(mock, v2.refresh_token, v2.refresh_response_key)).json.status).toBe('optout');
  expect((await get(mock, '/v1/token/refresh', { refresh_token: v1.refresh_token })).json.status).toBe(
    'optout',
  );
  const v3 = await sealedAnswer(mock, '/v3/identity/map', { email: [EMAIL] });
  expect(v3.open().json.body.email).toEqual([{ e: 'optout' }]);
  const mapped = (await sealedAnswer(mock, '/v2/identity/map', { email: [EMAIL] })).open().json.body;
  expect(mapped).toEqual({ mapped: [], unmapped: [{ identifier: EMAIL, reason: 'optout' }] });
  expect(await mock.optOuts.list()).toHaveLength(1);
  expect(log.at(-1)).toContain('the fault f1 was ordered');
});

it('the journal names the fault of every request, also of one without an answer', async () => {
  await mock.faults.add([
    { preset: 'rate-limited', times: 1 },
    { reset: 'before', times: 1 },
    { tag: 'bad', times: 1 },
  ]);
  for (let count = 0; count < 4; count++) await sealed();
  const entries = await mock.journal.list();
  expect(entries.map(({ fault, reason, status }) => [fault, reason, status]).reverse()).toEqual(
    expect.arrayContaining([
      ['rate-limited', 'fault_ordered', 429],
      ['f2', 'fault_ordered', null],
      ['f3', 'fault_ordered', 200],
      [null, 'served', 200],
    ]),
  );
  const [{ route, client } = {}] = entries;
  expect([typeof route, typeof client]).toEqual(['string', 'string']);
  expect(entries.map((entry) => [entry.route, entry.client])).toEqual(entries.map(() => [route, client]));
});

/** A preset, and what its first request gets. */
const outcomes: Readonly<Record<string, (answer: Awaited<ReturnType<typeof sealedAnswer>>) => void>> = {
  'rate-limited': ({ status, headers }) => expect([status, headers['retry-after']]).toEqual([429, '5']),
  slow: ({ open }) => expect(open().isOwn).toBe(true),
  flaky: ({ status }) => expect([200, 503]).toContain(status),
  down: ({ status, body }) => expect([status, body.length]).toEqual([503, 0]),
  'server-error': ({ status, body }) =>
    expect([status, JSON.parse(body.toString()).status]).toEqual([500, 'unknown']),
  'bad-gateway': ({ status, headers }) =>
    expect([status, headers['content-type']]).toEqual([502, 'text/plain']),
  'html-error-page': ({ status, headers }) =>
    expect([status, headers['content-type']]).toEqual([502, 'text/html']),
  unauthorized: ({ status, body }) =>
    expect([status, body.toString()]).toEqual([401, '{"status":"unauthorized"}']),
  hangs: ({ status, isBroken }) => expect([status, isBroken]).toEqual([undefined, true]),
  reset: ({ status, isBroken }) => expect([status, isBroken]).toEqual([undefined, true]),
  'reset-midway': ({ status, isBroken }) => expect([status, isBroken]).toEqual([200, true]),
  'cut-off': ({ open }) => expect(open).toThrow(),
  garbled: ({ body }) => expect(isBase64Strict(body.toString())).toBe(false),
  'wrong-content-type': ({ headers }) => expect(headers['content-type']).toBe('text/html'),
  'wrong-nonce': ({ open }) => expect(open().isOwn).toBe(false),
  'bad-tag': ({ open }) => expect(open).toThrow(),
  'clock-skew': ({ open }) => expect(open().timestampMs).toBe(NOW + 600_000),
  'expired-tokens': ({ open }) => expect(open().json.body.refresh_expires).toBeLessThan(NOW),
  'foreign-tokens': ({ open }) =>
    expect(() => decodeAdvertisingToken(open().json.body.advertising_token, embeddedKeys)).toThrow('key'),
  'opted-out': ({ open }) => expect(open().json.status).toBe('optout'),
};

it('every preset has an outcome', () => {
  expect(Object.keys(outcomes)).toEqual(faultPresets.map(({ name }) => name));
});

it.each(Object.entries(outcomes))('the preset %s', async (preset, check) => {
  await mock.faults.add({ preset, times: 1, ...(preset === 'slow' && { latency: 5 }) });
  const giveUp = new AbortController();
  const asked = sealedAnswer(mock, GENERATE, USER, { signal: giveUp.signal });
  await expect.poll(() => log.length, PATIENT).toBe(1);
  if (preset === 'hangs') giveUp.abort();
  check(await asked);
  // probability is the flaky one's alone
  if (preset === 'flaky') return;
  expect(await mock.faults.list()).toMatchObject([{ preset, hits: 1, applied: 1, left: 0 }]);
  expect(log.at(-1)).toContain(`the fault ${preset} was ordered`);
  expect((await sealed()).open()).toMatchObject({ isOwn: true, json: { status: 'success' } });
});
