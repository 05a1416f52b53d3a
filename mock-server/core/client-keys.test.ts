/** P-256 keys in DER: those of node:crypto are read, and any bytes are answered (Protocol §8.5). */

import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
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

it.each(['P-384', 'P-521', 'secp256k1'])('a key of %s is told as one of another curve', (curve) => {
  expect(readPublicPoint(der(curve).spki)).toBe('other-curve');
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
