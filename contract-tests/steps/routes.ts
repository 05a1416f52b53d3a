/** The routes that need a key: their roles, and the form of their refusals (Protocol §6.1, §6.2). */
import type { Api } from '../spec/api.ts';
import type { Role } from '../target/roles.ts';
import type { ScenarioContext } from '../context/context.ts';

export interface Route {
  api: Api;
  method: 'GET' | 'POST';
  path: string;
  roles: readonly Role[];
}

const READER: readonly Role[] = ['ID_READER'];
const MAPPER: readonly Role[] = ['MAPPER'];
const GENERATOR: readonly Role[] = ['GENERATOR'];

export const authorizedRoutes: readonly Route[] = [
  { api: 'v0', method: 'GET', path: '/token/generate', roles: GENERATOR },
  { api: 'v0', method: 'GET', path: '/token/logout', roles: ['OPTOUT'] },
  { api: 'v0', method: 'GET', path: '/identity/map', roles: MAPPER },
  { api: 'v0', method: 'POST', path: '/identity/map', roles: MAPPER },
  { api: 'v0', method: 'GET', path: '/key/latest', roles: READER },
  { api: 'v1', method: 'GET', path: '/v1/token/generate', roles: GENERATOR },
  { api: 'v1', method: 'GET', path: '/v1/identity/buckets', roles: MAPPER },
  { api: 'v1', method: 'GET', path: '/v1/identity/map', roles: MAPPER },
  { api: 'v1', method: 'POST', path: '/v1/identity/map', roles: MAPPER },
  { api: 'v1', method: 'GET', path: '/v1/key/latest', roles: READER },
  { api: 'v2', method: 'POST', path: '/v2/token/generate', roles: GENERATOR },
  { api: 'v2', method: 'POST', path: '/v2/token/validate', roles: GENERATOR },
  { api: 'v2', method: 'POST', path: '/v2/token/logout', roles: ['OPTOUT'] },
  { api: 'v2', method: 'POST', path: '/v2/identity/buckets', roles: MAPPER },
  { api: 'v2', method: 'POST', path: '/v2/identity/map', roles: MAPPER },
  { api: 'v2', method: 'POST', path: '/v2/key/latest', roles: READER },
  { api: 'v2', method: 'POST', path: '/v2/key/sharing', roles: ['SHARER', 'ID_READER'] },
  { api: 'v2', method: 'POST', path: '/v2/key/bidstream', roles: READER },
  { api: 'v2', method: 'POST', path: '/v2/optout/status', roles: ['MAPPER', 'SHARER', 'ID_READER'] },
  { api: 'v3', method: 'POST', path: '/v3/identity/map', roles: MAPPER },
];

export const authorizedRoutesOf = (ctx: ScenarioContext): Route[] =>
  authorizedRoutes.filter((route) => route.api === ctx.api);

/** True for routes that refuse a key in JSON: most of v0 and v1 refuse in plain text. */
export function refusesInJson(ctx: ScenarioContext, route: Route): boolean {
  if (route.api === 'v0') return !ctx.target.flat && route.path.startsWith('/token/');
  return route.api !== 'v1' || route.path === '/v1/token/generate';
}
