/** A map by hashes finds what a plain map finds. */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HashMap } from './hash-map.ts';

const hashes = Array.from({ length: 20_000 }, (_, i) => createHash('sha256').update(`${i}`).digest('base64'));

describe('a map by hashes', () => {
  it.each([0, 1, 10, 1000, 10_000])('of %i finds those, and no other', (size) => {
    const plain = new Map<string, number>();
    const map = new HashMap<number>();
    for (const [i, hash] of hashes.slice(0, size).entries()) {
      plain.set(hash, i);
      map.set(hash, i);
    }
    for (const hash of hashes) expect(map.get(hash)).toBe(plain.get(hash));
    expect([...map]).toEqual([...plain]);
  });

  it('keeps the last value of a key, and keys that begin alike apart', () => {
    const map = new HashMap<string>().set('ABC', 'old').set('ABC', 'new').set('ABD', 'other');
    expect(['ABC', 'ABD', 'ABE', 'AB', 'A', ''].map((key) => map.get(key))).toEqual([
      'new',
      'other',
      ...Array(4).fill(undefined),
    ]);
    expect(new HashMap<number>().set('', 1).get('')).toBe(1);
  });
});
