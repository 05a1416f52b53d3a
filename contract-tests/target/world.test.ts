import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fixturePath } from '../../fixtures/path.ts';
import { expectedIdentity, expectedRefreshFrom } from './world-identities.ts';
import { activeKey, siteKey, visibleKeys } from './world-keys.ts';
import { readWorld } from './world.ts';

const json = (name: string): unknown => JSON.parse(readFileSync(fixturePath(`recordings/${name}`), 'utf8'));
const worldOf = (version: string) => readWorld(json(`world-${version}.json`));

const mapped = z.array(
  z.object({
    kind: z.string(),
    input: z.string(),
    sha256_base64: z.string().nullish(),
    valid: z.boolean(),
    recorded_at_ms: z.number(),
    results: z
      .record(
        z.string(),
        z.object({ advertising_id: z.string().optional(), bucket_id: z.string().optional() }),
      )
      .optional(),
  }),
);

describe('raw UIDs by the salts of a world', () => {
  const rows = mapped.parse(json('normalization.json')).filter((row) => row.valid && row.sha256_base64);

  it.each(['v5.56.13', 'v5.70.250'])('are those of the recordings of %s', (version) => {
    const world = worldOf(version);
    let compared = 0;
    for (const row of rows) {
      const recorded = row.results?.[version];
      if (!recorded?.advertising_id) continue;
      const type = row.kind.startsWith('phone') ? 1 : 0;
      const expected = expectedIdentity(
        world,
        Buffer.from(row.sha256_base64 ?? '', 'base64'),
        type,
        row.recorded_at_ms,
      );
      expect([expected?.rawUid, expected?.bucket.bucket_id], row.input).toEqual([
        recorded.advertising_id,
        recorded.bucket_id,
      ]);
      compared++;
    }
    expect(compared).toBeGreaterThan(100);
  });
});

describe('keys of a world', () => {
  const world = worldOf('v5.70.250');
  const now = Date.UTC(2026, 10, 23);

  it('encrypt from the own keyset, else from that of site 2', () => {
    expect(siteKey(world, 1002, now)?.keyset_id).toBe(2102);
    expect(siteKey(world, 1004, now)?.keyset_id).toBe(2);
    // The only key of this site's keyset has expired.
    expect(siteKey(world, 1008, now)?.keyset_id).toBe(2);
    expect(activeKey(world, -1, now)?.keyset_id).toBe(-1);
  });

  it('are visible by owner, permission and role', () => {
    const seen = (siteId: number, ...roles: string[]): number[] =>
      [...new Set(visibleKeys(world, { siteId, roles })?.map((key) => key.keyset_id))].sort((a, b) => a - b);
    expect(seen(1007, 'SHARER')).toEqual([-1, 2105]);
    expect(seen(1006, 'SHARER')).toEqual([-1, 2101, 2104]);
    expect(seen(1003, 'ID_READER')).toEqual([-1, 2, 2101, 2102, 2103, 2107, 2108, 2111]);
  });
});

describe('the next rotation', () => {
  const bucket = { last_updated: 0, salt: 's', previous_salt: null, key: null, previous_key: null };
  it("is the bucket's own time, or the next midnight", () => {
    const now = Date.UTC(2026, 0, 2, 12);
    expect(expectedRefreshFrom({ ...bucket, refresh_from: now }, now)).toBe(now / 1000);
    expect(expectedRefreshFrom({ ...bucket, refresh_from: now - 1 }, now)).toBe(Date.UTC(2026, 0, 3) / 1000);
    expect(expectedRefreshFrom({ ...bucket, refresh_from: null }, now)).toBe(Date.UTC(2026, 0, 3) / 1000);
  });
});

it('names the member of a world that does not fit', () => {
  expect(() => readWorld({ clients: [{ name: 'x' }] })).toThrow(/^world: clients\.0\.key: /);
});
