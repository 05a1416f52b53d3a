/** Numbers as node:buffer writes and reads them, and reads beyond the end. */

import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter, OutOfBytes, concatBytes } from './bytes.ts';

const written = (value: number): string => Buffer.from(new ByteWriter(8).int64(value).bytes).toString('hex');

describe('eight bytes', () => {
  it.each([0, 1, -1, 2 ** 32, -(2 ** 32), 2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 62, -(2 ** 63)])(
    'of %d are those of node:buffer',
    (value) => {
      const expected = Buffer.alloc(8);
      expected.writeBigInt64BE(BigInt(value));
      expect(written(value)).toBe(expected.toString('hex'));
      expect(new ByteReader(expected).int64()).toBe(value);
    },
  );

  it.each([2 ** 63, 2 ** 63 + 2 ** 12, 2 ** 64, Infinity])('of %d are the largest there are', (value) => {
    expect(written(value)).toBe('7fffffffffffffff');
  });
});

describe('a read beyond the end', () => {
  it('says where it was, what it wanted and what was left', () => {
    const reader = new ByteReader(Uint8Array.of(1, 2, 3));
    expect(reader.take(2)).toEqual(Uint8Array.of(1, 2));
    expect(() => reader.take(2)).toThrow(new OutOfBytes('expected 2 bytes at 2, got 1'));
    expect(() => reader.take(-1)).toThrow(OutOfBytes);
    expect(reader.uint8()).toBe(3);
    expect(() => reader.uint8()).toThrow(new OutOfBytes('expected 1 byte at 3, got 0'));
    expect(reader.rest()).toEqual(new Uint8Array(0));
  });
});

it('joins parts in order', () => {
  expect(concatBytes(Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3))).toEqual(
    Uint8Array.of(1, 2, 3),
  );
});
