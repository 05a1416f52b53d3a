/** Times of identity/buckets: ISO 8601 local date-times as it reads and writes them (Protocol §8.6). */

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../testing/random.ts';
import { type MockOperator, startMockOperator } from '../index.ts';
import { companyOf, embeddedWorld, get } from '../testing/caller.ts';
import { parseLocalDateTime } from './buckets.ts';

it.each([
  ['2021-03-01T00:00', Date.UTC(2021, 2, 1)],
  ['2021-03-01T01:02:03', Date.UTC(2021, 2, 1, 1, 2, 3)],
  ['2021-03-01T00:00:00.5', Date.UTC(2021, 2, 1) + 500],
  ['2021-03-01T00:00:00.123456789', Date.UTC(2021, 2, 1) + 123],
  ['2024-02-29T00:00', Date.UTC(2024, 1, 29)],
  ['2021-03-01T00:00:00.', Date.UTC(2021, 2, 1)],
  ['2021-03-01t00:00', Date.UTC(2021, 2, 1)],
  ['0000-01-01T00:00', -62_167_219_200_000],
  ['-2021-01-01T00:00', -125_943_811_200_000],
  ['-12021-01-01T00:00', -441_513_331_200_000],
  ['-00001-01-01T00:00', -62_198_755_200_000],
  ['-0004-02-29T00:00', -62_288_352_000_000],
  ['+12021-01-01T00:00', 317_178_979_200_000],
  ['+00001-01-01T00:00', -62_135_596_800_000],
  ['1969-12-31T23:59:59.9999', -1],
  ['-0001-01-01T00:00', -62_198_755_200_000],
  ['-0000-01-01T00:00', undefined],
  ['+12021-03-01T00:00', 317_184_076_800_000],
  ['12021-03-01T00:00', undefined],
  ['+2021-03-01T00:00', undefined],
  ['+275760-09-13T00:00:00.001', 8_640_000_000_000_001],
  ['+300000-02-29T00:00', 9_404_923_478_400_000],
  ['+300001-02-29T00:00', undefined],
  ['+1000000000-01-01T00:00', undefined],
  ['2023-02-29T00:00', undefined],
  ['2021-13-01T00:00', undefined],
  ['2021-00-01T00:00', undefined],
  ['2021-03-01', undefined],
  ['2021-03-01T24:00', undefined],
  ['2021-03-01T00:60', undefined],
  ['2021-03-01T00:00:00Z', undefined],
  ['2021-03-01T00:00:00+01:00', undefined],
  ['2021-03-01T00:00.', undefined],
  ['+2021-03-01T00:00', undefined],
  ['12021-03-01T00:00', undefined],
  ['-0000-03-01T00:00', undefined],
  ['-00000-03-01T00:00', undefined],
  ['+1234567890-01-01T00:00', undefined],
  ['2021-03-01T23:59:60', undefined],
  ['2021-03-01T00:00:00,5', undefined],
  ['\u0662021-03-01T00:00', undefined],
  ['2021-03-01T00:00:00.1234567890', undefined],
  ['2021-03-01 00:00:00', undefined],
  [' 2021-03-01T00:00', undefined],
  ['', undefined],
])('%j is %s', (text, ms) => expect(parseLocalDateTime(text)).toBe(ms));

it('every date of four digits is read as Date writes it', () => {
  const range = {
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  };
  fc.assert(
    fc.property(fc.date(range), (date) => {
      expect(parseLocalDateTime(date.toISOString().slice(0, -1))).toBe(date.getTime());
    }),
  );
});

describe('the buckets since a time', () => {
  const time = Date.UTC(2026, 0, 31, 10, 20, 30);
  const updated = [time - 1, time, time + 1, time - 30_000, time + 70];
  const { salts, ...world } = embeddedWorld();
  const buckets = updated.map((last_updated, index) => ({ id: index + 1, salt: 'salt', last_updated }));

  let mock: MockOperator;
  beforeAll(async () => {
    mock = await startMockOperator({ world: { ...world, salts: { ...salts, buckets } }, profile: 'seed-v1' });
  });
  afterAll(() => mock.close());

  const bucketsSince = async (since_timestamp: string) => {
    const options = { credential: companyOf(mock) };
    return (await get(mock, '/v1/identity/buckets', { since_timestamp }, options)).json.body;
  };

  it('are those updated then or later, in the order of the table', async () => {
    expect(await bucketsSince('2026-01-31T10:20:30')).toEqual([
      { bucket_id: 'lRMqQBL1dj', last_updated: '2026-01-31T10:20:30' },
      { bucket_id: 'lJGxQM4wjd', last_updated: '2026-01-31T10:20:30.001' },
      { bucket_id: 'l6721Ejwma', last_updated: '2026-01-31T10:20:30.070' },
    ]);
    expect(await bucketsSince('2026-01-31T10:20:30.070')).toEqual([
      { bucket_id: 'l6721Ejwma', last_updated: '2026-01-31T10:20:30.070' },
    ]);
    expect(await bucketsSince('2026-01-31T10:20:30.071')).toEqual([]);
  });
});
