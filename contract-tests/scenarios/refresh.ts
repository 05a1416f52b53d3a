/** token/refresh (Protocol §8.2, §7.4). */
import { ContractError, needError } from '../spec/contract-error.ts';
import { email, isPhone, ORDINARY_EMAIL, ordinary, type Identity } from '../target/identities.ts';
import { expectEqual, expectJson, expectThat } from '../check/expect.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askSealed } from '../context/sealing.ts';
import { openAdvertisingToken, openRefreshToken } from '../steps/open-tokens.ts';
import { readTokens } from '../steps/read-tokens.ts';
import { answersBare, answersSealed, forged, HOUR, MARCH_2021, start } from '../steps/refresh-requests.ts';
import {
  optedOutAt,
  someOptedOutInWorld,
  plainOptOutIdentities,
  refreshOptOutIdentities,
} from '../steps/test-identities.ts';
import {
  askGenerate,
  askRefresh,
  expectOptOut,
  generate,
  refresh,
  supportsIdentity,
} from '../steps/tokens.ts';
import { rawUidIn } from '../steps/uids.ts';
import { theme } from './theme.ts';

async function chain(ctx: ScenarioContext): Promise<void> {
  for (const identity of ordinary.filter((one) => supportsIdentity(ctx, one))) {
    let before = await generate(ctx, identity);
    const uid = await rawUidIn(ctx, before);
    for (let i = 0; i < (isPhone(identity) ? 2 : 3); i++) {
      const after = await refresh(ctx, before);
      const check = { sent: after.answer.sent, cause: 'refresh repeats a token, or changes the identity' };
      expectThat(
        check,
        after.advertisingToken !== before.advertisingToken,
        'a new advertising token',
        'the former one',
      );
      expectThat(
        check,
        after.refreshToken !== before.refreshToken,
        'a new refresh token',
        'the presented one',
      );
      if (uid !== undefined) expectEqual(check, 'raw UID', await rawUidIn(ctx, after), uid);
      if (before.times && after.times) {
        const later =
          after.times.identityExpires >= before.times.identityExpires &&
          after.times.refreshExpires >= before.times.refreshExpires;
        expectThat(check, later, 'times that are not earlier than before', after.times);
      }
      before = after;
    }
  }
}

/** A token may be presented without a key, by its owner, and by clients of other sites. */
async function keeps(ctx: ScenarioContext): Promise<void> {
  const owner = ctx.caller();
  const first = await generate(ctx, email(ORDINARY_EMAIL), owner);
  if (ctx.keys.size === 0) throw needError('keys', 'no given credential can decrypt tokens');
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
      cause: 'the new tokens belong to the caller instead of the owner of the former ones',
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
  for (const [i, identity] of identities.entries()) {
    const answer = await askGenerate(ctx, { [identity.kind]: identity.value });
    const tokens = readTokens(ctx, answer);
    for (const caller of i === 0 ? [undefined, ctx.caller()] : [undefined]) {
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
  [
    'chain',
    'S8',
    'v0 v1 v2',
    'every refresh issues new tokens of the same identity, any number of times',
    chain,
  ],
  [
    'anonymous',
    'S9',
    'v0 v1 v2',
    'a refresh needs no API key',
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
    'one refresh token may be used several times, also after newer ones',
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
    'refresh answers optout for the test identity that is opted out at refresh, in every spelling',
    (ctx) => optedOut(ctx, refreshOptOutIdentities(ctx)),
  ],
  [
    'opted-out-person',
    'S11',
    'v0 v1 v2',
    'refresh answers optout for identities that are opted out in the world',
    async (ctx) => {
      const people = someOptedOutInWorld(ctx);
      for (const person of people) {
        // Established before the opt-out: v0 and v1 of some profiles refresh a token that is newer than the opt-out.
        const established = (optedOutAt(ctx, person) ?? 0) - 24 * HOUR;
        if (established < MARCH_2021)
          throw new ContractError('not_applicable', 'the world does not say when its identities opted out');
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
    'the answer for an opt-out is 200 with the status alone',
    async (ctx) => {
      const [identity] = refreshOptOutIdentities(ctx);
      if (!identity)
        throw new ContractError(
          'not_applicable',
          'this generation has no test identity that is opted out at refresh',
        );
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
    'refresh always answers optout for the opt-out test identity, given by address or by hash',
    (ctx) => optedOut(ctx, plainOptOutIdentities(ctx)),
  ],
  [
    'keeps-owner',
    'R42',
    'v0 v1 v2',
    'site, privacy bits and time of establishment stay the same, with any key',
    keeps,
  ],
  [
    'sealed-answer',
    'R40',
    'v2',
    'the answer to a wrapped token is sealed with its response key, in bytes if the request was in bytes',
    answersSealed,
  ],
  ['bare-token', 'R41', 'v2', 'the answer to a bare token is plain JSON', answersBare],
  [
    'wrapped-in-v1',
    'R41',
    'v1',
    'v1 refreshes a wrapped token of v2',
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
