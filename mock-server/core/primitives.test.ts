/** The primitives on @noble and those on node:crypto give equal results for every input, valid or invalid. */

import { createECDH, createHash, generateKeyPairSync, hkdfSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nativePrimitives as native } from '../native/primitives.ts';
import '../testing/random.ts';
import { scaled } from '../testing/scale.ts';
import { implementations } from '../testing/primitives.ts';
import { portablePrimitives as noble } from '../portable/primitives.ts';

const sized = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const data = fc.uint8Array({ maxLength: 300 });
const key = sized(32);
const plainly = (bytes: Uint8Array | undefined) => bytes && Uint8Array.from(bytes);
const same = (a: Uint8Array | undefined, b: Uint8Array | undefined): void => {
  expect(plainly(a)).toEqual(plainly(b));
};

describe('noble and node:crypto agree on', () => {
  it('SHA-256', () => {
    fc.assert(
      fc.property(data, (bytes) => {
        same(noble.sha256(bytes), native.sha256(bytes));
        for (const primitives of [noble, native]) {
          expect(primitives.sha256Base64(bytes)).toBe(Buffer.from(noble.sha256(bytes)).toString('base64'));
        }
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(noble.sha256Base64(text)).toBe(native.sha256Base64(text));
      }),
    );
  });

  it('SHA-256 of many texts, each joined from two', () => {
    const ofLength20 = (unit: fc.Arbitrary<string>) => fc.string({ unit, minLength: 20, maxLength: 20 });
    const ascii = fc.stringMatching(/^[ -~]$/);
    const texts = [ofLength20(ascii), ofLength20(fc.oneof(ascii, fc.constant('é'))), fc.string()];
    const pairs = fc.oneof(...texts.map((text) => fc.array(fc.tuple(text, text), { maxLength: 70 })));
    const check = (given: readonly (readonly [string, string])[]): void => {
      const [heads, tails] = [given.map(([head]) => head), given.map(([, tail]) => tail)];
      const expected = given.map((pair) => createHash('sha256').update(pair.join('')).digest('base64'));
      for (const primitives of [noble, native]) {
        expect(primitives.sha256OfPairs(heads, tails)).toEqual(expected);
      }
    };
    fc.assert(fc.property(pairs, check));
    // only the last character has more than a byte
    check(['a', 'é'].map((tail) => ['x'.repeat(50), tail]));
  });

  it('AES-GCM, with and without additional data', () => {
    fc.assert(
      fc.property(key, sized(12), data, fc.option(data, { nil: undefined }), (secret, iv, plain, aad) => {
        const sealed = noble.gcmSeal(secret, iv, plain, aad);
        same(sealed, native.gcmSeal(secret, iv, plain, aad));
        for (const primitives of [noble, native]) same(primitives.gcmOpen(secret, iv, sealed, aad), plain);
      }),
    );
  });

  it('refusing what GCM did not seal', () => {
    fc.assert(
      fc.property(key, sized(12), data, fc.nat(), (secret, iv, plain, at) => {
        const sealed = Buffer.from(native.gcmSeal(secret, iv, plain));
        sealed.writeUInt8(sealed.readUInt8(at % sealed.length) ^ (1 << (at % 8)), at % sealed.length);
        const cut = sealed.subarray(0, at % sealed.length);
        for (const primitives of [noble, native]) {
          for (const bad of [sealed, cut]) expect(primitives.gcmOpen(secret, iv, bad)).toBeUndefined();
        }
      }),
    );
  });

  it('AES-CBC, good and bad', () => {
    fc.assert(
      fc.property(key, sized(16), data, data, (secret, iv, plain, noise) => {
        const sealed = noble.cbcEncrypt(secret, iv, plain);
        same(sealed, native.cbcEncrypt(secret, iv, plain));
        for (const primitives of [noble, native]) same(primitives.cbcDecrypt(secret, iv, sealed), plain);
        same(noble.cbcDecrypt(secret, iv, noise), native.cbcDecrypt(secret, iv, noise));
      }),
    );
  });

  it('AES-CTR', () => {
    fc.assert(
      fc.property(key, sized(16), data, (secret, counter, bytes) => {
        same(noble.ctr(secret, counter, bytes), native.ctr(secret, counter, bytes));
        same(native.ctr(secret, counter, noble.ctr(secret, counter, bytes)), bytes);
        for (const primitives of [noble, native]) {
          const out = new Uint8Array(bytes.length);
          primitives.ctr(secret, counter, bytes, out);
          same(out, native.ctr(secret, counter, bytes));
        }
      }),
    );
  });

  it('P-256, and on points that are not on the curve', () => {
    // a hash of a random seed is a valid scalar but for a chance of 2^-32
    const scalar = sized(16).map((seed) =>
      Uint8Array.from(Buffer.from(hkdfSync('sha256', seed, '', '', 32))),
    );
    fc.assert(
      fc.property(scalar, scalar, sized(65), (mine, theirs, noise) => {
        const point = noble.p256PublicPoint(theirs);
        same(point, native.p256PublicPoint(theirs));
        const shared = noble.ecdhP256(mine, point);
        same(shared, native.ecdhP256(mine, point));
        same(shared, native.ecdhP256(theirs, native.p256PublicPoint(mine)));
        const bent = Uint8Array.from(point, (byte, i) => (i === 40 ? byte ^ 1 : byte));
        for (const bad of [bent, noise, point.subarray(0, 64), new Uint8Array(0), new Uint8Array(65)]) {
          for (const primitives of [noble, native]) expect(primitives.ecdhP256(mine, bad)).toBeUndefined();
        }
      }),
      { numRuns: scaled(600) },
    );
  });
});

describe.each(implementations)('%s', (_name, primitives) => {
  it('comes to the key that node:crypto comes to from the other side', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-65);
    const own = createECDH('prime256v1');
    own.generateKeys();
    const padded = Buffer.concat([Buffer.alloc(32), own.getPrivateKey()]).subarray(-32);
    same(primitives.ecdhP256(padded, point), own.computeSecret(point));
  });

  it('never gives the same IV twice: 10,000 are distinct', () => {
    const ivs = Array.from({ length: 10_000 }, () => Buffer.from(primitives.randomBytes(12)).toString('hex'));
    expect(new Set(ivs).size).toBe(10_000);
  });

  it('gives as many random bytes as asked for, and leaves those given before alone', () => {
    const first = primitives.randomBytes(16);
    const copy = Uint8Array.from(first);
    for (const length of [0, 1, 12, 16, 32, 12 * 1024, 50_000]) {
      expect(primitives.randomBytes(length)).toHaveLength(length);
    }
    expect(Uint8Array.from(first)).toEqual(copy);
    // all 256 values of a byte turn up: the bytes are not constant
    expect(new Set(primitives.randomBytes(50_000)).size).toBe(256);
  });

  it('does not change what it is given', () => {
    const [secret, iv, plain] = [randomBytes(32), randomBytes(16), randomBytes(48)];
    const before = [secret, iv, plain].map((bytes) => bytes.toString('hex'));
    primitives.gcmOpen(secret, iv.subarray(0, 12), primitives.gcmSeal(secret, iv.subarray(0, 12), plain));
    primitives.cbcDecrypt(secret, iv, primitives.cbcEncrypt(secret, iv, plain));
    primitives.ctr(secret, iv, plain);
    expect([secret, iv, plain].map((bytes) => bytes.toString('hex'))).toEqual(before);
  });
});
