/** Operators keep no sessions (Protocol §11). */
import type { ScenarioContext } from '../context/context.ts';
import { readTokens } from '../steps/read-tokens.ts';
import { plainOptOutIdentities } from '../steps/test-identities.ts';
import {
  askRefresh,
  askValidate,
  expectOptOut,
  expectValidated,
  generate,
  refresh,
} from '../steps/tokens.ts';
import { param, validateIdentity, ordinary, requireOwnKey } from '../steps/validate-requests.ts';
import { theme } from './theme.ts';

/** Log-out is local: tokens stay valid after later requests (Protocol §11, S17). */
async function noSession(ctx: ScenarioContext): Promise<void> {
  const identity = validateIdentity(ctx);
  const first = await generate(ctx, identity);
  const second = await refresh(ctx, first);
  await generate(ctx, identity);
  await generate(ctx, ordinary);
  for (const tokens of [first, second]) {
    await refresh(ctx, tokens);
    const answer = await askValidate(ctx, { token: tokens.advertisingToken, ...param(identity) });
    if (ctx.sealed) requireOwnKey(ctx, answer);
    expectValidated(ctx, answer, true);
  }
}

async function logInAgain(ctx: ScenarioContext): Promise<void> {
  for (const identity of plainOptOutIdentities(ctx)) {
    const tokens = await generate(ctx, identity);
    expectOptOut(ctx, await askRefresh(ctx, tokens.refreshToken));
    const again = await generate(ctx, identity);
    expectOptOut(ctx, await askRefresh(ctx, again.refreshToken));
  }
  const after = await generate(ctx, ordinary);
  readTokens(ctx, await askRefresh(ctx, after.refreshToken));
}

export const sessionScenarios = theme('session', 'publisher', [
  [
    'log-out-needs-no-call',
    'S17',
    'v0 v1 v2',
    'earlier tokens stay valid after a refresh and after a new generate',
    noSession,
  ],
  ['log-in-again', 'S21', 'v0 v1', 'after an opt-out, generate still issues tokens', logInAgain],
  [
    'ordinary-afterwards',
    'S22',
    'v0 v1',
    'after requests for the test identities, an ordinary address is refreshed as before',
    logInAgain,
  ],
]);
