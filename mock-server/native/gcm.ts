/**
 * AES-256-GCM (NIST SP 800-38D) for short messages under a key that is used again, without additional data.
 *
 *   keystream = E(IV | 1), E(IV | 2), …      E is the block cipher of node:crypto, made once per key
 *   tag = E(IV | 1) xor GHASH( ciphertext, padded to blocks | 0 (8) | bits of the ciphertext (8) )
 *
 * A cipher object of node:crypto is used once, and creating it costs several times as much as sealing a token. GHASH
 * works byte by byte on the 256 multiples of its key (Shoup's tables); a field element is four words, big endian.
 */

import { type Cipher, createCipheriv } from 'node:crypto';

/** Longest message in bytes for which this is faster than a cipher object. */
export const SHORT = 320;

const BLOCK = 16;
const TAG = 16;
const IV = 12;
const REDUCTION = 0xe1000000;

/** For each byte that is shifted out of an element: the bits that are added at its front (the reduction). */
const reductions = Int32Array.from({ length: 256 }, (_, byte) => {
  let front = 0;
  for (let bit = 0; bit < 8; bit++) front = (front >>> 1) ^ ((byte >>> bit) & 1 ? REDUCTION : 0);
  return front;
});

/** The product of the hash key with every byte in the first place of an element. */
function multiples(hashKey: Buffer): Int32Array {
  const table = new Int32Array(256 * 4);
  let a = hashKey.readUInt32BE(0);
  let b = hashKey.readUInt32BE(4);
  let c = hashKey.readUInt32BE(8);
  let d = hashKey.readUInt32BE(12);
  for (let bit = 0x80; bit > 0; bit >>>= 1) {
    for (let byte = bit; byte < 256; byte = (byte + 1) | bit) {
      const at = byte * 4;
      table[at] = (table[at] ?? 0) ^ a;
      table[at + 1] = (table[at + 1] ?? 0) ^ b;
      table[at + 2] = (table[at + 2] ?? 0) ^ c;
      table[at + 3] = (table[at + 3] ?? 0) ^ d;
    }
    const last = d & 1;
    d = (d >>> 1) | (c << 31);
    c = (c >>> 1) | (b << 31);
    b = (b >>> 1) | (a << 31);
    a = (a >>> 1) ^ (last ? REDUCTION : 0);
  }
  return table;
}

export class ShortGcm {
  readonly #cipher: Cipher;
  readonly #multiples: Int32Array;
  /** `IV | counter` of every block; only the IVs change. A plain array, because `subarray` of a Buffer is slow. */
  readonly #counters = new Uint8Array(SHORT + BLOCK);
  /** input of GHASH, with room for the result */
  readonly #hashed = new Uint8Array(SHORT + 2 * BLOCK);
  readonly #words = new DataView(this.#hashed.buffer);
  readonly #block = new Int32Array(4);
  readonly #tag = new Uint8Array(TAG);

  /** @param key 32 bytes */
  constructor(key: Uint8Array) {
    this.#cipher = createCipheriv('aes-256-ecb', key, null);
    this.#multiples = multiples(this.#cipher.update(new Uint8Array(BLOCK)));
    const counters = new DataView(this.#counters.buffer);
    for (let block = 0; block * BLOCK < this.#counters.length; block++) {
      counters.setUint32(block * BLOCK + IV, block + 1);
    }
  }

  /** Ciphertext and tag of at most `SHORT` bytes; the IV has 12. */
  seal(iv: Uint8Array, plaintext: Uint8Array): Uint8Array {
    const { length } = plaintext;
    const keystream = this.#keystream(iv, length);
    const sealed = Buffer.allocUnsafe(length + TAG);
    for (let i = 0; i < length; i++) {
      const byte = (plaintext[i] ?? 0) ^ (keystream[BLOCK + i] ?? 0);
      sealed[i] = byte;
      this.#hashed[i] = byte;
    }
    this.#writeTag(length, keystream, sealed, length);
    return sealed;
  }

  /** Plaintext of at most `SHORT` bytes and their tag; undefined when the tag is wrong. */
  open(iv: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const length = sealed.length - TAG;
    const keystream = this.#keystream(iv, length);
    for (let i = 0; i < length; i++) this.#hashed[i] = sealed[i] ?? 0;
    this.#writeTag(length, keystream, this.#tag, 0);
    let difference = 0;
    for (let i = 0; i < TAG; i++) difference |= (this.#tag[i] ?? 0) ^ (sealed[length + i] ?? 0);
    if (difference !== 0) return undefined;
    const plaintext = Buffer.allocUnsafe(length);
    for (let i = 0; i < length; i++) plaintext[i] = (sealed[i] ?? 0) ^ (keystream[BLOCK + i] ?? 0);
    return plaintext;
  }

  /** The keystream: a block for the tag, then the blocks for the message. */
  #keystream(iv: Uint8Array, length: number): Uint8Array {
    const end = (1 + Math.ceil(length / BLOCK)) * BLOCK;
    for (let at = 0; at < end; at += BLOCK) {
      for (let i = 0; i < IV; i++) this.#counters[at + i] = iv[i] ?? 0;
    }
    return this.#cipher.update(this.#counters.subarray(0, end));
  }

  /** Writes the tag of the first `length` bytes of `#hashed`. */
  #writeTag(length: number, keystream: Uint8Array, out: Uint8Array, at: number): void {
    const hashed = this.#hashed;
    const end = Math.ceil(length / BLOCK) * BLOCK;
    for (let i = length; i < end + BLOCK; i++) hashed[i] = 0;
    hashed[end + 14] = (length * 8) >>> 8;
    hashed[end + 15] = length * 8;
    this.#hash(end + BLOCK);
    for (let i = 0; i < TAG; i++) out[at + i] = (hashed[end + BLOCK + i] ?? 0) ^ (keystream[i] ?? 0);
  }

  /** GHASH of the first `length` bytes of `#hashed`, whole blocks, into the block after them. */
  #hash(length: number): void {
    const table = this.#multiples;
    const words = this.#words;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let at = 0; at < length; at += BLOCK) {
      this.#block[0] = a ^ words.getInt32(at);
      this.#block[1] = b ^ words.getInt32(at + 4);
      this.#block[2] = c ^ words.getInt32(at + 8);
      this.#block[3] = d ^ words.getInt32(at + 12);
      a = b = c = d = 0;
      for (let word = 3; word >= 0; word--) {
        const bytes = this.#block[word] ?? 0;
        for (let shift = 0; shift < 32; shift += 8) {
          const back = reductions[d & 0xff] ?? 0;
          const product = ((bytes >>> shift) & 0xff) * 4;
          d = ((d >>> 8) | (c << 24)) ^ (table[product + 3] ?? 0);
          c = ((c >>> 8) | (b << 24)) ^ (table[product + 2] ?? 0);
          b = ((b >>> 8) | (a << 24)) ^ (table[product + 1] ?? 0);
          a = (a >>> 8) ^ back ^ (table[product] ?? 0);
        }
      }
    }
    words.setInt32(length, a);
    words.setInt32(length + 4, b);
    words.setInt32(length + 8, c);
    words.setInt32(length + 12, d);
  }
}
