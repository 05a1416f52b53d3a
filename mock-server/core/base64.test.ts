/** Strict base64 (Protocol §2.3) against a second implementation of its rules, on both implementations. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../testing/random.ts';
import { scaled } from '../testing/scale.ts';
import { implementations } from '../testing/primitives.ts';
import { decodeBase64, fromUrlAlphabet, isStrictBase64, sextet, writeBase64 } from './base64.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bit by bit: groups of four characters, padding absent or exact and at the end, unused bits dropped. */
function decodeByBits(text: string): Buffer | undefined {
  const padding = /=*$/.exec(text)?.[0].length ?? 0;
  const digits = text.slice(0, text.length - padding).split('');
  if (digits.some((digit) => !ALPHABET.includes(digit))) return undefined;
  const over = digits.length % 4;
  if (over === 1) return undefined;
  if (padding > 0 && padding !== (4 - over) % 4) return undefined;
  const bits = digits.map((digit) => ALPHABET.indexOf(digit).toString(2).padStart(6, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}

const near = fc
  .array(fc.constantFrom(...'ABZaz09+/+/===-_ \n', 'AAAA', 'AA==', 'é'), { maxLength: 12 })
  .map((parts) => parts.join(''));

describe.each(implementations)('base64 on %s', (_name, primitives) => {
  const fromBase64 = (text: string) => primitives.fromBase64(text);
  const toBase64 = (bytes: Uint8Array) => primitives.toBase64(bytes);

  it('reads what the rules say, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' }), fc.base64String()), (text) => {
        const bytes = fromBase64(text);
        const expected = decodeByBits(text);
        expect(bytes && Buffer.from(bytes)).toEqual(expected);
        expect(isStrictBase64(text)).toBe(expected !== undefined);
      }),
      { numRuns: scaled(80_000) },
    );
  });

  it('writes what it reads, padded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(Uint8Array.from(fromBase64(toBase64(bytes)) ?? [])).toEqual(bytes);
      }),
    );
  });

  it('reads the offset of a view, not its whole buffer', () => {
    expect(toBase64(Uint8Array.of(9, 1, 2, 3, 9).subarray(1, 4))).toBe('AQID');
  });
});

it('the URL alphabet is read back, and + and / are refused in it', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = Buffer.from(bytes).toString('base64url');
      expect(text).toBe(Buffer.from(bytes).toString('base64url'));
      expect(Uint8Array.from(decodeBase64(fromUrlAlphabet(text) ?? '!') ?? [])).toEqual(bytes);
    }),
  );
  expect([fromUrlAlphabet('a+b'), fromUrlAlphabet('a/b')]).toEqual([undefined, undefined]);
});

it('a sextet is the value of a character, -1 outside of the alphabet', () => {
  expect([...ALPHABET].map((character) => sextet(character, 0))).toEqual([...ALPHABET].map((_, i) => i));
  expect(['=', '-', ' ', 'é', '\u0000', ''].map((text) => sextet(text, 0))).toEqual([-1, -1, -1, -1, -1, -1]);
});

describe('writing base64 into a buffer', () => {
  it('writes the bytes of padded texts from any group on, and refuses all others', () => {
    fc.assert(
      fc.property(fc.oneof(near, fc.base64String()), fc.nat(2), (text, skipped) => {
        const out = new Uint8Array(text.length + 8);
        const bytes = text.length % 4 === 0 ? decodeByBits(text) : undefined;
        const from = Math.min(skipped * 4, text.length);
        const end = writeBase64(text, from, out, 2);
        if (bytes !== undefined && from < text.length) {
          expect(Buffer.from(out.subarray(2, end))).toEqual(bytes.subarray(skipped * 3));
        } else if (from === 0) expect(end).toBe(bytes === undefined ? undefined : 2);
      }),
      { numRuns: scaled(20_000) },
    );
  });

  it('stops at a group', () => {
    const out = new Uint8Array(8);
    expect(writeBase64('AQIDBAUGBwg=', 4, out, 1, 8)).toBe(4);
    expect([...out]).toEqual([0, 4, 5, 6, 0, 0, 0, 0]);
    expect(writeBase64('AQI=####', 0, out, 0, 4)).toBe(2);
    expect(writeBase64('AQIDBAUG', 0, out, 0, 6)).toBeUndefined();
  });
});
