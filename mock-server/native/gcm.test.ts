/** GCM for short messages equals that of @noble, for every length, and from the second use of a key on. */

import { randomBytes, randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { portablePrimitives } from '../portable/primitives.ts';
import { SHORT, ShortGcm } from './gcm.ts';
import { nativePrimitives } from './primitives.ts';

const key = randomBytes(32);
const iv = randomBytes(12);

describe('short GCM', () => {
  it('answers the test case of the standard with an empty message', () => {
    const gcm = new ShortGcm(new Uint8Array(32));
    expect(Buffer.from(gcm.seal(new Uint8Array(12), new Uint8Array(0))).toString('hex')).toBe(
      '530f8afbc74536b9a963b4f1c4cb738b',
    );
  });

  it('seals and opens every length as noble does', () => {
    const gcm = new ShortGcm(key);
    for (let length = 0; length <= SHORT; length += length < 100 ? 1 : 13) {
      const plain = randomBytes(length);
      const sealed = gcm.seal(iv, plain);
      expect(sealed, `${length} bytes`).toEqual(Buffer.from(portablePrimitives.gcmSeal(key, iv, plain)));
      expect(gcm.open(iv, sealed), `${length} bytes`).toEqual(plain);
    }
  });

  it('seals with IVs of its own as with any other, each of which it gives once', () => {
    const gcm = new ShortGcm(key);
    const given = new Set<string>();
    const late: Uint8Array[] = [];
    const seal = (own: Uint8Array, length: number): void => {
      const plain = randomBytes(length);
      const sealed = Buffer.from(portablePrimitives.gcmSeal(key, own, plain));
      expect(gcm.seal(own, plain), `${length} bytes`).toEqual(sealed);
    };
    for (let round = 0; round < 400; round++) {
      const own = gcm.iv(randomBytes);
      expect(own).toHaveLength(12);
      given.add(Buffer.from(own).toString('hex'));
      if (round % 7 === 0) late.push(own);
      else seal(own, randomInt(round % 5 === 0 ? SHORT : 330));
    }
    expect(given.size).toBe(400);
    // those that are used after others were made, and an IV that lies among them without being one
    for (const own of late) seal(own, 100);
    gcm.iv(randomBytes);
    const second = gcm.iv(randomBytes);
    seal(new Uint8Array(second.buffer, second.byteOffset - 1, 12), 20);
  });

  it('opens nothing with a flipped bit', () => {
    const gcm = new ShortGcm(key);
    const sealed = gcm.seal(iv, randomBytes(40));
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const altered = Buffer.from(sealed);
      altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(gcm.open(iv, altered), `bit ${bit}`).toBeUndefined();
    }
  });
});

describe('a key that is used again', () => {
  it('seals and opens the same with its tables and without, around the longest short message', () => {
    for (const length of [0, 15, 16, 17, SHORT - 1, SHORT, SHORT + 1, 5000]) {
      const own = randomBytes(32);
      const plain = randomBytes(length);
      const expected = Buffer.from(portablePrimitives.gcmSeal(own, iv, plain));
      for (let use = 1; use <= 3; use++) {
        expect(Buffer.from(nativePrimitives.gcmSeal(own, iv, plain)), `use ${use}`).toEqual(expected);
        expect(nativePrimitives.gcmOpen(own, iv, expected), `use ${use}`).toEqual(plain);
      }
    }
  });

  it('honours additional data, and refuses what is shorter than a tag', () => {
    const [plain, aad] = [randomBytes(50), randomBytes(20)];
    for (let use = 1; use <= 3; use++) {
      const sealed = nativePrimitives.gcmSeal(key, iv, plain, aad);
      expect(Buffer.from(sealed)).toEqual(Buffer.from(portablePrimitives.gcmSeal(key, iv, plain, aad)));
      expect(nativePrimitives.gcmOpen(key, iv, sealed)).toBeUndefined();
      expect(nativePrimitives.gcmOpen(key, iv, sealed.subarray(0, 15))).toBeUndefined();
    }
  });
});
