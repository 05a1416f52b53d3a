/** Strict base64, AES-256-GCM and AES-256-CBC in the operator's layouts, and a big-endian reader. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ContractError } from '../spec/contract-error.ts';

/** Encryption keys by their id, 32 bytes each. */
export type Keys = ReadonlyMap<number, Buffer>;

const ivLength = 12;
const tagLength = 16;

/**
 * Decodes standard-alphabet base64 as strictly as the operator does (Protocol §2.3): no white space, no URL alphabet,
 * padding absent or exactly right, unused trailing bits dropped.
 * @throws ContractError `malformed`
 */
export function decodeBase64Strict(text: string): Buffer {
  const digits = text.replace(/={1,2}$/, '');
  const padded = digits.length !== text.length;
  if (!/^[A-Za-z0-9+/]*$/.test(digits) || digits.length % 4 === 1 || (padded && text.length % 4 !== 0)) {
    throw new ContractError(
      'malformed',
      `base64: expected strict standard base64, got another text of ${text.length} characters`,
    );
  }
  return Buffer.from(digits, 'base64');
}

/** True when the text is strict standard base64. */
export function isBase64Strict(text: string): boolean {
  try {
    decodeBase64Strict(text);
    return true;
  } catch {
    return false;
  }
}

/** AES-256-GCM without additional data: IV (12) | ciphertext | tag (16). */
export function sealWithKey(key: Buffer, payload: Buffer, iv: Buffer = randomBytes(ivLength)): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  return Buffer.concat([iv, cipher.update(payload), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Opens IV (12) | ciphertext | tag (16): answers to token refresh and client-generate, and the layers of tokens.
 * @throws ContractError `malformed` when the bytes are too short or the tag is wrong.
 */
export function openWithKey(key: Buffer, sealed: Buffer): Buffer {
  if (sealed.length < ivLength + tagLength) {
    throw new ContractError(
      'malformed',
      `sealed bytes: expected at least ${ivLength + tagLength}, got ${sealed.length}`,
    );
  }
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivLength));
  decipher.setAuthTag(sealed.subarray(-tagLength));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(ivLength, -tagLength)), decipher.final()]);
  } catch {
    throw new ContractError(
      'malformed',
      `sealed bytes: expected a tag made with this key, got ${sealed.length} bytes it does not open`,
    );
  }
}

/** Sequential big-endian reader; reading a number past the end throws a RangeError, taking bytes stops there. */
export class Reader {
  private offset = 0;
  private readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
  byte(): number {
    return this.bytes.readUInt8(this.offset++);
  }
  int(): number {
    this.offset += 4;
    return this.bytes.readInt32BE(this.offset - 4);
  }
  long(): number {
    this.offset += 8;
    return Number(this.bytes.readBigInt64BE(this.offset - 8));
  }
  take(length: number): Buffer {
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }
  rest(): Buffer {
    return this.take(this.bytes.length - this.offset);
  }
}

/** @throws ContractError `malformed` */
export function expectLength(what: string, bytes: { length: number }, ...allowed: number[]): void {
  if (!allowed.includes(bytes.length)) {
    throw new ContractError(
      'malformed',
      `${what}: expected a length of ${allowed.join(' or ')}, got ${bytes.length}`,
    );
  }
}

/** @throws ContractError `unknown_key` when there is no such key. */
export function keyOf(keys: Keys, id: number, what: string): Buffer {
  const key = keys.get(id);
  if (key === undefined) {
    throw new ContractError('unknown_key', `${what}: expected the id of a known key, got ${id}`);
  }
  return key;
}

/**
 * AES-256-CBC with PKCS#7 padding, the crypto of V2 tokens.
 * @throws ContractError `malformed` when the padding is wrong, as with another key.
 */
export function openCbc(key: Buffer, iv: Buffer, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-cbc', key, iv);
  try {
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch {
    throw new ContractError(
      'malformed',
      'token: expected a CBC layer made with this key, got bytes with another padding',
    );
  }
}

/**
 * Decodes base64 in the only spelling that an operator writes: padded, unused bits zero.
 * @throws ContractError `malformed`
 */
export function canonicalBase64(what: string, text: string): Buffer {
  const bytes = decodeBase64Strict(text);
  if (bytes.toString('base64') !== text) {
    throw new ContractError(
      'malformed',
      `${what}: expected padded canonical base64, got another spelling of it`,
    );
  }
  return bytes;
}
