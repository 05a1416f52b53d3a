/** A proxy in front of a mock shows what was inside, why a request was refused, and how the clocks stand. */

import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type MockOperator, startMockOperator } from '../index.ts';
import {
  ask,
  bearer,
  clientGenerate,
  companyOf,
  credentialOf,
  embeddedWorld,
  get,
  post,
  refreshV2,
} from '../testing/caller.ts';
import { proxyTo } from '../testing/proxy.ts';

let mock: MockOperator;
let proxy: Awaited<ReturnType<typeof proxyTo>>;
beforeAll(async () => {
  mock = await startMockOperator({ profile: 'local' });
});
beforeEach(async () => {
  proxy = await proxyTo(mock);
});
afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  await mock.reset();
});
afterAll(() => mock.close());

const EMAIL = 'reader@example.com';

describe('what was inside', () => {
  it.each([false, true])('a sealed request and its answer; binary: %s', async (binary) => {
    const answer = await post(proxy.operator, '/v2/token/generate', { email: EMAIL }, { binary });
    expect(answer.status).toBe(200);
    expect(await proxy.last()).toMatchObject({
      method: 'POST',
      path: '/v2/token/generate',
      route: '/v2/token/generate',
      client: companyOf(mock).name,
      status: 200,
      reason: 'served',
      request: { plain: { email: 'r…@example.com' } },
      answer: {
        plain: { status: 'success', body: { advertising_token: answer.json.body.advertising_token } },
      },
      tokens: [{ kind: 'advertising' }, { kind: 'refresh' }],
    });
  });

  it('the answer to a refresh, by the key of an earlier answer', async () => {
    const { json } = await post(proxy.operator, '/v2/token/generate', { email: EMAIL });
    const { refresh_token: token, refresh_response_key: key } = json.body;
    const refreshed = await refreshV2(proxy.operator, token, key);
    expect(refreshed.json.status).toBe('success');
    const entry = await proxy.last();
    expect(entry).toMatchObject({ path: '/v2/token/refresh', reason: 'served', client: null });
    expect(entry.answer.plain).toMatchObject({
      body: { advertising_token: refreshed.json.body.advertising_token },
    });
    // and that of the next one, whose key came in this answer
    const { body } = refreshed.json;
    await refreshV2(proxy.operator, body.refresh_token, body.refresh_response_key);
    expect((await proxy.last()).answer.plain).toMatchObject({ status: 'success' });
  });

  it('the answer to a refresh with a token of elsewhere stays sealed', async () => {
    const { json } = await post(mock, '/v2/token/generate', { email: EMAIL });
    const { refresh_token: token, refresh_response_key: key } = json.body;
    expect((await refreshV2(proxy.operator, token, key)).json.status).toBe('success');
    expect(await proxy.last()).toMatchObject({ status: 200, reason: 'served', answer: { plain: null } });
  });

  it('client-side generation, with the world of the operator', async () => {
    await clientGenerate(proxy.operator, { email_hash: 'tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=' });
    expect(await proxy.last()).toMatchObject({ status: 200, reason: 'served', answer: { plain: null } });
    const own = await proxyTo(mock, { world: embeddedWorld() });
    await clientGenerate(own.operator, { email_hash: 'tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=' });
    expect(await own.last()).toMatchObject({
      request: { plain: { email_hash: expect.stringMatching(/…$/) as string } },
      answer: { plain: { status: 'success' } },
    });
    await own[Symbol.asyncDispose]();
  });

  it('plain requests of v0 and v1', async () => {
    await get(proxy.operator, '/token/generate', { email: EMAIL }, { credential: companyOf(mock) });
    expect(await proxy.last()).toMatchObject({ reason: 'served', route: '/token/generate' });
    await get(proxy.operator, '/v1/token/generate', { email: 'a' }, { credential: companyOf(mock) });
    expect(await proxy.last()).toMatchObject({
      reason: 'email_without_at',
      request: { target: '/v1/token/generate?email=a…' },
      answer: { plain: { status: 'client_error' } },
    });
  });
});

describe('why a request was refused', () => {
  const sent = (text: string) =>
    ask(proxy.operator, '/v2/token/generate', { credential: companyOf(mock), method: 'POST', body: text });

  it.each<readonly [reason: string, act: () => Promise<unknown>]>([
    ['header_absent', () => ask(proxy.operator, '/v2/token/generate', { method: 'POST' })],
    [
      'key_unknown',
      () => get(proxy.operator, '/v1/token/generate', {}, { headers: { authorization: 'Bearer x' } }),
    ],
    [
      'key_case',
      () =>
        get(
          proxy.operator,
          '/v1/token/generate',
          {},
          {
            headers: { authorization: `Bearer ${companyOf(mock).key.toLowerCase()}` },
          },
        ),
    ],
    [
      'role_absent',
      () =>
        post(proxy.operator, '/v2/key/sharing', {}, { credential: credentialOf(mock, 'Example Advertiser') }),
    ],
    ['body_plain_json', () => sent('{"email":"reader@example.com"}')],
    ['body_empty', () => sent('')],
    ['base64_url_alphabet', () => sent('-'.repeat(60) + '_'.repeat(20))],
    [
      'envelope_tag',
      () =>
        post(
          proxy.operator,
          '/v2/token/generate',
          { email: EMAIL },
          {
            credential: { ...companyOf(mock), secret: randomBytes(32).toString('base64') },
          },
        ),
    ],
    [
      'timestamp_unit',
      () =>
        post(
          proxy.operator,
          '/v2/token/generate',
          { email: EMAIL },
          { timestampMs: Math.floor(Date.now() / 1000) },
        ),
    ],
    ['payload_not_json', () => post(proxy.operator, '/v2/token/generate', undefined, { text: 'email' })],
    ['path_unknown', () => get(proxy.operator, '/v2/token/nope')],
    ['refresh_token_absent', () => get(proxy.operator, '/v1/token/refresh')],
  ])('%s', async (reason, act) => {
    await act();
    const entry = await proxy.last();
    expect(entry).toMatchObject({ reason });
    expect(entry.causes.at(-1)).toMatchObject({ id: reason, proved: true });
    expect(proxy.log.at(-1)).toContain(entry.reason_text.slice(0, 20));
  });

  it('a user who has opted out', async () => {
    await mock.optOuts.add({ email: EMAIL });
    const { json } = await post(proxy.operator, '/v2/token/generate', { email: EMAIL, optout_check: 1 });
    expect(json.status).toBe('optout');
    expect(await proxy.last()).toMatchObject({ status: 200, reason: 'opted_out' });
  });

  it('another secret at the target', async () => {
    const world = embeddedWorld();
    const [first, ...rest] = world.clients;
    if (first === undefined) throw new Error('clients: expected one, got none');
    const secret = randomBytes(32).toString('base64');
    const other = await startMockOperator({ world: { ...world, clients: [{ ...first, secret }, ...rest] } });
    const own = await proxyTo(other, { clients: mock.credentials });
    const credential = companyOf(mock);
    await post(own.operator, '/v2/token/generate', { email: EMAIL }, { credential });
    expect(await own.last()).toMatchObject({ status: 400, reason: 'target_secret_differs' });
    await own[Symbol.asyncDispose]();
    await other.close();
  });

  it('a role that the target does not give', async () => {
    const { key, secret } = credentialOf(mock, 'Example Advertiser');
    const own = await proxyTo(mock, { clients: [{ key, secret }] });
    const credential = credentialOf(mock, 'Example Advertiser');
    await post(own.operator, '/v2/key/sharing', {}, { credential });
    expect(await own.last()).toMatchObject({
      status: 401,
      reason: 'target_key_refused',
      client: 'UID2-C-L-1005-…',
    });
    await own[Symbol.asyncDispose]();
  });

  it('what only the target knows', async () => {
    await mock.faults.add({ preset: 'rate-limited' });
    await post(proxy.operator, '/v2/token/generate', { email: EMAIL });
    expect(await proxy.last()).toMatchObject({
      status: 429,
      reason: 'target_refused',
      reason_text: expect.stringMatching(/^the target answers 429 Too Many Requests, /) as string,
    });
  });

  it.each([
    ['wrong-nonce', 'target_answer_nonce'],
    ['bad-tag', 'target_answer_sealed'],
  ])('an answer that its client would refuse: %s', async (preset, reason) => {
    await mock.faults.add({ preset });
    await post(proxy.operator, '/v2/token/generate', { email: EMAIL }).catch(() => undefined);
    expect(await proxy.last()).toMatchObject({ status: 200, reason });
  });

  it('with an unknown message, of which no token or address gets into the log', async () => {
    const token = randomBytes(120).toString('base64url');
    await mock.faults.add({ status: 400, body: { status: 'x', message: `bad ${token} of ${EMAIL}` } });
    await post(proxy.operator, '/v2/token/generate', { email: EMAIL });
    expect(await proxy.last()).toMatchObject({ reason: 'target_refused' });
    expect(proxy.log.at(-1)).toContain(token.slice(0, 4));
    expect(proxy.log.at(-1)).not.toContain(token.slice(0, 24));
    expect(proxy.log.at(-1)).not.toContain('reader');
  });
});

describe('how the clocks stand', () => {
  it('are together', async () => {
    await post(proxy.operator, '/v2/token/generate', { email: EMAIL }, { timestampMs: Date.now() });
    const { passage } = await proxy.last();
    expect(passage).toMatchObject({ target: mock.url, target_clock_by: 'envelope' });
    expect(Math.abs(passage?.target_clock_ms ?? NaN)).toBeLessThan(1000);
    expect(Math.abs(passage?.client_clock_ms ?? NaN)).toBeLessThan(1000);
    expect(proxy.log.at(-1)).not.toContain('clock');
  });

  it('that of the target is ahead, by its sealed answers', async () => {
    await mock.clock.advance('65s');
    await post(proxy.operator, '/v2/token/generate', { email: EMAIL }, { timestampMs: Date.now() });
    const { passage, status } = await proxy.last();
    expect(status).toBe(200);
    expect(Math.abs((passage?.target_clock_ms ?? NaN) - 65_000)).toBeLessThan(1000);
    expect(proxy.log.at(-1)).toMatch(/ \(\d+ ms, the clock of the target is 65 s ahead\)$/);
  });

  it('that of the client is behind, and the target refuses', async () => {
    await post(proxy.operator, '/v2/token/generate', { email: EMAIL }, { timestampMs: Date.now() - 300_000 });
    const entry = await proxy.last();
    expect(entry).toMatchObject({
      status: 400,
      reason: 'timestamp_past',
      passage: { target_clock_by: 'date' },
    });
    expect(Math.abs((entry.passage?.client_clock_ms ?? NaN) + 300_000)).toBeLessThan(1000);
    expect(Math.abs(entry.passage?.target_clock_ms ?? NaN)).toBeLessThan(1500);
    expect(proxy.log.at(-1)).toMatch(/ \(\d+ ms, the clock of the client is 300 s behind\)$/);
  });

  it('that of the target is off, and it refuses a client that is right', async () => {
    // the Date of its answers is that of the machine
    await mock.clock.advance('10m');
    await post(proxy.operator, '/v2/token/generate', { email: EMAIL }, { timestampMs: Date.now() });
    expect(await proxy.last()).toMatchObject({
      status: 400,
      reason: 'target_clock_differs',
      reason_text: expect.stringContaining(' 0 s from the clock of this machine') as string,
    });
  });
});

describe('what is kept', () => {
  const secretsIn = (text: string): string[] => {
    const { key, secret } = companyOf(mock);
    return [EMAIL, key, secret, key.slice(15)].filter((one) => text.includes(one));
  };

  it('is masked in the journal, the log and a file', async () => {
    const { json } = await post(proxy.operator, '/v2/token/generate', { email: EMAIL });
    await get(proxy.operator, '/v1/token/generate', { email: EMAIL }, { credential: companyOf(mock) });
    await proxy.last();
    const answer = await fetch(`${proxy.url}/__admin/requests/1`, { headers: bearer(companyOf(mock)) });
    expect(secretsIn(await answer.text())).toEqual([]);
    expect(proxy.saved).toHaveLength(2);
    const saved = JSON.stringify(proxy.saved);
    expect(secretsIn(saved)).toEqual([]);
    expect(saved).not.toContain(json.body.refresh_response_key);
    expect(saved).toContain(json.body.advertising_token);
    expect(secretsIn(proxy.log.join('\n'))).toEqual([]);
  });

  it('can be removed, followed and listed, and nothing else is served', async () => {
    await get(proxy.operator, '/v1/token/generate');
    const admin = async (path: string, method = 'GET', headers = {}) => {
      const answer = await fetch(`${proxy.url}/__admin${path}`, { method, headers });
      return { status: answer.status, json: await answer.json() };
    };
    expect(await admin('/health')).toMatchObject({ json: { up: true } });
    expect(await admin('/requests?status=401')).toMatchObject({ json: { count: 1 } });
    expect(await admin('/requests', 'DELETE')).toMatchObject({ json: { removed: 1 } });
    expect(await admin('/requests')).toMatchObject({ json: { count: 0 } });
    for (const path of ['/clock', '/world', '/faults', '/optouts', '/reset', '/nope']) {
      expect(await admin(path), path).toMatchObject({ status: 404 });
    }
    const { json } = (await admin('/openapi.json')) as { json: { paths: object } };
    expect(Object.keys(json.paths).sort()).toEqual([
      '/__admin/health',
      '/__admin/requests',
      '/__admin/requests/stream',
      '/__admin/requests/{id}',
    ]);
    expect(await admin('/requests', 'GET', { origin: 'https://evil.example' })).toMatchObject({
      status: 403,
    });
    // these calls are none of the target
    expect(await mock.journal.list()).toHaveLength(1);
  });

  it('streams as it comes', async () => {
    const stream = await fetch(`${proxy.url}/__admin/requests/stream?after=0`);
    const reader = stream.body?.getReader();
    let text = '';
    await get(proxy.operator, '/v1/token/generate');
    while (!text.includes('"reason":"header_absent"')) {
      const part = await reader?.read();
      if (part?.value === undefined) throw new Error(`stream: expected an event; got ${text}`);
      text += Buffer.from(part.value).toString();
    }
    await reader?.cancel();
  });

  it('asks for the token of --admin-token', async () => {
    const own = await proxyTo(mock, { adminToken: 'open' });
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`${own.url}/__admin/requests`, { headers })).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: 'Bearer open' })).toBe(200);
    await own[Symbol.asyncDispose]();
  });
});
