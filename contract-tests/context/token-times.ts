/** The times in an answer with tokens, and inside these tokens (Protocol §5.6, §9). */
import type { AdvertisingTokenFields, RefreshTokenFields } from '../wire/index.ts';
import type { Tokens } from '../check/answer.ts';
import { type Check } from '../check/departure.ts';
import { expectEqual, expectThat } from '../check/expect.ts';
import { watchTime } from './calibration.ts';
import type { ScenarioContext } from './context.ts';

/** Milliseconds for the drift of clocks, and for answers that take long. */
const CLOCK_SLACK = 10_000;

/** The order of the times in the answer, and the lifetimes: those of the world, or constant. */
export function watchTimes(ctx: ScenarioContext, tokens: Tokens): void {
  const { times: t, answer } = tokens;
  if (!t) return;
  const { watch } = ctx;
  const check = { sent: answer.sent, cause: 'the times in the answer' };
  const own = answer.envelope?.timestampMs ?? Number.NaN;
  const now = Number.isNaN(own) ? answer.reply.sentAt + ctx.facts.clockAhead - CLOCK_SLACK : own;
  watch.look('answers/times', () => {
    const ordered =
      t.refreshFrom > now && t.refreshFrom <= t.identityExpires && t.identityExpires <= t.refreshExpires;
    expectThat(check, ordered, 'now < refresh_from <= identity_expires <= refresh_expires', { now, ...t });
  });
  const lifetimes = [t.identityExpires - t.refreshFrom, t.refreshExpires - t.identityExpires];
  const { world } = ctx.target;
  const [identity, refresh, after] = [
    world?.identity_token_expires_after_seconds,
    world?.refresh_token_expires_after_seconds,
    world?.refresh_identity_token_after_seconds,
  ];
  const what = 'milliseconds from refresh_from to identity_expires to refresh_expires';
  if (identity === undefined || refresh === undefined || after === undefined) {
    watch.constant('answers/lifetimes', check, what, '', lifetimes.join(' '));
    return;
  }
  watch.look('answers/lifetimes', () => {
    expectEqual(check, what, lifetimes, [(identity - after) * 1000, (refresh - identity) * 1000]);
  });
  watchTime(answer, check, t.identityExpires - identity * 1000);
}

/** The times inside both tokens agree with each other, with the answer and with the clock. */
export function expectTimesInside(
  check: Check,
  { times, answer }: Tokens,
  advertising: AdvertisingTokenFields,
  refresh: RefreshTokenFields,
): void {
  watchTime(answer, check, refresh.created);
  if (advertising.version !== 2) {
    const found = [advertising.created, advertising.refreshed];
    const what = 'creation and refresh time of the advertising token, as in the refresh token:';
    expectEqual(check, what, found, [refresh.created, refresh.created]);
  }
  if (!times) return;
  const expires = 'identity_expires, as in the advertising token:';
  expectEqual(check, expires, times.identityExpires, advertising.expires);
  const refreshExpires = 'refresh_expires, as in the refresh token:';
  if (refresh.version === 3) expectEqual(check, refreshExpires, times.refreshExpires, refresh.expires);
}
