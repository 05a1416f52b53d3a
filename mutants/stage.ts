/**
 * The world in which the contract suite runs against mutants. It is the embedded world, with a case for each rule that
 * the embedded world does not need: keys that are not active any more or not yet, a disabled keyset, a disabled
 * subscription, a client of a reserved site, a publisher that is young enough for the opt-out policy.
 */

import { utf8 } from '../mock-server/core/primitives.ts';
import { bucketIdEncoder } from '../mock-server/core/salts.ts';
import { nativePrimitives } from '../mock-server/native/primitives.ts';
import { profiles } from '../mock-server/operator/profile.ts';
import { defaultWorld } from '../mock-server/operator/world/embedded.ts';
import type { World } from '../mock-server/operator/world/schema.ts';
import type { Stage } from './mutant.ts';

const SEED = 'mutants';
const YEAR = 31_536_000;
const DAY = 86_400;

const secret = (name: string): string =>
  nativePrimitives.toBase64(nativePrimitives.sha256(utf8(`${SEED}/${name}`)));

interface Span {
  readonly activates: number;
  readonly expires: number;
}

/** A key of a keyset; the span is in epoch seconds. */
const key = (id: number, keysetId: number, { activates, expires }: Span): World['keyset_keys'][number] => ({
  id,
  keyset_id: keysetId,
  created: activates - DAY,
  activates,
  expires,
  secret: secret(`key ${id}`),
});

function moreKeys(now: number): World['keyset_keys'] {
  const past = { activates: now - 2 * YEAR, expires: now - YEAR };
  const older = { activates: now - 10 * YEAR, expires: now + 2 * YEAR };
  const newest = { activates: now - DAY, expires: now + YEAR };
  const next = { activates: now + YEAR, expires: now + 2 * YEAR };
  return [
    key(201, -1, past),
    key(202, -1, next),
    key(203, -2, next),
    key(204, 2, past),
    key(211, 2101, older),
    key(212, 2101, past),
    key(213, 2101, newest),
    key(214, 2101, next),
    key(221, 2102, next),
    key(231, 2120, older),
  ];
}

const client = (
  name: string,
  siteId: number,
  roles: string[],
  created: number,
): World['clients'][number] => ({
  name,
  key: `UID2-C-L-${siteId}-${secret(`key of ${name}`).replace(/[+/=]/g, 'x').slice(0, 38)}`,
  secret: secret(`secret of ${name}`),
  site_id: siteId,
  roles,
  disabled: false,
  created,
  service_id: 0,
});

/** Salts with the ids of their buckets, which the suite compares. */
function namedBuckets(salts: World['salts']): World['salts'] {
  const bucketId = bucketIdEncoder(salts.id_prefix, salts.id_secret);
  return {
    ...salts,
    buckets: salts.buckets.map((bucket) => ({ ...bucket, bucket_id: bucketId(bucket.id) })),
  };
}

/** The world of a stage at a time (ms). */
export function stageWorld({ profile = 'local', scope }: Stage, now: number): World {
  const v4Buckets = profiles[profile].keyBuckets;
  const world = defaultWorld({ seed: SEED, scope: scope ?? 'uid2', now, v4Buckets }, nativePrimitives);
  const seconds = Math.floor(now / 1000);
  const disabledPair = world.client_side_keypairs.map((pair) => ({
    ...pair,
    subscription_id: `disabled-${pair.subscription_id}`,
    disabled: true,
  }));
  return {
    ...world,
    clients: [
      ...world.clients,
      client('Deployment', 2, ['ID_READER'], seconds - YEAR),
      client('Example Young Publisher', 1020, ['GENERATOR'], seconds - DAY),
    ],
    sites: [
      ...world.sites,
      {
        id: 1020,
        name: 'Example Young Publisher',
        enabled: true,
        domain_names: ['example.org'],
        app_names: [],
      },
    ],
    keysets: [
      ...world.keysets,
      {
        id: 2120,
        site_id: 1020,
        name: 'switched off',
        allowed_sites: [1001, 1003, 1006],
        created: seconds - YEAR,
        enabled: false,
        default: true,
      },
    ],
    salts: namedBuckets(world.salts),
    keyset_keys: [...world.keyset_keys, ...moreKeys(seconds)],
    client_side_keypairs: [...world.client_side_keypairs, ...disabledPair],
  };
}
