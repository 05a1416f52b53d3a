/** The roles of callers (Protocol §4.1), asked of the target where they are not given. */
import { askOpened } from './ask-opened.ts';
import type { HttpClient } from './client.ts';
import type { Caller } from './credentials.ts';

export type Role = 'GENERATOR' | 'MAPPER' | 'ID_READER' | 'SHARER' | 'OPTOUT';

export const hasRole = (caller: Caller, role: Role): boolean => caller.roles?.includes(role) ?? false;

/** Routes that need the role, in each generation; key/sharing is open to ID_READER too. */
const ROUTES: Readonly<Record<Role, readonly string[]>> = {
  GENERATOR: ['POST /v2/token/generate', 'GET /v1/token/generate', 'GET /token/generate'],
  MAPPER: ['POST /v2/identity/map', 'POST /v3/identity/map', 'GET /v1/identity/map', 'GET /identity/map'],
  ID_READER: ['POST /v2/key/bidstream', 'GET /v1/key/latest', 'GET /key/latest'],
  SHARER: ['POST /v2/key/sharing'],
  OPTOUT: ['POST /v2/token/logout', 'GET /token/logout'],
};
const roles = ['GENERATOR', 'MAPPER', 'ID_READER', 'SHARER', 'OPTOUT'] as const;

/** The status of a route for a caller without the role, or of a route that is not served. */
const REFUSED = new Set([401, 403, 404]);

/** The caller with its roles: an empty request is 401 without the role, and anything else with it. */
export async function findRoles(http: HttpClient, caller: Caller): Promise<Caller> {
  if (caller.roles) return caller;
  const found: Role[] = [];
  for (const role of roles) if (await isOpen(http, caller, ROUTES[role])) found.push(role);
  const isReader = found.includes('ID_READER');
  if (isReader && found.includes('SHARER') && !(await isSharer(http, caller)))
    return { ...caller, roles: found.filter((role) => role !== 'SHARER') };
  return { ...caller, roles: found };
}

async function isOpen(http: HttpClient, { key }: Caller, routes: readonly string[]): Promise<boolean> {
  const headers = { authorization: `Bearer ${key}` };
  for (const route of routes) {
    const [method = '', path = ''] = route.split(' ');
    if (!REFUSED.has((await http.send({ method, path, headers })).status)) return true;
  }
  return false;
}

/** The answer of key/sharing has one member more for sharers than for readers. */
const isSharer = async (http: HttpClient, caller: Caller): Promise<boolean> =>
  (await askOpened(http, caller, '/v2/key/sharing')).includes('"max_sharing_lifetime_seconds"');
