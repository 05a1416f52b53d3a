/** What the salts of a world say about an identity, by the formulas of Protocol §3. */
import { bucketIndex, firstLevelHash, rawUidV2, rawUidV3, rawUidV4 } from '../wire/index.ts';
import { scopeOf, type Bucket, type World } from './world.ts';

const ENVIRONMENTS: Record<string, number> = { test: 0, integ: 1, prod: 2 };

function rawUidOf(
  world: World,
  flh: Buffer,
  identityType: number,
  salt: string | null,
  key: Bucket['key'],
): Buffer | undefined {
  const kind = { scope: scopeOf(world), identityType };
  if (salt) return world.identity_v3 ? rawUidV3(flh, salt, kind) : rawUidV2(flh, salt);
  return key ? rawUidV4(flh, key, kind, ENVIRONMENTS[world.identity_environment] ?? 0) : undefined;
}

interface ExpectedIdentity {
  firstLevelHash: string;
  rawUid: string;
  previousUid: string | null;
  bucket: Bucket;
}

const DAY_MS = 86_400_000;

/** What the salts say about an identity hash; undefined without salts. `type`: 0 email, 1 phone. */
export function expectedIdentity(
  world: World | undefined,
  hash: Buffer,
  type: number,
  nowMs: number,
): ExpectedIdentity | undefined {
  if (!world?.salts) return undefined;
  const flh = firstLevelHash(hash, world.salts.first_level);
  const bucket = world.salts.buckets[bucketIndex(flh, world.salts.buckets.length)];
  const rawUid = bucket && rawUidOf(world, flh, type, bucket.salt, bucket.key);
  if (!rawUid) return undefined;
  const young = Math.floor((nowMs - bucket.last_updated) / DAY_MS) < 90;
  const previous = young ? rawUidOf(world, flh, type, bucket.previous_salt, bucket.previous_key) : undefined;
  return {
    firstLevelHash: flh.toString('base64'),
    rawUid: rawUid.toString('base64'),
    previousUid: previous?.toString('base64') ?? null,
    bucket,
  };
}

/** Next rotation in seconds: the time of the bucket, or the next midnight (UTC) when it is past (Protocol §3.1). */
export function expectedRefreshFrom(bucket: Bucket, nowMs: number): number {
  const own = bucket.refresh_from ?? 0;
  return Math.floor((own >= nowMs ? own : (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS) / 1000);
}
