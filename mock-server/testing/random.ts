/**
 * Randomness for tests, which can be repeated: `UID2_MOCK_TEST_SEED=123 npx vitest run mock-server/hostile.test.ts`.
 * Importing this file seeds fast-check and prints the seed.
 */

import fc from 'fast-check';

const given = process.env['UID2_MOCK_TEST_SEED'];

/** A 32-bit number. */
const seed = (given === undefined ? Date.now() ^ (process.pid << 8) : Number(given)) | 0;

process.stderr.write(`UID2_MOCK_TEST_SEED=${seed}\n`);
fc.configureGlobal({ seed });

/** Random values that depend only on the seed. */
export interface Dice {
  /** a whole number from 0 to `end` - 1 */
  below(end: number): number;
  /** true once in `times` */
  oneIn(times: number): boolean;
  pick<T>(values: readonly T[]): T;
  bytes(length: number): Buffer;
}

/** A mulberry32 generator. */
export function dice(start: number = seed): Dice {
  let state = start;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (end: number): number => Math.floor((next() / 0x1_0000_0000) * end);
  return {
    below,
    oneIn: (times) => below(times) === 0,
    pick(values) {
      const value = values[below(values.length)];
      if (value === undefined) throw new RangeError('pick: expected at least one value, got none');
      return value;
    },
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  };
}
