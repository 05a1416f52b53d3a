/**
 * Raw UIDs (Protocol §3), always passed on as base64 (44 characters).
 *
 *   v2 (32 bytes) = SHA-256( base64(FLH) | salt )
 *   v3 (33 bytes) = scope<<4 | type<<2 (1) | v2
 *   v4 (33 bytes) = metadata (1) | key id, low bytes (3) | IV (12) | AES-256-CTR( FLH[16..31] ) (16) | XOR of these (1)
 *     metadata = 0x20 | scope<<4 | type<<2 | environment<<6
 *     IV = first 12 bytes of SHA-256( key salt | FLH[16..31] | metadata | key id )
 */

import { writeBase64 } from './base64.ts';
import { concatBytes } from './bytes.ts';
import type { Identity, IdentityType } from './identity-hash.ts';
import { type Primitives, utf8 } from './primitives.ts';
import type { SaltBucket, SaltKey } from './salts.ts';

/** 0 UID2, 1 EUID. */
export type Scope = 0 | 1;

/** 0 test, 1 integ, 2 prod. */
export type Environment = 0 | 1 | 2;

export interface RawUidSettings {
  readonly scope: Scope;
  readonly environment: Environment;
  /** whether text salts give v3 instead of v2 raw UIDs */
  readonly identityV3: boolean;
}

const V4 = 0x20;

export function rawUidV2(flh: string, salt: string, primitives: Primitives): string {
  return primitives.sha256Base64(flh + salt);
}

export function rawUidV3(
  flh: string,
  salt: string,
  scope: Scope,
  type: IdentityType,
  primitives: Primitives,
): string {
  const v2 = primitives.fromBase64(rawUidV2(flh, salt, primitives)) ?? new Uint8Array(32);
  return primitives.toBase64(concatBytes(Uint8Array.of((scope << 4) | (type << 2)), v2));
}

/**
 * A salt key in bytes, for v4. `ivSource` is the input of the hash for the IV; its last 20 bytes are filled in for each
 * raw UID.
 */
interface KeyBytes {
  readonly key: Uint8Array;
  readonly ivSource: Uint8Array;
}

const keyBytes = new WeakMap<SaltKey, KeyBytes>();

function bytesOf(key: SaltKey): KeyBytes {
  const known = keyBytes.get(key);
  if (known) return known;
  const bytes = { key: utf8(key.key), ivSource: concatBytes(utf8(key.salt), new Uint8Array(20)) };
  keyBytes.set(key, bytes);
  return bytes;
}

/** bytes 15 to 32 of a first-level hash, with room for a padded byte */
const tail = new Uint8Array(18);
const half = tail.subarray(1, 17);
/** IV (12) and the number of the block (4), which is 0 */
const counter = new Uint8Array(16);
const uid = new Uint8Array(33);
const head = uid.subarray(0, 4);
const sealed = uid.subarray(16, 32);

export function rawUidV4(
  flh: string,
  key: SaltKey,
  scope: Scope,
  type: IdentityType,
  environment: Environment,
  primitives: Primitives,
): string {
  // 20 characters are 15 bytes
  if (writeBase64(flh, 20, tail, 0) === undefined) tail.fill(0);
  uid[0] = V4 | (scope << 4) | (type << 2) | (environment << 6);
  uid[1] = key.id >>> 16;
  uid[2] = key.id >>> 8;
  uid[3] = key.id;
  const known = bytesOf(key);
  known.ivSource.set(half, known.ivSource.length - 20);
  known.ivSource.set(head, known.ivSource.length - 4);
  // 16 characters are 12 bytes
  writeBase64(primitives.sha256Base64(known.ivSource), 0, counter, 0, 16);
  uid.set(counter, 4);
  primitives.ctr(known.key, counter, half, sealed);
  let xor = 0;
  for (let i = 0; i < 32; i++) xor ^= uid[i] ?? 0;
  uid[32] = xor;
  return primitives.toBase64(uid);
}

/** The raw UID by a salt text, else by a key; null when both are missing. */
function derive(
  flh: string,
  type: IdentityType,
  salt: string | null,
  key: SaltKey | null,
  settings: RawUidSettings,
  primitives: Primitives,
): string | null {
  if (salt !== null) {
    return settings.identityV3
      ? rawUidV3(flh, salt, settings.scope, type, primitives)
      : rawUidV2(flh, salt, primitives);
  }
  return key && rawUidV4(flh, key, settings.scope, type, settings.environment, primitives);
}

/** Raw UID of a first-level hash (base64) by the bucket's current salt. */
export function currentRawUid(
  flh: string,
  type: IdentityType,
  bucket: SaltBucket,
  settings: RawUidSettings,
  primitives: Primitives,
): string {
  const uid = derive(flh, type, bucket.salt, bucket.key, settings, primitives);
  if (uid === null) throw new Error(`bucket ${bucket.bucketId}: expected a salt or a key, got neither`);
  return uid;
}

/** What a raw UID is made of. */
interface RawUidSource {
  /** first-level hash, base64 */
  readonly flh: string;
  readonly identity: Pick<Identity, 'type'>;
  readonly bucket: SaltBucket;
}

/** Current raw UIDs of many. */
export function currentRawUids(
  sources: readonly RawUidSource[],
  settings: RawUidSettings,
  primitives: Primitives,
): string[] {
  const salts: string[] = [];
  for (const { bucket } of sources) if (bucket.salt !== null) salts.push(bucket.salt);
  if (!settings.identityV3 && salts.length === sources.length) {
    const hashes = sources.map(({ flh }) => flh);
    return primitives.sha256OfPairs(hashes, salts);
  }
  return sources.map(({ flh, identity, bucket }) =>
    currentRawUid(flh, identity.type, bucket, settings, primitives),
  );
}

/** Raw UID by the bucket's previous salt or key; null when both are missing. */
export function previousRawUid(
  flh: string,
  type: IdentityType,
  bucket: SaltBucket,
  settings: RawUidSettings,
  primitives: Primitives,
): string | null {
  return derive(flh, type, bucket.previousSalt, bucket.previousKey, settings, primitives);
}
