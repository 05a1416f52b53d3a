/**
 * AES-256-GCM (NIST SP 800-38D) for short messages under a key that is used again, without additional data.
 *
 *   keystream = E(IV | 1), E(IV | 2), …      E is the block cipher of node:crypto, made once per key
 *   tag = E(IV | 1) xor GHASH( ciphertext, padded to blocks | 0 (8) | bits of the ciphertext (8) )
 *
 * A cipher object of node:crypto is used once, and creating it costs several times as much as sealing a token: with this
 * file the server answers a third more v1 and v2 generates a CPU second than with node:crypto alone, and over twice as many as
 * with @noble/ciphers, whose key schedule and tables were kept too (bench/README.md). GHASH works word by word on the
 * multiples of its key by every byte in each place of a word (Shoup's tables); a field element is four words, big endian.
 */

import { type Cipher, createCipheriv } from 'node:crypto';

/** Longest message in bytes for which this is faster than a cipher object. */
export const SHORT = 1024;

const BLOCK = 16;
const TAG = 16;
const IV = 12;
/** Words of a block. */
const WORDS = 4;
const REDUCTION = 0xe1000000;

/** IVs that a key prepares at a time, and blocks of keystream that it prepares for each at most. */
const PREPARED = { ivs: 16, blocks: 20 } as const;

/** What a word behind an element adds to the word four before it, and to the next one (the reduction). */
const front = (word: number): number => word ^ (word >>> 1) ^ (word >>> 2) ^ (word >>> 7);
const back = (word: number): number => (word << 31) ^ (word << 30) ^ (word << 25);

/** Length of a table of the multiples by every byte. */
const TABLE = 256 * WORDS;

/** The products of the hash key with every byte in the first, second, third and fourth place of an element. */
function multiples(hashKey: Buffer): Int32Array {
  const table = new Int32Array(4 * TABLE);
  let a = hashKey.readUInt32BE(0);
  let b = hashKey.readUInt32BE(4);
  let c = hashKey.readUInt32BE(8);
  let d = hashKey.readUInt32BE(12);
  // the bits of a byte in the first place, then of one in the second, and so on: each is one place further back
  for (let start = 0; start < table.length; start += TABLE) {
    for (let bit = 0x80; bit > 0; bit >>>= 1) {
      for (let byte = bit; byte < 256; byte = (byte + 1) | bit) {
        const at = start + byte * WORDS;
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
  }
  return table;
}

/** Buffers of the call that runs; they serve all keys. */
const ivBytes = new Uint8Array(IV);
const ivWords = new Int32Array(ivBytes.buffer);
/** `IV | counter` of every block; only the IVs change */
const counters = new Uint8Array(Math.max(SHORT + 2 * BLOCK, PREPARED.ivs * PREPARED.blocks * BLOCK));
const counterWords = new Int32Array(counters.buffer);
const counterView = new DataView(counters.buffer);
/** `counters` cut after each number of blocks: making a cut costs as much as a block */
const cuts = Array.from({ length: counters.length / BLOCK + 1 }, (_, blocks) =>
  counters.subarray(0, blocks * BLOCK),
);
/** input of GHASH, with room for the lengths */
const hashed = new Uint8Array(SHORT + BLOCK);
const hashedWords = new Int32Array(hashed.buffer);
const view = new DataView(hashed.buffer);
const tag = new Uint8Array(TAG);
const tagWords = new Int32Array(tag.buffer);
const tagView = new DataView(tag.buffer);

const blocksOf = (length: number): number => Math.ceil(length / BLOCK);

const wordsOf = ({ buffer, byteOffset, length }: Uint8Array): Int32Array =>
  new Int32Array(buffer, byteOffset, length / 4);

/** Writes `IV | 1`, `IV | 2`, … into `counters` from a block on. */
function writeCounters(iv: Uint8Array, from: number, blocks: number): void {
  for (let i = 0; i < IV; i++) ivBytes[i] = iv[i] ?? 0;
  const a = ivWords[0] ?? 0;
  const b = ivWords[1] ?? 0;
  const c = ivWords[2] ?? 0;
  for (let block = 0; block < blocks; block++) {
    const at = (from + block) * WORDS;
    counterWords[at] = a;
    counterWords[at + 1] = b;
    counterWords[at + 2] = c;
    counterView.setInt32((from + block) * BLOCK + IV, block + 1);
  }
}

/** Encrypts or decrypts the first `length` bytes of `hashed`, in whole words: zeros replace what it changes behind them. */
function addKeystream(length: number, keystream: Int32Array, from: number): void {
  for (let word = 0; word * 4 < length; word++) {
    hashedWords[word] = (hashedWords[word] ?? 0) ^ (keystream[from + WORDS + word] ?? 0);
  }
}

export class ShortGcm {
  readonly #cipher: Cipher;
  readonly #multiples: Int32Array;
  /** the IVs that are prepared, and how many of them were given out */
  #ivs: Uint8Array = new Uint8Array(0);
  #given = 0;
  /** their keystreams, each of as many blocks */
  #prepared: Int32Array = new Int32Array(0);
  #preparedBlocks = 0;
  /** blocks of keystream that the longest message with a prepared IV needed */
  #neededBlocks = 0;

  /** @param key 32 bytes */
  constructor(key: Uint8Array) {
    this.#cipher = createCipheriv('aes-256-ecb', key, null);
    this.#multiples = multiples(this.#cipher.update(new Uint8Array(BLOCK)));
  }

  /**
   * A new IV, whose keystream is made with that of others: for one it costs as much as the rest of `seal`.
   *
   * @param randomBytes gives memory that is not used again
   */
  iv(randomBytes: (length: number) => Uint8Array): Uint8Array {
    if (this.#given === this.#ivs.length) this.#prepare(randomBytes(PREPARED.ivs * IV));
    this.#given += IV;
    return this.#ivs.subarray(this.#given - IV, this.#given);
  }

  /** Ciphertext and tag of at most `SHORT` bytes; the IV has 12. */
  seal(iv: Uint8Array, plaintext: Uint8Array): Uint8Array {
    const { length } = plaintext;
    const blocks = 1 + blocksOf(length);
    let keystream: Int32Array = this.#prepared;
    let from = this.#placeOf(iv, blocks);
    if (from < 0) {
      keystream = this.#keystream(iv, blocks);
      from = 0;
    }
    const sealed = Buffer.allocUnsafe(length + TAG);
    hashed.set(plaintext);
    addKeystream(length, keystream, from);
    sealed.set(hashed.subarray(0, length));
    this.#writeTag(length, keystream, from);
    sealed.set(tag, length);
    return sealed;
  }

  /** Plaintext of at most `SHORT` bytes and their tag; undefined when the tag is wrong. */
  open(iv: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const length = sealed.length - TAG;
    const keystream = this.#keystream(iv, 1 + blocksOf(length));
    hashed.set(sealed);
    this.#writeTag(length, keystream, 0);
    let difference = 0;
    for (let i = 0; i < TAG; i++) difference |= (tag[i] ?? 0) ^ (sealed[length + i] ?? 0);
    if (difference !== 0) return undefined;
    addKeystream(length, keystream, 0);
    return Buffer.from(hashed.subarray(0, length));
  }

  /** @param ivs random bytes */
  #prepare(ivs: Uint8Array): void {
    const blocks = this.#neededBlocks;
    for (let n = 0; n < PREPARED.ivs; n++) writeCounters(ivs.subarray(n * IV), n * blocks, blocks);
    this.#prepared = wordsOf(this.#cipher.update(cuts[PREPARED.ivs * blocks] ?? counters));
    this.#preparedBlocks = blocks;
    this.#ivs = ivs;
    this.#given = 0;
  }

  /** The word at which the keystream of an IV begins, if so many blocks of it are prepared; else -1. */
  #placeOf(iv: Uint8Array, blocks: number): number {
    const { buffer, byteOffset } = this.#ivs;
    const place = iv.byteOffset - byteOffset;
    if (iv.buffer !== buffer || place < 0 || place >= this.#ivs.length || place % IV !== 0) return -1;
    if (blocks <= this.#preparedBlocks) return (place / IV) * this.#preparedBlocks * WORDS;
    if (blocks <= PREPARED.blocks) this.#neededBlocks = Math.max(this.#neededBlocks, blocks);
    return -1;
  }

  /** The keystream: a block for the tag, then the blocks for the message. */
  #keystream(iv: Uint8Array, blocks: number): Int32Array {
    writeCounters(iv, 0, blocks);
    return wordsOf(this.#cipher.update(cuts[blocks] ?? counters));
  }

  /** Writes the tag of the first `length` bytes of `hashed` into `tag`. */
  #writeTag(length: number, keystream: Int32Array, from: number): void {
    const end = blocksOf(length) * BLOCK;
    hashed.fill(0, length, end + BLOCK);
    view.setUint32(end + BLOCK - 4, length * 8);
    this.#hash(end + BLOCK);
    for (let word = 0; word < WORDS; word++) {
      tagWords[word] = (tagWords[word] ?? 0) ^ (keystream[from + word] ?? 0);
    }
  }

  /** Writes GHASH of the first `length` bytes of `hashed`, whole blocks, into `tag`. */
  #hash(length: number): void {
    const table = this.#multiples;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let at = 0; at < length; at += BLOCK) {
      let word = view.getInt32(at + 12) ^ d;
      let second = view.getInt32(at + 8) ^ c;
      let third = view.getInt32(at + 4) ^ b;
      const fourth = view.getInt32(at) ^ a;
      // the product is seven words long: what a word's product shifts out at the back goes on in e, f and g
      a = b = c = d = 0;
      let e = 0;
      let f = 0;
      let g = 0;
      for (let place = 0; place < WORDS; place++) {
        const w = (word >>> 24) * WORDS;
        const x = ((word >>> 16) & 0xff) * WORDS + TABLE;
        const y = ((word >>> 8) & 0xff) * WORDS + 2 * TABLE;
        const z = (word & 0xff) * WORDS + 3 * TABLE;
        g = f;
        f = e;
        e = d;
        d = c ^ (table[w + 3] ?? 0) ^ (table[x + 3] ?? 0) ^ (table[y + 3] ?? 0) ^ (table[z + 3] ?? 0);
        c = b ^ (table[w + 2] ?? 0) ^ (table[x + 2] ?? 0) ^ (table[y + 2] ?? 0) ^ (table[z + 2] ?? 0);
        b = a ^ (table[w + 1] ?? 0) ^ (table[x + 1] ?? 0) ^ (table[y + 1] ?? 0) ^ (table[z + 1] ?? 0);
        a = (table[w] ?? 0) ^ (table[x] ?? 0) ^ (table[y] ?? 0) ^ (table[z] ?? 0);
        word = second;
        second = third;
        third = fourth;
      }
      c ^= front(g);
      d ^= back(g);
      b ^= front(f);
      c ^= back(f);
      a ^= front(e);
      b ^= back(e);
    }
    tagView.setInt32(0, a);
    tagView.setInt32(4, b);
    tagView.setInt32(8, c);
    tagView.setInt32(12, d);
  }
}
