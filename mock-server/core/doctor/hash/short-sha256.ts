/**
 * SHA-256 of messages of one block (FIPS 180-4, section 6.2). The search hashes tens of thousands of short texts, for which
 * the objects that a library makes for each cost several times as much as the hash.
 */

import type { Primitives } from '../../primitives.ts';

const LONGEST = 55;
const ROUNDS = 64;

const PRIMES: readonly number[] = Array.from({ length: 312 }, (_, number) => number).filter(
  (number) =>
    number > 1 && !Array.from({ length: number }, (_, i) => i).some((i) => i > 1 && number % i === 0),
);

/** The first 32 bits of the fraction of a number. */
const fraction = (number: number): number => Math.floor((number % 1) * 2 ** 32) | 0;

/** Section 4.2.2: fractions of the cube roots of the first 64 primes. */
const K = Int32Array.from(PRIMES.slice(0, ROUNDS), (prime) => fraction(Math.cbrt(prime)));
/** Section 5.3.3: fractions of the square roots of the first 8 primes. */
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

/** The message schedule, used again by each call. */
const words = new Int32Array(ROUNDS);

/** The padded block, and the words that follow from it. */
function schedule(message: Uint8Array): void {
  const { length } = message;
  words.fill(0, 0, 16);
  for (let i = 0; i < length; i++)
    words[i >> 2] = (words[i >> 2] ?? 0) | ((message[i] ?? 0) << (24 - 8 * (i & 3)));
  words[length >> 2] = (words[length >> 2] ?? 0) | (0x80 << (24 - 8 * (length & 3)));
  words[15] = length * 8;
  for (let t = 16; t < ROUNDS; t++) {
    const [x, y] = [words[t - 15] ?? 0, words[t - 2] ?? 0];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[t] = ((words[t - 16] ?? 0) + s0 + (words[t - 7] ?? 0) + s1) | 0;
  }
}

function hashBlock(message: Uint8Array): Uint8Array {
  schedule(message);
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = START;
  for (let t = 0; t < ROUNDS; t++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[t] ?? 0) + (words[t] ?? 0)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  const hash = new Uint8Array(32);
  const state = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 32; i++) hash[i] = ((state[i >> 2] ?? 0) + (START[i >> 2] ?? 0)) >>> (24 - 8 * (i & 3));
  return hash;
}

/** The primitives with a SHA-256 that is quick for short messages. */
export const withShortSha256 = (primitives: Primitives): Primitives => ({
  ...primitives,
  sha256: (data) => (data.length <= LONGEST ? hashBlock(data) : primitives.sha256(data)),
});
