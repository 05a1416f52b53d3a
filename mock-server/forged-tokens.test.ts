/** Tokens that only a holder of the keys could make, and that no operator makes (Protocol §5, §7.4, §8.2, §8.3). */

import { createDecipheriv } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeAdvertisingToken, decodeBase64Strict, sealWithKey } from '../contract-tests/wire/index.ts';
import { encodeRefreshToken } from './core/refresh-token.ts';
import { type MockOperator, startMockOperator } from './index.ts';
import { nativePrimitives } from './native/primitives.ts';
import {
  ask,
  bareToken,
  bearer,
  companyOf,
  embeddedKeys,
  embeddedWorld,
  get,
  post,
} from './testing/caller.ts';
import { sealedWrapper } from './testing/hostile-bodies.ts';

const REFRESH_KEY = 102;
const MASTER_KEY = 101;
const secretOf = (id: number): Buffer => {
  const secret = embeddedKeys.get(id);
  if (secret === undefined) throw new Error(`keys: expected one with id ${id}, got none`);
  return secret;
};

/** Worlds whose raw UIDs have 32 bytes, and 33. */
function worldOf(identityV3: boolean) {
  const world = embeddedWorld();
  const buckets = world.salts.buckets.map((bucket) => ({ ...bucket, salt: 'salt', key: null }));
  return { ...world, identity_v3: identityV3, salts: { ...world.salts, buckets } };
}

const NOW = Date.UTC(2026, 10, 23);
const mocks = new Map<string, MockOperator>();
const mockOf = (name: string): MockOperator => {
  const mock = mocks.get(name);
  if (mock === undefined) throw new Error(`mocks: expected one named ${name}, got none`);
  return mock;
};

beforeAll(async () => {
  for (const profile of ['v5.56', 'current'] as const) {
    mocks.set(profile, await startMockOperator({ profile, world: worldOf(false), now: NOW }));
    mocks.set(`${profile} 33`, await startMockOperator({ profile, world: worldOf(true), now: NOW }));
  }
});
afterAll(() => Promise.all([...mocks.values()].map((mock) => mock.close())));

const wrapper = (json: unknown): string =>
  sealedWrapper({ id: REFRESH_KEY, secret: secretOf(REFRESH_KEY) }, JSON.stringify(json));

/** A refresh token with the given first byte and type byte in its payload. */
function refreshToken(outer: number, inner = outer, publisherIds?: Uint8Array): string {
  const token = {
    ...({ scope: 0, type: 0, siteId: 1001, privacyBits: 1 } as const),
    ...{ established: NOW, created: NOW, expires: NOW + 3_600_000, publisherIds },
    flh: Buffer.alloc(32, 9).toString('base64'),
  };
  const key = { id: REFRESH_KEY, secret: secretOf(REFRESH_KEY) };
  const made = Buffer.from(encodeRefreshToken(3, token, key, new Uint8Array(12), nativePrimitives), 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key.secret, made.subarray(6, 18));
  const plain = decipher.update(made.subarray(18, -16));
  plain[57] = inner;
  made[0] = outer;
  return Buffer.concat([made.subarray(0, 6), sealWithKey(key.secret, plain)]).toString('base64');
}

async function refresh(mock: MockOperator, body: string, authenticated = true) {
  const headers = authenticated ? bearer(companyOf(mock)) : {};
  const { status, json, text } = await ask(mock, '/v2/token/refresh', { method: 'POST', body, headers });
  return { status, json, text };
}

const failed = (mock: MockOperator, token: string) =>
  expect(refresh(mock, token)).resolves.toMatchObject({
    status: 500,
    json: { message: 'Unknown error while refreshing token v2', status: 'unknown' },
  });
const refused = async (mock: MockOperator, token: string) => {
  expect(await refresh(mock, token)).toMatchObject({ status: 400, json: { status: 'invalid_token' } });
  expect(await refresh(mock, token, false)).toMatchObject({
    status: 400,
    json: { message: 'Error refreshing token', status: 'error' },
  });
};

describe.each(['v5.56', 'current'])('a refresh token under %s', (profile) => {
  it.each([0x0b, 0x0f])('of type byte %i is decrypted before its type is checked', async (type) => {
    const mock = mockOf(profile);
    await refused(mock, refreshToken(type));
    await refused(mock, refreshToken(type, 0x03));
    await refused(mock, refreshToken(0x03, type));
    const broken = Buffer.from(refreshToken(type), 'base64');
    broken[30] = (broken[30] ?? 0) ^ 1;
    await failed(mock, broken.toString('base64'));
    for (const length of [3, 17, 34, 123]) {
      await failed(mock, broken.subarray(0, length).toString('base64'));
    }
  });

  it('with another scope or type in its payload is refused, whatever its other bits are', async () => {
    const mock = mockOf(profile);
    for (const [outer, inner] of [
      [0x03, 0x13],
      [0x13, 0x03],
      [0x03, 0x07],
    ] as const) {
      await refused(mock, refreshToken(outer, inner));
    }
    expect((await refresh(mock, refreshToken(0xe3, 0x00))).status).toBe(200);
  });

  it('passes its publisher id and client key id on to the end of the chain', async () => {
    const mock = mockOf(profile);
    const ids = Uint8Array.of(0x80, 0, 0, 0, 0, 0, 0, 7, 0xff, 0xff, 0xff, 0xfe);
    let token = refreshToken(0x03, 0x03, ids);
    for (let round = 0; round < 2; round++) {
      const { json } = await refresh(mock, token);
      const advertising = decodeAdvertisingToken(json.body.advertising_token, embeddedKeys);
      expect(advertising).toMatchObject({ client_key_id: -2 });
      expect(String(advertising.publisher_id)).toBe(String(-(2 ** 63) + 7));
      token = bareToken(json.body.refresh_token);
    }
    const { json } = await refresh(mock, refreshToken(0x03));
    expect(decodeAdvertisingToken(json.body.advertising_token, embeddedKeys)).toMatchObject({
      client_key_id: 0,
      publisher_id: 0,
    });
  });
});

describe.each(['v5.56', 'current'])('a wrapper under %s', (profile) => {
  const KEY = Buffer.alloc(32, 1).toString('base64');

  it.each([
    ['without a refresh token', { refresh_response_key: KEY }],
    ['with a refresh token that is null', { refresh_response_key: KEY, refresh_token: null }],
    ['with an empty one', { refresh_response_key: KEY, refresh_token: '' }],
    ['with one that is a number', { refresh_response_key: KEY, refresh_token: 7 }],
    ['with one that is no base64', { refresh_response_key: KEY, refresh_token: `${refreshToken(3)}  ` }],
  ])('%s holds an invalid one', (_what, json) => refused(mockOf(profile), wrapper(json)));

  it.each([
    ['without a key', { refresh_token: 'x' }],
    ['with a key that is null', { refresh_response_key: null, refresh_token: 'x' }],
    ['with a key that is no base64', { refresh_response_key: '*', refresh_token: 'x' }],
  ])('%s is refused as such', async (_what, json) => {
    expect(await refresh(mockOf(profile), wrapper(json))).toMatchObject({
      status: 400,
      json: { message: 'Invalid format: Payload is not valid json or missing required data.' },
    });
  });

  it.each([16, 24, 32])('with a key of %i bytes is answered under it', async (length) => {
    const key = Buffer.alloc(length, 3);
    const json = { refresh_response_key: key.toString('base64'), refresh_token: refreshToken(3) };
    const { status, text } = await refresh(mockOf(profile), wrapper(json));
    expect(status).toBe(200);
    const sealed = decodeBase64Strict(text);
    const decipher = createDecipheriv(`aes-${length * 8}-gcm` as 'aes-256-gcm', key, sealed.subarray(0, 12));
    decipher.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
    expect(JSON.parse(plain.toString())).toMatchObject({ status: 'success' });
  });

  it.each([0, 15, 30, 33])('with a key of %i bytes is opened, but not answered', async (length) => {
    const refresh_response_key = Buffer.alloc(length, 3).toString('base64');
    const json = { refresh_response_key, refresh_token: refreshToken(3) };
    expect(await refresh(mockOf(profile), wrapper(json))).toMatchObject({
      status: 500,
      text: '{"message":"","status":"error"}',
    });
    await refused(mockOf(profile), wrapper({ refresh_response_key, refresh_token: null }));
  });
});

describe('an advertising token whose first byte names an unknown type', () => {
  const validate = async (name: string, typeByte: number) => {
    const mock = mockOf(name);
    const identity = { email: 'validate@example.com' };
    const issued = await post(mock, '/v2/token/generate', { ...identity, optout_check: 1 });
    const bytes = Buffer.from(issued.json.body.advertising_token, 'base64url');
    expect(bytes.readInt32BE(2)).toBe(MASTER_KEY);
    bytes[0] = typeByte;
    const { status, json } = await post(mock, '/v2/token/validate', {
      ...identity,
      token: bytes.toString('base64url'),
    });
    return [status, json.body ?? json.message];
  };

  it.each([0x0b, 0x0f, 0x13, 0x07])('is valid with %i and a raw UID of 32 bytes', async (byte) => {
    expect(await validate('current', byte)).toEqual([200, true]);
    expect(await validate('v5.56', byte)).toEqual([200, true]);
  });

  it.each([0x0b, 0x0f, 0x13, 0x07])('is invalid with %i and a raw UID of 33 bytes', async (byte) => {
    expect(await validate('current 33', byte)).toEqual([400, 'Invalid token']);
    expect(await validate('v5.56 33', byte)).toEqual([200, false]);
  });

  it.each(['current 33', 'v5.56 33'])('is valid under %s if only other bits differ', async (name) => {
    expect(await validate(name, 0xe0)).toEqual([200, true]);
  });

  it('is valid in v1 too', async () => {
    const identity = { email: 'validate@example.com' };
    const { json } = await get(mockOf('v5.56'), '/v1/token/generate', identity, {
      credential: companyOf(mockOf('v5.56')),
    });
    const bytes = Buffer.from(json.body.advertising_token, 'base64url');
    bytes[0] = 0x0b;
    const token = bytes.toString('base64url');
    expect((await get(mockOf('v5.56'), '/v1/token/validate', { ...identity, token })).json.body).toBe(true);
  });
});
