/** Tokens decrypt with the keys of the mock's key endpoints, for every client that may see them and for no other. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  decodeAdvertisingToken,
  decodeRefreshToken,
  unwrapRefreshToken,
} from '../contract-tests/wire/index.ts';
import { fixturePath } from '../fixtures/path.ts';
import { keysOf, loadWorld } from './testing/world.ts';
import type { World } from './operator/world/schema.ts';
import { type Credential, type MockOperator, startMockOperator } from './index.ts';
import {
  bearer,
  clientGenerate,
  companyOf,
  credentialOf,
  embeddedKeys,
  embeddedWorld,
  get,
  post,
} from './testing/caller.ts';
import { closeConnections, inParallel, send } from './testing/wire-client.ts';

interface KeyObject {
  readonly id: number;
  readonly secret: string;
  readonly keyset_id?: number;
  readonly site_id?: number;
}
const mapOf = (keys: readonly KeyObject[]) =>
  new Map(keys.map(({ id, secret }) => [id, Buffer.from(secret, 'base64')]));

const user = { email: 'user@example.com' };

/** The key endpoints and the roles that may use them (Protocol §6.2). */
const keyEndpoints = [
  ['/v2/key/latest', ['ID_READER']],
  ['/v2/key/sharing', ['SHARER', 'ID_READER']],
  ['/v2/key/bidstream', ['ID_READER']],
] as const;

async function keysFor(
  mock: MockOperator,
  path: string,
  credential: Credential,
): Promise<KeyObject[] | undefined> {
  const { status, json } = await post(mock, path, undefined, { credential });
  if (status !== 200) {
    expect(status).toBe(401);
    expect(['unauthorized', 'invalid_client']).toContain(json.status);
    return undefined;
  }
  return path === '/v2/key/latest' ? json.body : json.body.keys;
}

/** Protocol §4.3 as it is written there: which keysets a caller sees. */
function visibleKeysets(world: World, { site_id, roles }: Credential): number[] {
  const isSeen = ({ id, site_id: owner, enabled, allowed_sites }: World['keysets'][number]): boolean => {
    if (id === -2) return false;
    if (id === -1) return true;
    if (!enabled) return false;
    if (owner === site_id) return true;
    return allowed_sites === null || allowed_sites === undefined
      ? roles.includes('ID_READER')
      : allowed_sites.includes(site_id);
  };
  return world.keysets.filter(isSeen).map(({ id }) => id);
}

const recordedWorld = loadWorld(fixturePath('recordings/world-extra-v5.70.250.json'));
const worlds = [
  ['the embedded world', embeddedWorld()],
  ['a recorded world with disabled keysets and rotated keys', recordedWorld],
] as const;

describe.each(worlds)('in %s', (_name, data) => {
  const world: World = data;
  const allKeys = keysOf(world);
  let mock: MockOperator;
  beforeAll(async () => {
    mock = await startMockOperator({ world });
    if (world.recorded_at_ms !== undefined) await mock.clock.set(world.recorded_at_ms);
  });
  afterAll(() => mock.close());

  it('every client gets exactly the keys that it may see, ascending by id', async () => {
    for (const credential of mock.credentials) {
      const keysets = visibleKeysets(world, credential);
      const expected = world.keyset_keys
        .filter(({ keyset_id }) => keysets.includes(keyset_id))
        .map(({ id, secret }) => [id, secret])
        .sort(([a], [b]) => Number(a) - Number(b));
      for (const [path, roles] of keyEndpoints) {
        const keys = await keysFor(mock, path, credential);
        const isReserved = path === '/v2/key/latest' && credential.site_id <= 2;
        const maySee = !isReserved && roles.some((role) => credential.roles.includes(role));
        expect(
          keys?.map(({ id, secret }) => [id, secret]),
          `${credential.name} ${path}`,
        ).toEqual(maySee ? expected : undefined);
      }
    }
  });

  it('a token decrypts for every client that may see its keys, and for none that may not', async () => {
    const generators = mock.credentials.filter(({ roles }) => roles.includes('GENERATOR'));
    const outcomes = new Set<string>();
    for (const generator of generators) {
      const { body } = (await post(mock, '/v2/token/generate', user, { credential: generator })).json;
      const truth = decodeAdvertisingToken(body.advertising_token, allKeys);
      const keyset = world.keyset_keys.find(({ id }) => id === truth.site_key_id)?.keyset_id ?? 0;
      for (const reader of mock.credentials) {
        const maySee = visibleKeysets(world, reader).includes(keyset);
        for (const [path] of keyEndpoints) {
          const keys = await keysFor(mock, path, reader);
          if (keys === undefined) continue;
          const open = () => decodeAdvertisingToken(body.advertising_token, mapOf(keys));
          if (maySee) expect(open()).toEqual(truth);
          else
            expect(open, `${reader.name} ${path}`).toThrow(expect.objectContaining({ code: 'unknown_key' }));
          outcomes.add(maySee ? 'read' : 'not read');
        }
      }
    }
    expect([...outcomes].sort()).toEqual(['not read', 'read']);
  });

  it('no client gets a key of refresh tokens', async () => {
    const refreshKeys = world.keyset_keys.filter(({ keyset_id }) => keyset_id === -2).map(({ id }) => id);
    expect(refreshKeys).not.toHaveLength(0);
    for (const credential of mock.credentials) {
      for (const [path] of keyEndpoints) {
        const keys = (await keysFor(mock, path, credential)) ?? [];
        expect(keys.map(({ id }) => id).filter((id) => refreshKeys.includes(id))).toEqual([]);
      }
    }
  });
});

describe('in the embedded world', () => {
  let mock: MockOperator;
  beforeAll(async () => {
    mock = await startMockOperator();
  });
  afterAll(() => mock.close());

  it('v0 and v1 key/latest give the same as v2', async () => {
    const options = { credential: companyOf(mock) };
    const v2 = await keysFor(mock, '/v2/key/latest', companyOf(mock));
    expect((await get(mock, '/key/latest', {}, options)).json).toEqual(v2);
    expect((await get(mock, '/v1/key/latest', {}, options)).json).toEqual({ body: v2, status: 'success' });
  });

  it('sharing: the two sharers read each other, the isolated one reads and is read by nobody else', async () => {
    const readable = async (name: string) => {
      const keys = (await keysFor(mock, '/v2/key/sharing', credentialOf(mock, name))) ?? [];
      return keys.map(({ id }) => id);
    };
    expect(await readable('Example Company')).toEqual(expect.arrayContaining([101, 111, 116]));
    expect(await readable('Example Sharer')).toEqual([101, 111, 116]);
    expect(await readable('Isolated Sharer')).toEqual([101, 117]);
    expect(await readable('Example Company')).not.toContain(117);
    const { json } = await post(mock, '/v2/key/sharing', undefined, {
      credential: credentialOf(mock, 'Example Sharer'),
    });
    expect(json.body).toMatchObject({
      caller_site_id: 1006,
      default_keyset_id: 2106,
      master_keyset_id: 9_999_999,
    });
    const keysetOf = (id: number) => json.body.keys.find((key: KeyObject) => key.id === id).keyset_id;
    expect([101, 111, 116].map(keysetOf)).toEqual([9_999_999, undefined, 2106]);
  });

  const generations: readonly (readonly [
    string,
    () => Promise<{ advertising_token: string; refresh_token: string }>,
  ])[] = [
    [
      'v1',
      async () => (await get(mock, '/v1/token/generate', user, { credential: companyOf(mock) })).json.body,
    ],
    ['v2', async () => unwrapped((await post(mock, '/v2/token/generate', user)).json.body)],
    ['client-side', async () => unwrapped(await clientSide())],
  ];
  const unwrapped = (body: {
    advertising_token: string;
    refresh_token: string;
    refresh_response_key: string;
  }) => {
    const { refreshToken, refreshResponseKey } = unwrapRefreshToken(body.refresh_token, embeddedKeys);
    expect(refreshResponseKey.toString('base64')).toBe(body.refresh_response_key);
    return { ...body, bare_token: refreshToken };
  };
  const clientSide = async () =>
    (await clientGenerate(mock, { email_hash: 'tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=' })).json.body;

  it.each(generations)(
    'two generates of %s for one user differ in every token and hold the same raw UID',
    async (_api, make) => {
      const [one, two] = [await make(), await make()];
      const texts = [one, two].flatMap((tokens) =>
        Object.entries(tokens).filter(([name]) => name.includes('token')),
      );
      expect(new Set(texts.map(([, text]) => text)).size).toBe(texts.length);
      const keys = Object.keys(one).filter((name) => name === 'refresh_response_key');
      for (const name of keys) expect(Reflect.get(one, name)).not.toBe(Reflect.get(two, name));
      const [first, second] = [one, two].map((tokens) =>
        decodeAdvertisingToken(tokens.advertising_token, embeddedKeys),
      );
      expect(first?.raw_uid).toBe(second?.raw_uid);
      const bare = [one, two].map((tokens) =>
        decodeRefreshToken(
          'bare_token' in tokens ? String(tokens.bare_token) : tokens.refresh_token,
          embeddedKeys,
        ),
      );
      expect(bare[0]?.first_level_hash).toBe(bare[1]?.first_level_hash);
    },
  );

  it('10,000 IVs of tokens made over HTTP are distinct', async () => {
    const ivs = new Set<string>();
    const ivOf = (text: string, alphabet: BufferEncoding) => {
      ivs.add(Buffer.from(text, alphabet).subarray(6, 18).toString('hex'));
    };
    const headers = bearer(companyOf(mock));
    const target = `/v1/token/generate?email=${user.email}`;
    await inParallel(5000, async () => {
      const { body } = JSON.parse((await send(mock.url, { method: 'GET', target, headers })).body);
      ivOf(body.advertising_token, 'base64url');
      ivOf(body.refresh_token, 'base64');
    });
    closeConnections();
    expect(ivs.size).toBe(10_000);
  }, 120_000);

  it('a token has the time and the site for which it was made', async () => {
    await mock.clock.set(Date.UTC(2026, 0, 2));
    const now = mock.clock.now();
    const { body } = (await post(mock, '/v2/token/generate', user)).json;
    expect(decodeAdvertisingToken(body.advertising_token, embeddedKeys)).toMatchObject({
      version: 4,
      site_id: 1001,
      master_key_id: 101,
      site_key_id: 111,
      privacy_bits: 1,
      created: now,
      established: now,
      refreshed: now,
      expires: body.identity_expires,
    });
    const { refreshToken } = unwrapRefreshToken(body.refresh_token, embeddedKeys);
    expect(decodeRefreshToken(refreshToken, embeddedKeys)).toMatchObject({
      version: 3,
      site_id: 1001,
      key_id: 102,
      created: now,
      established: now,
      expires: body.refresh_expires,
    });
    expect(decodeAdvertisingToken((await clientSide()).advertising_token, embeddedKeys).privacy_bits).toBe(3);
    await mock.reset();
  });
});
