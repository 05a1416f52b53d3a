/** Chooses the caller of a request: by role (Protocol §4.1), the one that suits best. */
import { needError } from '../spec/contract-error.ts';
import type { Caller } from './credentials.ts';
import { hasRole, type Role } from './roles.ts';
import type { Target } from './target.ts';
import { activeKey, siteKey, visibleKeys } from './world-keys.ts';
import type { World } from './world.ts';

const isUsual = (caller: Caller): boolean =>
  !caller.disabled && caller.serviceId === 0 && (caller.siteId === undefined || caller.siteId > 2);

export const withRole = (target: Target, role: Role): Caller[] =>
  target.callers.filter((caller) => isUsual(caller) && hasRole(caller, role));

export const ownKeyset = (world: World | undefined, siteId: number | undefined): number | undefined =>
  world?.keysets?.find((keyset) => keyset.site_id === siteId && keyset.enabled && keyset.default)?.id;

/** Whether the caller's site has an active key of its own; undefined when the world does not say. */
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
    throw needError(
      role,
      `no credential with the role ${role}${needsSecret ? ' and a secret' : ''} was given`,
    );
  return best.caller;
}

/** @throws ContractError `not_applicable` when every enabled client has one of these roles. */
export function callerWithout(target: Target, ...unwanted: Role[]): Caller {
  const found = target.callers.find(
    (caller) => isUsual(caller) && caller.roles && !unwanted.some((role) => hasRole(caller, role)),
  );
  if (!found)
    throw needError('other key', `no credential without the role ${unwanted.join(' or ')} was given`);
  return found;
}
