/**
 * The cryptographic primitives of the protocol. A key must not change after it is passed in, because values derived
 * from it are cached. The server uses `node:crypto` (`../native/primitives.ts`), doctors in a browser @noble
 * (`../portable/primitives.ts`). The tests run every vector through both.
 */

/** The results of `seal` for all parts and of `end`, joined, equal the result of `gcmSeal` for the whole message. */
interface GcmSealer {
  seal(part: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

export interface Primitives {
  /** SHA-256 of bytes: 32 bytes. */
  sha256(data: Uint8Array): Uint8Array;
  /** SHA-256 of bytes, or of the UTF-8 form of a text, as padded base64 (44 characters). */
  sha256Base64(data: Uint8Array | string): string;
  /** The same of each head joined with the tail at the same place: in less time than one after the other. */
  sha256OfPairs(heads: readonly string[], tails: readonly string[]): string[];
  /** AES-GCM: ciphertext followed by the 16-byte tag. Key 16, 24 or 32 bytes, IV 12 bytes. */
  gcmSeal(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array, aad?: Uint8Array): Uint8Array;
  /** AES-GCM of a long message, part by part, without additional data. */
  gcmSealer(key: Uint8Array, iv: Uint8Array): GcmSealer;
  /** Plaintext; undefined when the tag is wrong or the input is shorter than a tag. */
  gcmOpen(key: Uint8Array, iv: Uint8Array, sealed: Uint8Array, aad?: Uint8Array): Uint8Array | undefined;
  /** AES-256-CBC with PKCS#7 padding. Key 32 bytes, IV 16 bytes. */
  cbcEncrypt(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** Plaintext; undefined when length or padding are wrong. */
  cbcDecrypt(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined;
  /** AES-256-CTR, both directions, into `out` if it is given. Key 32 bytes, counter block 16 bytes. */
  ctr(key: Uint8Array, counter: Uint8Array, data: Uint8Array, out?: Uint8Array): Uint8Array;
  /** X coordinate (32 bytes) of the P-256 shared point; undefined when the public point is not on the curve. */
  ecdhP256(privateScalar: Uint8Array, publicPoint: Uint8Array): Uint8Array | undefined;
  /** Uncompressed point (65 bytes) of a private scalar (32 bytes). */
  p256PublicPoint(privateScalar: Uint8Array): Uint8Array;
  /** New random bytes; the memory of earlier ones is not used again. */
  randomBytes(length: number): Uint8Array;
  /** A new random IV of 12 bytes for `gcmSeal` with a key, or of 16 bytes for `cbcEncrypt`. */
  iv(key: Uint8Array, length: 12 | 16): Uint8Array;
  /** Standard base64 with padding. */
  toBase64(bytes: Uint8Array): string;
  /** URL alphabet without padding. */
  toBase64Url(bytes: Uint8Array): string;
  /** Bytes of a text that the operator's strict decoder accepts (Protocol §2.3), else undefined. */
  fromBase64(text: string): Uint8Array | undefined;
}

const encoder = new TextEncoder();

/** UTF-8 bytes of a text. */
export const utf8 = (text: string): Uint8Array => encoder.encode(text);
