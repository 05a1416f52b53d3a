/** Tries the given credentials on the target: which roles they have, and whether their secrets open answers. */
import type { Caller } from '../target/credentials.ts';
import { ORDINARY_EMAIL } from '../target/identities.ts';
import { hasRole, roles, type Role } from '../target/roles.ts';
import type { Served } from '../target/target.ts';
import { CLOCK_TOLERANCE } from '../check/watch.ts';
import type { Asker } from './agreement.ts';
import { askOpened, type Opened } from './sealed-asking.ts';

/** Routes that need the role, in each generation; key/sharing is open to ID_READER too. */
const ROUTES: Readonly<Record<Role, readonly string[]>> = {
  GENERATOR: ['POST /v2/token/generate', 'GET /v1/token/generate', 'GET /token/generate'],
  MAPPER: ['POST /v2/identity/map', 'POST /v3/identity/map', 'GET /v1/identity/map', 'GET /identity/map'],
  ID_READER: ['POST /v2/key/bidstream', 'GET /v1/key/latest', 'GET /key/latest'],
  SHARER: ['POST /v2/key/sharing'],
  OPTOUT: ['POST /v2/token/logout', 'GET /token/logout'],
};

/** Sealed requests that change nothing and are answered 200 for a caller with the role. */
const TRIALS: readonly (readonly [role: Role, path: string, payload: unknown])[] = [
  ['GENERATOR', '/v2/token/generate', { email: ORDINARY_EMAIL, optout_check: 1 }],
  ['MAPPER', '/v2/identity/map', { email: [ORDINARY_EMAIL] }],
  ['ID_READER', '/v2/key/bidstream', undefined],
  ['SHARER', '/v2/key/sharing', undefined],
];

/** The status of a route for a caller without the role, or of a route that is not served. */
const REFUSED = new Set([401, 403, 404]);

async function isOpen(asker: Asker, { key }: Caller, routes: readonly string[]): Promise<boolean> {
  const headers = { authorization: `Bearer ${key}` };
  for (const route of routes) {
    const [method = '', path = ''] = route.split(' ');
    const { reply } = await asker.ask(() => ({ method, path, headers }));
    if (!REFUSED.has(reply.status)) return true;
  }
  return false;
}

/** An empty request is 401 without the role, and anything else with it. */
async function findRoles(asker: Asker, caller: Caller): Promise<Role[]> {
  const isFound = await Promise.all(roles.map((role) => isOpen(asker, caller, ROUTES[role])));
  const found = roles.filter((_, index) => isFound[index]);
  if (!found.includes('ID_READER') || !found.includes('SHARER')) return found;
  if (caller.secret?.length !== 32) return found.filter((role) => role !== 'SHARER');
  // The answer of key/sharing has one member more for sharers than for readers.
  const read = (text: string): string => String(text.includes('"max_sharing_lifetime_seconds"'));
  const { text } = await askOpened(asker, caller, { path: '/v2/key/sharing', payload: undefined, read });
  return found.filter((role) => role !== 'SHARER' || read(text) === 'true');
}

/** What the look found out about a caller. */
export interface LookedAt {
  /** With the roles that the target lets it use; without a secret that the target does not know. */
  caller: Caller;
  isKnown: boolean;
  secret: 'opens' | 'does not open' | 'not tried' | 'missing';
  /** Milliseconds by which the operator's clock is ahead of ours, where an answer shows it. */
  ahead: number | undefined;
}

/** Milliseconds to shift the time of a request by: up to a quarter of an hour, then time zones. */
const SHIFTS = [
  ...Array.from({ length: 9 }, (_, step) => (step + 1) * 100_000),
  ...Array.from({ length: 14 }, (_, hour) => (hour + 1) * 3_600_000),
].flatMap((shift) => [shift, -shift]);

const hasStaleTime = ({ status, text }: Opened): boolean =>
  status === 400 && text.includes('Invalid timestamp');

/** Sends a request that the role allows; with shifted times if the operator refuses its time. */
async function tryOut(asker: Asker, caller: Caller): Promise<{ opened: Opened; shift: number } | undefined> {
  const trial = TRIALS.find(([role]) => hasRole(caller, role));
  if (!trial) return undefined;
  const [, path, payload] = trial;
  const first = await askOpened(asker, caller, { path, payload });
  const asItIs = { opened: first, shift: 0 };
  if (!hasStaleTime(first)) return asItIs;
  for (const shift of SHIFTS) {
    const opened = await askOpened(asker, caller, { path, payload, shift });
    if (!hasStaleTime(opened)) return { opened, shift };
  }
  return asItIs;
}

export async function lookAtCaller(asker: Asker, given: Caller, served: Served): Promise<LookedAt> {
  const [first] = roles.filter((role) => hasRole(given, role));
  const isAsGiven = first !== undefined && (await isOpen(asker, given, ROUTES[first]));
  const caller = isAsGiven ? given : { ...given, roles: await findRoles(asker, given) };
  const isKnown = caller.roles?.length !== 0;
  const base = { caller, isKnown, ahead: undefined };
  if (caller.secret?.length !== 32) return { ...base, secret: 'missing' };
  const trial = isKnown && served.v2 ? await tryOut(asker, caller) : undefined;
  if (!trial) return { ...base, secret: 'not tried' };
  const { opened, shift } = trial;
  if (opened.text.includes('Check encryption key'))
    return { ...base, caller: { ...caller, secret: undefined }, secret: 'does not open' };
  return { ...base, secret: opened.isOpen ? 'opens' : 'not tried', ahead: aheadOf(opened, shift) };
}

/** The time of an answer is the operator's only if it fits the times that it accepts. */
const aheadOf = ({ ahead }: Opened, shift: number): number | undefined =>
  ahead !== undefined && Math.abs(ahead - shift) < CLOCK_TOLERANCE ? ahead : undefined;
