/** Form, IVs and identity of tokens (Protocol §5). */
import { needError } from '../spec/contract-error.ts';
import {
  email,
  emailHash,
  identityHash,
  isPhone,
  ORDINARY_EMAIL,
  ordinary,
  type Identity,
} from '../target/identities.ts';
import { expectedIdentity } from '../target/world-identities.ts';
import type { Tokens } from '../check/answer.ts';
import { expectEqual, expectOneOf, expectThat } from '../check/expect.ts';
import type { ScenarioContext } from '../context/context.ts';
import { expectRandomIvs } from '../context/ivs.ts';
import { tokenVersion } from '../context/token-soundness.ts';
import { openAdvertisingToken, openRefreshToken } from '../steps/open-tokens.ts';
import { generate, refresh, supportsIdentity } from '../steps/tokens.ts';
import { expectedRawUid } from '../steps/uids.ts';
import { theme } from './theme.ts';

const known = (ctx: ScenarioContext): Identity[] =>
  ordinary.filter((identity) => supportsIdentity(ctx, identity));

/** The version of advertising tokens: the given one, else 2 in seed-v1 and 4 in every other profile. */
const versionOf = (ctx: ScenarioContext): number =>
  ctx.target.tokenVersion ?? (ctx.target.profile === 'seed-v1' ? 2 : 4);

/** Text form and type byte are checked for all tokens (token-soundness.ts); this scenario checks the version. */
async function textForm(ctx: ScenarioContext): Promise<void> {
  for (const identity of known(ctx)) {
    const tokens = await generate(ctx, identity);
    const check = { sent: tokens.answer.sent, cause: 'the version of advertising tokens' };
    for (const { advertisingToken } of [tokens, await refresh(ctx, tokens)])
      expectEqual(check, 'version', tokenVersion(advertisingToken), versionOf(ctx));
  }
}

async function opaque(ctx: ScenarioContext): Promise<void> {
  const { advertisingToken, refreshToken, answer } = await generate(ctx, email(ORDINARY_EMAIL));
  for (const text of [advertisingToken, refreshToken]) {
    const check = { sent: answer.sent, cause: 'a token has white space or characters that need escaping' };
    expectThat(check, /^[A-Za-z0-9+/_-]+=*$/.test(text), 'a token of base64 characters only', text);
  }
  if (ctx.keys.size > 0) await openAdvertisingToken(ctx, advertisingToken, answer.sent);
}

/** Repeated IVs are noticed for all tokens (freshness.ts); this scenario finds IVs that are counters or times. */
async function randomIvs(ctx: ScenarioContext): Promise<void> {
  const uids = new Set<string>();
  const keys = ctx.keys;
  const generated: Tokens[] = [];
  for (let i = 0; i < 5; i++) generated.push(await generate(ctx, email(ORDINARY_EMAIL)));
  const refreshed: Tokens[] = [];
  for (const tokens of generated) refreshed.push(await refresh(ctx, tokens));
  for (const all of [generated, refreshed]) {
    expectRandomIvs(all, keys);
    if (keys.size === 0) continue;
    for (const { advertisingToken, answer } of all)
      uids.add((await openAdvertisingToken(ctx, advertisingToken, answer.sent)).raw_uid);
  }
  const check = {
    sent: 'five generate and refresh requests',
    cause: 'the raw UID changes from token to token',
  };
  expectThat(check, uids.size <= 1, 'one raw UID in all tokens of one identity', [...uids]);
}

async function rawUid(ctx: ScenarioContext): Promise<void> {
  for (const identity of known(ctx)) {
    const tokens = await generate(ctx, identity);
    const expected = await expectedRawUid(ctx, identity);
    if (expected === undefined && isPhone(identity)) continue;
    if (expected === undefined)
      throw needError('MAPPER', 'neither salts nor a credential for identity map were given');
    const { raw_uid: got } = await openAdvertisingToken(ctx, tokens.advertisingToken, tokens.answer.sent);
    expectEqual(
      { sent: tokens.answer.sent, cause: 'the salt, the bucket or the version of raw UIDs' },
      'raw UID',
      got,
      expected,
    );
  }
}

async function refreshLayout(ctx: ScenarioContext): Promise<void> {
  for (const identity of known(ctx)) {
    const tokens = await generate(ctx, identity);
    const check = { sent: tokens.answer.sent, cause: 'the layout of refresh tokens' };
    const length = tokens.responseKey ? 388 : 168;
    expectEqual(check, 'characters of the refresh token', tokens.refreshToken.length, length);
    const head = Buffer.from(tokens.refreshToken.slice(0, 4), 'base64');
    if (tokens.responseKey) {
      expectEqual(check, 'scope byte of the wrapper', head[0], ctx.target.scope << 4);
    } else {
      const three = [(ctx.target.scope << 4) | (isPhone(identity) ? 4 : 0) | 3, 0x70];
      const version2 = versionOf(ctx) === 2;
      expectOneOf(check, 'first bytes', version2 ? [head[0]] : [head[0], head[1]], [version2 ? [2] : three]);
    }
    const inner = openRefreshToken(ctx, tokens);
    const expected = expectedIdentity(
      ctx.target.world,
      identityHash(identity),
      isPhone(identity) ? 1 : 0,
      Date.now(),
    );
    if (inner && expected)
      expectEqual(check, 'first-level hash', inner.first_level_hash, expected.firstLevelHash);
  }
}

async function wrapped(ctx: ScenarioContext): Promise<void> {
  const seen = new Set<string>();
  let tokens = await generate(ctx, emailHash(ORDINARY_EMAIL));
  for (let i = 0; i < 3; i++) {
    const key = tokens.responseKey?.toString('hex') ?? '';
    const check = { sent: tokens.answer.sent, cause: 'the response key of wrapped refresh tokens' };
    expectThat(check, !seen.has(key), 'a new refresh_response_key', 'one that was used before');
    seen.add(key);
    openRefreshToken(ctx, tokens);
    tokens = await refresh(ctx, tokens);
  }
}

export const tokenFormScenarios = theme('tokens', 'publisher', [
  [
    'text-form',
    'R32',
    'v0 v1 v2',
    'advertising tokens have the text form, version and type byte of their scope and identity type',
    textForm,
  ],
  [
    'opaque-text',
    'S6',
    'v0 v1 v2',
    'tokens are text that needs no escaping, and they decrypt as they came',
    opaque,
  ],
  [
    'random-iv',
    'S7',
    'v0 v1 v2',
    'no IV is used twice in any layer, and all tokens of one identity have the same raw UID',
    randomIvs,
  ],
  ['raw-uid', 'R37', 'v0 v1 v2', 'the raw UID in a token is the one of identity map', rawUid],
  [
    'refresh-token',
    'R38',
    'v0 v1 v2',
    'refresh tokens have their length, their header and the first-level hash',
    refreshLayout,
  ],
  [
    'response-key',
    'R39',
    'v2',
    'every wrapped refresh token has a new response key, the same inside and in the answer',
    wrapped,
  ],
]);
