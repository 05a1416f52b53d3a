/** Which of the given clients asks: by role (Protocol §4.1), the one best suited first. */
import { ContractError } from '../spec/contract-error.ts';
import { openResponse, sealRequest } from '../wire/index.ts';
import { ORDINARY_EMAIL } from './identities.ts';
import type { Caller, Target } from './target.ts';
import { activeKey, siteKey, visibleKeys } from './world-keys.ts';
import type { World } from './world.ts';

export type Role = 'GENERATOR' | 'MAPPER' | 'ID_READER' | 'SHARER' | 'OPTOUT';
export const roles: readonly Role[] = ['GENERATOR', 'MAPPER', 'ID_READER', 'SHARER', 'OPTOUT'];

const isUsual = (caller: Caller): boolean =>
  !caller.disabled && caller.serviceId === 0 && (caller.siteId === undefined || caller.siteId > 2);

export const hasRole = (caller: Caller, role: Role): boolean => caller.roles?.includes(role) ?? false;

export const withRole = (target: Target, role: Role): Caller[] =>
  target.callers.filter((caller) => isUsual(caller) && hasRole(caller, role));

export const ownKeyset = (world: World | undefined, siteId: number | undefined): number | undefined =>
  world?.keysets?.find((keyset) => keyset.site_id === siteId && keyset.enabled && keyset.default)?.id;

/** True, false, or undefined when the world does not say. */
export function hasOwnKey(target: Target, caller: Caller): boolean | undefined {
  const { world } = target;
  if (!world?.keysets || !world.keyset_keys) return undefined;
  const keyset = ownKeyset(world, caller.siteId);
  return keyset !== undefined && activeKey(world, keyset, Date.now()) !== undefined;
}

function suitability(target: Target, caller: Caller, role: Role): number {
  if (role === 'ID_READER' || role === 'SHARER') {
    const { world } = target;
    const publisher = withRole(target, 'GENERATOR').find((other) => hasOwnKey(target, other));
    const key =
      world && publisher?.siteId !== undefined ? siteKey(world, publisher.siteId, Date.now()) : undefined;
    const seen =
      world && caller.roles ? visibleKeys(world, { siteId: caller.siteId, roles: caller.roles }) : undefined;
    return (seen?.some((one) => one.id === key?.id) ? 2 : 0) + (caller.siteId === publisher?.siteId ? 0 : 1);
  }
  return hasOwnKey(target, caller) ? 1 : 0;
}

export function selectCaller(target: Target, role: Role, needsSecret: boolean): Caller {
  const candidates = withRole(target, role).filter((caller) => !needsSecret || caller.secret?.length === 32);
  const best = candidates
    .map((caller) => ({ caller, score: suitability(target, caller, role) }))
    .sort((a, b) => b.score - a.score)[0];
  if (!best)
    throw new ContractError(
      'not_applicable',
      `no credential with the role ${role}${needsSecret ? ' and a secret' : ''} was given`,
    );
  return best.caller;
}

/** An enabled client which lacks all of these roles. */
export function callerWithout(target: Target, ...lacking: Role[]): Caller {
  const found = target.callers.find(
    (caller) => isUsual(caller) && caller.roles && !lacking.some((role) => hasRole(caller, role)),
  );
  if (!found)
    throw new ContractError(
      'not_applicable',
      `no credential without the role ${lacking.join(' or ')} was given`,
    );
  return found;
}

const PROBES: readonly (readonly [Role, readonly (readonly [method: string, path: string])[]])[] = [
  [
    'GENERATOR',
    [
      ['POST', '/v2/token/generate'],
      ['GET', '/v1/token/generate'],
      ['GET', '/token/generate'],
    ],
  ],
  [
    'MAPPER',
    [
      ['POST', '/v2/identity/map'],
      ['GET', '/v1/identity/map'],
      ['GET', '/identity/map'],
      ['POST', '/v3/identity/map'],
    ],
  ],
  [
    'ID_READER',
    [
      ['POST', '/v2/key/bidstream'],
      ['GET', '/v1/key/latest'],
      ['GET', '/key/latest'],
    ],
  ],
  ['SHARER', [['POST', '/v2/key/sharing']]],
  [
    'OPTOUT',
    [
      ['POST', '/v2/token/logout'],
      ['GET', '/token/logout'],
    ],
  ],
];

/** Finds the roles of keys given without them: an empty request is 401 without the role and something else with it. */
export async function findRoles(target: Target): Promise<readonly Caller[]> {
  const found: Caller[] = [];
  for (const caller of target.callers) {
    found.push(
      caller.roles
        ? caller
        : { ...caller, roles: await rolesOf(target, caller), siteId: caller.siteId ?? siteIn(caller.key) },
    );
  }
  return found;
}

async function rolesOf(target: Target, caller: Caller): Promise<Role[]> {
  const found: Role[] = [];
  for (const [role, routes] of PROBES) {
    for (const [method, path] of routes) {
      const reply = await target.http.send({
        method,
        path,
        headers: { authorization: `Bearer ${caller.key}` },
      });
      if (reply.status === 401 || reply.status === 403 || reply.status === 404) continue;
      found.push(role);
      break;
    }
  }
  // key/sharing is open to readers as well: only what it says to sharers alone tells.
  const sharer =
    found.includes('SHARER') && (!found.includes('ID_READER') || (await isSharer(target, caller)));
  return sharer ? found : found.filter((role) => role !== 'SHARER');
}

async function isSharer(target: Target, { key, secret }: Caller): Promise<boolean> {
  if (secret?.length !== 32) return false;
  const body = sealRequest(secret, undefined, { timestampMs: Date.now() }).toString('base64');
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'text/plain' };
  const reply = await target.http.send({ method: 'POST', path: '/v2/key/sharing', headers, body });
  if (reply.status !== 200) return false;
  try {
    const { payload } = openResponse(secret, Buffer.from(reply.body.toString(), 'base64'));
    return payload.includes('"max_sharing_lifetime_seconds"');
  } catch {
    return false;
  }
}

const siteIn = (key: string): number | undefined => {
  const site = /^(?:UID2|EUID)-C-[A-Z]-(\d+)-/.exec(key)?.[1];
  return site === undefined ? undefined : Number(site);
};

/** What a world would tell, asked of the target: whether it knows phone numbers, and its scope. */
export async function findSettings(target: Target): Promise<Pick<Target, 'phone' | 'scope'>> {
  const { world, served, http } = target;
  if (world) return { phone: target.phone, scope: target.scope };
  const asked = served.v1
    ? (await http.send({ method: 'GET', path: '/v1/token/validate' })).body.toString()
    : await sealedGenerate(target, {});
  const twoKinds = asked.includes('exactly one of email or email_hash must be specified');
  const scope = /"advertising_token":"[EF]/.test(
    await sealedGenerate(target, { email: ORDINARY_EMAIL, optout_check: 1 }),
  )
    ? 1
    : target.scope;
  return { phone: target.phone && !twoKinds, scope };
}

/** The JSON of an answer to v2 generate, empty when it cannot be had. */
async function sealedGenerate(target: Target, payload: unknown): Promise<string> {
  const caller = withRole(target, 'GENERATOR').find((one) => one.secret?.length === 32);
  if (!caller?.secret || !target.served.v2) return '';
  const body = sealRequest(caller.secret, Buffer.from(JSON.stringify(payload)), {
    timestampMs: Date.now(),
  }).toString('base64');
  const headers = { authorization: `Bearer ${caller.key}`, 'content-type': 'text/plain' };
  const reply = await target.http.send({ method: 'POST', path: '/v2/token/generate', headers, body });
  if (reply.status !== 200) return reply.body.toString();
  try {
    return openResponse(caller.secret, Buffer.from(reply.body.toString(), 'base64')).payload.toString();
  } catch {
    return '';
  }
}
