/** The public API: a mock operator in this process. */

import type { AddressInfo } from 'node:net';
import { honestHttpRules } from './http/rules.ts';
import type { Composition } from '../mutants/mutant.ts';
import { type IdentifierKind, identifierKinds } from './core/identifier.ts';
import { nativePrimitives } from './native/primitives.ts';
import { createClock, epochMs } from './operator/state/clock.ts';
import { defaultWorld } from './operator/world/embedded.ts';
import {
  type Located,
  type Operator,
  addOptOut,
  createOperator,
  locateNamed,
  resetOptOuts,
} from './operator/operator.ts';
import { type Profile, type ProfileName, profiles } from './operator/profile.ts';
import { honestRules } from './operator/rules.ts';
import type { World } from './operator/world/schema.ts';
import { ConfigurationError, checkOptions } from './options.ts';
import { type Log, createServer } from './server.ts';

export { ConfigurationError } from './options.ts';
export type { ProfileName } from './operator/profile.ts';
export type { World } from './operator/world/schema.ts';

export interface MockOperatorOptions {
  /** port to listen on; 0, the default here, is any free one */
  readonly port?: number | undefined;
  /** address to listen on; 127.0.0.1 by default */
  readonly host?: string | undefined;
  /** path of a world file, or an object of its format; the embedded world if absent */
  readonly world?: unknown;
  readonly profile?: ProfileName | undefined;
  /** text the embedded world's keys are made from */
  readonly seed?: string | undefined;
  readonly scope?: 'uid2' | 'euid' | undefined;
  /** where the clock starts; it runs on from there */
  readonly now?: number | string | Date | undefined;
  /** advertising tokens of profile local */
  readonly tokenVersion?: 'v2' | 'v3' | 'v4' | undefined;
  readonly identityTokenExpiresAfterSeconds?: number | undefined;
  readonly refreshTokenExpiresAfterSeconds?: number | undefined;
  readonly refreshIdentityTokenAfterSeconds?: number | undefined;
  /** told of every request (method, path, status) and of failures no rule names; nothing is logged by default */
  readonly log?: Log | undefined;
  /** id of a mutant: the operator with one deliberate fault; `uid2-mock selftest --list` names them */
  readonly mutant?: string | undefined;
}

/** An API key, the secret of its envelopes (base64, 32 bytes) and what it may do. */
export interface Credential {
  readonly name: string;
  readonly site_id: number;
  readonly roles: string[];
  readonly key: string;
  readonly secret: string;
}

/** What a browser or app needs for client-side generation. */
export interface ClientSideKeypair {
  readonly subscription_id: string;
  readonly public_key: string;
  readonly site_id: number;
}

/** Exactly one of the four, in the form a request would carry it. */
export type Identifier = Partial<Record<IdentifierKind, string>>;

export interface MockOperator {
  /** base URL, without a trailing slash */
  readonly url: string;
  readonly profile: ProfileName;
  /** enabled clients; the first of the embedded world has every role */
  readonly credentials: readonly Credential[];
  readonly clientSideKeypairs: readonly ClientSideKeypair[];
  /** the data it runs with, in the format of a world file */
  readonly world: World;
  readonly clock: {
    /** ms */
    now(): number;
    /** freezes the clock */
    set(time: number | string | Date): void;
    advance(ms: number): void;
    /** lets a frozen clock run on */
    resume(): void;
  };
  /** opt-outs, seen by every endpoint at once */
  readonly optOuts: { add(identity: Identifier): void; remove(identity: Identifier): void };
  /** puts clock and opt-outs back to where they started */
  reset(): void;
  /** stops listening; answers what is in flight */
  close(): Promise<void>;
}

function profileOf({ profile: name = 'local', tokenVersion }: MockOperatorOptions): Profile {
  const profile = profiles[name];
  if (tokenVersion !== undefined && name !== 'local') {
    throw new ConfigurationError(`tokenVersion: expected profile local with it; got profile ${name}`);
  }
  if (tokenVersion === undefined) return profile;
  const versions = { v2: 2, v3: 3, v4: 4 } as const;
  return { ...profile, advertisingTokenVersion: versions[tokenVersion] };
}

async function worldOf(options: MockOperatorOptions, now: number): Promise<World> {
  const { scope, seed, world: source, profile = 'local' } = options;
  if (source === undefined) {
    // the operators of these eras knew text salts only
    const v4Buckets = profile === 'local' || profile === 'current';
    return defaultWorld(
      { seed: seed ?? 'uid2-mock', scope: scope ?? 'uid2', now, v4Buckets },
      nativePrimitives,
    );
  }
  if (seed !== undefined) {
    throw new ConfigurationError('seed: expected no world with it, a world brings its own keys; got both');
  }
  const { loadWorld } = await import('./operator/world/read.ts');
  const loaded = await loadWorld(source, now);
  if ('problems' in loaded)
    throw new ConfigurationError(loaded.problems.map((line) => `world: ${line}`).join('\n'));
  const { world } = loaded;
  if (scope !== undefined && scope.toUpperCase() !== world.identity_scope) {
    throw new ConfigurationError(`scope: expected that of the world, ${world.identity_scope}; got ${scope}`);
  }
  return world;
}

function withLifetimes(world: World, options: MockOperatorOptions): World {
  const identity = options.identityTokenExpiresAfterSeconds ?? world.identity_token_expires_after_seconds;
  const refresh = options.refreshTokenExpiresAfterSeconds ?? world.refresh_token_expires_after_seconds;
  const refreshAfter = options.refreshIdentityTokenAfterSeconds ?? world.refresh_identity_token_after_seconds;
  if (refreshAfter > identity || identity > refresh) {
    throw new ConfigurationError(
      'lifetimes: expected refreshIdentityTokenAfterSeconds <= identityTokenExpiresAfterSeconds <= refreshTokenExpiresAfterSeconds; ' +
        `got ${refreshAfter}, ${identity}, ${refresh}`,
    );
  }
  return {
    ...world,
    identity_token_expires_after_seconds: identity,
    refresh_token_expires_after_seconds: refresh,
    refresh_identity_token_after_seconds: refreshAfter,
  };
}

function checkScope(world: World, profile: Profile): void {
  if (world.identity_scope !== 'EUID' || profile.advertisingTokenVersion !== 2) return;
  if (profile.name === 'seed-v1') {
    throw new ConfigurationError('scope: expected uid2 with profile seed-v1, which knows no other; got euid');
  }
  throw new ConfigurationError(
    'tokenVersion: expected v3 or v4 with scope EUID, V2 tokens carry no scope; got v2',
  );
}

function locateGiven(operator: Operator, identifier: Identifier): Located {
  const given = identifierKinds.filter((kind) => identifier[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    throw new TypeError(
      `optOuts: expected exactly one of ${identifierKinds.join(', ')}; got ${given.join(', ') || 'none'}`,
    );
  }
  const located = typeof identifier[kind] === 'string' ? locateNamed(operator, identifier) : undefined;
  if (located === undefined) throw new TypeError(`optOuts: expected a valid ${kind}; got an invalid one`);
  return located;
}

function startOf(now: MockOperatorOptions['now']): number | undefined {
  try {
    return now === undefined ? undefined : epochMs(now);
  } catch {
    throw new ConfigurationError(`now: expected an ISO 8601 date or epoch ms; got ${String(now)}`);
  }
}

const honest: Composition = { stage: {}, parts: (parts) => parts, http: (rules) => rules };

async function compositionOf(mutant: string | undefined): Promise<Composition> {
  if (mutant === undefined) return honest;
  const { compositionOfMutant } = await import('../mutants/index.ts');
  const composition = compositionOfMutant(mutant);
  if (composition === undefined) {
    throw new ConfigurationError(
      `mutant: expected an id that uid2-mock selftest --list names; got ${mutant}`,
    );
  }
  return composition;
}

/** What listening fails with when the address is at fault, not the port. */
const NO_SUCH_HOST: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL']);

/**
 * Starts a mock operator; it listens when the promise resolves.
 *
 * @throws ConfigurationError, in one sentence, when the options or the world cannot work or the port is in use
 */
export async function startMockOperator(given: MockOperatorOptions = {}): Promise<MockOperator> {
  checkOptions(given);
  const { stage, parts, http } = await compositionOf(given.mutant);
  const options = {
    ...given,
    profile: given.profile ?? stage.profile,
    scope: given.scope ?? (given.world === undefined ? stage.scope : undefined),
  };
  const profile = profileOf(options);
  const clock = createClock(Date.now, startOf(options.now));
  const world = withLifetimes(await worldOf(options, clock.now()), options);
  checkScope(world, profile);
  const operator = createOperator(
    parts({ world, profile, rules: honestRules, primitives: nativePrimitives, clock }),
  );
  const app = createServer(
    operator,
    http(honestHttpRules(operator), operator),
    options.log ?? (() => undefined),
  );
  const { host = '127.0.0.1', port = 0 } = options;
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new ConfigurationError(
      NO_SUCH_HOST.has(code)
        ? `host: expected an address of this machine; got ${host} (${code})`
        : `port: expected a free one on ${host}; got ${port} (${code})`,
    );
  }
  const { port: bound } = app.server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    profile: profile.name,
    credentials: world.clients
      .filter(({ disabled }) => !disabled)
      .map(({ name, site_id, roles, key, secret }) => ({ name, site_id, roles, key, secret })),
    clientSideKeypairs: world.client_side_keypairs
      .filter(({ disabled }) => !disabled)
      .map(({ subscription_id, public_key, site_id }) => ({ subscription_id, public_key, site_id })),
    world,
    clock,
    optOuts: {
      add: (identity) => {
        addOptOut(operator, locateGiven(operator, identity), clock.now());
      },
      remove: (identity) => {
        operator.optOuts.remove(locateGiven(operator, identity).flh);
      },
    },
    reset() {
      clock.reset();
      resetOptOuts(operator);
    },
    close: () => app.close(),
  };
}
