/** What is found out about a target before the scenarios run: what it serves, which scope, which profile. */
import { apis, type Api } from '../spec/api.ts';
import { isContractError } from '../spec/contract-error.ts';
import { createHttpClient, pause, type ClientOptions, type HttpClient, type Reply } from './client.ts';
import { readWorld, scopeOf, type World } from './world.ts';

export type Profile = 'local' | 'seed-v1' | 'v5.56' | 'current';
export const profiles: readonly Profile[] = ['local', 'seed-v1', 'v5.56', 'current'];

/** One API key. Without `roles` it is taken to have the role of whatever participant it is used as. */
export interface Credential {
  key: string;
  /** Base64 of 32 bytes; without it only the plain generations can be asked. */
  secret?: string | undefined;
  name?: string | undefined;
  site_id?: number | undefined;
  roles?: readonly string[] | undefined;
}

export interface TargetOptions {
  /** Base URL, http or https. */
  url: string;
  credentials?: readonly Credential[] | undefined;
  /** In the format of fixtures/recordings/world-*.json, any part of it. */
  world?: unknown;
  /** Taken from the target's behaviour if not given; when given, what versions differ in must be as that one does it. */
  profile?: Profile | undefined;
  /** Version of advertising tokens where it is not the profile's own (2 in seed-v1, else 4). */
  tokenVersion?: 2 | 3 | 4 | undefined;
  clientSideKeypairs?:
    readonly { subscription_id: string; public_key: string; site_id: number }[] | undefined;
}

export interface Caller {
  name: string;
  key: string;
  secret: Buffer | undefined;
  siteId: number | undefined;
  /** Undefined: not known. */
  roles: readonly string[] | undefined;
  disabled: boolean;
  /** Seconds; 0 when not known. */
  created: number;
  serviceId: number;
}

export interface Target {
  url: string;
  http: HttpClient;
  world: World | undefined;
  callers: readonly Caller[];
  keypairs: readonly { subscription_id: string; public_key: string; site_id: number; disabled?: boolean }[];
  profile: Profile;
  profileGiven: boolean;
  served: Readonly<Record<Api, boolean>>;
  /** Unversioned token routes answer in v0 shapes, not in those of v1. */
  flat: boolean;
  /** 0 UID2, 1 EUID. */
  scope: number;
  phone: boolean;
  /** Client-side token generation is on. */
  clientGenerate: boolean;
  tokenVersion: 2 | 3 | 4 | undefined;
}

const ROUTES: Record<Api, readonly (readonly [method: string, path: string])[]> = {
  v0: [
    ['GET', '/token/generate'],
    ['GET', '/identity/map'],
    ['GET', '/key/latest'],
  ],
  v1: [
    ['GET', '/v1/token/generate'],
    ['GET', '/v1/identity/map'],
    ['GET', '/v1/key/latest'],
  ],
  v2: [
    ['POST', '/v2/token/generate'],
    ['POST', '/v2/identity/map'],
    ['POST', '/v2/key/latest'],
  ],
  v3: [
    ['POST', '/v3/identity/map'],
    ['GET', '/v3/identity/map'],
  ],
};

const PROFILE_APIS: Record<Profile, readonly Api[]> = {
  local: apis,
  'seed-v1': ['v0', 'v1'],
  // Whether it has v0 and v1 is a setting.
  'v5.56': ['v2', 'v3'],
  current: ['v2', 'v3'],
};

/** Asks the target what it serves. Throws Unreachable, or an Error about a world which cannot be read. */
export async function probeTarget(
  options: TargetOptions,
  client: ClientOptions,
  waitMs: number,
): Promise<Target> {
  const world = options.world === undefined ? undefined : readWorld(options.world);
  const http = createHttpClient(options.url, client);
  const callers = readCallers(options.credentials ?? [], world);
  await waitUntilReachable(http, waitMs);
  const served = { v0: false, v1: false, v2: false, v3: false };
  for (const api of apis) {
    const declared = options.profile && PROFILE_APIS[options.profile].includes(api);
    served[api] = declared === true || (await isServed(http, ROUTES[api]));
  }
  const profile = options.profile ?? (await detectProfile(http, served));
  const scope = world ? scopeOf(world) : callers.some((caller) => caller.key.startsWith('EUID-')) ? 1 : 0;
  return {
    url: options.url,
    http,
    world,
    callers,
    keypairs: [...(world?.client_side_keypairs ?? []), ...(options.clientSideKeypairs ?? [])],
    profile,
    profileGiven: options.profile !== undefined,
    served,
    flat: served.v0 && (options.profile ? profile !== 'local' : await isFlat(http)),
    scope,
    phone: profile !== 'seed-v1' && world?.enable_phone_support !== false,
    tokenVersion: options.tokenVersion,
    // The setting; where no world tells, what the route says.
    clientGenerate: clientGenerateOf(world) ?? (await hasClientGenerate(http)),
  };
}

function readCallers(credentials: readonly Credential[], world: World | undefined): Caller[] {
  const fromWorld = (world?.clients ?? []).map((client) => ({
    name: client.name,
    key: client.key,
    secret: Buffer.from(client.secret, 'base64'),
    siteId: client.site_id,
    roles: client.roles,
    disabled: client.disabled,
    created: client.created,
    serviceId: client.service_id ?? 0,
  }));
  const given = credentials
    .filter((credential) => !fromWorld.some((client) => client.key === credential.key))
    .map((credential) => ({
      name: credential.name ?? 'the given key',
      key: credential.key,
      secret: credential.secret === undefined ? undefined : Buffer.from(credential.secret, 'base64'),
      siteId: credential.site_id,
      roles: credential.roles,
      disabled: false,
      created: 0,
      serviceId: 0,
    }));
  return [...given, ...fromWorld];
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

const NOT_FOUND = new Set([403, 404, 501, 502, 503]);

async function isServed(http: HttpClient, routes: readonly (readonly [string, string])[]): Promise<boolean> {
  for (const [method, path] of routes) {
    if (!NOT_FOUND.has((await http.send({ method, path })).status)) return true;
  }
  return false;
}

/** The world's setting; key pairs mean that it is on. */
const clientGenerateOf = (world: World | undefined): boolean | undefined =>
  world?.client_side_token_generate ?? (world?.client_side_keypairs?.length ? true : undefined);

async function hasClientGenerate(http: HttpClient): Promise<boolean> {
  return (await http.send({ method: 'POST', path: '/v2/token/client-generate', body: '{}' })).status !== 404;
}

/** `local` alone answers unversioned refreshes as v1 does; v0 knows only empty strings (Protocol §8.2.1). */
async function isFlat(http: HttpClient): Promise<boolean> {
  const { body } = await http.send({ method: 'GET', path: '/token/refresh?refresh_token=abc' });
  return !body.includes('Error refreshing token');
}

const header = (reply: Reply, name: string): string =>
  reply.headers.get(name)?.join(',').replaceAll(' ', '') ?? '';

/** Tells the versions apart by what only one of them does (Protocol §6.3, §12). */
async function detectProfile(http: HttpClient, served: Readonly<Record<Api, boolean>>): Promise<Profile> {
  if (!served.v2) return 'seed-v1';
  const preflight = await http.send({
    method: 'OPTIONS',
    path: '/v2/token/validate',
    headers: { origin: 'https://example.com', 'access-control-request-method': 'POST' },
  });
  const refused = await http.send({ method: 'POST', path: '/v2/token/validate' });
  const signs = [
    header(preflight, 'access-control-allow-headers').includes(',Authorization'),
    header(refused, 'vary') === 'origin,origin',
    !served.v1,
  ];
  const modern = signs.filter(Boolean).length >= 2;
  if (!modern) return 'v5.56';
  return served.v1 ? 'local' : 'current';
}
