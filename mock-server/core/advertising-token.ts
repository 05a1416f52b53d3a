/**
 * Advertising tokens V2, V3 and V4 (Protocol §5.1, §5.2).
 *
 *   V3, V4: type byte | version | master key id (4) | GCM(master key) of
 *             expires ms (8) | created ms (8) | operator site (4), type (1), version (4), key (4) | site key id (4)
 *             | GCM(site key) of
 *                 site id (4) | publisher id (8) | client key id (4) | privacy bits (4) | established ms (8)
 *                 | refreshed ms (8) | raw UID (32 or 33)
 *   V2:     2 | master key id (4) | IV (16) | CBC(master key) of
 *             expires ms (8) | site key id (4) | IV (16) | CBC(site key) of the identity payload
 *
 * V2 and V3 are standard base64, V4 is the URL alphabet without padding.
 */

import { decodeBase64, fromUrlAlphabet } from './base64.ts';
import { ByteReader, ByteWriter, concatBytes } from './bytes.ts';
import { base64Fault, readBase64 } from './base64-faults.ts';
import { OperatorError } from './operator-error.ts';
import type { Primitives } from './primitives.ts';
import {
  type FindSecret,
  type TokenKey,
  type TokenOwner,
  NO_PUBLISHER,
  VERSION_2,
  VERSION_3,
  VERSION_4,
  decodeOrRefuse,
  decryptSection,
  encryptSection,
  hasOwner,
  openSection,
  readIdentityPayload,
  readTypeByte,
  requireValue,
  scopeOf,
  sealFrom,
  typeByte,
  writeIdentityPayload,
} from './token-format.ts';

export type AdvertisingTokenVersion = 2 | 3 | 4;

/** All times in ms. V2 carries neither `created` nor `refreshed`; they read as 0. */
export interface AdvertisingToken extends TokenOwner {
  readonly siteId: number;
  readonly privacyBits: number;
  readonly established: number;
  readonly refreshed: number;
  readonly created: number;
  readonly expires: number;
  /** base64 of 32 or 33 bytes */
  readonly rawUid: string;
  /** as in the refresh token */
  readonly publisherIds?: Uint8Array | undefined;
}

export interface DecodedAdvertisingToken extends AdvertisingToken {
  readonly version: AdvertisingTokenVersion;
  readonly masterKeyId: number;
  readonly siteKeyId: number;
}

interface AdvertisingTokenKeys {
  readonly master: TokenKey;
  readonly site: TokenKey;
}

/** Two IVs: 16 bytes each for V2, 12 for V3 and V4. */
interface AdvertisingTokenIvs {
  readonly outer: Uint8Array;
  readonly inner: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

export const advertisingTokenIvLength = (version: AdvertisingTokenVersion): 12 | 16 =>
  version === 2 ? 16 : 12;

/** Encodes a token. Accepts every raw UID of 32 or 33 bytes. */
export function encodeAdvertisingToken(
  version: AdvertisingTokenVersion,
  token: AdvertisingToken,
  keys: AdvertisingTokenKeys,
  ivs: AdvertisingTokenIvs,
  primitives: Primitives,
): string {
  if (version === 2) return primitives.toBase64(encodeV2(token, keys, ivs, primitives));
  const bytes = encodeV3(version, token, keys, ivs, primitives);
  return version === 3 ? primitives.toBase64(bytes) : primitives.toBase64Url(bytes);
}

/** Scratch buffer of the encoder: an allocation for each token would cost as much as its hashes. */
const scratch = new ByteWriter(512);

/** V3 and V4 have the same layout. The result lies in the scratch buffer and is valid until the next call. */
function encodeV3(
  version: 3 | 4,
  token: AdvertisingToken,
  keys: AdvertisingTokenKeys,
  ivs: AdvertisingTokenIvs,
  primitives: Primitives,
): Uint8Array {
  const writer = scratch
    .rewind()
    .uint8(typeByte(token))
    .uint8(version === 3 ? VERSION_3 : VERSION_4)
    .int32(keys.master.id)
    .put(ivs.outer);
  const masterPayload = writer.length;
  writer
    .int64(token.expires)
    .int64(token.created)
    .skip(4)
    .uint8(1)
    .skip(8)
    .int32(keys.site.id)
    .put(ivs.inner);
  const sitePayload = writer.length;
  writer
    .int32(token.siteId)
    .put(token.publisherIds ?? NO_PUBLISHER)
    .int32(token.privacyBits)
    .int64(token.established)
    .int64(token.refreshed);
  if (!writer.base64(token.rawUid)) writer.put(primitives.fromBase64(token.rawUid) ?? NO_BYTES);
  sealFrom(primitives, writer, sitePayload, keys.site, ivs.inner);
  sealFrom(primitives, writer, masterPayload, keys.master, ivs.outer);
  return writer.written;
}

function encodeV2(
  token: AdvertisingToken,
  keys: AdvertisingTokenKeys,
  ivs: AdvertisingTokenIvs,
  primitives: Primitives,
): Uint8Array {
  const identity = writeIdentityPayload({ ...token, id: token.rawUid });
  const inner = encryptSection(primitives, keys.site, ivs.inner, identity);
  const master = new ByteWriter(12 + inner.length).int64(token.expires).int32(keys.site.id).put(inner).bytes;
  const outer = encryptSection(primitives, keys.master, ivs.outer, master);
  return concatBytes(new ByteWriter(5).uint8(VERSION_2).int32(keys.master.id).bytes, outer);
}

/** The name of the token in sentences. */
const WHAT = { what: 'the advertising token' } as const;

/**
 * Decodes a token of any version. Does not check its expiry.
 *
 * @throws OperatorError `advertising_token_invalid` for anything that is not a token of a known key
 */
export function decodeAdvertisingToken(
  text: string,
  findSecret: FindSecret,
  primitives: Primitives,
): DecodedAdvertisingToken {
  return decodeOrRefuse('advertising_token_invalid', 'token_too_short', WHAT, () => {
    // the first four characters decide the alphabet and show the two leading bytes (Protocol §5.2)
    const head = text.slice(0, 4);
    const urlSafe = /[-_]/.test(head);
    const lead = decodeBase64(urlSafe ? (fromUrlAlphabet(head) ?? '') : head);
    if (lead === undefined) throw new OperatorError('advertising_token_invalid', base64Fault(text), WHAT);
    if (lead.length < 3) throw new OperatorError('advertising_token_invalid', 'token_too_short', WHAT);
    if (lead[0] === VERSION_2) return decodeV2(bytesOf(text, primitives), findSecret, primitives);
    if (lead[1] === VERSION_3) return decodeV3(3, bytesOf(text, primitives), findSecret, primitives);
    if (lead[1] === VERSION_4) return decodeV3(4, bytesOf(urlText(text), primitives), findSecret, primitives);
    throw new OperatorError('advertising_token_invalid', 'token_version', { ...WHAT, version: lead[1] ?? 0 });
  });
}

const bytesOf = (text: string, primitives: Primitives): Uint8Array =>
  readBase64(text, WHAT.what, 'advertising_token_invalid', primitives);

/** The text of a version 4 token in the standard alphabet. */
const urlText = (text: string): string =>
  requireValue(fromUrlAlphabet(text), 'advertising_token_invalid', 'token_standard_alphabet', WHAT);

/** The secret of the key that a token names. */
const secretOf = (findSecret: FindSecret, keyId: number): Uint8Array =>
  requireValue(findSecret(keyId), 'advertising_token_invalid', 'token_key_unknown', {
    ...WHAT,
    key_id: keyId,
  });

const opened = (section: Uint8Array | undefined): Uint8Array =>
  requireValue(section, 'advertising_token_invalid', 'token_altered', WHAT);

function decodeV2(
  bytes: Uint8Array,
  findSecret: FindSecret,
  primitives: Primitives,
): DecodedAdvertisingToken {
  const outer = new ByteReader(bytes, 1);
  const masterKeyId = outer.int32();
  const secret = secretOf(findSecret, masterKeyId);
  const master = new ByteReader(opened(decryptSection(primitives, secret, outer.rest())));
  const expires = master.int64();
  const siteKeyId = master.int32();
  const siteSecret = secretOf(findSecret, siteKeyId);
  const identity = readIdentityPayload(
    opened(decryptSection(primitives, siteSecret, master.rest())),
    'advertising_token_invalid',
    WHAT,
  );
  const { id: rawUid, ...rest } = identity;
  const times = { created: 0, refreshed: 0, expires };
  return { version: 2, scope: 0, type: 0, masterKeyId, siteKeyId, rawUid, ...times, ...rest };
}

/**
 * Scope and type of a token. A raw UID of 32 bytes is a hash alone: the first byte of the token counts. A raw UID of 33
 * bytes begins with a type byte, which counts and has to agree with the first byte of the token.
 */
function ownerOf(first: number, rawUid: Uint8Array): TokenOwner {
  if (rawUid.length === 32) return readTypeByte(first) ?? { scope: scopeOf(first), type: 0 };
  const owner = requireValue(
    readTypeByte(new ByteReader(rawUid).uint8()),
    'advertising_token_invalid',
    'token_type',
    WHAT,
  );
  if (rawUid.length > 32 && !hasOwner(first, owner)) {
    throw new OperatorError('advertising_token_invalid', 'token_types_disagree', WHAT);
  }
  return owner;
}

function decodeV3(
  version: 3 | 4,
  bytes: Uint8Array,
  findSecret: FindSecret,
  primitives: Primitives,
): DecodedAdvertisingToken {
  const outer = new ByteReader(bytes);
  const first = outer.uint8();
  outer.uint8();
  const masterKeyId = outer.int32();
  const secret = secretOf(findSecret, masterKeyId);
  const master = new ByteReader(opened(openSection(primitives, secret, outer.rest())));
  const expires = master.int64();
  const created = master.int64();
  master.take(13);
  const siteKeyId = master.int32();
  const siteSecret = secretOf(findSecret, siteKeyId);
  const site = new ByteReader(opened(openSection(primitives, siteSecret, master.rest())));
  const siteId = site.int32();
  site.take(12);
  const privacyBits = site.int32();
  const established = site.int64();
  const refreshed = site.int64();
  const rawUid = site.rest();
  const times = { established, refreshed, created, expires };
  return {
    version,
    ...ownerOf(first, rawUid),
    masterKeyId,
    siteKeyId,
    siteId,
    privacyBits,
    ...times,
    rawUid: primitives.toBase64(rawUid),
  };
}
