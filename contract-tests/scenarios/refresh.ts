/** token/refresh (Protocol §8.2, §7.4). */
import { ContractError } from '../spec/contract-error.ts';
import { email, emailHash, isPhone, ORDINARY_EMAIL, ordinary, type Identity } from '../target/identities.ts';
import { expectEqual, expectJson, expectThat } from '../check/expect.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askSealed } from '../context/sealing.ts';
import { keyMap } from '../steps/keys.ts';
import { openAdvertisingToken, openRefreshToken } from '../steps/open-tokens.ts';
import {
  optedOutAt,
  optedOutPeople,
  plainOptOutIdentities,
  rawUidIn,
  refreshOptOutIdentities,
} from '../steps/person.ts';
import { readTokens } from '../steps/read-tokens.ts';
import { start, HOUR, bareToken, forged, MARCH_2021 } from '../steps/refresh-requests.ts';
import {
  askGenerate,
  askRefresh,
  expectOptOut,
  generate,
  refresh,
  supportsIdentity,
} from '../steps/tokens.ts';
import { theme } from './theme.ts';

async function chain(ctx: ScenarioContext): Promise<void> {
  for (const identity of ordinary.filter((one) => supportsIdentity(ctx, one))) {
    let before = await generate(ctx, identity);
    const uid = await rawUidIn(ctx, before);
    for (let i = 0; i < (isPhone(identity) ? 2 : 3); i++) {
      const after = await refresh(ctx, before);
      const check = { sent: after.answer.sent, cause: 'refresh repeats tokens, or changes the identity' };
      expectThat(
        check,
        after.advertisingToken !== before.advertisingToken,
        'another advertising token',
        'the one that was there before',
      );
      expectThat(
        check,
        after.refreshToken !== before.refreshToken,
        'another refresh token',
        'the one that was presented',
      );
      if (uid !== undefined) expectEqual(check, 'raw UID', await rawUidIn(ctx, after), uid);
      if (before.times && after.times) {
        const later =
          after.times.identityExpires >= before.times.identityExpires &&
          after.times.refreshExpires >= before.times.refreshExpires;
        expectThat(check, later, 'times that move on', after.times);
      }
      before = after;
    }
  }
}

/** Who may present tokens: nobody, the owner, another client, an unknown key. */
async function keeps(ctx: ScenarioContext): Promise<void> {
  const owner = ctx.caller();
  const first = await generate(ctx, email(ORDINARY_EMAIL), owner);
  if ((await keyMap(ctx)).size === 0)
    throw new ContractError('not_applicable', 'no given client can decrypt tokens');
  const before = await openAdvertisingToken(ctx, first.advertisingToken, first.answer.sent);
  const inner = openRefreshToken(ctx, first);
  const others = ctx.target.callers
    .filter((caller) => caller.siteId !== owner.siteId && !caller.disabled)
    .slice(0, 2);
  for (const caller of [undefined, owner, ...others]) {
    const after = await refresh(ctx, first, caller ? { caller } : {});
    const found = await openAdvertisingToken(ctx, after.advertisingToken, after.answer.sent);
    const check = {
      sent: after.answer.sent,
      cause: 'the new tokens are made for the caller, not for the owner of the old ones',
    };
    for (const name of [
      'site_id',
      'site_key_id',
      'privacy_bits',
      'established',
      'raw_uid',
      'scope',
      'identity_type',
    ] as const) {
      expectEqual(check, name, found[name], before[name]);
    }
    const fresh = openRefreshToken(ctx, after);
    for (const name of ['site_id', 'privacy_bits', 'established', 'first_level_hash'] as const) {
      if (inner && fresh) expectEqual(check, `${name} of the refresh token`, fresh[name], inner[name]);
    }
  }
}

async function optedOut(ctx: ScenarioContext, identities: readonly Identity[]): Promise<void> {
  for (const identity of identities) {
    const answer = await askGenerate(ctx, { [identity.kind]: identity.value });
    const tokens = readTokens(ctx, answer);
    for (const caller of [undefined, ctx.caller()]) {
      expectOptOut(
        ctx,
        await askRefresh(ctx, tokens.refreshToken, {
          responseKey: tokens.responseKey,
          ...(caller ? { caller } : {}),
        }),
      );
    }
  }
}

export const refreshScenarios = theme('refresh', 'publisher', [
  ['chain', 'S8', 'v0 v1 v2', 'every refresh gives new tokens of the same identity, again and again', chain],
  [
    'anonymous',
    'S9',
    'v0 v1 v2',
    'no API key is needed',
    async (ctx) => {
      await refresh(ctx, await start(ctx));
    },
  ],
  [
    'early',
    'S10',
    'v0 v1 v2',
    'a token may be refreshed at once, before refresh_from',
    async (ctx) => {
      const caller = ctx.caller();
      await refresh(ctx, await refresh(ctx, await start(ctx), { caller }), { caller });
    },
  ],
  [
    'repeated',
    'S18',
    'v0 v1 v2',
    'the same refresh token works several times, also after newer ones',
    async (ctx) => {
      const tokens = await start(ctx);
      const next = await refresh(ctx, tokens);
      await refresh(ctx, next);
      await refresh(ctx, tokens);
      await refresh(ctx, tokens);
    },
  ],
  [
    'opted-out-identity',
    'S11',
    'v0 v1 v2',
    'the identity which is opted out at refresh ends the chain, however it is written',
    (ctx) => optedOut(ctx, refreshOptOutIdentities(ctx)),
  ],
  [
    'opted-out-person',
    'S11',
    'v0 v1 v2',
    'tokens of people whom the world has opted out end as optout',
    async (ctx) => {
      const people = optedOutPeople(ctx);
      if (people.length === 0)
        throw new ContractError('not_applicable', 'the world has nobody opted out at example.com');
      for (const person of people) {
        // Established before the opt-out: on the plain routes of some profiles a newer log-in would count.
        const established = (optedOutAt(ctx, person) ?? 0) - 24 * HOUR;
        if (established < MARCH_2021)
          throw new ContractError('not_applicable', 'the world does not say when its people opted out');
        const token = await forged(
          ctx,
          { created: established, expires: Date.now() + HOUR, established },
          person,
        );
        expectOptOut(ctx, await askRefresh(ctx, token));
      }
    },
  ],
  [
    'opt-out-answer',
    'S12',
    'v1 v2',
    'optout is 200 with nothing but the status',
    async (ctx) => {
      const [identity] = refreshOptOutIdentities(ctx);
      if (!identity) throw new ContractError('not_applicable', 'no such test identity');
      const tokens = await generate(ctx, identity);
      expectJson(await askRefresh(ctx, tokens.refreshToken, { responseKey: tokens.responseKey }), {
        status: 'optout',
      });
    },
  ],
  [
    'opt-out-test-identity',
    'S16',
    'v0 v1',
    'the opt-out test identity always ends there, by address and by hash',
    (ctx) => optedOut(ctx, plainOptOutIdentities(ctx)),
  ],
  [
    'keeps-owner',
    'R42',
    'v0 v1 v2',
    'site, privacy bits and establishment stay, whoever presents the token',
    keeps,
  ],
  [
    'sealed-answer',
    'R40',
    'v2',
    'a wrapped token is answered under its response key, in bytes if asked in bytes',
    async (ctx) => {
      const tokens = await generate(ctx, emailHash(ORDINARY_EMAIL));
      for (const binary of [false, true]) await refresh(ctx, await refresh(ctx, tokens, { binary }));
    },
  ],
  [
    'bare-token',
    'R41',
    'v2',
    'a bare token is answered in plain JSON',
    async (ctx) => {
      const tokens = readTokens(ctx, await askRefresh(ctx, await bareToken(ctx)));
      expectEqual(
        { sent: tokens.answer.sent },
        'characters of the refresh token',
        tokens.refreshToken.length,
        388,
      );
    },
  ],
  [
    'wrapped-in-v1',
    'R41',
    'v1',
    'a wrapped token of v2 is unwrapped by v1',
    async (ctx) => {
      const caller = ctx.caller();
      if (!ctx.target.served.v2 || !caller.secret)
        throw new ContractError('not_applicable', 'the target does not serve v2');
      const sealed = await askSealed(
        ctx,
        '/v2/token/generate',
        { email: ORDINARY_EMAIL, ...(ctx.old ? { optout_check: 1 } : {}) },
        { caller },
      );
      const tokens = readTokens(ctx, sealed, 'v2');
      readTokens(ctx, await askRefresh(ctx, tokens.refreshToken));
    },
  ],
]);
