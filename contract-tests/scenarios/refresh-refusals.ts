/** Invalid, altered and expired refresh tokens (Protocol §8.2, §7.4). */
import { ContractError } from '../spec/contract-error.ts';
import { withRole } from '../target/callers.ts';
import { email, ORDINARY_EMAIL } from '../target/identities.ts';
import { clientError, expectAnswer, expectError } from '../check/expect.ts';
import { askPlain } from '../context/asking.ts';
import { operatorTime } from '../context/calibration.ts';
import type { ScenarioContext } from '../context/context.ts';
import { MISSING_REFRESH_TOKEN } from '../steps/messages.ts';
import { readTokens } from '../steps/read-tokens.ts';
import {
  start,
  HOUR,
  refused,
  bareToken,
  change,
  forged,
  past,
  MARCH_2021,
} from '../steps/refresh-requests.ts';
import { refreshOptOutIdentities } from '../steps/test-identities.ts';
import { askRefresh, expectOptOut, refresh } from '../steps/tokens.ts';
import { theme } from './theme.ts';

const INVALID = ['abc', '!!!!', 'aGVsbG8gd29ybGQsIHRoaXMgaXMgbm90IGEgdG9rZW4=', 'A'.repeat(168), ' '];

/** Altered ciphertext: the recorded operators answer 500, other profiles refuse it as invalid. */
async function altered(ctx: ScenarioContext): Promise<void> {
  const token = change(await bareToken(ctx), 60);
  for (const caller of [undefined, ctx.caller()]) {
    const answer = await askRefresh(ctx, token, caller ? { caller } : {});
    const type = 'application/json';
    const internal = {
      message: `Unknown error while refreshing token${ctx.sealed ? ' v2' : ''}`,
      status: 'unknown',
    };
    const invalid = caller
      ? { message: `Invalid Token presented${ctx.sealed ? '' : ` ${token}`}`, status: 'invalid_token' }
      : { message: 'Error refreshing token', status: 'error' };
    const v0 = {
      status: 200,
      type,
      json: { advertisement_token: '', advertising_token: '', refresh_token: '' },
    };
    const kind = ctx.rules === 'v0' ? v0 : { status: 400, type, json: invalid };
    const { profile, profileGiven } = ctx.target;
    const lenient = !profileGiven || profile === 'local' || profile === 'seed-v1';
    expectAnswer(
      answer,
      ...(lenient ? [kind] : []),
      ...(profile === 'local' && profileGiven ? [] : [{ status: 500, type, json: internal }]),
    );
  }
}

export const refreshRefusalScenarios = theme('refresh', 'publisher', [
  [
    'unknown-key',
    'R47',
    'v0 v1 v2',
    'an unknown key counts as no key: a valid token is refreshed, an invalid one gets the anonymous error',
    async (ctx) => {
      const stranger = { ...ctx.caller(), name: 'an unknown key', key: 'UID2-C-T-999-unknown.contracttest' };
      const again = await refresh(ctx, await start(ctx), { caller: stranger });
      await refresh(ctx, again, { caller: stranger });
      const answer = await askRefresh(ctx, 'abc', { caller: stranger });
      if (ctx.rules === 'v0') expectOptOut(ctx, answer);
      else expectError(answer, 400, 'error', 'Error refreshing token');
    },
  ],
  [
    'invalid-token',
    'R43',
    'v0 v1 v2',
    'an invalid token is refused, in detail only to a known key',
    async (ctx) => {
      for (const token of INVALID) await refused(ctx, token, 'invalid');
    },
  ],
  [
    'advertising-token',
    'R43',
    'v0 v1 v2',
    'an advertising token is refused as a refresh token',
    async (ctx) => {
      if (ctx.target.profile === 'seed-v1' || ctx.target.tokenVersion === 2)
        throw new ContractError('not_applicable', 'V2 advertising and refresh tokens have the same form');
      await refused(ctx, (await start(ctx)).advertisingToken, 'invalid');
    },
  ],
  [
    'any-role',
    'R43',
    'v0 v1 v2',
    'a known key of any role gets the detailed error',
    async (ctx) => {
      if (ctx.rules === 'v0') throw new ContractError('not_applicable', 'v0 refuses with empty strings');
      for (const role of ['MAPPER', 'ID_READER', 'SHARER', 'OPTOUT'] as const) {
        const [caller] = withRole(ctx.target, role);
        if (caller)
          expectError(
            await askRefresh(ctx, 'abc', { caller }),
            400,
            'invalid_token',
            `Invalid Token presented${ctx.sealed ? '' : ' abc'}`,
          );
      }
    },
  ],
  [
    'changed-version',
    'R43',
    'v0 v1 v2',
    'a token of an unknown version or an unknown key is refused',
    async (ctx) => {
      const token = await bareToken(ctx);
      if (!/^[ABEF]3/.test(token))
        throw new ContractError('not_applicable', 'only V3 tokens have their version in this place');
      await refused(ctx, `${token.slice(0, 1)}5${token.slice(2)}`, 'invalid');
      const bytes = Buffer.from(token, 'base64');
      bytes.writeInt32BE(2_000_000_001, 2);
      await refused(ctx, bytes.toString('base64'), 'invalid');
    },
  ],
  ['altered', 'R43', 'v0 v1 v2', 'a token whose ciphertext was altered is never refreshed', altered],
  [
    'other-scope',
    'R43',
    'v0 v1 v2',
    'a token of the other scope is refused',
    async (ctx) => {
      await refused(
        ctx,
        await forged(ctx, past(Date.now() + HOUR), email(ORDINARY_EMAIL), 1 - ctx.target.scope),
        'invalid',
      );
    },
  ],
  [
    'expired',
    'R44',
    'v0 v1 v2',
    'an expired token is refused, also for an opted-out identity',
    async (ctx) => {
      await start(ctx);
      for (const identity of [email(ORDINARY_EMAIL), ...refreshOptOutIdentities(ctx).slice(0, 1)]) {
        await refused(ctx, await forged(ctx, past(operatorTime(ctx) - 15_000), identity), 'expired');
      }
    },
  ],
  [
    'not-yet-expired',
    'R44',
    'v0 v1 v2',
    'a token is refreshed until its last minute',
    async (ctx) => {
      await start(ctx);
      const token = await forged(ctx, past(operatorTime(ctx) + 30_000));
      readTokens(ctx, await askRefresh(ctx, token));
    },
  ],
  [
    'before-march-2021',
    'R45',
    'v0 v1 v2',
    'a token established before March 2021 is answered with optout, even when it is expired',
    async (ctx) => {
      for (const expires of [Date.now() + HOUR, Date.now() - HOUR]) {
        expectOptOut(ctx, await askRefresh(ctx, await forged(ctx, past(expires, MARCH_2021 - 1))));
      }
      readTokens(ctx, await askRefresh(ctx, await forged(ctx, past(Date.now() + HOUR, MARCH_2021))));
    },
  ],
  [
    'broken-wrapper',
    'R46',
    'v1 v2',
    'a wrapped token that does not open is refused with the reason',
    async (ctx) => {
      if (!ctx.target.served.v2)
        throw new ContractError('not_applicable', 'this target has no wrapped tokens');
      for (const caller of [undefined, ctx.caller()]) {
        const ask = async (token: string, message: string): Promise<void> =>
          clientError(await askRefresh(ctx, token, caller ? { caller } : {}), message);
        await ask('!'.repeat(388), 'Invalid body: Body is not valid base64.');
        await ask('A'.repeat(388), 'Invalid key: Generator of this token (Key ID: 0) does not exist.');
        if (!ctx.sealed) continue;
        const { refreshToken } = await start(ctx);
        await ask(change(refreshToken, 200), 'Invalid data: Check encryption method and encryption key.');
      }
    },
  ],
  [
    'trailing-newline',
    'R43',
    'v2',
    'a wrapped token with a line feed after it is refused as invalid',
    async (ctx) => {
      await refused(ctx, `${(await start(ctx)).refreshToken}\n`, 'invalid');
    },
  ],
  [
    'missing-token',
    'R48',
    'v0 v1 v2',
    'a request without a token is refused',
    async (ctx) => {
      if (ctx.sealed) return refused(ctx, '', 'invalid');
      const path = `${ctx.prefix}/token/refresh`;
      clientError(await askPlain(ctx, 'GET', path), MISSING_REFRESH_TOKEN);
      if (ctx.target.profile !== 'local')
        clientError(await askPlain(ctx, 'GET', `${path}?token=abc`), MISSING_REFRESH_TOKEN);
    },
  ],
]);
