/** Checks of all tokens, in every scenario (Protocol §4.2, §5). */
import { isContractError } from '../spec/contract-error.ts';
import {
  decodeAdvertisingToken,
  decodeRefreshToken,
  unwrapRefreshToken,
  type AdvertisingTokenFields,
  type Keys,
  type RefreshTokenFields,
} from '../wire/index.ts';
import { identityHash, isPhone } from '../target/identities.ts';
import { expectedIdentity } from '../target/world-identities.ts';
import { activeKey, siteKey } from '../target/world-keys.ts';
import type { Tokens } from '../check/answer.ts';
import { fail, type Check } from '../check/departure.ts';
import { expectEqual, expectThat } from '../check/expect.ts';
import { watchTime } from './calibration.ts';
import type { ScenarioContext } from './context.ts';
import { layerIvs } from './ivs.ts';
import { isNormal, normal, watchIdentity } from './raw-uids.ts';
import { expectTimesInside, watchTimes } from './token-times.ts';

const FORMS: Record<number, RegExp> = {
  2: /^Ag[A-Za-z0-9+/]{176}==$/,
  3: /^[ABEF]3[A-Za-z0-9+/]{217}[A-Za-z0-9+/=]$/,
  4: /^[ABEF]4[A-Za-z0-9_-]{216,217}$/,
};

/** 2, 3 or 4; undefined for a text that is not an advertising token. */
export function tokenVersion(text: string): number | undefined {
  const found = Object.entries(FORMS).find(([, form]) => form.test(text));
  return found && Number(found[0]);
}

/** Text form, version and type byte of the advertising token. */
function watchForm({ watch, target }: ScenarioContext, check: Check, tokens: Tokens): void {
  const { advertisingToken: text, identity } = tokens;
  const why = { ...check, cause: 'the version or the text form of tokens' };
  const version = tokenVersion(text);
  const isToken = watch.look('tokens/form', () => {
    expectThat(why, version !== undefined, 'an advertising token of version 2, 3 or 4', text);
    if (version === 2) return;
    const type = Buffer.from(text.slice(0, 4), 'base64')[0] ?? 0;
    const person = identity ? (isPhone(identity) ? 4 : 0) : type & 4;
    expectEqual(why, 'type byte', type, (target.scope << 4) | person | 3);
  });
  if (isToken) watch.constant('tokens/form', why, 'version of advertising tokens', '', String(version));
}

/** The wrapper of a refresh token of v2. */
function watchWrapper({ watch, target }: ScenarioContext, check: Check, tokens: Tokens): void {
  if (!tokens.responseKey) return;
  const { refreshToken } = tokens;
  const why = { ...check, cause: 'the wrapper of refresh tokens' };
  watch.look('tokens/wrapper', () => {
    const wrapper = [refreshToken.length, Buffer.from(refreshToken.slice(0, 4), 'base64')[0]];
    expectEqual(why, 'characters and scope byte of the refresh token', wrapper, [388, target.scope << 4]);
  });
}

/** Tokens, response keys and the IVs of all layers that the keys open must be new in this run. */
function watchFreshness({ watch }: ScenarioContext, check: Check, tokens: Tokens, keys: Keys): void {
  const fresh = (what: string, value: string): void => {
    watch.fresh('tokens/fresh', check, what, value);
  };
  fresh('advertising token', tokens.advertisingToken);
  fresh('refresh token', tokens.refreshToken);
  if (tokens.responseKey) fresh('response key', tokens.responseKey.toString('hex'));
  for (const [layer, iv] of layerIvs(tokens, keys)) fresh(`IV of ${layer}`, iv);
}

/** Watches tokens with the keys of the world, or of the key endpoints, and compares them with the answer. */
export function watchTokens(ctx: ScenarioContext, tokens: Tokens): void {
  const check: Check = { sent: tokens.answer.sent };
  watchForm(ctx, check, tokens);
  watchWrapper(ctx, check, tokens);
  watchTimes(ctx, tokens);
  ctx.watch.look('tokens/layout', () => {
    try {
      watchFreshness(ctx, check, tokens, ctx.keys);
      if (ctx.worldKeys) watchFields(ctx, tokens, ctx.worldKeys);
      else watchShownFields(ctx, tokens);
    } catch (error) {
      if (isContractError(error, 'malformed', 'unknown_key'))
        fail(
          { ...check, cause: 'the layout, the keys or the text form of tokens' },
          'tokens in the layout of Protocol §5',
          error.message,
        );
      throw error;
    }
  });
}

function watchFields(ctx: ScenarioContext, tokens: Tokens, keys: Keys): void {
  const check: Check = { sent: tokens.answer.sent, cause: 'what is inside the tokens' };
  const { watch } = ctx;
  const outer = tokens.responseKey ? unwrapRefreshToken(tokens.refreshToken, keys) : undefined;
  const advertising = decodeAdvertisingToken(tokens.advertisingToken, keys);
  const refresh = decodeRefreshToken(outer?.refreshToken ?? tokens.refreshToken, keys);
  watch.look('tokens/owner', () => {
    for (const name of ['scope', 'identity_type', 'site_id', 'privacy_bits', 'established'] as const) {
      expectEqual(check, `${name} of both tokens:`, refresh[name], advertising[name]);
    }
    expectEqual(check, 'scope', advertising.scope, ctx.target.scope);
    expectConstants(check, advertising, refresh);
  });
  if (outer) {
    watch.look('tokens/wrapper', () => {
      const same = outer.refreshResponseKey.equals(tokens.responseKey ?? Buffer.alloc(0));
      expectEqual(check, 'response key inside the wrapper, as in the answer:', same, true);
      expectEqual(check, 'key id of the wrapper, as of the token inside:', outer.keyId, refresh.key_id);
      const members = ['refresh_response_key', 'refresh_token'];
      expectEqual(check, 'members inside the wrapper', outer.jsonKeys, members);
    });
  }
  watch.look('tokens/inner-times', () => {
    expectTimesInside(check, tokens, advertising, refresh);
  });
  watch.look('tokens/keys', () => {
    expectActiveKeys(ctx, check, advertising, refresh);
  });
  watchPerson(ctx, check, tokens, advertising, refresh);
}

/** Without a world: the fields of the advertising token, if a key endpoint gave both its keys. */
function watchShownFields(ctx: ScenarioContext, { advertisingToken, times, identity, answer }: Tokens): void {
  const check: Check = { sent: answer.sent, cause: 'what is inside the advertising token' };
  let found: AdvertisingTokenFields;
  try {
    found = decodeAdvertisingToken(advertisingToken, ctx.facts.keys);
  } catch (error) {
    if (isContractError(error, 'unknown_key')) return;
    throw error;
  }
  ctx.watch.look('tokens/owner', () => {
    expectConstants(check, found);
  });
  ctx.watch.look('tokens/inner-times', () => {
    if (found.version !== 2)
      expectEqual(check, 'refresh time of this token, as its creation:', found.refreshed, found.created);
    if (times) expectEqual(check, 'identity_expires:', times.identityExpires, found.expires);
  });
  if (found.created !== undefined) watchTime(answer, check, found.created);
  if (identity) watchIdentity(ctx, check, normal(identity), { rawUid: found.raw_uid });
}

/** Fields with the same value in every V3 and V4 token of the recorded operators (Protocol §5.2, §5.4). */
export const CONSTANTS = {
  operator_site_id: 0,
  operator_type: 1,
  operator_version: 0,
  operator_key_id: 0,
  publisher_id: 0,
  client_key_id: 0,
} as const;

function expectConstants(check: Check, ...tokens: (AdvertisingTokenFields | RefreshTokenFields)[]): void {
  for (const token of tokens) {
    if (token.version === 2) continue;
    const found = Object.fromEntries(Object.keys(CONSTANTS).map((name) => [name, Reflect.get(token, name)]));
    expectEqual(check, 'constant fields', found, CONSTANTS);
  }
}

/** The tokens are encrypted with the active keys of the world (Protocol §4.2). */
function expectActiveKeys(
  ctx: ScenarioContext,
  check: Check,
  advertising: AdvertisingTokenFields,
  refresh: RefreshTokenFields,
): void {
  const { world, profile } = ctx.target;
  if (!world?.keysets) return;
  const now = Date.now();
  const why = { ...check, cause: 'the choice of the key a token is encrypted with' };
  const master = activeKey(world, world.master_keyset_id, now)?.id;
  expectEqual(why, 'master key id', advertising.master_key_id, master);
  const own = siteKey(world, advertising.site_id, now)?.id;
  expectEqual(why, `key id for site ${String(advertising.site_id)}`, advertising.site_key_id, own);
  // Operators before 2022 had no separate key for refresh tokens.
  if (profile === 'seed-v1') return;
  expectEqual(why, 'refresh key id', refresh.key_id, activeKey(world, world.refresh_keyset_id, now)?.id);
}

function watchPerson(
  ctx: ScenarioContext,
  check: Check,
  tokens: Tokens,
  advertising: AdvertisingTokenFields,
  refresh: RefreshTokenFields,
): void {
  if (!tokens.identity) return;
  const identity = normal(tokens.identity);
  watchIdentity(ctx, check, identity, { rawUid: advertising.raw_uid });
  if (!isNormal(identity)) return;
  const type = isPhone(identity) ? 1 : 0;
  const expected = expectedIdentity(ctx.target.world, identityHash(identity), type, Date.now());
  if (!expected) return;
  ctx.watch.look('tokens/person', () => {
    expectEqual(check, 'first-level hash', refresh.first_level_hash, expected.firstLevelHash);
  });
}
