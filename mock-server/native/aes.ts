/**
 * The block cipher AES-256 (FIPS 197). A single block by `node:crypto` takes several times as long, for the call and the
 * memory of its result (bench/README.md).
 *
 *   a round:  word n = T[a] ^ T[b] >>> 8 ^ T[c] >>> 16 ^ T[d] >>> 24 ^ round key, where >>> rotates
 *             a to d are the first to fourth byte of the words n, n + 1, n + 2 and n + 3
 *   T[byte] = 2s | s | s | 3s in GF(2^8), where s is the S-box of the byte; the last round has s alone
 */

const KEY_WORDS = 8;
const ROUNDS = 14;
const LAST_ROUND = 4 * ROUNDS;

const doubled = (byte: number): number => ((byte << 1) ^ ((byte >>> 7) * 0x1b)) & 0xff;

const SBOX = new Uint8Array(256);
const TABLE = new Int32Array(256);

/** Fills the tables: `power` runs through the powers of 3, which are all bytes except 0, `inverse` through their inverses. */
function fillTables(): void {
  SBOX[0] = 0x63;
  let power = 1;
  let inverse = 1;
  do {
    const twice = inverse * 0x101;
    SBOX[power] = twice ^ (twice >>> 4) ^ (twice >>> 5) ^ (twice >>> 6) ^ (twice >>> 7) ^ 0x63;
    power ^= doubled(power);
    // the product with 0xf6, the inverse of 3
    inverse ^= inverse << 1;
    inverse ^= inverse << 2;
    inverse = (inverse ^ (inverse << 4)) & 0xff;
    if (inverse > 0x7f) inverse ^= 0x09;
  } while (power !== 1);
  SBOX.forEach((s, byte) => {
    TABLE[byte] = (doubled(s) << 24) | (s << 16) | (s << 8) | (doubled(s) ^ s);
  });
}

fillTables();

const t = (byte: number): number => TABLE[byte] ?? 0;
const s = (byte: number): number => SBOX[byte] ?? 0;

/** A word of the next round, before its key is added, of the words that give its first to fourth byte. */
function mixed(a: number, b: number, c: number, d: number): number {
  const second = t((b >>> 16) & 0xff);
  const third = t((c >>> 8) & 0xff);
  const fourth = t(d & 0xff);
  return (
    t(a >>> 24) ^
    ((second >>> 8) | (second << 24)) ^
    ((third >>> 16) | (third << 16)) ^
    ((fourth >>> 24) | (fourth << 8))
  );
}

/** The same in the last round. */
const substituted = (a: number, b: number, c: number, d: number): number =>
  (s(a >>> 24) << 24) | (s((b >>> 16) & 0xff) << 16) | (s((c >>> 8) & 0xff) << 8) | s(d & 0xff);

/** The keys of all rounds, 4 words each, of a key of 32 bytes. */
export function roundKeys(key: Uint8Array): Int32Array {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  const keys = new Int32Array(LAST_ROUND + 4);
  for (let i = 0; i < KEY_WORDS; i++) keys[i] = view.getInt32(4 * i);
  let constant = 1;
  for (let i = KEY_WORDS; i < keys.length; i++) {
    let word = keys[i - 1] ?? 0;
    if (i % KEY_WORDS === 0) {
      word = (word << 8) | (word >>> 24);
      word = substituted(word, word, word, word) ^ (constant << 24);
      constant = doubled(constant);
    } else if (i % KEY_WORDS === 4) word = substituted(word, word, word, word);
    keys[i] = (keys[i - KEY_WORDS] ?? 0) ^ word;
  }
  return keys;
}

/** The block that is encrypted. */
export const block = new Uint8Array(16);
const words = new DataView(block.buffer);

/** Encrypts `block` in place. */
export function encryptBlock(keys: Int32Array): void {
  let a = words.getInt32(0) ^ (keys[0] ?? 0);
  let b = words.getInt32(4) ^ (keys[1] ?? 0);
  let c = words.getInt32(8) ^ (keys[2] ?? 0);
  let d = words.getInt32(12) ^ (keys[3] ?? 0);
  for (let i = 4; i < LAST_ROUND; i += 4) {
    const [p, q, r] = [a, b, c];
    a = mixed(p, q, r, d) ^ (keys[i] ?? 0);
    b = mixed(q, r, d, p) ^ (keys[i + 1] ?? 0);
    c = mixed(r, d, p, q) ^ (keys[i + 2] ?? 0);
    d = mixed(d, p, q, r) ^ (keys[i + 3] ?? 0);
  }
  words.setInt32(0, substituted(a, b, c, d) ^ (keys[LAST_ROUND] ?? 0));
  words.setInt32(4, substituted(b, c, d, a) ^ (keys[LAST_ROUND + 1] ?? 0));
  words.setInt32(8, substituted(c, d, a, b) ^ (keys[LAST_ROUND + 2] ?? 0));
  words.setInt32(12, substituted(d, a, b, c) ^ (keys[LAST_ROUND + 3] ?? 0));
}
