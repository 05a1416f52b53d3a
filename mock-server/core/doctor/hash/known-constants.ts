/** The hashes of constants, by their first bytes: looked up, not searched, because they are the same for everybody. */

import type { Primitives } from '../../primitives.ts';
import { type Constant, constants } from './constants.ts';
import { hexOf } from '../../decoding.ts';
import type { Reading } from './readings.ts';
import { type Tail, hashOf, plainTails } from './search.ts';

interface KnownHash {
  readonly constant: Constant;
  readonly tail: Tail;
  readonly hex: string;
}

const KEY = 24;

const known = new WeakMap<Primitives, ReadonlyMap<string, KnownHash>>();

function computeHashes(primitives: Primitives): ReadonlyMap<string, KnownHash> {
  const hashes = new Map<string, KnownHash>();
  for (const tail of plainTails()) {
    for (const constant of constants) {
      const hash = hashOf(constant.text, tail, primitives);
      const hex = hash && hexOf(hash);
      if (hex !== undefined && !hashes.has(hex.slice(0, KEY)))
        hashes.set(hex.slice(0, KEY), { constant, tail, hex });
    }
  }
  return hashes;
}

/** The constant whose hash a reading of the value is, or begins. */
export function knownConstant(
  readings: readonly Reading[],
  primitives: Primitives,
): (KnownHash & { readonly reading: Reading }) | undefined {
  const hashes = known.get(primitives) ?? computeHashes(primitives);
  known.set(primitives, hashes);
  for (const reading of readings) {
    const hex = hexOf(reading.bytes);
    const hash = hashes.get(hex.slice(0, KEY));
    if (hash?.hex.startsWith(hex)) return { ...hash, reading };
  }
  return undefined;
}
