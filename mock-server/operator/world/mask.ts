/** A world without its secrets: API keys, client secrets, key secrets, salts and private keys. */

import type { World } from './schema.ts';

/** Stands in for a secret. No operator can work with it, so a world that has it is refused. */
const MASK = '(masked)';

const hidden = <T extends string | null>(secret: T): T | string => (secret === null ? secret : MASK);

type SaltKey = World['salts']['buckets'][number]['key'];
const hiddenKey = (key: SaltKey): SaltKey => key && { ...key, key: MASK, salt: MASK };

/** The world with a mask in place of each secret. */
export const masked = (world: World): World => ({
  ...world,
  clients: world.clients.map((client) => ({ ...client, key: MASK, secret: MASK })),
  keyset_keys: world.keyset_keys.map((key) => ({ ...key, secret: MASK })),
  salts: {
    ...world.salts,
    first_level: MASK,
    id_secret: MASK,
    buckets: world.salts.buckets.map((bucket) => ({
      ...bucket,
      salt: hidden(bucket.salt),
      previous_salt: hidden(bucket.previous_salt),
      key: hiddenKey(bucket.key),
      previous_key: hiddenKey(bucket.previous_key),
    })),
  },
  client_side_keypairs: world.client_side_keypairs.map((pair) => ({ ...pair, private_key: MASK })),
});

/** A line for each masked secret in JSON. */
export function maskProblems(value: unknown, path = ''): string[] {
  if (value === MASK) return [`${path}: expected a secret, as GET world?secrets=1 gives it; got its mask`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const step = Array.isArray(value) ? `[${name}]` : `${path === '' ? '' : '.'}${name}`;
    return maskProblems(member, `${path}${step}`);
  });
}
