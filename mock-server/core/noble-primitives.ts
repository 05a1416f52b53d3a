/** The primitives on @noble, which run anywhere (see `primitives.ts`). */

import { cbc, ctr, gcm } from '@noble/ciphers/aes.js';
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { randomBytes } from '@noble/hashes/utils.js';
import { decodeBase64, encodeBase64, toUrlAlphabet } from './base64.ts';
import { type Primitives, utf8 } from './primitives.ts';

/** Runs an operation that throws on bad input or a bad tag; undefined is then the answer. */
function attempt(operation: () => Uint8Array): Uint8Array | undefined {
  try {
    return operation();
  } catch {
    return undefined;
  }
}

export const noblePrimitives: Primitives = {
  sha256,
  sha256Base64: (text) => encodeBase64(sha256(utf8(text))),
  gcmSeal: (key, iv, plaintext, aad) => gcm(key, iv, aad).encrypt(plaintext),
  gcmOpen: (key, iv, sealed, aad) => attempt(() => gcm(key, iv, aad).decrypt(sealed)),
  cbcEncrypt: (key, iv, plaintext) => cbc(key, iv).encrypt(plaintext),
  cbcDecrypt: (key, iv, ciphertext) => attempt(() => cbc(key, iv).decrypt(ciphertext)),
  ctr: (key, counter, data) => ctr(key, counter).encrypt(data),
  ecdhP256: (privateScalar, publicPoint) =>
    attempt(() => p256.getSharedSecret(privateScalar, publicPoint, true).slice(1)),
  p256PublicPoint: (privateScalar) => p256.getPublicKey(privateScalar, false),
  randomBytes,
  toBase64: encodeBase64,
  toBase64Url: (bytes) => toUrlAlphabet(encodeBase64(bytes)),
  fromBase64: decodeBase64,
};
