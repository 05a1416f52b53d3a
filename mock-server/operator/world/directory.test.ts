/** Which key seals, and what happens without one (Protocol §4.2). */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OperatorError } from '../../core/operator-error.ts';
import { nativePrimitives } from '../../native/primitives.ts';
import { embeddedWorld } from '../../testing/caller.ts';
import '../../testing/random.ts';
import { scaled } from '../../testing/scale.ts';
import { activeKey, defaultKeyset, indexWorld, maySee, operatorKey, siteKey } from './directory.ts';
import type { World } from './schema.ts';

const world = embeddedWorld();
const secret = Buffer.alloc(32, 1).toString('base64');
type Key = World['keyset_keys'][number];
type Keyset = World['keysets'][number];
const key = (id: number, keyset_id: number, activates: number, expires: number): Key => ({
  id,
  keyset_id,
  created: 0,
  activates,
  expires,
  secret,
});
const keyset = (id: number, site_id: number, change: Partial<Keyset> = {}): Keyset => ({
  id,
  site_id,
  name: '',
  allowed_sites: null,
  created: 0,
  enabled: true,
  default: true,
  ...change,
});
const indexed = (keysets: Keyset[], keyset_keys: Key[]) =>
  indexWorld({ ...world, keysets, keyset_keys }, nativePrimitives);

describe('the active key', () => {
  it('is the latest activated one that has not expired', () => {
    const times = fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 6 });
    fc.assert(
      fc.property(times, fc.nat(20), (pairs, now) => {
        const keys = pairs.map(([activates, expires], i) => key(i + 1, 7, activates, expires));
        const found = activeKey(indexed([keyset(7, 7)], keys), 7, now * 1000);
        const usable = keys.filter(({ activates, expires }) => activates <= now && expires > now);
        const latest = Math.max(...usable.map(({ activates }) => activates));
        expect(found?.activates ?? -Infinity).toBe(latest);
        if (found) expect(usable.map(({ id }) => id)).toContain(found.id);
      }),
      { numRuns: scaled(20_000) },
    );
  });

  it('changes in the second of its activation and of its expiry', () => {
    const directory = indexed([keyset(7, 7)], [key(1, 7, 10, 30), key(2, 7, 20, 25)]);
    const at = (ms: number) => activeKey(directory, 7, ms)?.id;
    expect([9999, 10_000, 19_999, 20_000, 24_999, 25_000, 29_999, 30_000].map(at)).toEqual([
      undefined,
      1,
      1,
      2,
      2,
      1,
      1,
      undefined,
    ]);
  });
});

describe('the key of a site', () => {
  const fallback = [keyset(2, 2), key(103, 2, 0, 99)] as const;
  const of = (keysets: Keyset[], keys: Key[]) =>
    siteKey(indexed([...keysets, fallback[0]], [...keys, fallback[1]]), world, 9, 50_000).id;

  it.each([
    ['its own', [keyset(7, 9)], [key(1, 7, 0, 99)], 1],
    ['the fallback without a keyset', [], [], 103],
    ['the fallback when its own is disabled', [keyset(7, 9, { enabled: false })], [key(1, 7, 0, 99)], 103],
    ['the fallback when its own is no default', [keyset(7, 9, { default: false })], [key(1, 7, 0, 99)], 103],
    ['the fallback when its key has expired', [keyset(7, 9)], [key(1, 7, 0, 50)], 103],
    ['the fallback when its key is not yet active', [keyset(7, 9)], [key(1, 7, 51, 99)], 103],
    [
      'its default among two',
      [keyset(6, 9, { default: false }), keyset(7, 9)],
      [key(1, 6, 0, 99), key(2, 7, 0, 99)],
      2,
    ],
  ] as const)('is %s', (_case, keysets, keys, id) => expect(of([...keysets], [...keys])).toBe(id));

  it('is an error with a code of its own when there is none', () => {
    const directory = indexed([keyset(-1, -1)], []);
    for (const find of [
      () => siteKey(directory, world, 9, 0),
      () => operatorKey(directory, 'master', world, 0),
    ]) {
      expect(find).toThrow(OperatorError);
      expect(find).toThrow('no_active_key');
    }
    expect(() => siteKey(directory, world, 9, 0)).toThrow(expect.objectContaining({ facts: { site_id: 9 } }));
  });

  it('of the operator is that of the keyset which the world names', () => {
    const directory = indexed([], [key(1, -1, 0, 99), key(2, -2, 0, 99)]);
    expect(operatorKey(directory, 'master', world, 0).id).toBe(1);
    expect(operatorKey(directory, 'refresh', world, 0).id).toBe(2);
  });

  it('is an internal error with two enabled default keysets', () => {
    const directory = indexed([keyset(6, 9), keyset(7, 9)], []);
    expect(() => defaultKeyset(directory, 9)).toThrow(
      'site 9: expected one enabled default keyset, got 6 and 7',
    );
  });
});

describe('a client of site 9', () => {
  const [client] = indexWorld(world, nativePrimitives).clients.values();
  if (client === undefined) throw new Error('clients: expected at least one, got none');
  const sees = (roles: string[], keysetSeen: Keyset): boolean =>
    maySee(keysetSeen, { ...client, siteId: 9, roles: new Set(roles) }, -1);

  it.each([
    ['the master keys', [], keyset(-1, -1, { enabled: false, allowed_sites: [] }), true],
    ['the keys of its site', [], keyset(7, 9, { allowed_sites: [] }), true],
    ['no disabled keys of its site', [], keyset(7, 9, { enabled: false }), false],
    ['no keys for other sites', ['ID_READER'], keyset(7, 8, { allowed_sites: [7] }), false],
    ['keys for its site', [], keyset(7, 8, { allowed_sites: [7, 9] }), true],
    ['keys for all that read identities, as one of them', ['ID_READER'], keyset(7, 8), true],
    ['no keys for all that read identities, as another', ['SHARER'], keyset(7, 8), false],
  ])('sees %s', (_what, roles, keysetSeen, may) => expect(sees(roles, keysetSeen)).toBe(may));
});

describe('the index of a world', () => {
  it('has its keys by ascending id', () => {
    const { keys } = indexed([keyset(7, 7)], [key(3, 7, 0, 9), key(1, 7, 0, 9), key(2, 7, 0, 9)]);
    expect(keys.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  it('has the time of the oldest client of each site', () => {
    const clients = world.clients.map((client, i) => ({ ...client, site_id: i % 2, created: 100 - i }));
    const { siteSince } = indexWorld({ ...world, clients }, nativePrimitives);
    expect([...siteSince]).toEqual([
      [0, 92],
      [1, 91],
    ]);
  });

  it('has the ids and times of buckets, derived or zero where there are none', () => {
    const [bucket] = world.salts.buckets;
    if (bucket === undefined) throw new Error('buckets: expected at least one, got none');
    const buckets = [
      { ...bucket, bucket_id: 'x', refresh_from: 5 },
      { ...bucket, refresh_from: null },
    ];
    const index = indexWorld({ ...world, salts: { ...world.salts, buckets } }, nativePrimitives);
    expect(index.buckets).toMatchObject([
      { bucketId: 'x', refreshFrom: 5 },
      { bucketId: expect.stringMatching(/^l\w{9,}$/), refreshFrom: 0 },
    ]);
  });

  it('is not made with a secret that is not base64', () => {
    expect(() => indexed([], [{ ...key(1, 7, 0, 9), secret: '!' }])).toThrow('world: a secret is not base64');
  });
});
