/** Finds out about a target before the scenarios run: what it serves, its profile, scope and phone support. */
import { apis, type Api } from '../spec/api.ts';
import type { HttpClient, Reply } from '../target/client.ts';
import type { Caller } from '../target/credentials.ts';
import { ORDINARY_EMAIL } from '../target/identities.ts';
import { hasRole } from '../target/roles.ts';
import type { Keypair, Profile, Served, Target, TargetOptions } from '../target/target.ts';
import { scopeOf, type World } from '../target/world.ts';
import type { Asker } from './agreement.ts';
import { NOT_SERVED } from './base-url.ts';
import { askOpened } from './sealed-asking.ts';

/** Routes of each generation. A generation is served if one of its routes is. */
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

/** The key pairs of the world with the domains and apps of their sites, then the given ones of other subscriptions. */
function keypairsOf({ clientSideKeypairs = [] }: TargetOptions, world: World | undefined): Keypair[] {
  const sites = new Map(world?.sites?.map((site) => [site.id, site]));
  const fromWorld = (world?.client_side_keypairs ?? []).map((pair): Keypair => {
    const { domain_names, app_names } = sites.get(pair.site_id) ?? {};
    return { ...pair, ...(world?.sites ? { domain_names: domain_names ?? [], app_names } : {}) };
  });
  const known = new Set(fromWorld.map((pair) => pair.subscription_id));
  return [...fromWorld, ...clientSideKeypairs.filter((pair) => !known.has(pair.subscription_id))];
}

/** `answered`: generations with a route that is served; `served`: these and those that the profile must serve. */
export async function findServed(
  asker: Asker,
  profile: Profile | undefined,
): Promise<{ served: Served; answered: Api[] }> {
  const isAnswered = await Promise.all(apis.map((api) => isServed(asker, ROUTES[api])));
  const answered = apis.filter((_, index) => isAnswered[index]);
  const isServedOrDue = (api: Api): boolean =>
    answered.includes(api) || (profile !== undefined && PROFILE_APIS[profile].includes(api));
  const [v0, v1, v2, v3] = [
    isServedOrDue('v0'),
    isServedOrDue('v1'),
    isServedOrDue('v2'),
    isServedOrDue('v3'),
  ];
  return { served: { v0, v1, v2, v3 }, answered };
}

async function isServed(asker: Asker, routes: readonly string[]): Promise<boolean> {
  for (const route of routes) {
    const [method = '', path = ''] = route.split(' ');
    if (!NOT_SERVED.has((await asker.ask(() => ({ method, path }))).reply.status)) return true;
  }
  return false;
}

/** Only `local` answers unversioned refreshes as v1 does; v0 knows only empty strings (Protocol §8.2.1). */
async function isFlat(asker: Asker): Promise<boolean> {
  const { body } = await asker.ask(() => ({ method: 'GET', path: '/token/refresh?refresh_token=abc' }));
  return !body.includes('Error refreshing token');
}

const header = (reply: Reply, name: string): string =>
  reply.headers.get(name)?.join(',').replaceAll(' ', '') ?? '';

/** Tells the versions apart by what only one of them does (Protocol §6.3, §12). */
async function findProfile(asker: Asker, served: Served): Promise<Profile> {
  if (!served.v2) return 'seed-v1';
  const path = '/v2/token/validate';
  const origin = { origin: 'https://example.com', 'access-control-request-method': 'POST' };
  const { reply: preflight } = await asker.ask(() => ({ method: 'OPTIONS', path, headers: origin }));
  const { reply: refused } = await asker.ask(() => ({ method: 'POST', path }));
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
async function findSettings(asker: Asker, served: Served, callers: readonly Caller[]): Promise<Settings> {
  const publisher = callers.find((caller) => caller.secret?.length === 32 && hasRole(caller, 'GENERATOR'));
  const generate = async (payload: unknown, read: (text: string) => string): Promise<string> =>
    publisher && served.v2
      ? (await askOpened(asker, publisher, { path: '/v2/token/generate', payload, read })).text
      : '';
  const refusal = served.v1
    ? (await asker.ask(() => ({ method: 'GET', path: '/v1/token/validate' }))).body
    : await generate({}, (text) => text);
  const scopeIn = (text: string): string => /"advertising_token":"[EF]/.exec(text)?.[0] ?? '';
  const answer = await generate({ email: ORDINARY_EMAIL, optout_check: 1 }, scopeIn);
  const isEuid = scopeIn(answer) !== '' || callers.some(({ key }) => key.startsWith('EUID-'));
  return {
    scope: isEuid ? 1 : 0,
    phone: !refusal.includes('exactly one of email or email_hash must be specified'),
  };
}

/** The world's setting; a world with key pairs has it on. */
const clientGenerateOf = (world: World | undefined): boolean | undefined =>
  world?.client_side_token_generate ?? (world?.client_side_keypairs.length ? true : undefined);

async function hasClientGenerate(asker: Asker): Promise<boolean> {
  const request = { method: 'POST', path: '/v2/token/client-generate', body: '{}' };
  return (await asker.ask(() => request)).reply.status !== 404;
}

/** The target, with everything that was not given found out by requests. @throws ContractError `usage` for a world that cannot be read */
export async function describeTarget(
  options: TargetOptions,
  http: HttpClient,
  asker: Asker,
  found: { world: World | undefined; served: Served; callers: readonly Caller[] },
): Promise<Target> {
  const { world, served, callers } = found;
  const profile = options.profile ?? (await findProfile(asker, served));
  const settings = world ? settingsOf(world) : await findSettings(asker, served, callers);
  return {
    url: options.url,
    http,
    world,
    callers,
    keypairs: keypairsOf(options, world),
    profile,
    profileGiven: options.profile !== undefined,
    served,
    flat: served.v0 && (options.profile ? profile !== 'local' : await isFlat(asker)),
    scope: settings.scope,
    phone: profile !== 'seed-v1' && settings.phone,
    tokenVersion: options.tokenVersion,
    clientGenerate: clientGenerateOf(world) ?? (await hasClientGenerate(asker)),
  };
}
