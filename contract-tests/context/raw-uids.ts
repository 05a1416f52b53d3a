/** Raw UIDs, and what an answer says about their buckets and rotation (Protocol §3). */
import { identityHash, isPhone, type Identity } from '../target/identities.ts';
import { expectedIdentity, expectedRefreshFrom } from '../target/world-identities.ts';
import { type Check } from '../check/departure.ts';
import { expectEqual, expectThat } from '../check/expect.ts';
import type { Watch } from '../check/watch.ts';
import type { ScenarioContext } from './context.ts';

/** Identities whose normal form is certain, so that their raw UID is certain too. */
const NORMAL: Record<Identity['kind'], RegExp> = {
  email: /^[a-z0-9_-]+(\.[a-z0-9_-]+)*@example\.com$/,
  phone: /^\+\d{10,15}$/,
  email_hash: /^([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=|[0-9a-fA-F]{64})$/,
  phone_hash: /^([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=|[0-9a-fA-F]{64})$/,
};

export const isNormal = (identity: Identity): boolean => NORMAL[identity.kind].test(identity.value);

/** Normalises letter case and outer spaces of an ASCII address (Protocol §2.1), and nothing else. */
export const normal = ({ kind, value }: Identity): Identity =>
  kind === 'email' && /^[ -~]*$/.test(value) ? { kind, value: value.trim().toLowerCase() } : { kind, value };

/** What an answer says about an identity; undefined for what it does not say. */
interface FoundIdentity {
  rawUid: string;
  bucketId?: string | undefined;
  previousUid?: string | null | undefined;
  /** Seconds. */
  refreshFrom?: number | undefined;
}

/** Watches the raw UID, its bucket and rotation: they follow from the world's salts, or without a world are constant. */
export function watchIdentity(
  { watch, target }: ScenarioContext,
  check: Check,
  asked: Identity,
  found: FoundIdentity,
  /** Milliseconds: when the request was sent, and when its answer came. */
  at: readonly number[] = [Date.now()],
): void {
  const identity = normal(asked);
  if (!isNormal(identity)) return;
  const type = isPhone(identity) ? 1 : 0;
  const hash = identityHash(identity);
  const name = `${isPhone(identity) ? 'phone' : 'address'} ${identity.kind.endsWith('hash') ? hash.toString('base64') : identity.value}`;
  const cause = check.cause ?? 'the salt, the bucket, the version of raw UIDs or the identity';
  const why = { ...check, cause };
  const expected = expectedIdentity(target.world, hash, type, at[0] ?? 0);
  const person = `${String(type)} ${hash.toString('base64')}`;
  if (!expected) {
    watch.constant('identities/raw-uid', why, `raw UID of ${name}`, person, found.rawUid);
    watchConstantRotation(watch, why, name, person, found);
    return;
  }
  watch.look('identities/raw-uid', () => {
    expectEqual(why, `raw UID of ${name}:`, found.rawUid, expected.rawUid);
  });
  const { bucketId, previousUid, refreshFrom } = found;
  const bucket = expected.bucket.bucket_id;
  if (bucketId !== undefined && bucket === undefined)
    watch.constant('identities/bucket', why, `bucket of ${name}`, person, bucketId);
  else if (bucketId !== undefined) {
    watch.look('identities/bucket', () => {
      expectEqual(why, `bucket of ${name}:`, bucketId, bucket);
    });
  }
  if (previousUid === undefined && refreshFrom === undefined) return;
  watch.look('identities/rotation', () => {
    if (previousUid !== undefined)
      expectEqual(why, `previous raw UID of ${name}:`, previousUid, expected.previousUid);
    if (refreshFrom === undefined) return;
    const allowed = at.map((time) => expectedRefreshFrom(expected.bucket, time));
    const wanted = `refresh time of ${name}: ${String(allowed[0])}`;
    expectThat(why, allowed.includes(refreshFrom), wanted, refreshFrom);
  });
}

/** Bucket, previous raw UID and time of rotation do not change within a run, except that midnight moves the time. */
function watchConstantRotation(
  watch: Watch,
  check: Check,
  name: string,
  person: string,
  { bucketId, previousUid, refreshFrom }: FoundIdentity,
): void {
  if (bucketId !== undefined)
    watch.constant('identities/bucket', check, `bucket of ${name}`, person, bucketId);
  if (previousUid !== undefined) {
    const text = previousUid ?? 'none';
    watch.constant('identities/rotation', check, `previous raw UID of ${name}`, `p ${person}`, text);
  }
  if (refreshFrom === undefined || refreshFrom % 86_400 === 0) return;
  watch.constant('identities/rotation', check, `refresh time of ${name}`, `r ${person}`, String(refreshFrom));
}
