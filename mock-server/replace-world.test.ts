/** A world that replaces another: no request works with both, and everything follows the new one. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  decodeAdvertisingToken,
  decodeRefreshToken,
  unwrapRefreshToken,
} from '../contract-tests/wire/index.ts';
import { type Composed, compose } from './compose.ts';
import { type MockOperator, startMockOperator } from './index.ts';
import { listen } from './listen.ts';
import { nativePrimitives } from './native/primitives.ts';
import { defaultWorld } from './operator/world/embedded.ts';
import { ask, clientGenerate, companyOf, embeddedWorld, post } from './testing/caller.ts';
import { keysOf } from './testing/world.ts';

type World = ReturnType<typeof embeddedWorld>;

const NOW = Date.UTC(2027, 0, 1);
/** More elements than a map handles in one turn of the event loop, so that other requests run in between. */
const emails = Array.from({ length: 1600 }, (_, index) => `user${index}@example.com`);
const leaver = 'leaver@example.com';

const reversed = (secret: string): string => Buffer.from(secret, 'base64').reverse().toString('base64');

/** Two worlds with the same API keys, but each with its own secrets, salts, keys, lifetimes and opt-outs. */
const one: World = embeddedWorld();
const other: World = {
  ...defaultWorld({ seed: 'other', scope: 'uid2', now: NOW, v4Buckets: true }, nativePrimitives),
  clients: one.clients.map((client) => ({ ...client, secret: reversed(client.secret) })),
  keyset_keys: one.keyset_keys.map((key) => ({ ...key, id: key.id + 500, secret: reversed(key.secret) })),
  identity_token_expires_after_seconds: 7200,
  refresh_token_expires_after_seconds: 99_000,
  opted_out_identities: [{ email: leaver, opted_out_at_seconds: 1_700_000_000 }],
};

/** A request sealed by the first client of a world. It is sent again until the mock serves that world. */
async function sealedFor(world: World, mock: MockOperator, path: string, payload: object) {
  const [credential] = world.clients;
  if (credential === undefined) throw new Error('clients: expected at least one, got none');
  for (;;) {
    const { status, json } = await post(mock, path, payload, { credential });
    if (status === 200) return json.body;
    expect(status).toBe(400);
  }
}

const mapped = (world: World, mock: MockOperator): Promise<object> =>
  sealedFor(world, mock, '/v2/identity/map', { email: [...emails, leaver] });

/** What new tokens show of the world that issued them. */
async function generated(world: World, mock: MockOperator): Promise<object> {
  const body = await sealedFor(world, mock, '/v2/token/generate', { email: 'jane.doe@example.com' });
  const keys = keysOf(world);
  const { keyId, refreshToken } = unwrapRefreshToken(body.refresh_token, keys);
  const { master_key_id, site_key_id, raw_uid } = decodeAdvertisingToken(body.advertising_token, keys);
  const { key_id, first_level_hash } = decodeRefreshToken(refreshToken, keys);
  const { identity_expires, refresh_expires } = body;
  return {
    keyId,
    master_key_id,
    site_key_id,
    key_id,
    raw_uid,
    first_level_hash,
    identity_expires,
    refresh_expires,
  };
}

describe('while worlds change under load', () => {
  let composed: Composed;
  let mock: MockOperator;
  const calm = new Map<World, { readonly map: object; readonly tokens: object }>();

  beforeAll(async () => {
    for (const world of [one, other]) {
      const still = await startMockOperator({ world, profile: 'current' });
      await still.clock.set(NOW);
      calm.set(world, { map: await mapped(world, still), tokens: await generated(world, still) });
      await still.close();
    }
    // the world changes within every request, as soon as its client is known
    composed = await compose(
      { world: one, profile: 'current' },
      {
        http: (honest) => ({
          ...honest,
          authenticate(...given) {
            const client = honest.authenticate(...given);
            composed.replaceWorld(
              composed.deployment().world.keyset_keys[0]?.id === one.keyset_keys[0]?.id ? other : one,
            );
            return client;
          },
        }),
      },
    );
    mock = await listen(composed);
    await mock.clock.set(NOW);
  });
  afterAll(() => mock.close());

  it('a request is opened, answered and sealed by one of them alone', async () => {
    expect(calm.get(one)?.map).not.toEqual(calm.get(other)?.map);
    const load = Array.from({ length: 24 }, async (_, index) => {
      const world = index % 2 === 0 ? one : other;
      const { map, tokens } = calm.get(world) ?? {};
      if (index % 6 < 2) expect(await mapped(world, mock)).toEqual(map);
      else expect(await generated(world, mock)).toEqual(tokens);
    });
    await Promise.all(load);
  });
});

/** A POST without a key whose head has arrived. `finish` sends the body, in chunks, and returns the answer. */
async function beginPost({ url }: MockOperator, body: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding('latin1');
  const head = ['Host: x', 'Connection: close', 'Transfer-Encoding: chunked', 'Expect: 100-continue'];
  socket.write(['POST /v2/token/generate HTTP/1.1', ...head, '', ''].join('\r\n'));
  expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
  return {
    async finish(): Promise<string> {
      let answer = '';
      socket.on('data', (text: string) => (answer += text));
      socket.write(`${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
      await once(socket, 'close');
      return answer;
    },
  };
}

describe('what follows the new world', () => {
  let composed: Composed;
  let mock: MockOperator;
  beforeAll(async () => {
    composed = await compose({ world: one, profile: 'current' });
    mock = await listen(composed);
  });
  afterAll(() => mock.close());

  const replaced = async <T>(changes: Partial<World>, ask: () => T | Promise<T>): Promise<T> => {
    composed.replaceWorld({ ...one, ...changes });
    try {
      return await ask();
    } finally {
      composed.replaceWorld(one);
    }
  };
  /** Before, with the changes, and after they are taken back. */
  const around = async <T>(changes: Partial<World>, ask: () => T | Promise<T>): Promise<T[]> => [
    await ask(),
    await replaced(changes, ask),
    await ask(),
  ];

  const company = one.clients[0];
  if (company === undefined) throw new Error('expected a client');
  const email = 'jane.doe@example.com';

  it('credentials', async () => {
    const clients = one.clients.map((client) => ({
      ...client,
      disabled: client !== company,
      roles: ['MAPPER'],
    }));
    const before = [{ ...companyOf(mock) }];
    const list = await replaced({ clients }, () => [mock.credentials, mock.credentialFor('MAPPER')]);
    const { name, key, secret, site_id } = company;
    const only = { name, key, secret, site_id, roles: ['MAPPER'] };
    expect(list).toEqual([[only], only]);
    expect(mock.credentials.slice(0, 1)).toEqual(before);
  });

  it('who may do what, and with which secret', async () => {
    const refused = await around(
      { clients: [{ ...company, roles: ['MAPPER'] }] },
      async () => (await post(mock, '/v2/token/generate', { email }, { credential: company })).status,
    );
    expect(refused).toEqual([200, 401, 200]);
    const clients = [{ ...company, secret: Buffer.alloc(32, 7).toString('base64') }];
    const answers = await around(
      { clients },
      async () => (await post(mock, '/v2/token/generate', { email }, { credential: company })).status,
    );
    expect(answers).toEqual([200, 400, 200]);
  });

  it('client-side generation and its key pairs', async () => {
    const status = async () => (await clientGenerate(mock, { email_hash: 'x' })).status;
    expect(await around({ client_side_token_generate: false }, status)).toEqual([400, 404, 400]);
    const method = async () => (await ask(mock, '/v2/token/client-generate')).status;
    expect(await around({ client_side_token_generate: false }, method)).toEqual([405, 404, 405]);
    const pairs = () => mock.clientSideKeypairs.length;
    expect(await around({ client_side_keypairs: [] }, pairs)).toEqual([1, 0, 1]);
  });

  it('phones, and the texts that speak of them', async () => {
    const phone = async () => (await post(mock, '/v2/token/generate', { phone: '+12345678901' })).status;
    expect(await around({ enable_phone_support: false }, phone)).toEqual([200, 400, 200]);
    const text = async () => (await post(mock, '/v2/token/generate', {})).json.message;
    const [before, without] = await around({ enable_phone_support: false }, text);
    expect(before).toMatch(/phone_hash/);
    expect(without).toMatch(/email/);
    expect(without).not.toMatch(/phone/);
  });

  it('the scope', async () => {
    const euid = embeddedWorld('euid');
    const start = async () =>
      (await post(mock, '/v2/token/generate', { email })).json.body.advertising_token.slice(0, 2);
    expect(await around({ ...euid, clients: one.clients }, start)).toEqual(['A4', 'E4', 'A4']);
  });

  it('the length that a body may have, up or down, for requests that begin later', async () => {
    const credential = companyOf(mock);
    const body = (length: number) => ' '.repeat(length);
    const status = (length: number) => async () =>
      (await ask(mock, '/v2/token/generate', { method: 'POST', body: body(length), credential })).status;
    expect(await around({ max_request_body_bytes: 2000 }, status(2000))).toEqual([400, 400, 400]);
    expect(await around({ max_request_body_bytes: 2000 }, status(2001))).toEqual([400, 413, 400]);
    expect(await around({ max_request_body_bytes: 2_000_000 }, status(1_048_577))).toEqual([413, 400, 413]);
    const begun = await beginPost(mock, body(3000));
    const answer = await replaced({ max_request_body_bytes: 2000 }, () => begun.finish());
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('no route at all, whatever its request says', async () => {
    const tooLong = { method: 'POST', body: ' '.repeat(1_048_577) };
    const status = async () => (await ask(mock, '/v2/token/client-generate', tooLong)).status;
    expect(await around({ client_side_token_generate: false }, status)).toEqual([413, 404, 413]);
  });

  it('the opt-outs, under those that were made since', async () => {
    const status = async () => (await post(mock, '/v2/token/generate', { email })).json.status;
    const changes = { opted_out_identities: [{ email, opted_out_at_seconds: 1_700_000_000 }] };
    expect(await around(changes, status)).toEqual(['success', 'optout', 'success']);
    await mock.optOuts.remove({ email });
    expect(await around(changes, status)).toEqual(['success', 'success', 'success']);
    await mock.optOuts.add({ email });
    expect(await around(changes, status)).toEqual(['optout', 'optout', 'optout']);
    await mock.reset();
  });

  it('not the world itself, when the options do not go with it: the former stays', async () => {
    const euid = embeddedWorld('euid');
    const strict = await compose({ world: one, scope: 'uid2' });
    expect(() => {
      strict.replaceWorld(euid);
    }).toThrow('expected EUID, as in the world');
    expect(strict.deployment().world.identity_scope).toBe('UID2');
    await strict.app.close();
  });
});
