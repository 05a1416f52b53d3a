/** Keys, fields and times inside tokens (Protocol §4.2, §5). */
import { ContractError } from '../spec/contract-error.ts';
import { hasOwnKey, withRole } from '../target/callers.ts';
import type { Caller } from '../target/credentials.ts';
import { email, isPhone, ORDINARY_EMAIL, ordinary, type Identity } from '../target/identities.ts';
import { activeKey, siteKey, siteOfKey } from '../target/world-keys.ts';
import type { Tokens } from '../check/answer.ts';
import { expectEqual, expectThat } from '../check/expect.ts';
import { watchTime } from '../context/calibration.ts';
import type { ScenarioContext } from '../context/context.ts';
import { CONSTANTS } from '../context/token-soundness.ts';
import { openAdvertisingToken, openRefreshToken } from '../steps/open-tokens.ts';
import { generate, refresh, supportsIdentity } from '../steps/tokens.ts';
import { theme } from './theme.ts';

const known = (ctx: ScenarioContext): Identity[] =>
  ordinary.filter((identity) => supportsIdentity(ctx, identity));

/** Protocol §4.2, as far as the world or the key endpoints show it. */
async function keysUsed(ctx: ScenarioContext, caller: Caller): Promise<void> {
  const tokens = await generate(ctx, email(ORDINARY_EMAIL), caller);
  const { world } = ctx.target;
  const fields = await openAdvertisingToken(ctx, tokens.advertisingToken, tokens.answer.sent);
  const check = { sent: tokens.answer.sent, cause: 'the choice of the key a token is encrypted with' };
  if (!world?.keysets || caller.siteId === undefined) return;
  expectEqual(
    check,
    'master key id',
    fields.master_key_id,
    activeKey(world, world.master_keyset_id, Date.now())?.id,
  );
  const expected = siteKey(world, caller.siteId, Date.now());
  expectEqual(
    check,
    `site key id (of site ${String(expected && siteOfKey(world, expected.id))})`,
    fields.site_key_id,
    expected?.id,
  );
  const inner = openRefreshToken(ctx, tokens);
  if (inner && ctx.target.profile !== 'seed-v1') {
    expectEqual(
      check,
      'refresh key id',
      inner.key_id,
      activeKey(world, world.refresh_keyset_id, Date.now())?.id,
    );
  }
}

async function everyPublisher(ctx: ScenarioContext, own: boolean): Promise<void> {
  const callers = withRole(ctx.target, 'GENERATOR').filter(
    (caller) => hasOwnKey(ctx.target, caller) === own && (!ctx.sealed || caller.secret),
  );
  if (callers.length === 0)
    throw new ContractError(
      'not_applicable',
      `no publisher ${own ? 'with' : 'without'} an active key of its own was given`,
    );
  for (const caller of callers) await keysUsed(ctx, caller);
}

async function fields(ctx: ScenarioContext): Promise<void> {
  const caller = ctx.caller();
  for (const identity of known(ctx)) {
    const tokens = await generate(ctx, identity, caller);
    const found = await openAdvertisingToken(ctx, tokens.advertisingToken, tokens.answer.sent);
    const check = { sent: tokens.answer.sent, cause: 'a field inside the token' };
    expectThat(
      check,
      found.site_key_id !== found.master_key_id,
      'two keys, a master key and a site key',
      'one',
    );
    const expected = {
      ...(caller.siteId === undefined ? {} : { site_id: caller.siteId }),
      ...(found.version === 2 ? {} : CONSTANTS),
      privacy_bits: 1,
    };
    const inner = openRefreshToken(ctx, tokens);
    for (const [name, value] of Object.entries(expected)) {
      expectEqual(check, `${name} of the advertising token`, Reflect.get(found, name), value);
      if (inner)
        expectEqual(
          check,
          `${name} of the refresh token`,
          Reflect.get(inner, name),
          inner.version === 2 && !(name in inner) ? undefined : value,
        );
    }
    if (found.version === 2) continue;
    expectEqual(check, 'scope', found.scope, ctx.target.scope);
    expectEqual(check, 'identity type', found.identity_type, isPhone(identity) ? 1 : 0);
  }
}

async function times(ctx: ScenarioContext): Promise<void> {
  const first = await generate(ctx, email(ORDINARY_EMAIL));
  for (const tokens of [first, await refresh(ctx, first)]) {
    const { sent } = tokens.answer;
    const check = { sent, cause: 'the times inside the tokens' };
    const found = await openAdvertisingToken(ctx, tokens.advertisingToken, sent);
    const inner = openRefreshToken(ctx, tokens);
    const now = found.created ?? inner?.created;
    if (tokens.times)
      expectEqual(
        check,
        'expiry inside the advertising token, as identity_expires:',
        found.expires,
        tokens.times.identityExpires,
      );
    if (tokens.times && inner?.version === 3)
      expectEqual(
        check,
        'expiry inside the refresh token, as refresh_expires:',
        inner.expires,
        tokens.times.refreshExpires,
      );
    if (inner?.valid_till !== undefined && tokens.times)
      expectEqual(
        check,
        'end of the refresh token, a minute after refresh_expires:',
        inner.valid_till,
        tokens.times.refreshExpires + 60_000,
      );
    if (now === undefined) continue;
    watchTime(tokens.answer, check, now);
    if (found.version !== 2)
      expectEqual(check, 'refresh time of this token, as its creation:', found.refreshed, now);
    if (inner)
      expectEqual(check, 'creation of the refresh token, as of the advertising token:', inner.created, now);
    const age = now - found.established;
    expectThat(
      check,
      tokens === first ? Math.abs(age) < 1000 : age >= 0,
      'a time of establishment at the first generate',
      `${String(age)} ms before`,
    );
    checkLifetimes(ctx, check, now, found.expires, inner?.expires, tokens);
  }
}

function checkLifetimes(
  ctx: ScenarioContext,
  check: { sent: string; cause: string },
  now: number,
  expires: number,
  refreshExpires: number | undefined,
  tokens: Tokens,
): void {
  const { world } = ctx.target;
  const identity = world?.identity_token_expires_after_seconds;
  const refreshed = world?.refresh_token_expires_after_seconds;
  const after = world?.refresh_identity_token_after_seconds;
  if (identity !== undefined) expectEqual(check, 'lifetime of the identity', expires - now, identity * 1000);
  if (refreshed !== undefined && refreshExpires !== undefined && ctx.target.profile !== 'seed-v1') {
    expectEqual(check, 'lifetime of the refresh token', refreshExpires - now, refreshed * 1000);
  }
  if (after !== undefined && tokens.times)
    expectEqual(check, 'time until refresh_from', tokens.times.refreshFrom - now, after * 1000);
}

/** Order and lifetimes are checked for all tokens (token-times.ts); here the times must be there and in the future. */
async function order(ctx: ScenarioContext): Promise<void> {
  for (const identity of known(ctx).slice(0, 2)) {
    const first = await generate(ctx, identity);
    for (const { times: t, answer } of [first, await refresh(ctx, first)]) {
      if (!t) throw new ContractError('not_applicable', 'the answers of this generation have no times');
      const check = { sent: answer.sent, cause: 'the lifetimes in the answer' };
      expectThat(check, t.refreshFrom > answer.reply.sentAt, 'a refresh_from in the future', t);
    }
  }
}

export const tokenFieldScenarios = theme('tokens', 'publisher', [
  [
    'own-keys',
    'R33',
    'v0 v1 v2',
    "tokens are encrypted with the active master key and the active key of the site's own keyset",
    (ctx) => everyPublisher(ctx, true),
  ],
  [
    'fallback-key',
    'R33',
    'v0 v1 v2',
    'tokens of a site without an active key of its own are encrypted with the key of site 2',
    (ctx) => everyPublisher(ctx, false),
  ],
  ['fields', 'R34', 'v0 v1 v2', 'site, privacy bits and operator fields are right in both tokens', fields],
  [
    'times',
    'R35',
    'v0 v1 v2',
    'the times inside the tokens agree with the answer, with the clock and with each other',
    times,
  ],
  ['lifetimes', 'R36', 'v1 v2', 'the times come in their order, with constant lifetimes', order],
]);
