/** Rotation of keys and salts. What was there before stays where the protocol still needs it. */

import type { Primitives } from '../../core/primitives.ts';
import { bucketIdEncoder } from '../../core/salts.ts';
import { type Making, newKeysetKey } from './change.ts';
import type { World } from './schema.ts';

type Key = World['keyset_keys'][number];
type Bucket = World['salts']['buckets'][number];

/**
 * A world with a new key for some keysets. Former keys stay, so that the tokens they seal can be read.
 *
 * @param activates ms
 */
export function withNewKeys(
  world: World,
  keysets: readonly number[],
  activates: number,
  making: Making,
): { readonly world: World; readonly keys: readonly Key[] } {
  const made: Key[] = [];
  for (const keyset of keysets) {
    made.push(newKeysetKey([...world.keyset_keys, ...made], keyset, activates, making));
  }
  return { world: { ...world, keyset_keys: [...world.keyset_keys, ...made] }, keys: made };
}

/** The public id of a bucket. */
export function publicBucketIds({ salts }: World): readonly string[] {
  const idOf = bucketIdEncoder(salts.id_prefix, salts.id_secret);
  return salts.buckets.map(({ id, bucket_id }) => bucket_id ?? idOf(id));
}

/** The places of a part of the buckets, at least one: those that changed longest ago. */
export function oldestBuckets({ salts: { buckets } }: World, share: number): number[] {
  const age = (at: number): number => buckets[at]?.last_updated ?? 0;
  const oldest = [...buckets.keys()].sort((a, b) => age(a) - age(b) || a - b);
  return oldest.slice(0, Math.ceil(share * buckets.length));
}

const REFRESH_AFTER_MS = 30 * 86_400_000;
const KEY_LENGTH = 32;

const newText = (primitives: Primitives): string => primitives.toBase64(primitives.randomBytes(32));

function rotated(bucket: Bucket, keyId: number, { primitives, now }: Making): Bucket {
  const times = { last_updated: now, refresh_from: now + REFRESH_AFTER_MS };
  if (bucket.salt !== null) {
    const former = { previous_salt: bucket.salt, previous_key: null };
    return { ...bucket, ...times, ...former, salt: newText(primitives) };
  }
  const key = {
    id: keyId,
    key: newText(primitives).slice(0, KEY_LENGTH),
    salt: newText(primitives).slice(0, KEY_LENGTH),
  };
  return { ...bucket, ...times, previous_salt: null, previous_key: bucket.key, key };
}

/** A world with new salts in some buckets, by place. A bucket with a key, for v4 raw UIDs, gets another key. */
export function withNewSalts(world: World, places: readonly number[], making: Making): World {
  const { buckets } = world.salts;
  const keyIds = buckets.flatMap(({ key, previous_key }) => [key?.id ?? 0, previous_key?.id ?? 0]);
  let keyId = keyIds.reduce((highest, id) => Math.max(highest, id), 0);
  const changed = new Set(places);
  const renewed = buckets.map((bucket, at) => {
    if (!changed.has(at)) return bucket;
    if (bucket.salt === null) keyId += 1;
    return rotated(bucket, keyId, making);
  });
  return {
    ...world,
    salts: { ...world.salts, buckets: renewed },
    // derived from the former salts
    opted_out_identities: world.opted_out_identities.map(({ raw_uid: _, ...entry }) => entry),
  };
}
