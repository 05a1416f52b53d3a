/** A proxy that compares marks where a target departs from an honest mock, and nothing else. */

import { afterEach, describe, expect, it } from 'vitest';
import { composeMutant } from '../../mutants/index.ts';
import { type MockOperator, startMockOperator } from '../index.ts';
import { listen } from '../listen.ts';
import { ask, companyOf, get, post, refreshV2 } from '../testing/caller.ts';
import { proxyTo } from '../testing/proxy.ts';

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function comparing(mock: MockOperator, options: Parameters<typeof proxyTo>[1] = {}) {
  const proxy = await proxyTo(mock, { compares: true, ...options });
  opened.push(mock, proxy);
  return proxy;
}

const EMAIL = 'reader@example.com';

/** A session of v2 and v3: every endpoint, each with what an earlier answer gave, and refusals. */
async function session(operator: MockOperator): Promise<void> {
  const { json } = await post(operator, '/v2/token/generate', { email: EMAIL });
  const { body } = json;
  const refreshed = await refreshV2(operator, body.refresh_token, body.refresh_response_key);
  await refreshV2(operator, refreshed.json.body.refresh_token, refreshed.json.body.refresh_response_key);
  await post(operator, '/v2/token/validate', { token: body.advertising_token, email: EMAIL });
  await post(operator, '/v2/token/validate', { token: body.advertising_token, email: 'other@example.com' });
  const mapped = await post(operator, '/v2/identity/map', { email: [EMAIL, 'not an email', 'a@b.example'] });
  await post(operator, '/v3/identity/map', { email: [EMAIL, 'x'], phone: ['+12345678901'] });
  await post(operator, '/v2/identity/buckets', { since_timestamp: '2020-01-01T00:00:00' });
  for (const path of ['key/latest', 'key/sharing', 'key/bidstream']) await post(operator, `/v2/${path}`, {});
  const ids = mapped.json.body.mapped.map((one: { advertising_id: string }) => one.advertising_id);
  await post(operator, '/v2/optout/status', { advertising_ids: ids });
  await post(operator, '/v2/token/logout', { email: EMAIL });
  await post(operator, '/v2/token/generate', { email: 'none' });
  await post(operator, '/v2/identity/map', {});
  await post(operator, '/v2/identity/map', { email: EMAIL });
  await post(operator, '/v2/token/generate', { email: EMAIL }, { timestampMs: Date.now() - 600_000 });
  await ask(operator, '/v2/token/generate', { method: 'POST', body: '{}' });
  await ask(operator, '/v2/token/refresh', { method: 'POST', body: 'nonsense' });
  await ask(operator, '/v2/token/nope');
  await ask(operator, '/ops/healthcheck');
}

/** A session of v0 and v1. */
async function oldSession(operator: MockOperator): Promise<void> {
  const credential = companyOf(operator);
  for (const version of ['', '/v1']) {
    const { json } = await get(operator, `${version}/token/generate`, { email: EMAIL }, { credential });
    const { refresh_token: token = '' } = json.body ?? json;
    await get(operator, `${version}/token/refresh`, { refresh_token: token }, { credential });
    await get(operator, `${version}/identity/map`, { email: EMAIL }, { credential });
    await get(operator, `${version}/token/generate`, { email: 'none' }, { credential });
  }
  await get(operator, '/v1/key/latest', {}, { credential });
}

describe('an honest mock is not marked', () => {
  it.each(['current', 'v5.56', 'local'] as const)('of profile %s', async (profile) => {
    const proxy = await comparing(await startMockOperator({ profile }));
    await session(proxy.operator);
    if (profile !== 'current') await oldSession(proxy.operator);
    const requests = await proxy.requests();
    expect(requests.length).toBeGreaterThan(20);
    expect(requests.filter(({ departures }) => departures?.length !== 0)).toEqual([]);
    expect(proxy.log.filter((line) => line.includes('departs'))).toEqual([]);
  });

  it('of EUID, with clients of which only key and secret are known', async () => {
    const mock = await startMockOperator({ profile: 'current', scope: 'euid' });
    const { key, secret } = companyOf(mock);
    const proxy = await comparing(mock, { clients: [{ key, secret }] });
    await post(proxy.operator, '/v2/identity/map', { email: [EMAIL] });
    await post(proxy.operator, '/v2/key/sharing', {});
    expect((await proxy.requests()).map(({ departures }) => departures)).toEqual([[], []]);
  });

  it('when a user has opted out at the target, which it does not know without its world', async () => {
    const mock = await startMockOperator({ profile: 'current' });
    const proxy = await comparing(mock);
    await mock.optOuts.add({ email: EMAIL });
    await post(proxy.operator, '/v2/token/generate', { email: EMAIL });
    await post(proxy.operator, '/v2/identity/map', { email: [EMAIL, 'a@b.example'] });
    await post(proxy.operator, '/v3/identity/map', { email: [EMAIL, 'a@b.example'] });
    const marks = (await proxy.requests()).map(({ reason, departures }) => [reason, departures]);
    expect(marks).toEqual([
      ['opted_out', undefined],
      ['served', undefined],
      ['served', undefined],
    ]);
  });

  it('when a token came from elsewhere, which cannot be compared', async () => {
    const mock = await startMockOperator({ profile: 'current' });
    const proxy = await comparing(mock);
    const { body } = (await post(mock, '/v2/token/generate', { email: EMAIL })).json;
    await refreshV2(proxy.operator, body.refresh_token, body.refresh_response_key);
    const [request] = await proxy.requests();
    expect(request).toMatchObject({ status: 200, reason: 'served' });
    expect(request).not.toHaveProperty('departures');
  });
});

describe('a mutant is marked', () => {
  const v1 = (mock: MockOperator) =>
    get(mock, '/v1/token/generate', { email: EMAIL }, { credential: companyOf(mock) });
  const generate = (mock: MockOperator) => post(mock, '/v2/token/generate', { email: EMAIL });
  const refresh = async (mock: MockOperator) => {
    const { body } = (await generate(mock)).json;
    await ask(mock, '/v2/token/refresh', { method: 'POST', body: body.refresh_token });
  };

  it.each<readonly [id: string, act: (mock: MockOperator) => Promise<unknown>, mark: string]>([
    ['generate/no-refresh-expires', generate, 'body.refresh_expires: the mock has it, the target does not'],
    ['generate/status-ok', v1, 'status: the target says "ok", the mock "success"'],
    ['generate/not-wrapped', v1, 'status: the target says none, the mock "success"'],
    ['refresh/plain-answer', refresh, 'body: the mock seals it, the target does not'],
    ['refresh/needs-a-key', refresh, 'status: the target answers 401, the mock 200'],
    [
      'refresh/missing-is-invalid',
      (mock) => get(mock, '/v1/token/refresh'),
      'status: the target says "error", the mock "client_error"',
    ],
    [
      'normalisation/short-phones',
      (mock) => get(mock, '/v1/token/generate', { phone: '+123456789' }, { credential: companyOf(mock) }),
      'status: the target answers 200, the mock 400',
    ],
    [
      'hashing/no-hex',
      (mock) => post(mock, '/v2/token/generate', { email_hash: 'ab'.repeat(32) }),
      'status: the target answers 400, the mock 200',
    ],
  ])('%s', async (id, act, mark) => {
    const proxy = await comparing(await listen(await composeMutant(id, { profile: 'local' })));
    await act(proxy.operator).catch(() => undefined);
    const departures = (await proxy.requests()).at(-1)?.departures;
    expect(departures).toContain(mark);
    expect(proxy.log.at(-1)).toContain(`departs from the mock: ${mark}`);
  });

  it('is not marked without --compare', async () => {
    const mock = await listen(await composeMutant('generate/status-ok', { profile: 'local' }));
    const proxy = await comparing(mock, { compares: false });
    await v1(proxy.operator);
    expect((await proxy.requests())[0]).not.toHaveProperty('departures');
  });
});
