/** Raw UIDs, and what an answer says about their buckets and rotation (Protocol §3). */
import { identityHash, isPhone, type Identity } from '../target/identities.ts';
import { expectedIdentity, expectedRefreshFrom } from '../target/world-identities.ts';
import { expectEqual, expectThat, type Check } from '../check/expect.ts';
import type { ScenarioContext } from './context.ts';
import { firstSeen } from './run-memory.ts';

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

/** The raw UID, and what comes with it, follow from the world's salts; without a world they are as before. */
export function expectIdentity(
  ctx: ScenarioContext,
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
  const name = `${identity.kind} ${identity.value}`;
  const cause = check.cause ?? 'the salt, the bucket, the version of raw UIDs or the identity';
  const why = { ...check, cause };
  const expected = expectedIdentity(ctx.target.world, hash, type, at[0] ?? 0);
  const known = `${String(type)} ${hash.toString('base64')}`;
  const before = (what: string, value: string): string => firstSeen(ctx.memory, `${what} ${known}`, value);
  const rawUid = expected?.rawUid ?? before('raw UID', found.rawUid);
  expectEqual(why, `raw UID of ${name}:`, found.rawUid, rawUid);
  if (found.bucketId !== undefined) {
    const bucketId = expected?.bucket.bucket_id ?? before('bucket', found.bucketId);
    expectEqual(why, `bucket of ${name}:`, found.bucketId, bucketId);
  }
  if (!expected) return expectRotationAsBefore(why, found, before);
  if (found.previousUid !== undefined)
    expectEqual(why, `previous raw UID of ${name}:`, found.previousUid, expected.previousUid);
  if (found.refreshFrom === undefined) return;
  const allowed = at.map((time) => expectedRefreshFrom(expected.bucket, time));
  const wanted = `refresh time of ${name}: ${String(allowed[0])}`;
  expectThat(why, allowed.includes(found.refreshFrom), wanted, found.refreshFrom);
}

/** Previous raw UID and time of rotation do not change within a run, except that midnight moves the time. */
function expectRotationAsBefore(
  check: Check,
  { previousUid, refreshFrom }: FoundIdentity,
  before: (what: string, value: string) => string,
): void {
  if (previousUid !== undefined) {
    const text = previousUid ?? 'none';
    expectEqual(check, 'previous raw UID as before:', text, before('previous raw UID', text));
  }
  if (refreshFrom === undefined || refreshFrom % 86_400 === 0) return;
  const text = String(refreshFrom);
  expectEqual(check, 'refresh time as before:', text, before('refresh time', text));
}
