/** S1 to S22 of Protocol §11, over HTTP on profile local (S5, the shapes of the unversioned paths, on seed-v1). */

import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodeAdvertisingToken, decodeRefreshToken } from '../contract-tests/wire/index.ts';
import { type MockOperator, startMockOperator } from './index.ts';
import {
  type Parameters,
  ask,
  bearer,
  companyOf,
  credentialOf,
  embeddedKeys,
  get,
  post,
} from './testing/caller.ts';

let mock: MockOperator;
beforeAll(async () => {
  mock = await startMockOperator();
});
afterEach(() => mock.reset());
afterAll(() => mock.close());

const user = { email: 'jane.doe@example.com' };
const hashOf = (email: string) => createHash('sha256').update(email).digest('base64');
const generate = (identity: Parameters, path = '/v1/token/generate') =>
  get(mock, path, identity, { credential: companyOf(mock) });
const refresh = (token: string) => get(mock, '/v1/token/refresh', { refresh_token: token });
const validate = async (token: string, identity: Parameters) =>
  (await get(mock, '/v1/token/validate', { token, ...identity })).json;
const tokensOf = async (identity: Parameters, path?: string) => {
  const { status, json } = await generate(identity, path);
  expect(status).toBe(200);
  return json.body;
};
const rawUid = (token: string) => decodeAdvertisingToken(token, embeddedKeys).raw_uid;
const rawUidOf = async (identity: Parameters) => rawUid((await tokensOf(identity)).advertising_token);
const optedOut = { status: 200, json: { status: 'optout' } };
const TRUE = { body: true, status: 'success' };
const FALSE = { body: false, status: 'success' };

describe.each(['/v1', ''])('on %s/token', (prefix) => {
  it('S1 generate takes a raw email, which the service normalises', async () => {
    const raw = await tokensOf({ email: '  Jane.Doe@EXAMPLE.com ' }, `${prefix}/token/generate`);
    expect(rawUid(raw.advertising_token)).toBe(await rawUidOf(user));
  });

  it('S2 generate takes the base64 SHA-256 of the normalised email, for the same identity', async () => {
    const hashed = await tokensOf({ email_hash: hashOf(user.email) }, `${prefix}/token/generate`);
    expect(rawUid(hashed.advertising_token)).toBe(await rawUidOf(user));
  });

  it('S3 the answer holds two opaque tokens and three times in order', async () => {
    const before = mock.clock.now();
    const body = await tokensOf(user, `${prefix}/token/generate`);
    expect(Object.keys(body)).toEqual([
      'advertising_token',
      'refresh_token',
      'identity_expires',
      'refresh_expires',
      'refresh_from',
    ]);
    expect(body.advertising_token).toEqual(expect.any(String));
    expect(body.refresh_token).toEqual(expect.any(String));
    expect(before).toBeLessThan(body.refresh_from);
    expect(body.refresh_from).toBeLessThanOrEqual(body.identity_expires);
    expect(body.identity_expires).toBeLessThanOrEqual(body.refresh_expires);
  });

  it('S4 the body is wrapped with its status, and an API key is required as Bearer', async () => {
    const path = `${prefix}/token/generate`;
    const { status, type, json } = await generate(user, path);
    expect([status, type, Object.keys(json), json.status]).toEqual([
      200,
      'application/json',
      ['body', 'status'],
      'success',
    ]);
    const { key } = companyOf(mock);
    for (const authorization of [undefined, 'Bearer unknown', key, `Basic ${key}`, `Bearer  ${key}`]) {
      const headers = authorization === undefined ? {} : { authorization };
      const refused = await get(mock, path, user, { headers });
      expect(refused).toMatchObject({
        status: 401,
        type: 'application/json',
        json: { status: 'unauthorized' },
      });
    }
    expect((await get(mock, path, user, { headers: { authorization: `bearer ${key}` } })).status).toBe(200);
  });
});

describe('S5 the unversioned paths answer in v0 shapes on seed-v1', () => {
  let seed: MockOperator;
  const credential = () => companyOf(seed);
  beforeAll(async () => {
    seed = await startMockOperator({ profile: 'seed-v1' });
  });
  afterAll(() => seed.close());

  const flat = { advertisement_token: expect.any(String), advertising_token: expect.any(String) };

  it('S5 generate and refresh are flat, and a failed refresh gives empty strings', async () => {
    const generated = await get(seed, '/token/generate', user, { credential: credential() });
    expect(generated.json).toEqual({ ...flat, refresh_token: expect.any(String) });
    expect(generated.json.advertisement_token).toBe(generated.json.advertising_token);
    const refreshed = await get(seed, '/token/refresh', { refresh_token: generated.json.refresh_token });
    expect(refreshed.json).toEqual({ ...flat, refresh_token: expect.any(String) });
    expect(refreshed.json.advertising_token).not.toBe(generated.json.advertising_token);
    const optOut = await get(
      seed,
      '/token/generate',
      { email: 'optout@email.com' },
      { credential: credential() },
    );
    const ended = await get(seed, '/token/refresh', { refresh_token: optOut.json.refresh_token });
    expect([ended.status, ended.json]).toEqual([
      200,
      { advertisement_token: '', advertising_token: '', refresh_token: '' },
    ]);
  });

  it('S5 validate answers with bare text', async () => {
    const email = 'validate@email.com';
    const { json } = await get(seed, '/token/generate', { email }, { credential: credential() });
    const answers = [{ token: json.advertising_token, email }, { token: 'x', email }, user].map(
      (parameters) => get(seed, '/token/validate', parameters),
    );
    expect((await Promise.all(answers)).map(({ text, type }) => [text, type])).toEqual([
      ['true', null],
      ['false', null],
      ['not allowed', null],
    ]);
  });

  it('S5 a missing key is the text Unauthorized', async () => {
    expect(await get(seed, '/token/generate', user)).toMatchObject({
      status: 401,
      text: 'Unauthorized',
      type: null,
    });
  });
});

it('S6 the advertising token goes to SSPs unchanged: it needs no escaping, and a DSP reads the mapped raw UID', async () => {
  const { advertising_token: token } = await tokensOf(user);
  expect(encodeURIComponent(token)).toBe(token);
  const mapped = await post(mock, '/v2/identity/map', { email: [user.email] });
  const bidstream = await post(mock, '/v2/key/bidstream', undefined, {
    credential: credentialOf(mock, 'Example DSP'),
  });
  const keys = new Map<number, Buffer>(
    bidstream.json.body.keys.map(({ id, secret }: { id: number; secret: string }) => [
      id,
      Buffer.from(secret, 'base64'),
    ]),
  );
  expect(decodeAdvertisingToken(token, keys).raw_uid).toBe(mapped.json.body.mapped[0].advertising_id);
});

it('S7 two generates for one user differ in every token, and both decrypt to the same raw UID', async () => {
  const [one, two] = [await tokensOf(user), await tokensOf(user)];
  expect(one.advertising_token).not.toBe(two.advertising_token);
  expect(one.refresh_token).not.toBe(two.refresh_token);
  expect(rawUid(one.advertising_token)).toBe(rawUid(two.advertising_token));
});

it('S8 refresh issues a new identity with new times and the same raw UID, encrypted anew each time', async () => {
  const first = await tokensOf(user);
  await mock.clock.advance(60_000);
  const [second, third] = [await refresh(first.refresh_token), await refresh(first.refresh_token)];
  expect([second.status, second.json.status]).toEqual([200, 'success']);
  const all = [first, second.json.body, third.json.body];
  expect(new Set(all.map((tokens) => tokens.advertising_token)).size).toBe(3);
  expect(new Set(all.map((tokens) => tokens.refresh_token)).size).toBe(3);
  expect(new Set(all.map((tokens) => rawUid(tokens.advertising_token))).size).toBe(1);
  for (const time of ['identity_expires', 'refresh_expires', 'refresh_from']) {
    expect(second.json.body[time]).toBeGreaterThanOrEqual(first[time] + 60_000);
  }
});

it('S9 refresh works without an API key, and with any', async () => {
  const { refresh_token } = await tokensOf(user);
  const headers = [{}, bearer(companyOf(mock)), { authorization: 'Bearer unknown' }];
  for (const header of headers) {
    const answer = await get(mock, '/v1/token/refresh', { refresh_token }, { headers: header });
    expect([answer.status, answer.json.status]).toEqual([200, 'success']);
  }
});

it('S10 refresh_from says when to refresh; earlier and later are allowed, until the refresh token expires', async () => {
  await mock.clock.set(Date.UTC(2026, 5, 1));
  const { refresh_token, refresh_from, refresh_expires } = await tokensOf(user);
  expect(refresh_from).toBeGreaterThan(mock.clock.now());
  for (const time of [mock.clock.now(), refresh_from, refresh_from + 1, refresh_expires]) {
    await mock.clock.set(time);
    expect((await refresh(refresh_token)).json.status).toBe('success');
  }
  await mock.clock.set(refresh_expires + 1);
  expect(await refresh(refresh_token)).toMatchObject({ status: 400, json: { status: 'error' } });
});

it('S11 the refresh of an opted-out user ends the chain: no identity, status optout', async () => {
  const { refresh_token } = await tokensOf(user);
  await mock.optOuts.add(user);
  const answer = await refresh(refresh_token);
  expect(answer).toMatchObject(optedOut);
  expect(answer.json).not.toHaveProperty('body');
});

it('S12 an opt-out is HTTP 200 with exactly {"status":"optout"}', async () => {
  const { refresh_token } = await tokensOf({ email: 'optout@email.com' });
  for (const path of ['/v1/token/refresh', '/token/refresh']) {
    const { status, type, text } = await get(mock, path, { refresh_token });
    expect([status, type, text]).toEqual([200, 'application/json', '{"status":"optout"}']);
  }
});

it('S13 validate@email.com and its hash pass generate, and validate is true with that token', async () => {
  const identities = [
    { email: 'validate@email.com' },
    { email_hash: 'LdhtUlMQ58ZZy5YUqGPRQw5xUMS5dXG5ocJHYJHbAKI=' },
  ];
  for (const generated of identities) {
    const { advertising_token } = await tokensOf(generated);
    for (const asked of identities) expect(await validate(advertising_token, asked)).toEqual(TRUE);
  }
});

it('S14 validate is false for another identity, a token of another one and a broken token', async () => {
  const email = 'validate@email.com';
  const [own, other] = [await tokensOf({ email }), await tokensOf(user)];
  const broken = [
    `${own.advertising_token.slice(0, -4)}AAAA`,
    own.advertising_token.slice(0, 50),
    '',
    'é',
    own.refresh_token,
  ];
  for (const token of [other.advertising_token, ...broken])
    expect(await validate(token, { email })).toEqual(FALSE);
  expect(await validate(other.advertising_token, user)).toEqual(FALSE);
  expect((await get(mock, '/v1/token/validate', { email })).json).toEqual(FALSE);
});

const optOutIdentities = [
  { email: 'optout@email.com' },
  { email_hash: '0rsCKuVNK9jy6uBb3IvhA9kuxBjTImg+tENjIHaZqNc=' },
];

it.each(optOutIdentities)('S15 %o always yields an identity at generate', async (identity) => {
  for (const path of ['/v1/token/generate', '/token/generate']) {
    expect(await tokensOf(identity, path)).toMatchObject({ advertising_token: expect.any(String) });
  }
  await mock.optOuts.add(identity);
  expect((await generate(identity)).json.status).toBe('success');
});

it.each(optOutIdentities)('S16 refreshing the token of %o always is optout', async (identity) => {
  const { refresh_token } = await tokensOf(identity);
  for (const ms of [0, 1000, 3_600_000]) {
    await mock.clock.advance(ms);
    expect(await refresh(refresh_token)).toMatchObject(optedOut);
  }
});

it('S17 a log-out needs no call: no session is kept, earlier tokens stay good after refreshes and new logins', async () => {
  const email = 'validate@email.com';
  const first = await tokensOf({ email });
  const second = (await refresh(first.refresh_token)).json.body;
  await tokensOf({ email });
  for (const { advertising_token, refresh_token } of [first, second]) {
    expect(await validate(advertising_token, { email })).toEqual(TRUE);
    expect((await refresh(refresh_token)).json.status).toBe('success');
  }
  const { headers } = await generate({ email });
  expect(headers.get('set-cookie')).toBeNull();
});

it('S18 a refresh token may be used repeatedly until it expires', async () => {
  const { refresh_token } = await tokensOf(user);
  for (let i = 0; i < 5; i++) {
    await mock.clock.advance(3_600_000);
    expect((await refresh(refresh_token)).json.status).toBe('success');
  }
  // tokens of a refresh keep the time when the user was first seen
  const { refresh_token: next } = (await refresh(refresh_token)).json.body;
  const [old, renewed] = [refresh_token, next].map((token) => decodeRefreshToken(token, embeddedKeys));
  expect(renewed?.established).toBe(old?.established);
});

const ONE =
  'Required Parameter Missing: exactly one of [email, email_hash, phone, phone_hash] must be specified';
it.each([
  ['no identifier', {}, ONE],
  ['two identifiers', { ...user, email_hash: hashOf(user.email) }, ONE],
  ['an empty email', { email: '' }, 'Invalid Identifier'],
  ['an invalid email', { email: 'jane' }, 'Invalid Identifier'],
  ['an invalid hash', { email_hash: 'jane' }, 'Invalid Identifier'],
])('S19 %s is 400 client_error with a message', async (_case, identity, message) => {
  for (const path of ['/v1/token/generate', '/token/generate']) {
    const answer = await generate(identity, path);
    expect([answer.status, answer.json]).toEqual([400, { message, status: 'client_error' }]);
    expect((await get(mock, path, identity)).status).toBe(401);
  }
});

it('S20 emails are trimmed, folded, and freed of dots and plus at gmail.com', async () => {
  const spellings = [
    'janedoe@gmail.com',
    ' JaneDoe@GMail.com  ',
    'jane.doe@gmail.com',
    'j.a.n.e.doe+news@gmail.com',
  ];
  const uids = await Promise.all(spellings.map((email) => rawUidOf({ email })));
  expect(new Set(uids).size).toBe(1);
  expect(await rawUidOf({ email: 'jane.doe+news@example.com' })).not.toBe(await rawUidOf(user));
});

it('S21 after an opt-out the user can log in again: generate works, and so does the new chain', async () => {
  const old = await tokensOf(user);
  await mock.optOuts.add(user);
  const renewed = await tokensOf(user);
  expect((await refresh(renewed.refresh_token)).json.status).toBe('success');
  expect((await refresh(old.refresh_token)).json.status).toBe('optout');
});

it('S22 after the tests with special identities an ordinary address behaves ordinarily everywhere', async () => {
  for (const email of ['validate@email.com', 'optout@email.com', 'optout@example.com']) {
    await refresh((await tokensOf({ email })).refresh_token);
  }
  const tokens = await tokensOf(user);
  expect((await refresh(tokens.refresh_token)).json.status).toBe('success');
  expect(await validate(tokens.advertising_token, user)).toEqual(FALSE);
  const v0 = await ask(mock, '/identity/map', {
    method: 'POST',
    body: JSON.stringify({ email: [user.email] }),
    credential: companyOf(mock),
  });
  expect(v0.json.mapped).toHaveLength(1);
  expect((await post(mock, '/v2/token/generate', user)).json.status).toBe('success');
  const v3 = await post(mock, '/v3/identity/map', { email: [user.email] });
  expect(v3.json.body.email[0].u).toBe(rawUid(tokens.advertising_token));
});
