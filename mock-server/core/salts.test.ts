/** Salt buckets, previous raw UIDs and refresh times (Protocol §3, §3.1) against a second computation. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as wire from '../../contract-tests/wire/index.ts';
import '../testing/random.ts';
import { implementations } from '../testing/primitives.ts';
import { currentRawUid, currentRawUids, previousRawUid } from './raw-uid.ts';
import {
  type SaltBucket,
  bucketIndex,
  firstLevelHash,
  firstLevelHashes,
  hasPrevious,
  refreshFromSeconds,
} from './salts.ts';

const DAY = 86_400_000;
const bucket: SaltBucket = {
  bucketId: 'b',
  lastUpdated: 0,
  refreshFrom: 0,
  salt: null,
  previousSalt: null,
  key: null,
  previousKey: null,
};
const sized = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const bit = fc.constantFrom(0 as const, 1 as const);
const saltKey = fc.record({
  id: fc.nat(0x7fffffff),
  key: fc.stringMatching(/^[ -~]{32}$/),
  salt: fc.string({ unit: 'grapheme' }),
});

describe.each(implementations)('on %s', (_name, primitives) => {
  it('first-level hashes and bucket numbers are those of an independent computation', () => {
    fc.assert(
      fc.property(sized(32), fc.string(), fc.integer({ min: 1, max: 1_048_576 }), (hash, salt, buckets) => {
        const expected = wire.firstLevelHash(Buffer.from(hash), salt);
        const flh = firstLevelHash(Buffer.from(hash).toString('base64'), salt, primitives);
        expect(flh).toBe(expected.toString('base64'));
        expect(bucketIndex(flh, buckets)).toBe(wire.bucketIndex(expected, buckets));
      }),
    );
  });

  it('current and previous raw UIDs of every version are those of an independent computation', () => {
    const settings = fc.record({
      scope: bit,
      environment: fc.constantFrom(0 as const, 1 as const, 2 as const),
      identityV3: fc.boolean(),
    });
    fc.assert(
      fc.property(sized(32), bit, settings, fc.string(), saltKey, (hash, type, chosen, salt, key) => {
        const kind = { scope: chosen.scope, identityType: type };
        const flh = Buffer.from(hash);
        const text = flh.toString('base64');
        const bySalt = (
          chosen.identityV3 ? wire.rawUidV3(flh, salt, kind) : wire.rawUidV2(flh, salt)
        ).toString('base64');
        const byKey = wire.rawUidV4(flh, key, kind, chosen.environment).toString('base64');
        const cases: readonly (readonly [Partial<SaltBucket>, string, string | null])[] = [
          [{ salt }, bySalt, null],
          [{ key }, byKey, null],
          [{ salt, key, previousKey: key }, bySalt, byKey],
          [{ key, previousSalt: salt, previousKey: key }, byKey, bySalt],
        ];
        for (const [given, current, previous] of cases) {
          const of = { ...bucket, ...given };
          expect(currentRawUid(text, type, of, chosen, primitives)).toBe(current);
          expect(previousRawUid(text, type, of, chosen, primitives)).toBe(previous);
        }
      }),
    );
  });

  it('of many are those of each', () => {
    const one = fc.record({ hash: sized(32), salt: fc.option(fc.string()), key: saltKey, type: bit });
    const settings = fc.record({
      identityV3: fc.boolean(),
      scope: bit,
      environment: fc.constant(1 as const),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 40 }), fc.string(), settings, (given, first, chosen) => {
        const sources = given.map(({ hash, type, ...of }) => ({
          flh: Buffer.from(hash).toString('base64'),
          identity: { type },
          bucket: { ...bucket, ...of },
        }));
        const hashes = sources.map(({ flh }) => flh);
        expect(firstLevelHashes(hashes, first, primitives)).toEqual(
          hashes.map((hash) => firstLevelHash(hash, first, primitives)),
        );
        expect(currentRawUids(sources, chosen, primitives)).toEqual(
          sources.map(({ flh, identity, bucket: of }) =>
            currentRawUid(flh, identity.type, of, chosen, primitives),
          ),
        );
      }),
    );
  });

  it('a bucket with neither salt nor key has no raw UID', () => {
    const settings = { scope: 0, environment: 0, identityV3: false } as const;
    expect(() => currentRawUid('x', 0, bucket, settings, primitives)).toThrow(
      'expected a salt or a key, got neither',
    );
  });
});

it.each([
  ['in the future', DAY, true],
  ['today', 0, true],
  ['a millisecond under 90 days ago', -90 * DAY + 1, true],
  ['90 days ago', -90 * DAY, false],
])('a bucket that changed %s gives its previous raw UID: %s', (_case, age, expected) => {
  expect(hasPrevious({ ...bucket, lastUpdated: 1_795_422_000_000 + age }, 1_795_422_000_000)).toBe(expected);
});

it('refresh_from is the time of the bucket while it lies ahead, else the next UTC midnight, in seconds', () => {
  const noon = Date.UTC(2026, 10, 23, 12);
  const midnight = Date.UTC(2026, 10, 24) / 1000;
  const at = (refreshFrom: number, now = noon) => refreshFromSeconds({ ...bucket, refreshFrom }, now);
  expect(at(noon + 5000)).toBe(noon / 1000 + 5);
  expect(at(noon)).toBe(noon / 1000);
  expect(at(noon - 1)).toBe(midnight);
  expect(at(0, midnight * 1000 - 1)).toBe(midnight);
  expect(at(0, midnight * 1000)).toBe(midnight + 86_400);
});
