/** Profile local: the rules of the seed and of today side by side, and what only this profile accepts. */

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodeAdvertisingToken, decodeRefreshToken } from '../contract-tests/wire/index.ts';
import { type MockOperator, type MockOperatorOptions, startMockOperator } from './index.ts';
import type { ProfileName } from './operator/profile.ts';
import {
  type Parameters,
  ask,
  bareToken,
  companyOf,
  credentialOf,
  embeddedKeys,
  embeddedWorld,
  get,
  post,
  refreshV2,
} from './testing/caller.ts';

const user = { email: 'jane.doe@example.com' };
const mocks: MockOperator[] = [];
async function started(options: MockOperatorOptions = {}): Promise<MockOperator> {
  const mock = await startMockOperator(options);
  mocks.push(mock);
  return mock;
}

let mock: MockOperator;
beforeAll(async () => {
  mock = await started();
});
afterEach(() => mock.reset());
afterAll(() => Promise.all(mocks.map((each) => each.close())));

const generateV1 = async (identity: Parameters, on = mock) =>
  (await get(on, '/v1/token/generate', identity, { credential: companyOf(on) })).json;
const refreshV1 = async (token: string, on = mock) =>
  (await get(on, '/v1/token/refresh', { refresh_token: token }, { credential: companyOf(on) })).json;
const logout = (identity: Parameters, on = mock) =>
  get(on, '/token/logout', identity, { credential: companyOf(on) });
const mapV1 = async (body: object, on = mock) =>
  ask(on, '/v1/identity/map', { method: 'POST', body: JSON.stringify(body), credential: companyOf(on) });

describe('shapes', () => {
  it('/token/* answers as /v1/token/* does, refusals included', async () => {
    const credential = companyOf(mock);
    const { json } = await get(mock, '/token/generate', user, { credential });
    expect([Object.keys(json), Object.keys(json.body)]).toEqual([
      ['body', 'status'],
      ['advertising_token', 'refresh_token', 'identity_expires', 'refresh_expires', 'refresh_from'],
    ]);
    const questions: readonly (readonly [string, Parameters])[] = [
      ['/token/generate', {}],
      ['/token/generate', { email: 'x' }],
      ['/token/refresh', {}],
      ['/token/refresh', { refresh_token: 'x' }],
      ['/token/validate', {}],
      ['/token/validate', { ...user, token: json.body.advertising_token }],
    ];
    for (const [path, parameters] of questions) {
      for (const options of [{}, { credential }]) {
        const [plain, versioned] = [path, `/v1${path}`].map((each) => get(mock, each, parameters, options));
        const [a, b] = [await plain, await versioned];
        expect([a?.status, a?.type, a?.text]).toEqual([b?.status, b?.type, b?.text]);
      }
    }
  });

  it('/identity/map and /key/latest keep the v0 shapes, /token/logout is wrapped', async () => {
    const credential = companyOf(mock);
    const one = await get(mock, '/identity/map', user, { credential });
    expect([one.type, one.text]).toEqual([null, expect.stringMatching(/^[A-Za-z0-9+/]{43}[A-Za-z0-9+/=]$/)]);
    const body = JSON.stringify({ email: [user.email] });
    const many = await ask(mock, '/identity/map', { method: 'POST', body, credential });
    expect(many.json).toEqual({
      mapped: [{ identifier: user.email, advertising_id: one.text, bucket_id: expect.any(String) }],
    });
    expect((await get(mock, '/key/latest', {}, { credential })).json[0]).toMatchObject({
      id: 101,
      site_id: -1,
    });
    expect((await logout(user)).text).toBe('{"body":{"optout":"OK"},"status":"success"}');
    expect((await get(mock, '/identity/map', user)).text).toBe('Unauthorized');
  });

  it('refresh takes the token under the name token, and refresh_token first', async () => {
    const { body } = await generateV1(user);
    for (const path of ['/token/refresh', '/v1/token/refresh']) {
      expect((await get(mock, path, { token: body.refresh_token })).json.status).toBe('success');
      const both = await get(mock, path, { refresh_token: body.refresh_token, token: 'x' });
      expect(both.json.status).toBe('success');
    }
    const strict = await started({ profile: 'v5.56' });
    const refused = await get(strict, '/v1/token/refresh', { token: body.refresh_token });
    expect(refused).toMatchObject({
      status: 400,
      json: { message: 'Required Parameter Missing: refresh_token' },
    });
  });

  it('tokens are V4 with V3 refresh tokens', async () => {
    const { body } = await generateV1(user);
    expect(decodeAdvertisingToken(body.advertising_token, embeddedKeys).version).toBe(4);
    expect(decodeRefreshToken(body.refresh_token, embeddedKeys).version).toBe(3);
  });
});

describe('test identities', () => {
  const HASHES = {
    'validate@email.com': 'LdhtUlMQ58ZZy5YUqGPRQw5xUMS5dXG5ocJHYJHbAKI=',
    'optout@email.com': '0rsCKuVNK9jy6uBb3IvhA9kuxBjTImg+tENjIHaZqNc=',
    'validate@example.com': 'ntI244ZRTXwAwpki6/M5cyBYW7h/Wq576lnN3l9+W/c=',
    'optout@example.com': 'DYsnJ8r5+cjRDHue98gIGDKvLIMuqAm/RRLODrjqK50=',
    'refresh-optout@example.com': 'NaNI8RU0bL1Jpp1jJLC5aJO/lchc6gGhgXQIAwJ7cV4=',
    '+12345678901': 'EObwtHBUqDNZR33LNSMdtt5cafsYFuGmuY4ZLenlue4=',
    '+00000000000': '313yQvZOTb0vjjEU7sTO/UWxGPzVppIbCyQEJEnfxLo=',
    '+00000000002': '0VoxsIuk88qt7TnZaTC//C9Vur3pR1zBMIr1cJe7xjE=',
  };
  // the results of generate in v1 and v2, refresh in v1 and v2, validate in v1, and map of a list
  const table = [
    ['validate@email.com', 'success', 'success', 'success', true, 'mapped'],
    ['optout@email.com', 'success', 'success', 'optout', false, 'mapped'],
    ['validate@example.com', 'success', 'success', 'success', true, 'mapped'],
    ['optout@example.com', 'success', 'optout', 'optout', false, 'unmapped'],
    ['refresh-optout@example.com', 'success', 'success', 'optout', false, 'mapped'],
    ['+12345678901', 'success', 'success', 'success', true, 'mapped'],
    ['+00000000000', 'success', 'optout', 'optout', false, 'unmapped'],
    ['+00000000002', 'success', 'success', 'optout', false, 'mapped'],
    ['jane.doe@example.com', 'success', 'success', 'success', false, 'mapped'],
    ['local-mock-optout@example.com', 'success', 'optout', 'success', false, 'unmapped'],
  ] as const;

  const rows = table.flatMap((row) => {
    const [name] = row;
    const kind = name.startsWith('+') ? 'phone' : 'email';
    const hash = new Map(Object.entries(HASHES)).get(name);
    const hashed = hash === undefined ? [] : [{ kind: `${kind}_hash`, value: hash, row }];
    return [{ kind, value: name, row }, ...hashed];
  });

  it.each(rows)('$kind $value', async ({ kind, value, row }) => {
    const [, generatedV1, generatedV2, refreshed, validated, mapped] = row;
    const identity = { [kind]: value };
    const v1 = await generateV1(identity);
    expect(v1.status).toBe(generatedV1);
    expect((await refreshV1(v1.body.refresh_token)).status).toBe(refreshed);
    const { json: valid } = await get(mock, '/v1/token/validate', {
      token: v1.body.advertising_token,
      ...identity,
    });
    expect(valid.body).toBe(validated);
    const { json: v2 } = await post(mock, '/v2/token/generate', identity);
    expect(v2.status).toBe(generatedV2);
    if (v2.status === 'success') {
      const again = await refreshV2(mock, v2.body.refresh_token, v2.body.refresh_response_key);
      expect(again.json.status).toBe(refreshed);
      const { json: own } = await post(mock, '/v2/token/validate', {
        token: v2.body.advertising_token,
        ...identity,
      });
      expect(own).toEqual({ body: true, status: 'success' });
    }
    for (const { json } of [
      await mapV1({ [kind]: [value] }),
      await post(mock, '/v2/identity/map', { [kind]: [value] }),
    ]) {
      expect(json.body[mapped]).toEqual([expect.objectContaining({ identifier: value })]);
      if (mapped === 'unmapped') expect(json.body.unmapped[0].reason).toBe('optout');
    }
    const v3 = await post(mock, '/v3/identity/map', { [kind]: [value] });
    expect(Object.keys(v3.json.body[kind][0])).toEqual(mapped === 'mapped' ? ['u', 'p', 'r'] : ['e']);
  });

  it('v1 batches list what is not mapped, with the reason', async () => {
    const { json } = await mapV1({ email: [user.email, 'x', 'optout@example.com'] });
    expect(json.body.mapped).toHaveLength(1);
    expect(json.body.unmapped).toEqual([
      { identifier: 'x', reason: 'invalid identifier' },
      { identifier: 'optout@example.com', reason: 'optout' },
    ]);
  });
});

/** One character of a token changed, so that it still is base64 of the same length. */
const altered = (token: string, at: number): string =>
  token.slice(0, at) + (token[at] === 'B' ? 'C' : 'B') + token.slice(at + 1);

describe.each(['v2', 'v3', 'v4'] as const)('with --token-version %s', (tokenVersion) => {
  let versioned: MockOperator;
  beforeAll(async () => {
    versioned = await started({ tokenVersion });
  });

  it('all APIs issue that advertising token and the refresh token that goes with it', async () => {
    const v1 = (await generateV1(user, versioned)).body;
    const v2 = (await post(versioned, '/v2/token/generate', user)).json.body;
    for (const [advertising, refresh] of [
      [v1.advertising_token, v1.refresh_token],
      [v2.advertising_token, bareToken(v2.refresh_token)],
    ]) {
      expect(decodeAdvertisingToken(advertising, embeddedKeys).version).toBe(Number(tokenVersion.slice(1)));
      expect(decodeRefreshToken(refresh, embeddedKeys).version).toBe(tokenVersion === 'v2' ? 2 : 3);
    }
    const { body } = await refreshV1(v1.refresh_token, versioned);
    expect(decodeAdvertisingToken(body.advertising_token, embeddedKeys).version).toBe(
      Number(tokenVersion.slice(1)),
    );
    const { json } = await post(versioned, '/v2/token/validate', { ...user, token: v2.advertising_token });
    expect(json).toEqual({ body: true, status: 'success' });
  });

  it('a tampered refresh token is 400 and invalid, never 500', async () => {
    const credential = companyOf(versioned);
    const { refresh_token: token } = (await generateV1(user, versioned)).body;
    // the first 60 characters of a V2 token are its times, key id and IV, which nothing protects
    const first = tokenVersion === 'v2' ? 60 : 0;
    // the 166th digit is the last; most of its bits are not read
    const positions = Array.from({ length: 165 - first }, (_, i) => first + i);
    const tampered = [
      ...positions.map((at) => altered(token, at)),
      token.slice(0, 100),
      `${token}AAAA`,
      'AA==',
      'Ag==',
    ];
    for (const refreshToken of tampered) {
      const known = await get(
        versioned,
        '/v1/token/refresh',
        { refresh_token: refreshToken },
        { credential },
      );
      const anonymous = await get(versioned, '/v1/token/refresh', { refresh_token: refreshToken });
      const v2 = await ask(versioned, '/v2/token/refresh', {
        method: 'POST',
        body: refreshToken,
        credential,
      });
      // CBC has no tag either: an altered block that still reads as a hash makes the token of another user
      if (tokenVersion === 'v2' && known.status === 200) continue;
      expect(known).toMatchObject({
        status: 400,
        json: { message: `Invalid Token presented ${refreshToken}`, status: 'invalid_token' },
      });
      expect(anonymous).toMatchObject({
        status: 400,
        json: { message: 'Error refreshing token', status: 'error' },
      });
      expect(v2).toMatchObject({
        status: 400,
        json: { message: 'Invalid Token presented', status: 'invalid_token' },
      });
    }
  });
});

describe('opt-out', () => {
  const statusOf = async (uid: string) =>
    (await post(mock, '/v2/optout/status', { advertising_ids: [uid] })).json.body.opted_out;

  it.each([
    ['v0', () => logout(user)],
    ['v2', () => post(mock, '/v2/token/logout', user)],
  ])('by a %s logout is seen by every endpoint at once', async (_api, optOut) => {
    const v1 = (await generateV1(user)).body;
    const v2 = (await post(mock, '/v2/token/generate', user)).json.body;
    const uid = decodeAdvertisingToken(v1.advertising_token, embeddedKeys).raw_uid;
    expect(await statusOf(uid)).toEqual([]);
    expect((await optOut()).json).toEqual({ body: { optout: 'OK' }, status: 'success' });
    expect((await refreshV1(v1.refresh_token)).status).toBe('optout');
    expect((await refreshV2(mock, v2.refresh_token, v2.refresh_response_key)).json).toEqual({
      status: 'optout',
    });
    expect((await post(mock, '/v2/token/generate', user)).json).toEqual({ status: 'optout' });
    expect((await post(mock, '/v3/identity/map', { email: [user.email] })).json.body.email).toEqual([
      { e: 'optout' },
    ]);
    expect((await mapV1({ email: [user.email] })).json.body.unmapped).toHaveLength(1);
    expect(await statusOf(uid)).toEqual([{ advertising_id: uid, opted_out_since: expect.any(Number) }]);
    await mock.reset();
    expect(await statusOf(uid)).toEqual([]);
  });

  it('lets the user log in again on v1, while v2 goes on refusing', async () => {
    const old = (await generateV1(user)).body;
    await logout(user);
    const renewed = (await generateV1(user)).body;
    expect((await refreshV1(renewed.refresh_token)).status).toBe('success');
    const kept = (await refreshV1(renewed.refresh_token)).body;
    expect((await refreshV1(kept.refresh_token)).status).toBe('success');
    expect((await refreshV1(old.refresh_token)).status).toBe('optout');
    const v2 = await ask(mock, '/v2/token/refresh', { method: 'POST', body: renewed.refresh_token });
    expect(v2.json).toEqual({ status: 'optout' });
    expect((await post(mock, '/v2/token/generate', user)).json).toEqual({ status: 'optout' });
    await logout(user);
    await mock.clock.advance(1);
    expect((await refreshV1(kept.refresh_token)).status).toBe('optout');
  });

  it('and a new login work in the same millisecond', async () => {
    await mock.clock.set(Date.UTC(2026, 3, 1));
    const old = (await generateV1(user)).body;
    await logout(user);
    const renewed = (await generateV1(user)).body;
    expect((await refreshV1(old.refresh_token)).status).toBe('optout');
    expect((await refreshV1(renewed.refresh_token)).status).toBe('success');
  });

  it('needs the role, and exactly one valid identifier', async () => {
    const credential = credentialOf(mock, 'Example Publisher');
    expect((await get(mock, '/token/logout', user, { credential })).status).toBe(401);
    expect((await post(mock, '/v2/token/logout', user, { credential })).status).toBe(401);
    for (const identity of [{}, { email: 'x' }, { ...user, phone: '+12345678901' }]) {
      for (const { status, json } of [
        await logout(identity),
        await post(mock, '/v2/token/logout', identity),
      ]) {
        expect([status, json.status]).toEqual([400, 'invalid_token']);
        expect(json.message).toMatch(/^Invalid Token presented/);
      }
    }
    expect((await post(mock, '/v2/token/generate', user)).json.status).toBe('success');
  });
});

describe.each(['v5.56', 'current'] as const)('on %s', (profile: ProfileName) => {
  it('a logout answers and changes nothing by itself; the Node API acts at once', async () => {
    const other = await started({ profile });
    const asked = { ...user, policy: 1 };
    expect((await post(other, '/v2/token/logout', user)).json).toEqual({
      body: { optout: 'OK' },
      status: 'success',
    });
    const before = await post(other, '/v2/token/generate', asked);
    expect(before.json.status).toBe('success');
    await other.optOuts.add(user);
    expect((await post(other, '/v2/token/generate', asked)).json).toEqual({ status: 'optout' });
    const { refresh_token, refresh_response_key } = before.json.body;
    expect((await refreshV2(other, refresh_token, refresh_response_key)).json).toEqual({ status: 'optout' });
  });

  it('a logout without an opt-out service is 500', async () => {
    const world = { ...embeddedWorld(), optout_service_configured: false };
    const other = await started({ profile, world });
    const sealed = { credential: companyOf(other) };
    // the body of the 500 is not an envelope
    const answer = await post(other, '/v2/token/logout', user, sealed);
    expect([answer.status, answer.type]).toEqual([500, null]);
    if (profile === 'v5.56')
      expect(await logout(user, other)).toMatchObject({ status: 500, text: 'Internal Server Error' });
  });
});

it('current serves v2 and v3 only', async () => {
  const other = await started({ profile: 'current' });
  for (const path of [
    '/token/generate',
    '/v1/token/generate',
    '/identity/map',
    '/v1/key/latest',
    '/token/logout',
  ]) {
    expect(await get(other, path, user, { credential: companyOf(other) })).toMatchObject({
      status: 404,
      type: 'text/html; charset=utf-8',
      text: '<html><body><h1>Resource not found</h1></body></html>',
    });
  }
});

it('seed-v1 has no phones and no encrypted API, and lets users log in again', async () => {
  const seed = await started({ profile: 'seed-v1' });
  const phone = await get(
    seed,
    '/v1/token/generate',
    { phone: '+12345678901' },
    { credential: companyOf(seed) },
  );
  expect(phone.json.message).toBe(
    'Required Parameter Missing: exactly one of email or email_hash must be specified',
  );
  expect((await ask(seed, '/v2/token/generate', { method: 'POST' })).status).toBe(404);
  const old = (await generateV1(user, seed)).body;
  await seed.optOuts.add(user);
  const renewed = (await generateV1(user, seed)).body;
  expect((await refreshV1(renewed.refresh_token, seed)).status).toBe('success');
  expect((await refreshV1(old.refresh_token, seed)).status).toBe('optout');
});
