/** Keys and roles (Protocol §6.1, §6.2). */
import { ContractError, needError } from '../spec/contract-error.ts';
import { withRole } from '../target/callers.ts';
import type { Caller } from '../target/credentials.ts';
import { ORDINARY_EMAIL } from '../target/identities.ts';
import { hasRole } from '../target/roles.ts';
import type { Answer } from '../check/answer.ts';
import {
  clientError,
  expectAnswer,
  watchHeaders,
  expectError,
  expectText,
  expectThat,
} from '../check/expect.ts';
import { askPlain } from '../context/asking.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askSealed } from '../context/sealing.ts';
import { askRoute, callerFor } from '../steps/good-requests.ts';
import { readTokens } from '../steps/read-tokens.ts';
import { authorizedRoutesOf, refusesInJson, type Route } from '../steps/routes.ts';
import { theme } from './theme.ts';

function expectUnauthorized(ctx: ScenarioContext, route: Route, answer: Answer): void {
  if (refusesInJson(ctx, route)) expectError(answer, 401, 'unauthorized', undefined);
  else expectText(answer, 401, 'Unauthorized');
}

const UNKNOWN_KEY = 'unknown-key-of-the-contract-suite';

/** Sealed with the secret of a client that may use the route, and right in everything but the key. */
async function refusesKeys(ctx: ScenarioContext, routes: readonly Route[]): Promise<void> {
  for (const route of routes) {
    const caller = callerFor(ctx, route);
    expectUnauthorized(ctx, route, await askRoute(ctx, route, { caller, withoutKey: true }));
    const stranger = { ...caller, name: 'an unknown key', key: UNKNOWN_KEY };
    expectUnauthorized(ctx, route, await askRoute(ctx, route, { caller: stranger }));
  }
}

const badKeys = (ctx: ScenarioContext): Promise<void> => refusesKeys(ctx, authorizedRoutesOf(ctx));

const badKeysInGenerate = (ctx: ScenarioContext): Promise<void> =>
  refusesKeys(
    ctx,
    authorizedRoutesOf(ctx).filter(({ path }) => path.endsWith('/token/generate')),
  );

async function malformed(ctx: ScenarioContext): Promise<void> {
  const { key, secret } = ctx.caller();
  const [route] = authorizedRoutesOf(ctx);
  if (!route) throw new ContractError('not_applicable', 'this generation has no route that needs a key');
  const last = key.at(-1) === 'A' ? 'B' : 'A';
  const headers = [
    '',
    'Bearer',
    'Bearer ',
    key,
    `Basic ${key}`,
    `Bearer  ${key}`,
    `Bearer\t${key}`,
    `Bearer ${key} x`,
    `Bearer ${key.slice(0, -1)}${last}`,
  ];
  if (key.toLowerCase() !== key) headers.push(`Bearer ${key.toLowerCase()}`);
  if (secret) headers.push(`Bearer ${secret.toString('base64')}`);
  for (const authorization of headers)
    expectUnauthorized(ctx, route, await askRoute(ctx, route, { headers: { authorization } }));
}

async function roles(ctx: ScenarioContext): Promise<void> {
  let checked = 0;
  for (const route of authorizedRoutesOf(ctx)) {
    const usable = ctx.target.callers.filter((caller) => !caller.disabled && caller.roles);
    const without = usable.filter((caller) => !route.roles.some((role) => hasRole(caller, role)));
    const kinds = new Map(without.map((caller) => [[...(caller.roles ?? [])].sort().join(), caller]));
    for (const caller of [...kinds.values()].slice(0, 4)) {
      expectUnauthorized(ctx, route, await askRoute(ctx, route, { caller }));
      checked++;
    }
  }
  if (checked === 0) throw needError('other key', 'every given credential has the roles of all routes');
}

/** A request with the caller's key and without body or parameters: only the key can be refused as 401. */
const askAs = (ctx: ScenarioContext, route: Route, caller: Caller): Promise<Answer> =>
  askPlain(ctx, route.method, route.path, { caller });

/** Each role of a route is enough: the answer is not a refusal of the key. */
async function alternatives(ctx: ScenarioContext): Promise<void> {
  for (const route of authorizedRoutesOf(ctx)) {
    for (const role of route.roles) {
      const caller =
        withRole(ctx.target, role).find(
          (one) => route.roles.filter((other) => hasRole(one, other)).length === 1,
        ) ?? withRole(ctx.target, role)[0];
      if (!caller) continue;
      const answer = await askAs(ctx, route, caller);
      const check = { sent: answer.sent, cause: `the role ${role} is not accepted on this route` };
      expectThat(
        check,
        answer.status !== 401 && answer.status !== 403,
        'an answer for a client with the role',
        `${String(answer.status)} ${answer.text}`,
      );
      watchHeaders(answer);
      if (ctx.sealed) clientError(answer, 'Invalid body: Body is missing.');
    }
  }
}

async function disabled(ctx: ScenarioContext): Promise<void> {
  const off = ctx.target.callers.filter((caller) => caller.disabled);
  if (off.length === 0) throw needError('world', 'no disabled client was given');
  for (const route of authorizedRoutesOf(ctx)) {
    for (const caller of off) expectUnauthorized(ctx, route, await askRoute(ctx, route, { caller }));
  }
}

async function scheme(ctx: ScenarioContext): Promise<void> {
  const caller = ctx.caller();
  for (const authorization of [`bearer ${caller.key}`, `BEARER ${caller.key}`, `  Bearer ${caller.key}  `]) {
    const headers = { authorization };
    if (ctx.sealed) {
      const params = { email: ORDINARY_EMAIL, ...(ctx.old ? { optout_check: 1 } : {}) };
      readTokens(ctx, await askSealed(ctx, '/v2/token/generate', params, { caller, headers }));
    } else {
      readTokens(
        ctx,
        await askPlain(ctx, 'GET', `${ctx.prefix}/token/generate`, {
          query: { email: ORDINARY_EMAIL },
          headers,
        }),
      );
    }
  }
}

/** The key is checked before the envelope, the envelope before the payload. */
async function order(ctx: ScenarioContext): Promise<void> {
  for (const route of authorizedRoutesOf(ctx)) {
    const broken = await askPlain(
      ctx,
      route.method,
      route.path,
      route.method === 'POST' ? { body: '{"broken"' } : {},
    );
    expectUnauthorized(ctx, route, broken);
  }
  if (ctx.sealed) {
    const path = ctx.api === 'v3' ? '/v3/identity/map' : '/v2/token/generate';
    const caller = ctx.caller(ctx.api === 'v3' ? 'MAPPER' : 'GENERATOR');
    const answer = await askSealed(ctx, path, 'no JSON', { caller, timestampMs: Date.now() - 600_000 });
    const message = 'Invalid timestamp: Request too old or client time drift.';
    expectAnswer(answer, {
      status: 400,
      type: 'application/json',
      json: { message, status: 'client_error' },
    });
  }
}

const advertiserOrPublisher = theme('auth', 'advertiser', [
  [
    'missing-or-unknown-key-map',
    'R1',
    'v3',
    'a missing key and an unknown key are 401 with the exact body of the route',
    badKeys,
  ],
  ['role-map', 'R2', 'v3', 'a key without the role is 401', roles],
  ['disabled-map', 'R3', 'v3', 'the key of a disabled client is 401', disabled],
  ['order-of-checks-map', 'R13', 'v3', 'the checks come in this order: key, envelope, payload', order],
]);

export const authScenarios = [
  ...theme('auth', 'publisher', [
    [
      'missing-or-unknown-key',
      'R1',
      'v0 v1 v2',
      'a missing key and an unknown key are 401 with the exact body of the route',
      badKeys,
    ],
    ['missing-key-seed', 'S19', 'v0 v1', 'generate with a missing or unknown key is 401', badKeysInGenerate],
    [
      'malformed-header',
      'R1',
      'v0 v1 v2',
      'a header other than Bearer, one space and the exact key is 401',
      malformed,
    ],
    ['role', 'R2', 'v0 v1 v2', 'a key without the role is 401 on every route', roles],
    [
      'role-alternatives',
      'R2',
      'v0 v1 v2',
      'a key with any one of the roles of a route may use it',
      alternatives,
    ],
    ['disabled', 'R3', 'v0 v1 v2', 'the key of a disabled client is 401 on every route', disabled],
    [
      'scheme-case',
      'R4',
      'v0 v1 v2',
      'the scheme is accepted in any letter case, and blanks around the header do not count',
      scheme,
    ],
    ['order-of-checks', 'R13', 'v0 v1 v2', 'the checks come in this order: key, envelope, payload', order],
  ]),
  ...advertiserOrPublisher,
];
