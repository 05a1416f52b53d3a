/**
 * Refresh tokens V2 and V3 and the wrapper of the encrypted API (Protocol §5.3 to §5.5).
 *
 *   V3 (124 bytes): type byte | 0x70 | key id (4) | GCM of
 *       expires ms (8) | created ms (8) | operator site (4), type (1), version (4), key (4) | site id (4)
 *       | publisher id (8) | client key id (4) | privacy bits (4) | established ms (8) | type byte (1) | FLH (32)
 *   V2 (125 bytes): 2 | created ms (8) | expires ms (8) | valid till ms (8) | key id (4) | CBC of the identity payload
 *   wrapper (291 bytes): scope<<4 | key id (4) | GCM of {"refresh_response_key":…,"refresh_token":…}
 */

import { ByteReader, ByteWriter, concatBytes } from './bytes.ts';
import { jsonText } from './json.ts';
import { parseJsonObject } from './json-reading.ts';
import { readBase64 } from './base64-faults.ts';
import { OperatorError } from './operator-error.ts';
import type { Primitives } from './primitives.ts';
import type { Scope } from './raw-uid.ts';
import { fromUtf8 } from './text.ts';
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
  sealFrom,
  typeByte,
  writeIdentityPayload,
} from './token-format.ts';

export type RefreshTokenVersion = 2 | 3;

/** The name of the token in sentences. */
const WHAT = { what: 'the refresh token' } as const;

/** A V2 token is accepted for one minute after its expiry. */
const V2_GRACE_MS = 60_000;

/** All times in ms. */
export interface RefreshToken extends TokenOwner {
  readonly siteId: number;
  readonly privacyBits: number;
  readonly established: number;
  readonly created: number;
  readonly expires: number;
  /** base64 of 32 bytes */
  readonly flh: string;
  /** publisher id (8) and client key id (4), which a refresh copies to the new tokens; absent when zero */
  readonly publisherIds?: Uint8Array | undefined;
}

interface DecodedRefreshToken extends RefreshToken {
  readonly version: RefreshTokenVersion;
  readonly keyId: number;
  /** ms after which the token is refused: `expires`, for V2 the separate valid-till field */
  readonly validTill: number;
}

export const refreshTokenIvLength = (version: RefreshTokenVersion): 12 | 16 => (version === 2 ? 16 : 12);

/** Encodes a token as standard base64 (168 characters); the IV has 16 bytes for V2, 12 for V3. */
export function encodeRefreshToken(
  version: RefreshTokenVersion,
  token: RefreshToken,
  key: TokenKey,
  iv: Uint8Array,
  primitives: Primitives,
): string {
  return primitives.toBase64(
    version === 2 ? encodeV2(token, key, iv, primitives) : encodeV3(token, key, iv, primitives),
  );
}

function encodeV2(token: RefreshToken, key: TokenKey, iv: Uint8Array, primitives: Primitives): Uint8Array {
  const head = new ByteWriter(29)
    .uint8(VERSION_2)
    .int64(token.created)
    .int64(token.expires)
    .int64(token.expires + V2_GRACE_MS)
    .int32(key.id).bytes;
  return concatBytes(
    head,
    encryptSection(primitives, key, iv, writeIdentityPayload({ ...token, id: token.flh })),
  );
}

/** Scratch buffer of the encoder and of the wrapper. */
const scratch = new ByteWriter(512);

/** The result lies in the scratch buffer and is valid until the next call. */
function encodeV3(token: RefreshToken, key: TokenKey, iv: Uint8Array, primitives: Primitives): Uint8Array {
  const writer = scratch.rewind().uint8(typeByte(token)).uint8(VERSION_3).int32(key.id).put(iv);
  const payload = writer.length;
  writer
    .int64(token.expires)
    .int64(token.created)
    .skip(4)
    .uint8(1)
    .skip(8)
    .int32(token.siteId)
    .put(token.publisherIds ?? NO_PUBLISHER)
    .int32(token.privacyBits)
    .int64(token.established)
    .uint8(typeByte(token));
  if (!writer.base64(token.flh)) writer.put(primitives.fromBase64(token.flh) ?? new Uint8Array(32));
  sealFrom(primitives, writer, payload, key, iv);
  return writer.written;
}

/**
 * Decodes a token of either version. Does not check its expiry.
 *
 * @throws OperatorError `refresh_token_invalid` when it is not base64, of an unknown version or key, or its type bytes
 *   disagree; `refresh_token_malformed` when it is too short or its ciphertext was altered (Protocol §8.2.2)
 */
export function decodeRefreshToken(
  text: string,
  findSecret: FindSecret,
  primitives: Primitives,
): DecodedRefreshToken {
  const bytes = readBase64(text, WHAT.what, 'refresh_token_invalid', primitives);
  if (bytes.length === 0) throw new OperatorError('refresh_token_invalid', 'base64_empty', WHAT);
  return decodeOrRefuse('refresh_token_malformed', 'token_too_short', WHAT, () => {
    const head = new ByteReader(bytes);
    const first = head.uint8();
    const version = head.uint8();
    if (version === VERSION_3) return decodeV3(first, head, findSecret, primitives);
    if (first === VERSION_2) return decodeV2(new ByteReader(bytes, 1), findSecret, primitives);
    throw new OperatorError(
      'refresh_token_invalid',
      version === VERSION_4 ? 'token_is_advertising' : 'token_version',
      { ...WHAT, version },
    );
  });
}

function decodeV3(
  first: number,
  head: ByteReader,
  findSecret: FindSecret,
  primitives: Primitives,
): DecodedRefreshToken {
  const keyId = head.int32();
  const secret = requireValue(findSecret(keyId), 'refresh_token_invalid', 'token_key_unknown', {
    ...WHAT,
    key_id: keyId,
  });
  const payload = new ByteReader(
    requireValue(
      openSection(primitives, secret, head.rest()),
      'refresh_token_malformed',
      'token_altered',
      WHAT,
    ),
  );
  const expires = payload.int64();
  const created = payload.int64();
  payload.take(13);
  const siteId = payload.int32();
  const publisherIds = payload.take(12);
  const privacyBits = payload.int32();
  const established = payload.int64();
  const owner = requireValue(readTypeByte(payload.uint8()), 'refresh_token_invalid', 'token_type', WHAT);
  const flh = primitives.toBase64(payload.take(32));
  if (!hasOwner(first, owner)) {
    throw new OperatorError('refresh_token_invalid', 'token_types_disagree', WHAT);
  }
  const times = { created, expires, validTill: expires, established };
  const token = { ...owner, keyId, siteId, privacyBits, ...times, flh };
  return { version: 3, ...token, ...(publisherIds.some((byte) => byte !== 0) && { publisherIds }) };
}

function decodeV2(head: ByteReader, findSecret: FindSecret, primitives: Primitives): DecodedRefreshToken {
  const created = head.int64();
  const expires = head.int64();
  const validTill = head.int64();
  const keyId = head.int32();
  const secret = requireValue(findSecret(keyId), 'refresh_token_invalid', 'token_key_unknown', {
    ...WHAT,
    key_id: keyId,
  });
  const section = requireValue(
    decryptSection(primitives, secret, head.rest()),
    'refresh_token_malformed',
    'token_altered',
    WHAT,
  );
  const { id, ...rest } = readIdentityPayload(section, 'refresh_token_invalid', WHAT);
  // CBC has no tag: an altered block may decrypt to something that is not a hash
  const hash = requireValue(primitives.fromBase64(id), 'refresh_token_invalid', 'token_identity', WHAT);
  if (hash.length !== 32) throw new OperatorError('refresh_token_malformed', 'token_identity', WHAT);
  const flh = primitives.toBase64(hash);
  return { version: 2, scope: 0, type: 0, keyId, created, expires, validTill, flh, ...rest };
}

/** Characters of a wrapped refresh token. A token of any other length is a bare one (Protocol §7.4). */
export const WRAPPED_LENGTH = 388;

export interface WrappedRefreshToken {
  /** empty when it is missing in the wrapper */
  readonly refreshToken: string;
  /** key of the answer to a refresh: 32 bytes from the operator, but any length is read from a wrapper */
  readonly responseKey: Uint8Array;
}

/** Wraps a 168-character refresh token with the key of its next answer: 388 characters of base64. */
export function wrapRefreshToken(
  { refreshToken, responseKey }: WrappedRefreshToken,
  scope: Scope,
  key: TokenKey,
  iv: Uint8Array,
  primitives: Primitives,
): string {
  // both are base64, which needs no escaping in JSON
  const json = `{"refresh_response_key":"${primitives.toBase64(responseKey)}","refresh_token":"${refreshToken}"}`;
  const writer = scratch
    .rewind()
    .uint8(scope << 4)
    .int32(key.id)
    .put(iv);
  const payload = writer.length;
  sealFrom(primitives, writer.text(json), payload, key, iv);
  const text = primitives.toBase64(writer.written);
  if (text.length !== WRAPPED_LENGTH) {
    throw new Error(`wrapped refresh token: expected ${WRAPPED_LENGTH} characters, got ${text.length}`);
  }
  return text;
}

/**
 * Opens a wrapped token. Its scope byte is not checked.
 *
 * @throws OperatorError the `refresh_wrapper_*` codes, in the order of Protocol §7.4
 */
export function unwrapRefreshToken(
  text: string,
  findSecret: FindSecret,
  primitives: Primitives,
): WrappedRefreshToken {
  const bytes = readBase64(text, WHAT.what, 'refresh_wrapper_not_base64', primitives);
  return decodeOrRefuse('refresh_wrapper_undecryptable', 'token_too_short', WHAT, () => {
    const reader = new ByteReader(bytes, 1);
    const keyId = reader.int32();
    const secret = findSecret(keyId);
    if (secret === undefined) {
      throw new OperatorError('refresh_wrapper_unknown_key', 'wrapper_key_unknown', { key_id: keyId });
    }
    const json = requireValue(
      openSection(primitives, secret, reader.rest()),
      'refresh_wrapper_undecryptable',
      'wrapper_altered',
    );
    return readWrapped(fromUtf8(json), primitives);
  });
}

function readWrapped(json: string, primitives: Primitives): WrappedRefreshToken {
  const wrapped = parseJsonObject(json);
  const key = jsonText(wrapped?.refresh_response_key);
  const responseKey = key === undefined ? undefined : primitives.fromBase64(key);
  return {
    responseKey: requireValue(responseKey, 'refresh_wrapper_bad_payload', 'wrapper_payload'),
    refreshToken: jsonText(wrapped?.refresh_token) ?? '',
  };
}
