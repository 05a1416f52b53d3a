/**
 * AES-256-GCM (NIST SP 800-38D) for short messages under a key that is used again, without additional data.
 *
 *   keystream = E(IV | 1), E(IV | 2), …      E is the block cipher of node:crypto, made once per key
 *   tag = E(IV | 1) xor GHASH( ciphertext, padded to blocks | 0 (8) | bits of the ciphertext (8) )
 *
 * A cipher object of node:crypto is used once, and creating it costs several times as much as sealing a token: with this
 * file the server answers 27 % more v1 and v2 generates a CPU second than with node:crypto alone, and 2.3 times as many as
 * with @noble/ciphers, whose key schedule and tables were kept too (bench/README.md). GHASH
 * works word by word on the multiples of its key by every byte in each place of a word (Shoup's tables); a field element
 * is four words, big endian.
 */

import { type Cipher, createCipheriv } from 'node:crypto';

/** Longest message in bytes for which this is faster than a cipher object. */
export const SHORT = 1024;

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

/** Length of a table of the multiples by every byte. */
const TABLE = 256 * 4;

/** The products of the hash key with every byte in the first, second, third and fourth place of an element. */
function multiples(hashKey: Buffer): Int32Array {
  const table = new Int32Array(4 * TABLE);
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
  // the next place is eight bits further back
  for (let at = TABLE; at < table.length; at += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = table.subarray(at - TABLE, at - TABLE + 4);
    table[at] = (a >>> 8) ^ (reductions[d & 0xff] ?? 0);
    table[at + 1] = (b >>> 8) | (a << 24);
    table[at + 2] = (c >>> 8) | (b << 24);
    table[at + 3] = (d >>> 8) | (c << 24);
  }
  return table;
}

/** Buffers of the call that runs; they serve all keys. */
const ivBytes = new Uint8Array(IV);
const ivWords = new Int32Array(ivBytes.buffer);
/** `IV | counter` of every block; only the IVs change */
const counters = new Uint8Array(SHORT + 2 * BLOCK);
const counterWords = new Int32Array(counters.buffer);
/** the counters of each number of blocks: making one costs as much as a block */
const countersOf = Array.from({ length: counters.length / BLOCK + 1 }, (_, blocks) => {
  if (blocks > 0) new DataView(counters.buffer).setUint32(blocks * BLOCK - 4, blocks);
  return counters.subarray(0, blocks * BLOCK);
});
/** input of GHASH, with room for the lengths and the result */
const hashed = new Uint8Array(SHORT + 3 * BLOCK);
const hashedWords = new Int32Array(hashed.buffer);
const view = new DataView(hashed.buffer);
const tag = new Uint8Array(TAG);

const wholeBlocks = (length: number): number => Math.ceil(length / BLOCK) * BLOCK;

export class ShortGcm {
  readonly #cipher: Cipher;
  readonly #multiples: Int32Array;

  /** @param key 32 bytes */
  constructor(key: Uint8Array) {
    this.#cipher = createCipheriv('aes-256-ecb', key, null);
    this.#multiples = multiples(this.#cipher.update(new Uint8Array(BLOCK)));
  }

  /** Ciphertext and tag of at most `SHORT` bytes; the IV has 12. */
  seal(iv: Uint8Array, plaintext: Uint8Array): Uint8Array {
    const { length } = plaintext;
    const keystream = this.#keystream(iv, length);
    const words = new Int32Array(keystream.buffer, keystream.byteOffset, keystream.length / 4);
    const sealed = Buffer.allocUnsafe(length + TAG);
    hashed.set(plaintext);
    // whole words: what they change after the message is filled with zeros
    for (let word = 0; word * 4 < length; word++) {
      hashedWords[word] = (hashedWords[word] ?? 0) ^ (words[BLOCK / 4 + word] ?? 0);
    }
    sealed.set(hashed.subarray(0, length));
    this.#writeTag(length, keystream, sealed, length);
    return sealed;
  }

  /** Plaintext of at most `SHORT` bytes and their tag; undefined when the tag is wrong. */
  open(iv: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const length = sealed.length - TAG;
    const keystream = this.#keystream(iv, length);
    hashed.set(sealed);
    this.#writeTag(length, keystream, tag, 0);
    let difference = 0;
    for (let i = 0; i < TAG; i++) difference |= (tag[i] ?? 0) ^ (sealed[length + i] ?? 0);
    if (difference !== 0) return undefined;
    const plaintext = Buffer.allocUnsafe(length);
    for (let i = 0; i < length; i++) plaintext[i] = (sealed[i] ?? 0) ^ (keystream[BLOCK + i] ?? 0);
    return plaintext;
  }

  /** The keystream: a block for the tag, then the blocks for the message. */
  #keystream(iv: Uint8Array, length: number): Uint8Array {
    const blocks = 1 + Math.ceil(length / BLOCK);
    for (let i = 0; i < IV; i++) ivBytes[i] = iv[i] ?? 0;
    const a = ivWords[0] ?? 0;
    const b = ivWords[1] ?? 0;
    const c = ivWords[2] ?? 0;
    for (let at = 0; at < blocks * 4; at += 4) {
      counterWords[at] = a;
      counterWords[at + 1] = b;
      counterWords[at + 2] = c;
    }
    return this.#cipher.update(countersOf[blocks] ?? counters);
  }

  /** Writes the tag of the first `length` bytes of `hashed`, which it uses up. */
  #writeTag(length: number, keystream: Uint8Array, out: Uint8Array, at: number): void {
    const end = wholeBlocks(length);
    for (let i = length; i < end + BLOCK; i++) hashed[i] = 0;
    view.setUint32(end + BLOCK - 4, length * 8);
    this.#hash(end + BLOCK);
    for (let i = 0; i < TAG; i++) out[at + i] = (hashed[end + BLOCK + i] ?? 0) ^ (keystream[i] ?? 0);
  }

  /** GHASH of the first `length` bytes of `hashed`, whole blocks, into the block after them. */
  #hash(length: number): void {
    const table = this.#multiples;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let at = 0; at < length; at += BLOCK) {
      view.setInt32(at, view.getInt32(at) ^ a);
      view.setInt32(at + 4, view.getInt32(at + 4) ^ b);
      view.setInt32(at + 8, view.getInt32(at + 8) ^ c);
      view.setInt32(at + 12, view.getInt32(at + 12) ^ d);
      a = b = c = d = 0;
      for (let word = at + BLOCK - 4; word >= at; word -= 4) {
        const w = (hashed[word] ?? 0) * 4;
        const x = (hashed[word + 1] ?? 0) * 4 + TABLE;
        const y = (hashed[word + 2] ?? 0) * 4 + 2 * TABLE;
        const z = (hashed[word + 3] ?? 0) * 4 + 3 * TABLE;
        const last = reductions[d & 0xff] ?? 0;
        const front =
          (reductions[d >>> 24] ?? 0) ^
          ((reductions[(d >>> 16) & 0xff] ?? 0) >>> 8) ^
          ((reductions[(d >>> 8) & 0xff] ?? 0) >>> 16) ^
          (last >>> 24);
        d = c ^ (table[w + 3] ?? 0) ^ (table[x + 3] ?? 0) ^ (table[y + 3] ?? 0) ^ (table[z + 3] ?? 0);
        c = b ^ (table[w + 2] ?? 0) ^ (table[x + 2] ?? 0) ^ (table[y + 2] ?? 0) ^ (table[z + 2] ?? 0);
        b =
          a ^
          (last << 8) ^
          (table[w + 1] ?? 0) ^
          (table[x + 1] ?? 0) ^
          (table[y + 1] ?? 0) ^
          (table[z + 1] ?? 0);
        a = front ^ (table[w] ?? 0) ^ (table[x] ?? 0) ^ (table[y] ?? 0) ^ (table[z] ?? 0);
      }
    }
    view.setInt32(length, a);
    view.setInt32(length + 4, b);
    view.setInt32(length + 8, c);
    view.setInt32(length + 12, d);
  }
}
