/** Operators keep no sessions (Protocol §11). */
import type { Identity } from '../target/identities.ts';
import type { ScenarioContext } from '../context/context.ts';
import { readTokens } from '../steps/read-tokens.ts';
import { plainOptOutIdentities, validateIdentities } from '../steps/test-identities.ts';
import {
  askRefresh,
  askValidate,
  expectOptOut,
  expectValidated,
  generate,
  refresh,
  supportsIdentity,
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

/** The first of each kind: their other spellings have a scenario of their own. */
const ofEachKind = (identities: readonly Identity[]): Identity[] => [
  ...new Map(identities.toReversed().map((identity) => [identity.kind, identity])).values(),
];

async function logInAgain(ctx: ScenarioContext): Promise<void> {
  for (const identity of ofEachKind(plainOptOutIdentities(ctx))) {
    const tokens = await generate(ctx, identity);
    expectOptOut(ctx, await askRefresh(ctx, tokens.refreshToken));
    await generate(ctx, identity);
  }
}

/** An operator that uses the identity of the previous request would refuse the ordinary one. */
async function ordinaryAfterwards(ctx: ScenarioContext): Promise<void> {
  const before = await generate(ctx, ordinary);
  for (const identity of ofEachKind([...plainOptOutIdentities(ctx), ...validateIdentities(ctx)])) {
    if (!supportsIdentity(ctx, identity)) continue;
    const tokens = await generate(ctx, identity);
    await askRefresh(ctx, tokens.refreshToken);
  }
  readTokens(ctx, await askRefresh(ctx, before.refreshToken));
  readTokens(ctx, await askRefresh(ctx, (await generate(ctx, ordinary)).refreshToken));
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
    ordinaryAfterwards,
  ],
]);
