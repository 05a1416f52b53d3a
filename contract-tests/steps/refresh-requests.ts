/** Refresh tokens to present, valid and invalid ones (Protocol §8.2). */
import { needError } from '../spec/contract-error.ts';
import { unwrapRefreshToken } from '../wire/index.ts';
import { email, emailHash, ORDINARY_EMAIL, type Identity } from '../target/identities.ts';
import type { Tokens } from '../check/answer.ts';
import { expectEqual, expectError } from '../check/expect.ts';
import type { ScenarioContext } from '../context/context.ts';
import { expectRandom } from '../context/ivs.ts';
import { forgeRefreshToken, type ForgedTimes } from './forge.ts';
import { readTokens } from './read-tokens.ts';
import { askRefresh, expectOptOut, generate, refresh } from './tokens.ts';

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
  if (!ctx.worldKeys) throw needError('world', 'unwrapping the refresh token needs the keys of a world');
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

/** In bytes if the request was in bytes; the IVs of the answers have no byte in common. */
export async function answersSealed(ctx: ScenarioContext): Promise<void> {
  const tokens = await generate(ctx, emailHash(ORDINARY_EMAIL));
  for (const binary of [false, true]) await refresh(ctx, await refresh(ctx, tokens, { binary }));
  const ivs: string[] = [];
  for (let i = 0; i < 5; i++)
    ivs.push((await refresh(ctx, tokens)).answer.envelope?.iv.toString('hex') ?? '');
  expectRandom({ sent: tokens.answer.sent }, 'IVs of answers to refresh', ivs);
}

/** Plain JSON, with a new wrapped token. */
export async function answersBare(ctx: ScenarioContext): Promise<void> {
  const { answer, refreshToken } = readTokens(ctx, await askRefresh(ctx, await bareToken(ctx)));
  expectEqual({ sent: answer.sent }, 'characters of the refresh token', refreshToken.length, 388);
}
