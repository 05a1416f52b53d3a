/** The primitives of `core/primitives.ts` on @noble: they run anywhere, a browser too. The tests compare `native/` with them. */

import { cbc, ctr, gcm } from '@noble/ciphers/aes.js';
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { randomBytes } from '@noble/hashes/utils.js';
import { BASE64_ALPHABET, decodeBase64 } from '../core/base64.ts';
import { concatBytes } from '../core/bytes.ts';
import { type Primitives, utf8 } from '../core/primitives.ts';

/** Standard alphabet with padding. */
function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3);
    const left = bytes.length - i;
    text += BASE64_ALPHABET.charAt(a >> 2) + BASE64_ALPHABET.charAt(((a & 3) << 4) | (b >> 4));
    text += left > 1 ? BASE64_ALPHABET.charAt(((b & 15) << 2) | (c >> 6)) : '=';
    text += left > 2 ? BASE64_ALPHABET.charAt(c & 63) : '=';
  }
  return text;
}

/** Standard base64 rewritten in the URL alphabet without padding. */
function toUrlAlphabet(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Runs an operation; undefined when it throws, because of bad input or a bad tag. */
function attempt(operation: () => Uint8Array): Uint8Array | undefined {
  try {
    return operation();
  } catch {
    return undefined;
  }
}

const sha256Base64 = (data: Uint8Array | string): string =>
  encodeBase64(sha256(typeof data === 'string' ? utf8(data) : data));

export const portablePrimitives: Primitives = {
  sha256,
  sha256Base64,
  sha256OfPairs: (heads, tails) => heads.map((head, at) => sha256Base64(head + (tails[at] ?? ''))),
  gcmSeal: (key, iv, plaintext, aad) => gcm(key, iv, aad).encrypt(plaintext),
  gcmSealer(key, iv) {
    const parts: Uint8Array[] = [];
    return {
      seal(part) {
        parts.push(part.slice());
        return new Uint8Array(0);
      },
      end: () => gcm(key, iv).encrypt(concatBytes(...parts)),
    };
  },
  gcmOpen: (key, iv, sealed, aad) => attempt(() => gcm(key, iv, aad).decrypt(sealed)),
  cbcEncrypt: (key, iv, plaintext) => cbc(key, iv).encrypt(plaintext),
  cbcDecrypt: (key, iv, ciphertext) => attempt(() => cbc(key, iv).decrypt(ciphertext)),
  ctr: (key, counter, data, out) => ctr(key, counter).encrypt(data, out),
  ecdhP256: (privateScalar, publicPoint) =>
    attempt(() => p256.getSharedSecret(privateScalar, publicPoint, true).slice(1)),
  p256PublicPoint: (privateScalar) => p256.getPublicKey(privateScalar, false),
  randomBytes,
  iv: (_key, length) => randomBytes(length),
  toBase64: encodeBase64,
  toBase64Url: (bytes) => toUrlAlphabet(encodeBase64(bytes)),
  fromBase64: decodeBase64,
};
