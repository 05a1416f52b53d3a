/** P-256 keys in DER: those of node:crypto are read, and any bytes are answered (Protocol §8.5). */

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

it.each(['P-224', 'P-384', 'P-521', 'secp256k1'])('a key of %s is told as one of another curve', (curve) => {
  expect(readPublicPoint(der(curve).spki)).toBe('other-curve');
});

describe('a public key in which something is changed', () => {
  const { spki } = der('P-256');
  const other = der('P-384').spki;
  const changed = (key: Buffer, at: number, byte: number): Buffer => {
    const bent = Buffer.from(key);
    bent.writeUInt8(byte, at);
    return bent;
  };
  /** the fixed bytes in front of the point, but the unused bits of the bit string */
  const UNUSED_BITS = 25;

  it('by one bit in front of its point is none', () => {
    for (const key of [spki, other]) {
      const head = key === spki ? 27 : 24;
      for (let bit = 0; bit < head * 8; bit++) {
        const at = bit >> 3;
        if (at === head - 2) continue;
        const bent = changed(key, at, key.readUInt8(at) ^ (0x80 >> (bit & 7)));
        expect(readPublicPoint(bent), `bit ${bit}`).toBeUndefined();
      }
    }
  });

  it('in its unused bits has a point without those', () => {
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
    ['another curve of the same size', '2b8104000a', 'other-curve'],
    ['another curve of another size', '2b81040022', undefined],
    ['a curve that nobody knows', '2b8104007f', undefined],
  ])('to %s', (_what, oid, expected) => {
    const curve = Buffer.from(oid, 'hex');
    const algorithm = Buffer.concat([spki.subarray(4, 13), Buffer.of(6, curve.length), curve]);
    const rest = spki.subarray(23);
    const body = Buffer.concat([Buffer.of(0x30, algorithm.length), algorithm, rest]);
    expect(readPublicPoint(Buffer.concat([Buffer.of(0x30, body.length), body]))).toBe(expected);
  });

  it('by something after it is none', () => {
    expect(readPublicPoint(Buffer.concat([spki, Buffer.of(0)]))).toBeUndefined();
    const longer = changed(spki, 1, 0x5b);
    expect(readPublicPoint(Buffer.concat([longer, Buffer.of(5, 0)]))).toBeUndefined();
  });

  it('to a longer form of its length than it needs is none', () => {
    expect(readPublicPoint(Buffer.concat([Buffer.of(0x30, 0x81, 0x59), spki.subarray(2)]))).toBeUndefined();
  });
});

it('no other bytes are a point, and none are read out of bounds', () => {
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
          const bent = Buffer.from(source);
          bent.writeUInt8(bent.readUInt8(at % bent.length) ^ change, at % bent.length);
          const scalar = readPrivateScalar(bent);
          if (scalar) expect(scalar).toHaveLength(32);
          const point = readPublicPoint(bent);
          if (point instanceof Uint8Array) expect(point).toHaveLength(65);
        }
        expect(readPrivateScalar(noise)?.length ?? 32).toBe(32);
      },
    ),
    { numRuns: scaled(20_000) },
  );
});
