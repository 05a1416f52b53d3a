/** Every route opens requests and seals answers by the same rules (Protocol §7). */
import { lacking } from '../spec/contract-error.ts';
import { withRole } from '../target/callers.ts';
import type { Caller } from '../target/credentials.ts';
import { email, ORDINARY_EMAIL } from '../target/identities.ts';
import { expectEqual, expectSuccess, expectThat } from '../check/expect.ts';
import { clip } from '../check/sent.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askSealed, type SealOptions } from '../context/sealing.ts';
import { base64, expectRefusal } from '../steps/envelope-requests.ts';
import type { EnvelopeFault } from '../steps/messages.ts';
import { readTokens } from '../steps/read-tokens.ts';
import { authorizedRoutesOf } from '../steps/routes.ts';
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

/** Payloads that every operator answers with 200, and that change nothing. */
const GOOD: Readonly<Record<string, unknown>> = {
  '/v2/token/generate': { email: ORDINARY_EMAIL, optout_check: 1 },
  '/v2/identity/buckets': { since_timestamp: '2021-01-01T00:00:00' },
  '/v2/identity/map': { email: [ORDINARY_EMAIL] },
  '/v2/key/latest': {},
  '/v2/key/sharing': {},
  '/v2/key/bidstream': {},
  '/v2/optout/status': { advertising_ids: [] },
};

/** The payload of the answer is the same in text and in bytes, except tokens, which are always new. */
async function sealsAlike(ctx: ScenarioContext, path: string, caller: Caller): Promise<void> {
  const bodies: unknown[] = [];
  for (const binary of [false, true]) {
    const answer = await askSealed(ctx, path, GOOD[path], { caller, binary });
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
  for (const { path, roles } of authorizedRoutesOf(ctx)) {
    const caller = roles
      .flatMap((role) => withRole(ctx.target, role))
      .find((one) => one.secret?.length === 32);
    if (!caller) continue;
    asked++;
    for (const [fault, options] of faults())
      expectRefusal(ctx, await askSealed(ctx, path, {}, { caller, ...options }), fault, 2);
    expectRefusal(ctx, await askSealed(ctx, path, '[]', { caller }), 'payload');
    if (path in GOOD) await sealsAlike(ctx, path, caller);
  }
  if (asked === 0) throw lacking('secret', 'no credential with a secret was given');
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
