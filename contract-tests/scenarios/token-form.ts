/** Form, IVs and identity of tokens (Protocol §5). */
import type { ScenarioContext } from '../context.ts';
import { expectEqual, expectOneOf, expectThat, fail, NotApplicable } from '../expect.ts';
import {
  email,
  emailHash,
  identityHash,
  isPhone,
  ORDINARY_EMAIL,
  ordinary,
  type Identity,
} from '../steps/identity.ts';
import { layerIvs } from '../steps/ivs.ts';
import { keyMap } from '../steps/keys.ts';
import { expectedRawUid } from '../steps/person.ts';
import { theme } from '../scenario.ts';
import type { Tokens } from '../answer.ts';
import {
  generate,
  openAdvertisingToken,
  openRefreshToken,
  refresh,
  supportsIdentity,
} from '../steps/tokens.ts';
import { expectedIdentity } from '../world.ts';

const known = (ctx: ScenarioContext): Identity[] =>
  ordinary.filter((identity) => supportsIdentity(ctx, identity));

/** The version of advertising tokens: V4 everywhere but in the seed's era, unless the target says otherwise. */
const tokenVersion = (ctx: ScenarioContext): number =>
  ctx.target.tokenVersion ?? (ctx.target.profile === 'seed-v1' ? 2 : 4);

const FORMS: Record<number, RegExp> = {
  2: /^Ag[A-Za-z0-9+/]{176}==$/,
  3: /^[ABEF]3[A-Za-z0-9+/]{217}[A-Za-z0-9+/=]$/,
  4: /^[ABEF]4[A-Za-z0-9_-]{216,217}$/,
};

async function textForm(ctx: ScenarioContext): Promise<void> {
  const version = tokenVersion(ctx);
  const form = FORMS[version] ?? fail({ sent: 'tokenVersion' }, 'token version 2, 3 or 4', String(version));
  for (const identity of known(ctx)) {
    const tokens = await generate(ctx, identity);
    const check = { sent: tokens.answer.sent, cause: 'the version or the text form of advertising tokens' };
    for (const one of [tokens, await refresh(ctx, tokens)]) {
      const { advertisingToken: text } = one;
      expectThat(
        check,
        form.test(text),
        `an advertising token of version ${String(version)}: ${String(form)}`,
        text,
      );
      if (version === 2) continue;
      const type = Buffer.from(text.slice(0, 4), 'base64')[0];
      expectEqual(check, 'type byte', type, (ctx.target.scope << 4) | (isPhone(identity) ? 4 : 0) | 3);
    }
  }
}

async function opaque(ctx: ScenarioContext): Promise<void> {
  const { advertisingToken, refreshToken, answer } = await generate(ctx, email(ORDINARY_EMAIL));
  for (const text of [advertisingToken, refreshToken]) {
    const check = { sent: answer.sent, cause: 'white space or characters to escape in a token' };
    expectThat(check, /^[A-Za-z0-9+/_-]+=*$/.test(text), 'a token of base64 characters alone', text);
  }
  if ((await keyMap(ctx)).size > 0) await openAdvertisingToken(ctx, advertisingToken, answer.sent);
}

async function randomIvs(ctx: ScenarioContext): Promise<void> {
  const seen = new Map<string, string>();
  const uids = new Set<string>();
  const keys = await keyMap(ctx);
  let tokens: Tokens | undefined;
  for (let i = 0; i < 3; i++) {
    tokens = await generate(ctx, email(ORDINARY_EMAIL));
    for (const one of [tokens, await refresh(ctx, tokens)]) {
      const check = {
        sent: one.answer.sent,
        cause: 'an IV is constant, counted or derived from the identity',
      };
      for (const [layer, iv] of layerIvs(one, keys)) {
        expectThat(
          check,
          !seen.has(iv),
          'a random IV in every layer of every token',
          `the IV of ${seen.get(iv) ?? ''} again in ${layer}`,
        );
        seen.set(iv, layer);
      }
      if (keys.size > 0)
        uids.add((await openAdvertisingToken(ctx, one.advertisingToken, one.answer.sent)).raw_uid);
    }
  }
  expectThat(
    { sent: 'three generates and refreshes' },
    uids.size <= 1,
    'one raw UID in all tokens of one person',
    [...uids],
  );
}

async function rawUid(ctx: ScenarioContext): Promise<void> {
  for (const identity of known(ctx)) {
    const tokens = await generate(ctx, identity);
    const expected = await expectedRawUid(ctx, identity);
    if (expected === undefined && isPhone(identity)) continue;
    if (expected === undefined)
      throw new NotApplicable('neither salts nor a client for identity map are given');
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
      const version2 = tokenVersion(ctx) === 2;
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
    expectThat(check, !seen.has(key), 'a fresh refresh_response_key', 'one that was given out before');
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
    'advertising tokens have the form, version and type byte of scope and identity',
    textForm,
  ],
  [
    'opaque-text',
    'S6',
    'v0 v1 v2',
    'tokens are text that travels unchanged, and decrypt as they came',
    opaque,
  ],
  [
    'random-iv',
    'S7',
    'v0 v1 v2',
    'no two tokens share an IV in any layer, all of one person share the raw UID',
    randomIvs,
  ],
  ['raw-uid', 'R37', 'v0 v1 v2', 'the raw UID in a token is that of identity map', rawUid],
  [
    'refresh-token',
    'R38',
    'v0 v1 v2',
    'refresh tokens have their length, header and first-level hash',
    refreshLayout,
  ],
  [
    'response-key',
    'R39',
    'v2',
    'every wrapped refresh token has a fresh response key, the same inside and outside',
    wrapped,
  ],
]);
