/**
 * Finds the salt bucket of an identity hash (Protocol §3).
 *
 *   FLH   = SHA-256( base64(identity hash) | first-level salt )
 *   h20   = FLH[0] << 12 | FLH[1] << 4 | FLH[2] & 15
 *   index = h20 of 2^20 buckets, else h20 mod number of buckets
 */

import Hashids from 'hashids';
import { sextet } from './base64.ts';
import type { Primitives } from './primitives.ts';

/** Key material of a v4 raw UID; `key` is 32 ASCII characters. */
export interface SaltKey {
  readonly id: number;
  readonly key: string;
  readonly salt: string;
}

export interface SaltBucket {
  readonly bucketId: string;
  /** ms */
  readonly lastUpdated: number;
  /** ms */
  readonly refreshFrom: number;
  readonly salt: string | null;
  readonly previousSalt: string | null;
  readonly key: SaltKey | null;
  readonly previousKey: SaltKey | null;
}

const DAY_MS = 86_400_000;
const PREVIOUS_FOR_DAYS = 90;

/** First-level hash as base64 (44 characters) of an identity hash in base64. */
export function firstLevelHash(identityHash: string, firstLevelSalt: string, primitives: Primitives): string {
  return primitives.sha256Base64(identityHash + firstLevelSalt);
}

/** The same of many. */
export const firstLevelHashes = (
  identityHashes: readonly string[],
  firstLevelSalt: string,
  primitives: Primitives,
): string[] =>
  primitives.sha256OfPairs(
    identityHashes,
    identityHashes.map(() => firstLevelSalt),
  );

/** Index of the bucket of a first-level hash (base64) in a table of `buckets`. */
export function bucketIndex(flh: string, buckets: number): number {
  // four base64 characters are the first three bytes: 12 bits, 8 bits and the low nibble of the third byte
  const head = (sextet(flh, 0) << 18) | (sextet(flh, 1) << 12) | (sextet(flh, 2) << 6) | sextet(flh, 3);
  const h20 = ((head >> 16) << 12) | (((head >> 8) & 0xff) << 4) | (head & 0x0f);
  return h20 % buckets;
}

/** Public id of a bucket: prefix and Hashids of its number, at least 9 characters. */
export function bucketIdEncoder(prefix: string, secret: string): (id: number) => string {
  const hashids = new Hashids(secret, 9);
  return (id) => prefix + hashids.encode(id);
}

/** Whether answers contain the previous raw UID: the bucket changed less than 90 days ago, or in the future. */
export function hasPrevious(bucket: SaltBucket, now: number): boolean {
  return Math.floor((now - bucket.lastUpdated) / DAY_MS) < PREVIOUS_FOR_DAYS;
}

/** When the raw UID should be fetched again, in epoch seconds: the bucket's time, or the next UTC midnight. */
export function refreshFromSeconds(bucket: SaltBucket, now: number): number {
  const at = bucket.refreshFrom >= now ? bucket.refreshFrom : (Math.floor(now / DAY_MS) + 1) * DAY_MS;
  return Math.floor(at / 1000);
}
