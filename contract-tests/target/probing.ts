/** What is found out about a target before the scenarios run: what it serves, its profile, scope and roles. */
import { apis, type Api } from '../spec/api.ts';
import { isContractError } from '../spec/contract-error.ts';
import { askOpened } from './ask-opened.ts';
import { createHttpClient, pause, type ClientOptions, type HttpClient, type Reply } from './client.ts';
import { readCallers, type Caller } from './credentials.ts';
import { ORDINARY_EMAIL } from './identities.ts';
import { findRoles, hasRole } from './roles.ts';
import type { Keypair, Profile, Target, TargetOptions } from './target.ts';
import { readWorld, scopeOf, type World } from './world.ts';

type Served = Target['served'];

/** Routes of each generation: it is served when one of them is. */
const ROUTES: Readonly<Record<Api, readonly string[]>> = {
  v0: ['GET /token/generate', 'GET /identity/map', 'GET /key/latest'],
  v1: ['GET /v1/token/generate', 'GET /v1/identity/map', 'GET /v1/key/latest'],
  v2: ['POST /v2/token/generate', 'POST /v2/identity/map', 'POST /v2/key/latest'],
  v3: ['POST /v3/identity/map', 'GET /v3/identity/map'],
};

/** What each profile serves by its definition; v0 and v1 are a setting in v5.56. */
const PROFILE_APIS: Readonly<Record<Profile, readonly Api[]>> = {
  local: apis,
  'seed-v1': ['v0', 'v1'],
  'v5.56': ['v2', 'v3'],
  current: ['v2', 'v3'],
};

/**
 * Waits until the target can be reached, `waitMs` at most, and asks it what is not given.
 * @throws ContractError `unreachable`; `usage` for a world that cannot be read.
 */
export async function probeTarget(
  options: TargetOptions,
  client: ClientOptions,
  waitMs: number,
): Promise<Target> {
  const world = options.world === undefined ? undefined : readWorld(options.world);
  const http = createHttpClient(options.url, client);
  await waitUntilReachable(http, waitMs);
  const served = await findServed(http, options.profile);
  const profile = options.profile ?? (await findProfile(http, served));
  const callers: Caller[] = [];
  for (const caller of readCallers(options.credentials ?? [], world))
    callers.push(await findRoles(http, caller));
  const settings = world ? settingsOf(world) : await findSettings(http, served, callers);
  return {
    url: options.url,
    http,
    world,
    callers,
    keypairs: keypairsOf(options, world),
    profile,
    profileGiven: options.profile !== undefined,
    served,
    flat: served.v0 && (options.profile ? profile !== 'local' : await isFlat(http)),
    scope: settings.scope,
    phone: profile !== 'seed-v1' && settings.phone,
    tokenVersion: options.tokenVersion,
    clientGenerate: clientGenerateOf(world) ?? (await hasClientGenerate(http)),
  };
}

/** The key pairs of the world with the names of their sites, and those given of other subscriptions. */
function keypairsOf({ clientSideKeypairs = [] }: TargetOptions, world: World | undefined): Keypair[] {
  const sites = new Map(world?.sites?.map((site) => [site.id, site]));
  const fromWorld = (world?.client_side_keypairs ?? []).map((pair): Keypair => {
    const { domain_names, app_names } = sites.get(pair.site_id) ?? {};
    return { ...pair, ...(world?.sites ? { domain_names: domain_names ?? [], app_names } : {}) };
  });
  const known = new Set(fromWorld.map((pair) => pair.subscription_id));
  return [...fromWorld, ...clientSideKeypairs.filter((pair) => !known.has(pair.subscription_id))];
}

async function waitUntilReachable(http: HttpClient, waitMs: number): Promise<void> {
  const until = Date.now() + waitMs;
  for (;;) {
    try {
      await http.send({ method: 'GET', path: '/ops/healthcheck' });
      return;
    } catch (error) {
      if (!isContractError(error, 'unreachable') || Date.now() >= until) throw error;
      await pause(250);
    }
  }
}

/** The generations of the profile, and those whose routes are there. */
async function findServed(http: HttpClient, profile: Profile | undefined): Promise<Served> {
  const served = { v0: false, v1: false, v2: false, v3: false };
  for (const api of apis)
    served[api] = (profile && PROFILE_APIS[profile].includes(api)) || (await isServed(http, ROUTES[api]));
  return served;
}

/** Statuses of an operator, or of what stands before it, for a route that is not served. */
const NOT_SERVED = new Set([403, 404, 501, 502, 503]);

async function isServed(http: HttpClient, routes: readonly string[]): Promise<boolean> {
  for (const route of routes) {
    const [method = '', path = ''] = route.split(' ');
    if (!NOT_SERVED.has((await http.send({ method, path })).status)) return true;
  }
  return false;
}

/** Only `local` answers unversioned refreshes as v1 does; v0 knows only empty strings (Protocol §8.2.1). */
async function isFlat(http: HttpClient): Promise<boolean> {
  const { body } = await http.send({ method: 'GET', path: '/token/refresh?refresh_token=abc' });
  return !body.includes('Error refreshing token');
}

const header = (reply: Reply, name: string): string =>
  reply.headers.get(name)?.join(',').replaceAll(' ', '') ?? '';

/** Tells the versions apart by what only one of them does (Protocol §6.3, §12). */
async function findProfile(http: HttpClient, served: Served): Promise<Profile> {
  if (!served.v2) return 'seed-v1';
  const preflight = await http.send({
    method: 'OPTIONS',
    path: '/v2/token/validate',
    headers: { origin: 'https://example.com', 'access-control-request-method': 'POST' },
  });
  const refused = await http.send({ method: 'POST', path: '/v2/token/validate' });
  const signsOfCurrent = [
    header(preflight, 'access-control-allow-headers').includes(',Authorization'),
    header(refused, 'vary') === 'origin,origin',
    !served.v1,
  ];
  if (signsOfCurrent.filter(Boolean).length < 2) return 'v5.56';
  return served.v1 ? 'local' : 'current';
}

interface Settings {
  scope: number;
  phone: boolean;
}

const settingsOf = (world: World): Settings => ({
  scope: scopeOf(world),
  phone: world.enable_phone_support !== false,
});

/** Scope and phone support, as the target's answers show them. */
async function findSettings(http: HttpClient, served: Served, callers: readonly Caller[]): Promise<Settings> {
  const publisher = callers.find((caller) => caller.secret?.length === 32 && hasRole(caller, 'GENERATOR'));
  const generate = (payload: unknown): Promise<string> =>
    publisher && served.v2 ? askOpened(http, publisher, '/v2/token/generate', payload) : Promise.resolve('');
  const refusal = served.v1
    ? (await http.send({ method: 'GET', path: '/v1/token/validate' })).body.toString()
    : await generate({});
  const answer = await generate({ email: ORDINARY_EMAIL, optout_check: 1 });
  const isEuid =
    /"advertising_token":"[EF]/.test(answer) || callers.some(({ key }) => key.startsWith('EUID-'));
  return {
    scope: isEuid ? 1 : 0,
    phone: !refusal.includes('exactly one of email or email_hash must be specified'),
  };
}

/** The world's setting; a world with key pairs has it on. */
const clientGenerateOf = (world: World | undefined): boolean | undefined =>
  world?.client_side_token_generate ?? (world?.client_side_keypairs.length ? true : undefined);

async function hasClientGenerate(http: HttpClient): Promise<boolean> {
  return (await http.send({ method: 'POST', path: '/v2/token/client-generate', body: '{}' })).status !== 404;
}
