/** Tokens that only a holder of the keys can make, each wrong in one point. */

import { createDecipheriv, createHash } from 'node:crypto';
import { firstLevelHash, rawUidV2, sealWithKey } from '../../../contract-tests/wire/index.ts';
import { type AdvertisingToken, encodeAdvertisingToken } from '../../core/advertising-token.ts';
import { type RefreshToken, encodeRefreshToken } from '../../core/refresh-token.ts';
import { nativePrimitives } from '../../native/primitives.ts';
import { sealedWrapper } from '../hostile-bodies.ts';
import { keysOf } from '../world.ts';
import { NOW, type Stage } from './stage.ts';

const MASTER_KEY = 101;
const REFRESH_KEY = 102;
const SITE_KEY = 111;
const SITE = 1001;
const HOUR = 3_600_000;

function keyOf({ world }: Stage, id: number) {
  const secret = keysOf(world).get(id);
  if (secret === undefined) throw new Error(`keys: expected one with id ${id}, got none`);
  return { id, secret };
}

const refreshFields: RefreshToken = {
  scope: 0,
  type: 0,
  siteId: SITE,
  privacyBits: 1,
  established: NOW - HOUR,
  created: NOW - HOUR,
  expires: NOW + HOUR,
  flh: Buffer.alloc(32, 9).toString('base64'),
};

/** A refresh token of version 3. */
export const refreshToken = (stage: Stage, fields: Partial<RefreshToken> = {}): string =>
  encodeRefreshToken(
    3,
    { ...refreshFields, ...fields },
    keyOf(stage, REFRESH_KEY),
    new Uint8Array(12),
    nativePrimitives,
  );

/** A refresh token with the given type byte in its payload. */
export function refreshTokenOfType(stage: Stage, inner: number): string {
  const { secret } = keyOf(stage, REFRESH_KEY);
  const made = Buffer.from(refreshToken(stage), 'base64');
  const iv = made.subarray(6, 18);
  const decipher = createDecipheriv('aes-256-gcm', secret, iv);
  const plain = decipher.update(made.subarray(18, -16));
  plain[57] = inner;
  return Buffer.concat([made.subarray(0, 6), sealWithKey(secret, plain, iv)]).toString('base64');
}

/** A refresh token of version 2 around a text in place of the hash. */
export const refreshTokenAround = (stage: Stage, flh: string): string =>
  encodeRefreshToken(
    2,
    { ...refreshFields, flh },
    keyOf(stage, REFRESH_KEY),
    new Uint8Array(16),
    nativePrimitives,
  );

/** A wrapper with the given JSON in it. */
export const wrapperOf = (stage: Stage, json: object): string =>
  sealedWrapper(keyOf(stage, REFRESH_KEY), JSON.stringify(json));

/** The raw UID of an email under a salt, of 32 bytes. */
export function rawUid({ world }: Stage, email: string, salt: string): Buffer {
  return rawUidV2(firstLevelHash(createHash('sha256').update(email).digest(), world.salts.first_level), salt);
}

/** An advertising token of version 4 that holds a raw UID. */
export function advertisingToken(stage: Stage, uid: Uint8Array): string {
  const token: AdvertisingToken = {
    scope: 0,
    type: 0,
    siteId: SITE,
    privacyBits: 1,
    established: NOW,
    refreshed: NOW,
    created: NOW,
    expires: NOW + HOUR,
    rawUid: Buffer.from(uid).toString('base64'),
  };
  const keys = { master: keyOf(stage, MASTER_KEY), site: keyOf(stage, SITE_KEY) };
  const ivs = { outer: new Uint8Array(12), inner: new Uint8Array(12) };
  return encodeAdvertisingToken(4, token, keys, ivs, nativePrimitives);
}

/** A base64 text with altered bytes. */
export function altered(token: string, alter: (bytes: Buffer) => Buffer | void): string {
  const bytes = Buffer.from(token, 'base64');
  return (alter(bytes) ?? bytes).toString('base64');
}
