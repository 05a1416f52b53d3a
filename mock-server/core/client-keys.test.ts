/** P-256 keys in DER (Protocol §8.5): those of node:crypto are read, any other bytes give undefined. */

import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nativePrimitives } from '../native/primitives.ts';
import '../testing/random.ts';
import { scaled } from '../testing/scale.ts';
import { readPrivateScalar, readPublicPoint, writePkcs8, writeSpki } from './client-keys.ts';

const der = (namedCurve: string) => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  return {
    spki: publicKey.export({ format: 'der', type: 'spki' }),
    pkcs8: privateKey.export({ format: 'der', type: 'pkcs8' }),
  };
};

it('keys of node:crypto are read and written again', () => {
  for (let i = 0; i < 20; i++) {
    const { spki, pkcs8 } = der('P-256');
    const point = readPublicPoint(spki);
    const scalar = readPrivateScalar(pkcs8);
    if (!(point instanceof Uint8Array) || scalar === undefined)
      throw new Error('expected a point and a scalar');
    expect([point.length, scalar.length]).toEqual([65, 32]);
    expect(Buffer.from(nativePrimitives.p256PublicPoint(scalar))).toEqual(Buffer.from(point));
    expect(Buffer.from(writeSpki(point))).toEqual(spki);
    expect(Buffer.from(writePkcs8(scalar, point))).toEqual(pkcs8);
    createPublicKey({ key: Buffer.from(writeSpki(point)), format: 'der', type: 'spki' });
    createPrivateKey({ key: Buffer.from(writePkcs8(scalar, point)), format: 'der', type: 'pkcs8' });
  }
});

it.each(['P-224', 'P-384', 'P-521', 'secp256k1'])(
  'a key of %s is recognised as one of another curve',
  (curve) => {
    expect(readPublicPoint(der(curve).spki)).toBe('other-curve');
  },
);

it('a private key is read from a mark and the 32 bytes behind it', () => {
  const mark = Buffer.of(2, 1, 1, 4, 32);
  const scalar = Buffer.alloc(32, 7);
  const key = Buffer.concat([mark, scalar]);
  expect(readPrivateScalar(key)).toEqual(scalar);
  expect(readPrivateScalar(Buffer.concat([Buffer.alloc(9), key, Buffer.of(1)]))).toEqual(scalar);
  expect(readPrivateScalar(key.subarray(0, -1))).toBeUndefined();
  expect(readPrivateScalar(Buffer.alloc(64, 7))).toBeUndefined();
});

describe('a changed public key', () => {
  const { spki } = der('P-256');
  const other = der('P-384').spki;
  const changed = (key: Buffer, at: number, byte: number): Buffer => {
    const altered = Buffer.from(key);
    altered.writeUInt8(byte, at);
    return altered;
  };
  /** place of the count of unused bits, right in front of the point */
  const UNUSED_BITS = 25;

  it('is invalid with any bit in front of its point flipped', () => {
    for (const key of [spki, other]) {
      const head = key === spki ? 27 : 24;
      for (let bit = 0; bit < head * 8; bit++) {
        const at = bit >> 3;
        if (at === head - 2) continue;
        const altered = changed(key, at, key.readUInt8(at) ^ (0x80 >> (bit & 7)));
        expect(readPublicPoint(altered), `bit ${bit}`).toBeUndefined();
      }
    }
  });

  it('has a point without its unused bits', () => {
    const { x, y } = { x: spki.subarray(27, 59), y: spki.subarray(59) };
    const full = changed(spki, 90, 0xff);
    for (let unused = 0; unused < 8; unused++) {
      const point = readPublicPoint(changed(full, UNUSED_BITS, unused));
      const last = (0xff << unused) & 0xff;
      const expected = Buffer.concat([Buffer.of(4), x, y.subarray(0, 31), Buffer.of(last)]);
      expect(Buffer.from(point instanceof Uint8Array ? point : [])).toEqual(expected);
    }
    for (const unused of [8, 16, 0x80, 0xff]) {
      expect(readPublicPoint(changed(spki, UNUSED_BITS, unused))).toBeUndefined();
    }
  });

  it.each([
    ['has another curve of the same size', '2b8104000a', 'other-curve'],
    ['has another curve of another size', '2b81040022', undefined],
    ['has an unknown curve', '2b8104007f', undefined],
    ['has bytes after its curve', '2a8648ce3d030107', undefined, '0500'],
  ])('%s', (_what, oid, expected, after = '') => {
    const curve = Buffer.from(oid, 'hex');
    const object = Buffer.concat([Buffer.of(6, curve.length), curve]);
    const algorithm = Buffer.concat([spki.subarray(4, 13), object, Buffer.from(after, 'hex')]);
    const rest = spki.subarray(23);
    const body = Buffer.concat([Buffer.of(0x30, algorithm.length), algorithm, rest]);
    expect(readPublicPoint(Buffer.concat([Buffer.of(0x30, body.length), body]))).toBe(expected);
  });

  it('is invalid with bytes after it', () => {
    expect(readPublicPoint(Buffer.concat([spki, Buffer.of(0)]))).toBeUndefined();
    const longer = changed(spki, 1, 0x5b);
    expect(readPublicPoint(Buffer.concat([longer, Buffer.of(5, 0)]))).toBeUndefined();
  });

  it('is invalid with its length in a longer form than necessary', () => {
    expect(readPublicPoint(Buffer.concat([Buffer.of(0x30, 0x81, 0x59), spki.subarray(2)]))).toBeUndefined();
  });
});

it('any other bytes are invalid, and are not read out of bounds', () => {
  const { spki, pkcs8 } = der('P-256');
  for (let length = 0; length < spki.length; length++) {
    expect(readPublicPoint(spki.subarray(0, length)), `${length} bytes`).toBeUndefined();
  }
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      fc.uint8Array({ maxLength: 150 }),
      (at, change, noise) => {
        expect(readPublicPoint(noise)).toBeUndefined();
        for (const source of [spki, pkcs8]) {
          const altered = Buffer.from(source);
          altered.writeUInt8(altered.readUInt8(at % altered.length) ^ change, at % altered.length);
          const scalar = readPrivateScalar(altered);
          if (scalar) expect(scalar).toHaveLength(32);
          const point = readPublicPoint(altered);
          if (point instanceof Uint8Array) expect(point).toHaveLength(65);
        }
        expect(readPrivateScalar(noise)?.length ?? 32).toBe(32);
      },
    ),
    { numRuns: scaled(20_000) },
  );
});
