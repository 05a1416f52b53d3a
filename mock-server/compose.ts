/** Composes a deployment, state and a Fastify app from options, without listening. */

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { type ParserErrorOptions, answerParserError } from './http/parser-errors.ts';
import { operatorPlugin } from './http/plugin.ts';
import { type Connections, trackConnections } from './http/connections.ts';
import { isAdminTarget } from './http/admin-gate.ts';
import { addressed } from './http/isolation.ts';
import { routedPath } from './http/paths.ts';
import { type HttpRules, honestHttpRules } from './http/rules.ts';
import { type Surface, surfaceOf } from './http/surface.ts';
import { nativePrimitives } from './native/primitives.ts';
import { createDeployment } from './operator/deploy.ts';
import type { Deployment, DeploymentParts } from './operator/deployment.ts';
import { type Profile, profiles } from './operator/profile.ts';
import { honestRules } from './operator/rules.ts';
import { type Clock, type ClockSetting, epochMs } from './operator/state/clock.ts';
import type { State, States } from './operator/state/state.ts';
import { createStates } from './operator/state/states.ts';
import { defaultWorld } from './operator/world/embedded.ts';
import type { World } from './operator/world/schema.ts';
import { checkAdmin, mountAdmin } from './mount-admin.ts';
import { ConfigurationError, type Log, type MockOperatorOptions, worldError } from './options.ts';
import type { Exchange } from './operator/exchange.ts';
import { isFailure } from './core/reasons.ts';
import { Journals } from './operator/journal/journals.ts';
import { logLine } from './operator/log-line.ts';
import type { WatchedFile } from './watch.ts';

/** Timeouts of the HTTP server, in ms: for a whole request, for a silent connection, for one between two requests. */
const TIMEOUTS = { requestTimeout: 120_000, connectionTimeout: 180_000, keepAliveTimeout: 72_000 } as const;

/** Replacements of honest parts. */
export interface Replacements {
  readonly parts?: (honest: DeploymentParts, clock: Clock) => DeploymentParts;
  readonly http?: (honest: HttpRules, deployment: Deployment, clock: Clock) => HttpRules;
  /** called with every exchange when it is answered */
  readonly observe?: (exchange: Exchange) => void;
}

export interface Composed {
  readonly app: FastifyInstance;
  readonly options: MockOperatorOptions;
  /** the common state */
  readonly state: State;
  readonly states: States;
  /** undefined when there is no journal */
  readonly journals: Journals | undefined;
  readonly log: Log | undefined;
  /** the file of the world, if the options ask for it to be watched */
  readonly watched: WatchedFile | undefined;
  /** the deployment that the next request works with */
  readonly deployment: () => Deployment;
  /**
   * Replaces the present world, between two requests.
   *
   * @throws ConfigurationError when the options do not fit the world; the former world stays
   */
  readonly replaceWorld: (world: World) => void;
}

function profileOf({ profile: name = 'local', tokenVersion }: MockOperatorOptions): Profile {
  const profile = profiles[name];
  if (tokenVersion !== undefined && !profile.allowsTokenVersion) {
    throw new ConfigurationError(`{tokenVersion}: expected {profile} local; got profile ${name}`);
  }
  if (tokenVersion === undefined) return profile;
  const versions = {
    v2: { advertisingTokenVersion: 2, refreshTokenVersion: 2 },
    v3: { advertisingTokenVersion: 3, refreshTokenVersion: 3 },
    v4: { advertisingTokenVersion: 4, refreshTokenVersion: 3 },
  } as const;
  return { ...profile, ...versions[tokenVersion] };
}

async function watchedOf({ watch, world }: MockOperatorOptions): Promise<WatchedFile | undefined> {
  if (watch !== true) return undefined;
  if (typeof world !== 'string') {
    const got = world === undefined ? 'none' : 'an object';
    throw new ConfigurationError(`{watch}: expected {world} with the path of a file; got ${got}`);
  }
  const { watchedFile } = await import('./watch.ts');
  return watchedFile(world);
}

async function worldOf(options: MockOperatorOptions, profile: Profile, now: number): Promise<World> {
  const { scope, seed, world: source } = options;
  if (source === undefined) {
    const embedded = {
      seed: seed ?? 'uid2-mock',
      scope: scope ?? 'uid2',
      now,
      v4Buckets: profile.keyBuckets,
    };
    return defaultWorld(embedded, nativePrimitives);
  }
  if (seed !== undefined) {
    throw new ConfigurationError('{seed}: expected no {world}, because a world has its own keys; got both');
  }
  const { loadWorld } = await import('./operator/world/read.ts');
  const read = await loadWorld(source, now);
  if ('problems' in read) throw worldError(read.problems);
  return read.world;
}

/** A world with the lifetimes that the options give. */
function withLifetimes(world: World, options: MockOperatorOptions): World {
  const identity = options.identityTokenExpiresAfterSeconds ?? world.identity_token_expires_after_seconds;
  const refresh = options.refreshTokenExpiresAfterSeconds ?? world.refresh_token_expires_after_seconds;
  const refreshAfter = options.refreshIdentityTokenAfterSeconds ?? world.refresh_identity_token_after_seconds;
  if (refreshAfter > identity || identity > refresh) {
    throw new ConfigurationError(
      'lifetimes: expected {refreshIdentityTokenAfterSeconds} <= {identityTokenExpiresAfterSeconds} <= ' +
        `{refreshTokenExpiresAfterSeconds}; got ${refreshAfter}, ${identity}, ${refresh}`,
    );
  }
  return {
    ...world,
    identity_token_expires_after_seconds: identity,
    refresh_token_expires_after_seconds: refresh,
    refresh_identity_token_after_seconds: refreshAfter,
  };
}

function checkScope(world: World, profile: Profile, { scope }: MockOperatorOptions): void {
  const { identity_scope } = world;
  if (scope !== undefined && scope.toUpperCase() !== identity_scope) {
    throw new ConfigurationError(`{scope}: expected ${identity_scope}, as in the {world}; got ${scope}`);
  }
  if (identity_scope !== 'EUID') return;
  if (!profile.euid) {
    throw new ConfigurationError(
      `{scope}: expected uid2 with {profile} ${profile.name}, which has no other scope; got euid`,
    );
  }
  if (profile.advertisingTokenVersion !== 2) return;
  throw new ConfigurationError(
    '{tokenVersion}: expected v3 or v4 with {scope} euid, because V2 tokens carry no scope; got v2',
  );
}

/** A log whose failures are ignored: the event that it logs has already happened. */
const ignoreFailures =
  (log: Log): Log =>
  (level, message) => {
    try {
      log(level, message);
    } catch {
      return;
    }
  };

/** Records an answer, and logs a line of it: an error when no caller can fix its cause, otherwise info. */
function observerOf(
  log: Log | undefined,
  observe: ((exchange: Exchange) => void) | undefined,
  journals: Journals | undefined,
): (exchange: Exchange) => void {
  return (exchange) => {
    observe?.(exchange);
    journals?.record(exchange);
    if (log === undefined) return;
    log(isFailure(exchange.reason) ? 'error' : 'info', logLine(exchange));
  };
}

function noSchemas(): never {
  throw new Error('schemas: expected none, Fastify compiles none here');
}

/** In place of Fastify's own compilers, because loading them takes a quarter of the time to start. */
const noCompilers = { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } };

/** The Fastify app: connections and request lines. The surface is a plugin of its own. */
function createApp(
  surface: () => Surface,
  isolates: boolean,
  observer: Omit<ParserErrorOptions, 'connections'>,
  journals: Journals | undefined,
): { app: FastifyInstance; connections: Connections } {
  const app = fastify({
    ...TIMEOUTS,
    routerOptions: { querystringParser: () => ({}) },
    schemaController: noCompilers,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    // the operator's own answer to a request without Host has a body
    http: { requireHostHeader: false },
    rewriteUrl({ url = '/' }) {
      const target = isolates ? addressed(url).target : url;
      return isolates && isAdminTarget(target) ? target : routedPath(target, surface().rules.normalizePath);
    },
    clientErrorHandler(error, socket) {
      answerParserError(error, socket, { ...observer, connections });
    },
  });
  const connections = trackConnections(app.server);
  app.addHook('preClose', async () => journals?.close());
  return { app, connections };
}

/** @throws ConfigurationError when the option does not name a folder */
function scriptsOf({ static: folder }: MockOperatorOptions): string | undefined {
  if (folder === undefined) return undefined;
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return resolve(folder);
  throw new ConfigurationError(`{static}: expected a folder; got ${folder}, which is not a folder`);
}

/** How the clock stands at the start. */
function clockOf({ now }: MockOperatorOptions): { clock?: ClockSetting } {
  const at = epochMs(now);
  return at === undefined ? {} : { clock: { at, since: Date.now(), rate: 1, envelopes: 'clock' } };
}

/** The journals; undefined with `journal: 0`. */
function journalsOf(
  { journal = 1000, journalPlain = false }: MockOperatorOptions,
  { replica }: States,
): Journals | undefined {
  return journal === 0 ? undefined : new Journals(journal, journalPlain, replica);
}

/**
 * @param given options as `startMockOperator` takes them
 * @throws ConfigurationError, in one sentence, when the options or the world cannot work
 */
export async function compose(
  options: MockOperatorOptions,
  { parts = (honest) => honest, http = (honest) => honest, observe }: Replacements = {},
): Promise<Composed> {
  const profile = profileOf(options);
  const { admin: hasAdmin = true } = options;
  checkAdmin(options);
  const states = await createStates({ wall: Date.now, seed: options.seed ?? '', ...clockOf(options) });
  const state = states.common;
  const deploy = (world: World): Surface => {
    checkScope(world, profile, options);
    const honest = {
      world: withLifetimes(world, options),
      profile,
      rules: honestRules,
      primitives: nativePrimitives,
    };
    const deployment = createDeployment(parts(honest, state.clock));
    return surfaceOf(deployment, http(honestHttpRules(deployment), deployment, state.clock));
  };
  const log = options.log && ignoreFailures(options.log);
  const watched = await watchedOf(options);
  let surface = deploy(await worldOf(options, profile, state.clock.now()));
  const journals = journalsOf(options, states);
  const observer = { states, observe: observerOf(log, observe, journals) };
  const { app, connections } = createApp(() => surface, hasAdmin, observer, journals);
  await app.register(operatorPlugin, {
    ...observer,
    surface: () => surface,
    isolates: hasAdmin,
    connections,
    scripts: scriptsOf(options),
    records: journals !== undefined,
  });
  const deployment = (): Deployment => surface.deployment;
  if (hasAdmin) await mountAdmin(app, options, { states, deployment, journals });
  return {
    app,
    options,
    state,
    states,
    journals,
    log,
    watched,
    deployment,
    replaceWorld(world) {
      surface = deploy(world);
    },
  };
}
