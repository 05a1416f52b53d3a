/** What holds of every answer that carries times or raw UIDs, whatever the scenario is about. */
import { identityHash, isPhone, type Identity } from '../target/identities.ts';
import { expectedIdentity, expectedRefreshFrom } from '../target/world.ts';
import type { Tokens } from '../check/answer.ts';
import { expectEqual, expectThat, type Check } from '../check/expect.ts';
import { CLOCK_TOLERANCE, type ScenarioContext } from './context.ts';

/** Protocol §5.6, §9: the order of the times, and the lifetimes of the world. */
export function expectSoundTimes(ctx: ScenarioContext, tokens: Tokens): void {
  const { times: t, answer } = tokens;
  if (!t) return;
  const check = { sent: answer.sent, cause: 'the times in the answer' };
  const own = answer.envelope?.timestampMs ?? Number.NaN;
  const now = Number.isNaN(own) ? answer.reply.sentAt - CLOCK_TOLERANCE : own;
  const ordered =
    t.refreshFrom > now && t.refreshFrom <= t.identityExpires && t.identityExpires <= t.refreshExpires;
  expectThat(check, ordered, 'now < refresh_from <= identity_expires <= refresh_expires', { now, ...t });
  const { world } = ctx.target;
  const [identity, refresh, after] = [
    world?.identity_token_expires_after_seconds,
    world?.refresh_token_expires_after_seconds,
    world?.refresh_identity_token_after_seconds,
  ];
  const spans = [t.identityExpires - t.refreshFrom, t.refreshExpires - t.identityExpires];
  const whole = spans.every((span) => span % 1000 === 0);
  expectThat(check, whole, 'whole seconds from refresh_from to identity_expires to refresh_expires', spans);
  if (identity === undefined || refresh === undefined || after === undefined) {
    ctx.spans ??= spans;
    expectEqual(check, 'lifetimes as in the answers before', spans, ctx.spans);
    return;
  }
  expectEqual(check, 'refresh_from to identity_expires to refresh_expires', spans, [
    (identity - after) * 1000,
    (refresh - identity) * 1000,
  ]);
  ctx.expectNow(check, answer, t.identityExpires - identity * 1000);
}

/** Identities whose normal form is certain, so that their raw UID is. */
const NORMAL: Record<Identity['kind'], RegExp> = {
  email: /^[a-z0-9_-]+(\.[a-z0-9_-]+)*@example\.com$/,
  phone: /^\+\d{10,15}$/,
  email_hash: /^([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=|[0-9a-fA-F]{64})$/,
  phone_hash: /^([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=|[0-9a-fA-F]{64})$/,
};

export const isNormal = (identity: Identity): boolean => NORMAL[identity.kind].test(identity.value);

/** Case and outer spaces of an ASCII address do not count (Protocol §2.1). */
export const normal = ({ kind, value }: Identity): Identity =>
  kind === 'email' && /^[ -~]*$/.test(value) ? { kind, value: value.trim().toLowerCase() } : { kind, value };

export interface FoundIdentity {
  rawUid: string;
  bucketId?: string | undefined;
  previousUid?: string | null | undefined;
  /** Seconds. */
  refreshFrom?: number | undefined;
}

/** What the run has met before under this name, or this value if it has not. */
export function asBefore(ctx: ScenarioContext, name: string, value: string): string {
  const known = ctx.uids.get(name) ?? value;
  ctx.uids.set(name, known);
  return known;
}

/** Previous raw UID and time of rotation do not change within a run, but for midnight. */
function expectRotationAsBefore(
  ctx: ScenarioContext,
  check: Check,
  name: string,
  found: FoundIdentity,
): void {
  const { previousUid, refreshFrom } = found;
  if (previousUid !== undefined) {
    const text = previousUid ?? 'none';
    expectEqual(check, 'previous raw UID as before:', text, asBefore(ctx, `previous ${name}`, text));
  }
  if (refreshFrom === undefined || refreshFrom % 86_400 === 0) return;
  expectEqual(
    check,
    'refresh time as before:',
    String(refreshFrom),
    asBefore(ctx, `refresh ${name}`, String(refreshFrom)),
  );
}

/** A raw UID, and what comes with it, is that of the identity: by the world's salts, else as it was before. */
export function expectIdentity(
  ctx: ScenarioContext,
  check: Check,
  asked: Identity,
  found: FoundIdentity,
  at: readonly number[] = [Date.now()],
): void {
  const identity = normal(asked);
  if (!isNormal(identity)) return;
  const type = isPhone(identity) ? 1 : 0;
  const hash = identityHash(identity);
  const name = `${identity.kind} ${identity.value}`;
  const why = {
    ...check,
    cause: check.cause ?? 'the salt, the bucket, the version of raw UIDs or the identity',
  };
  const expected = expectedIdentity(ctx.target.world, hash, type, at[0] ?? 0);
  const before = `${String(type)} ${hash.toString('base64')}`;
  expectEqual(
    why,
    `raw UID of ${name}:`,
    found.rawUid,
    expected?.rawUid ?? asBefore(ctx, before, found.rawUid),
  );
  if (found.bucketId !== undefined) {
    const bucketId = expected?.bucket.bucket_id ?? asBefore(ctx, `bucket ${before}`, found.bucketId);
    expectEqual(why, `bucket of ${name}:`, found.bucketId, bucketId);
  }
  if (!expected) return expectRotationAsBefore(ctx, why, before, found);
  if (found.previousUid !== undefined)
    expectEqual(why, `previous raw UID of ${name}:`, found.previousUid, expected.previousUid);
  if (found.refreshFrom === undefined) return;
  const allowed = at.map((time) => expectedRefreshFrom(expected.bucket, time));
  expectThat(
    why,
    allowed.includes(found.refreshFrom),
    `refresh time of ${name}: ${String(allowed[0])}`,
    found.refreshFrom,
  );
}
