/** Valid requests: each route answers them with 200 (Protocol §8). */
import type { Caller } from '../target/credentials.ts';
import { withRole } from '../target/callers.ts';
import { ORDINARY_EMAIL } from '../target/identities.ts';
import type { Answer } from '../check/answer.ts';
import { askPlain, type AskOptions } from '../context/asking.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askOnce } from '../context/run-memory.ts';
import { askSealed, type SealOptions } from '../context/sealing.ts';
import type { Route } from './routes.ts';
import { generate } from './tokens.ts';
import { param, validateIdentity } from './validate-requests.ts';

/** Parameters by the path without its generation. A refused logout logs nobody out. */
const PARAMS: Readonly<Record<string, Record<string, unknown>>> = {
  'GET /token/generate': { email: ORDINARY_EMAIL },
  'GET /token/logout': { email: 'contract.logout@example.com' },
  'GET /identity/map': { email: ORDINARY_EMAIL },
  'GET /identity/buckets': { since_timestamp: '2021-01-01T00:00:00' },
  'POST /token/generate': { email: ORDINARY_EMAIL, optout_check: 1 },
  'POST /token/logout': { email: 'contract.logout@example.com' },
  'POST /identity/map': { email: [ORDINARY_EMAIL] },
  'POST /identity/buckets': { since_timestamp: '2021-01-01T00:00:00' },
  'POST /optout/status': { advertising_ids: [] },
};

/** The payload of a route's request: JSON, or query parameters as an object. */
export async function goodParams(
  ctx: ScenarioContext,
  { method, path }: Route,
): Promise<Record<string, unknown>> {
  if (path !== '/v2/token/validate') return PARAMS[`${method} ${path.replace(/^\/v\d/, '')}`] ?? {};
  const identity = validateIdentity(ctx);
  const token = await askOnce(ctx.memory, 'token to validate', () => generate(ctx, identity));
  return { token: token.advertisingToken, ...param(identity) };
}

/** A client that may use the route; otherwise any client, whose key is refused while the rest of the request is valid. */
export const callerFor = (ctx: ScenarioContext, { roles }: Route): Caller =>
  roles.flatMap((role) => withRole(ctx.target, role)).find(({ secret }) => secret || !ctx.sealed) ??
  ctx.caller();

/** Sends the valid request of a route, changed by `options`. */
export async function askRoute(
  ctx: ScenarioContext,
  route: Route,
  options: Partial<SealOptions> & AskOptions = {},
): Promise<Answer> {
  const params = await goodParams(ctx, route);
  const caller = options.caller ?? callerFor(ctx, route);
  if (ctx.sealed) return askSealed(ctx, route.path, params, { ...options, caller });
  const query = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
  const sent =
    route.method === 'GET'
      ? { query }
      : { body: JSON.stringify(params), headers: { 'content-type': 'application/json', ...options.headers } };
  return askPlain(ctx, route.method, route.path, { ...options, ...sent, caller });
}
