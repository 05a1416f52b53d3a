/** What the doctors refuse of callers without type checks: one sentence, which shows no text that may be a secret. */

import { expect, it } from 'vitest';
import { diagnoseEnvelope, diagnoseHash, inspectToken } from './doctor.ts';
import { profileNames } from './operator/profile.ts';

const NOW = Date.UTC(2026, 0, 1);
const client = { name: 'a', key: 'UID2-C-L-1-a', secret: 's', site_id: 1 };
const key = { id: 1, keyset_id: 1, secret: 's', activates: 0, expires: Number.NaN };

const inspect = (given: unknown) => () => inspectToken('text', given as Parameters<typeof inspectToken>[1]);
const diagnose = (given: object) => () => diagnoseEnvelope({ body: '', clients: [], now: NOW, ...given });
const hash = (identity: unknown, options?: unknown) => () =>
  diagnoseHash(identity as string, options as Parameters<typeof diagnoseHash>[1]);

it.each([
  [inspect(undefined), 'given: expected an object with now; got nothing'],
  [inspect({}), 'now: expected milliseconds since 1970; got nothing'],
  [inspect({ now: NOW, world: null }), 'world: expected an object; got null'],
  [inspect({ now: NOW, world: { clients: {} } }), 'world.clients: expected a list; got an object'],
  [inspect({ now: NOW, world: { clients: [{}] } }), 'world.clients[0].name: expected a string; got nothing'],
  [
    inspect({ now: NOW, world: { clients: [client, { ...client, key: 5 }] } }),
    'world.clients[1].key: expected a string; got 5',
  ],
  [
    inspect({ now: NOW, world: { keyset_keys: [key] } }),
    'world.keyset_keys[0].expires: expected a number; got NaN',
  ],
  [inspect({ now: NOW, world: { sites: [1] } }), 'world.sites[0]: expected an object; got 1'],
  [inspect({ now: NOW, profile: 5 }), `profile: expected ${profileNames.join(', ')}; got 5`],
  [diagnose({ body: {} }), 'body: expected a string or bytes; got an object'],
  [diagnose({ now: Number.NaN }), 'now: expected milliseconds since 1970; got NaN'],
  [diagnose({ now: 1e16 }), 'now: expected milliseconds since 1970; got 10000000000000000'],
  [diagnose({ profile: 'v6' }), `profile: expected ${profileNames.join(', ')}; got "v6"`],
  [diagnose({ clients: undefined }), 'clients: expected a list; got nothing'],
  [diagnose({ clients: [{ name: 'a' }] }), 'clients[0].secret: expected a string; got nothing'],
  [diagnose({ keypairs: [{}] }), 'keypairs[0].subscription_id: expected a string; got nothing'],
  [hash(undefined), 'identity: expected a string; got nothing'],
  [hash('a@example.com', { expect: 5 }), 'expect: expected a string; got 5'],
  [hash('a@example.com', { kind: 'maid' }), 'kind: expected email, phone; got "maid"'],
])('%#: %s', (call, sentence) => {
  expect(call).toThrow(new TypeError(sentence));
});

it('takes a world with what it reads alone', () => {
  const world = { clients: [client], keyset_keys: [{ ...key, expires: 1 }], keysets: undefined };
  expect(inspectToken(client.key, { world, now: NOW })).toMatchObject({ kind: 'api_key', opens: true });
});
