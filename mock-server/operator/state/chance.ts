/**
 * Chances that are the same in every process: a number from 0 to below 1 that follows from a seed, a name and a count.
 *
 *   FNV-1a (32 bits) of the UTF-16 code units of `seed NUL name NUL count`, mixed as MurmurHash3 ends
 */

const TWO_32 = 0x1_0000_0000;

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}

/** Spreads a change of one bit over all bits. */
function mixed(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

export const chance = (seed: string, name: string, count: number): number =>
  mixed(fnv1a(`${seed}\0${name}\0${count}`)) / TWO_32;
