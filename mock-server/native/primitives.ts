/** The primitives of `core/primitives.ts` on `node:crypto`, for the hot path of the server. */

import { createCipheriv, createDecipheriv, createECDH, hash, randomFillSync } from 'node:crypto';
import { isStrictBase64 } from '../core/base64.ts';
import type { Primitives } from '../core/primitives.ts';
import { block, encryptBlock, roundKeys } from './aes.ts';
import { SHORT, ShortGcm } from './gcm.ts';
import { sha256Base64, sha256OfPairs } from './hash-pairs.ts';

const TAG_LENGTH = 16;
const GCM = 'aes-256-gcm';
const SHORTER_GCM = { 16: 'aes-128-gcm', 24: 'aes-192-gcm' } as const;
const CBC = 'aes-256-cbc';

/** Only a response key, which comes from a wrapper, may be shorter than 32 bytes. */
const gcmOf = ({ length }: Uint8Array) => (length === 16 || length === 24 ? SHORTER_GCM[length] : GCM);

function attempt<T>(operation: () => T): T | undefined {
  try {
    return operation();
  } catch {
    return undefined;
  }
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Longest bytes that are remembered, so that no long answer is kept. */
const LONGEST = 64;
let lastBytes: Uint8Array = new Uint8Array(0);
let lastBuffer = bufferOf(lastBytes);

/** The memory of bytes as a buffer. The last one is remembered, because a scratch buffer is given thousands of times. */
function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  if (bytes === lastBytes) return lastBuffer;
  const buffer = bufferOf(bytes);
  if (bytes.length <= LONGEST) [lastBytes, lastBuffer] = [bytes, buffer];
  return buffer;
}

/** Random bytes from a pool: a system call for each IV would cost more than the encryption with it. */
function pooledRandomBytes(): (length: number) => Uint8Array {
  const POOL_SIZE = 12 * 1024;
  let pool = new Uint8Array(0);
  let offset = 0;
  return (length) => {
    if (length > POOL_SIZE) return randomFillSync(new Uint8Array(length));
    if (offset + length > pool.length) {
      pool = randomFillSync(new Uint8Array(POOL_SIZE));
      offset = 0;
    }
    offset += length;
    return pool.subarray(offset - length, offset);
  };
}

const randomBytes = pooledRandomBytes();

const keysOf = new WeakMap<Uint8Array, Int32Array>();

/** The round keys of a key, made once. */
function knownRoundKeys(key: Uint8Array): Int32Array {
  const known = keysOf.get(key);
  if (known) return known;
  const made = roundKeys(key);
  keysOf.set(key, made);
  return made;
}

const IV_LENGTH = 12;
/** Length of a key for which tables are built. */
const KEY_LENGTH = 32;
const usedOnce = new WeakSet<Uint8Array>();
const shortGcms = new WeakMap<Uint8Array, ShortGcm>();

/** Tables are built on the second use of a key. Many keys, such as response keys, are used only once. */
function shortGcm(key: Uint8Array): ShortGcm | undefined {
  if (key.length !== KEY_LENGTH) return undefined;
  const known = shortGcms.get(key);
  if (known || !usedOnce.has(key)) {
    usedOnce.add(key);
    return known;
  }
  const made = new ShortGcm(key);
  shortGcms.set(key, made);
  return made;
}

function ecdhP256(privateScalar: Uint8Array, publicPoint: Uint8Array): Uint8Array | undefined {
  return attempt(() => {
    const own = createECDH('prime256v1');
    own.setPrivateKey(privateScalar);
    return own.computeSecret(publicPoint);
  });
}

export const nativePrimitives: Primitives = {
  // as a buffer it takes twice the time
  sha256: (data) => Buffer.from(hash('sha256', data, 'binary'), 'binary'),
  sha256Base64,
  sha256OfPairs,
  gcmSeal(key, iv, plaintext, aad) {
    const short = aad === undefined && plaintext.length <= SHORT ? shortGcm(key) : undefined;
    if (short) return short.seal(iv, plaintext);
    const cipher = createCipheriv(gcmOf(key), key, iv);
    if (aad) cipher.setAAD(aad);
    const body = cipher.update(plaintext);
    cipher.final();
    return Buffer.concat([body, cipher.getAuthTag()]);
  },
  gcmSealer(key, iv) {
    const cipher = createCipheriv(gcmOf(key), key, iv);
    return {
      seal: (part) => cipher.update(part),
      end() {
        cipher.final();
        return cipher.getAuthTag();
      },
    };
  },
  gcmOpen(key, iv, sealed, aad) {
    const end = sealed.length - TAG_LENGTH;
    if (end < 0) return undefined;
    const short = aad === undefined && end <= SHORT ? shortGcm(key) : undefined;
    if (short) return short.open(iv, sealed);
    return attempt(() => {
      const decipher = createDecipheriv(GCM, key, iv);
      decipher.setAuthTag(sealed.subarray(end));
      if (aad) decipher.setAAD(aad);
      const body = decipher.update(sealed.subarray(0, end));
      decipher.final();
      return body;
    });
  },
  cbcEncrypt(key, iv, plaintext) {
    const cipher = createCipheriv(CBC, key, iv);
    return Buffer.concat([cipher.update(plaintext), cipher.final()]);
  },
  cbcDecrypt(key, iv, ciphertext) {
    return attempt(() => {
      const decipher = createDecipheriv(CBC, key, iv);
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    });
  },
  ctr(key, counter, data, out = new Uint8Array(data.length)) {
    if (data.length > block.length) {
      out.set(createCipheriv('aes-256-ctr', key, counter).update(data));
      return out;
    }
    block.set(counter);
    encryptBlock(knownRoundKeys(key));
    for (let i = 0; i < data.length; i++) out[i] = (data[i] ?? 0) ^ (block[i] ?? 0);
    return out;
  },
  ecdhP256,
  p256PublicPoint(privateScalar) {
    const own = createECDH('prime256v1');
    own.setPrivateKey(privateScalar);
    return own.getPublicKey();
  },
  randomBytes,
  iv: (key, length) => (length === IV_LENGTH && shortGcms.get(key)?.iv(randomBytes)) || randomBytes(length),
  toBase64: (bytes) => asBuffer(bytes).toString('base64'),
  toBase64Url: (bytes) => asBuffer(bytes).toString('base64url'),
  fromBase64: (text) => (isStrictBase64(text) ? Buffer.from(text, 'base64') : undefined),
};
