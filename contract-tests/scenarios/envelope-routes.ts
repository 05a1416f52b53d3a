/** Every route opens requests and seals answers by the same rules (Protocol §7). */
import { needError } from '../spec/contract-error.ts';
import { withRole } from '../target/callers.ts';
import type { Caller } from '../target/credentials.ts';
import { email, ORDINARY_EMAIL } from '../target/identities.ts';
import { expectEqual, expectSuccess, expectThat } from '../check/expect.ts';
import { clip } from '../check/sent.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askSealed, type SealOptions } from '../context/sealing.ts';
import { base64, expectRefusal } from '../steps/envelope-requests.ts';
import { askRoute } from '../steps/good-requests.ts';
import type { EnvelopeFault } from '../steps/messages.ts';
import { readTokens } from '../steps/read-tokens.ts';
import { authorizedRoutesOf, type Route } from '../steps/routes.ts';
import { theme } from './theme.ts';

const MINUTES = 60_000;

const faults = (): readonly (readonly [EnvelopeFault, Partial<SealOptions>])[] => [
  ['base64', { alter: () => 'not base64!' }],
  ['short', { alter: (sealed) => base64(sealed.subarray(0, 44)) }],
  ['version', { version: 2 }],
  ['key', { secret: Buffer.alloc(32, 7) }],
  ['clock', { timestampMs: Date.now() - 10 * MINUTES }],
  ['clock', { timestampMs: Date.now() + 10 * MINUTES }],
];

/** Routes whose good request changes nothing, and whose answer is the same each time but for tokens. */
const UNCHANGING = /generate|buckets|map|key|status/;

/** The payload of the answer is the same in text and in bytes, except tokens, which are always new. */
async function sealsAlike(ctx: ScenarioContext, route: Route, caller: Caller): Promise<void> {
  const { path } = route;
  const bodies: unknown[] = [];
  for (const binary of [false, true]) {
    const answer = await askRoute(ctx, route, { caller, binary });
    const body = expectSuccess(answer);
    expectThat({ sent: answer.sent }, answer.sealed, 'a sealed answer', clip(answer.text, 80));
    if (path === '/v2/token/generate') readTokens(ctx, answer, 'v2', email(ORDINARY_EMAIL));
    else bodies.push(body);
  }
  const check = {
    sent: `POST ${path}, as text and as bytes`,
    cause: 'the payload of the answer depends on its content type',
  };
  expectEqual(check, 'payload in bytes, as in text:', bodies[1], bodies[0]);
}

async function everyRoute(ctx: ScenarioContext): Promise<void> {
  let asked = 0;
  for (const route of authorizedRoutesOf(ctx)) {
    const { path, roles } = route;
    const caller = roles
      .flatMap((role) => withRole(ctx.target, role))
      .find((one) => one.secret?.length === 32);
    if (!caller) continue;
    asked++;
    for (const [fault, options] of faults())
      expectRefusal(ctx, await askRoute(ctx, route, { caller, ...options }), fault, 2);
    expectRefusal(ctx, await askSealed(ctx, path, '[]', { caller }), 'payload');
    if (UNCHANGING.test(path)) await sealsAlike(ctx, route, caller);
  }
  if (asked === 0) throw needError('secret', 'no credential with a secret was given');
}

export const envelopeRouteScenarios = theme('envelope', 'publisher', [
  [
    'every-route',
    'R89',
    'v2',
    'every route opens requests, refuses envelopes and seals answers by the same rules',
    everyRoute,
  ],
]);
