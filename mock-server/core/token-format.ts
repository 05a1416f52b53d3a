/**
 * What advertising and refresh tokens share (Protocol §5): the type byte, version bytes, GCM and CBC sections, and
 * the 64-byte identity payload of V2 tokens.
 *
 *   type byte = scope<<4 | type<<2 | 3        version byte: V3 0x70, V4 0x80        V2 tokens start with 0x02
 *   V3, V4 section: IV (12) | ciphertext | tag (16)          V2 section: IV (16) | CBC ciphertext
 *   V2 identity payload: site id (4) | 44 (4) | base64 id text (44) | privacy bits (4) | established ms (8)
 */

import { ByteReader, ByteWriter, OutOfBytes, concatBytes } from './bytes.ts';
import type { IdentityType } from './identity-hash.ts';
import { OperatorError, type OperatorErrorCode } from './operator-error.ts';
import type { Facts, Reason } from './reasons.ts';
import { type Primitives, utf8 } from './primitives.ts';
import type { Scope } from './raw-uid.ts';
import { fromUtf8 } from './text.ts';

export const VERSION_2 = 0x02;
export const VERSION_3 = 0x70;
export const VERSION_4 = 0x80;

/** A key of a keyset as the codecs need it: its id and 32 secret bytes. */
export interface TokenKey {
  readonly id: number;
  readonly secret: Uint8Array;
}

/** Finds a key's 32 secret bytes by id. Its times and owner do not matter (Protocol §4.2). */
export type FindSecret = (keyId: number) => Uint8Array | undefined;

export interface TokenOwner {
  readonly scope: Scope;
  readonly type: IdentityType;
}

/** The bits of a type byte that are checked. */
const SCOPE_AND_TYPE = 0x1c;

export const typeByte = ({ scope, type }: TokenOwner): number => (scope << 4) | (type << 2) | 3;

export const scopeOf = (typeByte: number): Scope => (typeByte & 0x10 ? 1 : 0);

/** Scope and type; undefined when the two type bits name no identity type. Other bits are not checked. */
export function readTypeByte(byte: number): TokenOwner | undefined {
  const type = (byte & 0x0f) >> 2;
  return type === 0 || type === 1 ? { scope: scopeOf(byte), type } : undefined;
}

/** Whether a type byte has the scope and type. */
export const hasOwner = (byte: number, owner: TokenOwner): boolean =>
  ((byte ^ typeByte(owner)) & SCOPE_AND_TYPE) === 0;

/** Publisher id and client key id of a token that is not refreshed from another. */
export const NO_PUBLISHER = new Uint8Array(12);

/** Seals the bytes of a writer from `start` on, in place: ciphertext and tag replace the plaintext. */
export function sealFrom(
  primitives: Primitives,
  writer: ByteWriter,
  start: number,
  key: TokenKey,
  iv: Uint8Array,
): void {
  const sealed = primitives.gcmSeal(key.secret, iv, writer.bytes.subarray(start, writer.length));
  writer.rewind(start).put(sealed);
}

/** Plaintext of `IV (12) | ciphertext | tag (16)`; undefined when it is altered or too short. */
export function openSection(
  primitives: Primitives,
  secret: Uint8Array,
  section: Uint8Array,
): Uint8Array | undefined {
  if (section.length < 28) return undefined;
  return primitives.gcmOpen(secret, section.subarray(0, 12), section.subarray(12));
}

export function encryptSection(
  primitives: Primitives,
  key: TokenKey,
  iv: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  return concatBytes(iv, primitives.cbcEncrypt(key.secret, iv, plaintext));
}

export function decryptSection(
  primitives: Primitives,
  secret: Uint8Array,
  section: Uint8Array,
): Uint8Array | undefined {
  if (section.length < 32) return undefined;
  return primitives.cbcDecrypt(secret, section.subarray(0, 16), section.subarray(16));
}

interface IdentityPayload {
  readonly siteId: number;
  /** base64 text of a raw UID or first-level hash, 44 characters */
  readonly id: string;
  readonly privacyBits: number;
  /** ms */
  readonly established: number;
}

export function writeIdentityPayload(payload: IdentityPayload): Uint8Array {
  return new ByteWriter(64)
    .int32(payload.siteId)
    .int32(44)
    .put(utf8(payload.id))
    .int32(payload.privacyBits)
    .int64(payload.established).bytes;
}

/**
 * @param noId code of the error when the id text is longer than the payload
 * @param facts facts of the sentence of that error
 */
export function readIdentityPayload(
  bytes: Uint8Array,
  noId: OperatorErrorCode,
  facts: Facts,
): IdentityPayload {
  const reader = new ByteReader(bytes);
  const siteId = reader.int32();
  const length = reader.int32();
  const id = fromUtf8(decodeOrRefuse(noId, 'token_identity', facts, () => reader.take(length)));
  return { siteId, id, privacyBits: reader.int32(), established: reader.int64() };
}

/** Runs a decoder. Bytes that end too early become an error of the given code and reason. */
export function decodeOrRefuse<T>(code: OperatorErrorCode, reason: Reason, facts: Facts, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof OutOfBytes) throw new OperatorError(code, reason, facts);
    throw error;
  }
}

/** Returns the value. An undefined value becomes an error of the given code and reason. */
export function requireValue<T>(
  value: T | undefined,
  code: OperatorErrorCode,
  reason: Reason,
  facts?: Facts,
): T {
  if (value === undefined) throw new OperatorError(code, reason, facts);
  return value;
}
