/** Composes a deployment, state and a Fastify app from options, without listening. */

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { type ParserErrorOptions, answerParserError } from './http/parser-errors.ts';
import { ANY_PATH, operatorPlugin } from './http/plugin.ts';
import { type Connections, type Delay, trackConnections } from './http/connections.ts';
import type { Controlled } from './admin/calls/call.ts';
import type { OperatorPluginOptions } from './http/send.ts';
import { type HttpRules, honestHttpRules } from './http/rules.ts';
import { type Surface, surfaceOf } from './http/surface.ts';
import { nativePrimitives } from './native/primitives.ts';
import { createDeployment } from './operator/deploy.ts';
import type { Deployment, DeploymentParts } from './operator/deployment.ts';
import { seededDeployment } from './operator/seeded.ts';
import { honestRules } from './operator/rules.ts';
import { type Clock, type ClockSetting, epochMs } from './operator/state/clock.ts';
import type { State, States } from './operator/state/state.ts';
import type { Profile } from './operator/profile.ts';
import { createStates } from './operator/state/states.ts';
import type { World } from './operator/world/schema.ts';
import {
  type ServedWorlds,
  checkScope,
  profileOf,
  servedWorlds,
  withLifetimes,
  worldChanges,
  worldOf,
} from './worlds.ts';
import { checkAdmin, mountAdmin } from './mount-admin.ts';
import { ConfigurationError, type Log, type MockOperatorOptions } from './options.ts';
import { type OpenStore, openerOf } from './open-store.ts';
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
  /** the machine's time at which the operator started, in ms */
  readonly startedAt?: number;
  readonly openStore?: OpenStore;
  /** whether only those lines of exchanges are wanted that are errors: the others need not be made */
  readonly logsErrorsOnly?: boolean;
  /** called with every exchange when it is answered */
  readonly observe?: (exchange: Exchange) => void;
  /** the machine's time in ms */
  readonly machine?: () => number;
  /** measures the grace period of open connections at shutdown */
  readonly delay?: Delay;
  /** where the inspector page is, in place of the folder of the build */
  readonly page?: URL;
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
  /** the operator as control calls see it */
  readonly controlled: Controlled;
  /**
   * Replaces the present world and the one with which it started, between two requests.
   *
   * @throws ConfigurationError when the options do not fit the world; the former world stays
   */
  readonly replaceWorld: (world: World) => void;
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
  logsErrorsOnly: boolean,
): (exchange: Exchange) => void {
  return (exchange) => {
    observe?.(exchange);
    journals?.record(exchange);
    if (log === undefined) return;
    const isError = isFailure(exchange.reason);
    if (isError || !logsErrorsOnly) log(isError ? 'error' : 'info', logLine(exchange));
  };
}

function noSchemas(): never {
  throw new Error('schemas: expected none, Fastify compiles none here');
}

/** In place of Fastify's own compilers, because loading them takes a quarter of the time to start. */
const noCompilers = { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } };

/** The Fastify app: connections and request lines. The surface is a plugin of its own. */
function createApp(
  observer: Omit<ParserErrorOptions, 'connections'>,
  journals: Journals | undefined,
  delay: Delay | undefined,
): { app: FastifyInstance; connections: Connections } {
  const app = fastify({
    ...TIMEOUTS,
    routerOptions: { querystringParser: () => ({}) },
    schemaController: noCompilers,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    // the operator's own answer to a request without Host has a body
    http: { requireHostHeader: false },
    rewriteUrl: () => ANY_PATH,
    clientErrorHandler(error, socket) {
      answerParserError(error, socket, { ...observer, connections });
    },
  });
  const connections = trackConnections(app.server, delay);
  app.addHook('preClose', async () => journals?.close());
  return { app, connections };
}

/** @throws ConfigurationError when the option does not name a folder */
function scriptsOf({ static: folder }: MockOperatorOptions): string | undefined {
  if (folder === undefined) return undefined;
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return resolve(folder);
  throw new ConfigurationError(`{static}: expected a folder; got ${folder}, which is not a folder`);
}

// kept from the start: a test that replaces Date moves a mock in the same process only where that is asked for
const machineTime = Date.now;
const processTime = (): number => Date.now();

/** How the clock stands at the start. */
function clockOf(options: MockOperatorOptions, since: number): ClockSetting {
  const { now, clock, deterministic, envelopeClock: envelopes = 'clock' } = options;
  const at = epochMs(now);
  if (at !== undefined && clock !== undefined) {
    throw new ConfigurationError(
      '{now}: expected no clock beside it, because the process has its own time; got both',
    );
  }
  if (at !== undefined) return { at, since, rate: deterministic === undefined ? 1 : 0, envelopes };
  if (deterministic === undefined) return { at: 0, since: 0, rate: 1, envelopes };
  throw new ConfigurationError(
    '{deterministic}: expected {now} beside it, because the same requests give the same bytes only at the same time; ' +
      'got none',
  );
}

/** Makes surfaces of which each serves one request, by a generator of its own. */
function seededSurfaces({ deterministic: seed }: MockOperatorOptions, { replica }: States): SeededSurface {
  if (seed === undefined) return undefined;
  return (surface, testId) => {
    const scope = replica.use(testId);
    const draw = { seed, testId, purpose: 'request', count: scope.requests } as const;
    scope.requests += 1;
    return { ...surface, deployment: seededDeployment(surface.deployment, draw) };
  };
}

type SeededSurface = OperatorPluginOptions['seeded'];

type Parts = Required<Pick<Replacements, 'parts' | 'http'>>;

/** Makes surfaces of worlds, as the options say. */
function deployer(
  options: MockOperatorOptions,
  profile: Profile,
  { parts, http }: Parts,
  clock: () => Clock,
): (world: World) => Surface {
  return (world: World): Surface => {
    checkScope(world, profile, options);
    const honest = {
      world: withLifetimes(world, options),
      profile,
      rules: honestRules,
      primitives: nativePrimitives,
    };
    const deployment = createDeployment(parts(honest, clock()));
    return surfaceOf(deployment, http(honestHttpRules(deployment), deployment, clock()));
  };
}

/** The journals; undefined with `journal: 0`. */
function journalsOf(
  { journal = 1000, journalPlain = false }: MockOperatorOptions,
  { replica }: States,
): Journals | undefined {
  return journal === 0 ? undefined : new Journals(journal, journalPlain, replica);
}

/**
 * Composes a mock operator, which does not listen yet.
 *
 * @param options as `startMockOperator` takes them
 * @throws ConfigurationError, in one sentence, when the options or the world cannot work
 */
export async function compose(
  options: MockOperatorOptions,
  replacements: Replacements = {},
): Promise<Composed> {
  const { parts = (honest) => honest, http = (honest) => honest, machine = machineTime } = replacements;
  checkAdmin(options);
  const log = options.log && ignoreFailures(options.log);
  const deploy = deployer(options, profileOf(options), { parts, http }, () => states.common.clock);
  const served = servedWorlds(deploy, log);
  const wall = options.clock === 'process' ? processTime : machine;
  const { startedAt = wall(), openStore } = replacements;
  const clock = clockOf(options, startedAt);
  const seed = options.deterministic ?? options.seed ?? '';
  const opener = openStore ? { openStore } : await openerOf(options);
  const states = await createStates({ wall, machine, seed, clock, replaceWorld: served.apply, ...opener });
  try {
    return await composeOver(options, { ...replacements, states, served, log, startedAt });
  } catch (error) {
    await states.store.close();
    throw error;
  }
}

interface OpenedParts extends Pick<Replacements, 'observe' | 'delay' | 'page' | 'logsErrorsOnly'> {
  readonly states: States;
  readonly served: ServedWorlds;
  readonly log: Log | undefined;
  /** ms */
  readonly startedAt: number;
}

/** Composes an operator whose store is open. */
async function composeOver(
  options: MockOperatorOptions,
  { states, served, log, startedAt, observe, delay, page, logsErrorsOnly = false }: OpenedParts,
): Promise<Composed> {
  const { admin: hasAdmin = true } = options;
  const state = states.common;
  const watched = await watchedOf(options);
  // not by the clock, which other instances may have moved: they have the same world
  const madeAt = epochMs(options.now) ?? states.store.startedAt ?? startedAt;
  served.begin(await worldOf(options, profileOf(options), madeAt));
  const surface = served.present;
  const journals = journalsOf(options, states);
  const observer = { states, observe: observerOf(log, observe, journals, logsErrorsOnly) };
  const { app, connections } = createApp(observer, journals, delay);
  const deployment = (): Deployment => surface().deployment;
  const worlds = worldChanges({ states, deployment, prepare: served.prepare, seed: options.deterministic });
  const controlled: Controlled = { states, deployment, journals, worlds };
  await app.register(operatorPlugin, {
    ...observer,
    surface,
    admin: hasAdmin ? mountAdmin(app, options, controlled, connections, page) : undefined,
    connections,
    scripts: scriptsOf(options),
    seeded: seededSurfaces(options, states),
    machine: machineTime,
    records: journals !== undefined,
    explain: options.explain === true ? (await import('./explain.ts')).explanationOf : undefined,
  });
  app.addHook('onClose', () => states.store.close());
  const replaceWorld = served.begin;
  return { app, options, state, states, journals, log, watched, deployment, controlled, replaceWorld };
}
