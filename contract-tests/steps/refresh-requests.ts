/** Refresh tokens to present, valid and invalid ones (Protocol §8.2). */
import { lacking } from '../spec/contract-error.ts';
import { unwrapRefreshToken } from '../wire/index.ts';
import { email, ORDINARY_EMAIL, type Identity } from '../target/identities.ts';
import type { Tokens } from '../check/answer.ts';
import { expectError } from '../check/expect.ts';
import type { ScenarioContext } from '../context/context.ts';
import { forgeRefreshToken, type ForgedTimes } from './forge.ts';
import { askRefresh, expectOptOut, generate } from './tokens.ts';

export const start = (ctx: ScenarioContext): Promise<Tokens> => generate(ctx, email(ORDINARY_EMAIL));

export const HOUR = 3_600_000;

/** The refusal of a token: detailed to a known key, `error` to any other, empty strings in v0. */
export async function refused(
  ctx: ScenarioContext,
  token: string,
  kind: 'invalid' | 'expired',
): Promise<void> {
  const anonymous = await askRefresh(ctx, token);
  if (ctx.rules === 'v0') return expectOptOut(ctx, anonymous);
  expectError(anonymous, 400, 'error', 'Error refreshing token');
  const known = await askRefresh(ctx, token, { caller: ctx.caller() });
  if (kind === 'expired') return expectError(known, 400, 'expired_token', 'Expired Token presented');
  const message = ctx.sealed ? 'Invalid Token presented' : `Invalid Token presented ${token}`;
  expectError(known, 400, 'invalid_token', message);
}

/**
 * A token without its v2 wrapper.
 * @throws ContractError `not_applicable` when that needs the keys of a world and there is none.
 */
export async function bareToken(ctx: ScenarioContext): Promise<string> {
  const tokens = await start(ctx);
  if (!tokens.responseKey) return tokens.refreshToken;
  if (!ctx.worldKeys) throw lacking('world', 'unwrapping the refresh token needs the keys of a world');
  return unwrapRefreshToken(tokens.refreshToken, ctx.worldKeys).refreshToken;
}

export const change = (token: string, index: number): string =>
  token.slice(0, index) + (token[index] === 'A' ? 'B' : 'A') + token.slice(index + 1);

export async function forged(
  ctx: ScenarioContext,
  times: ForgedTimes,
  identity: Identity = email(ORDINARY_EMAIL),
  scope?: number,
): Promise<string> {
  const owner = ctx.caller();
  return Promise.resolve(forgeRefreshToken(ctx, identity, owner.siteId ?? 0, times, scope));
}

export const past = (expires: number, established = Date.now() - 48 * HOUR): ForgedTimes => ({
  created: Date.now() - 24 * HOUR,
  expires,
  established,
});

/** Refresh answers optout for tokens established before this time, milliseconds (Protocol §8.2). */
export const MARCH_2021 = Date.UTC(2021, 2, 8, 17);
