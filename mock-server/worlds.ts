/** The worlds of an operator: the one it starts with, and those that take its place while it runs. */

import { worldRefused } from './admin/calls/control-error.ts';
import type { WorldChanges } from './admin/calls/call.ts';
import { messageOf } from './http/error-handler.ts';
import type { Surface } from './http/surface.ts';
import type { Primitives } from './core/primitives.ts';
import { nativePrimitives } from './native/primitives.ts';
import type { Deployment } from './operator/deployment.ts';
import { type Profile, profiles } from './operator/profile.ts';
import { seededPrimitives } from './operator/seeded.ts';
import type { States } from './operator/state/state.ts';
import type { Making } from './operator/world/change.ts';
import { defaultWorld } from './operator/world/embedded.ts';
import type { World } from './operator/world/schema.ts';
import { ConfigurationError, type Log, type MockOperatorOptions, worldError } from './options.ts';

/**
 * The profile that the options name, with their token version.
 *
 * @throws ConfigurationError
 */
export function profileOf({ profile: name = 'local', tokenVersion }: MockOperatorOptions): Profile {
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

/**
 * The world that the options name, or the embedded one.
 *
 * @param now ms, when the operator starts to use the world
 * @throws ConfigurationError with a line for each problem
 */
export async function worldOf(options: MockOperatorOptions, profile: Profile, now: number): Promise<World> {
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

/**
 * A world with the lifetimes that the options give.
 *
 * @throws ConfigurationError when they contradict each other
 */
export function withLifetimes(world: World, options: MockOperatorOptions): World {
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

/** @throws ConfigurationError when the scope of a world does not fit the options or the profile */
export function checkScope(world: World, profile: Profile, { scope }: MockOperatorOptions): void {
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

/** The world that requests are served with, and what replaces it. */
export interface ServedWorlds {
  /** what the next request works with */
  readonly present: () => Surface;
  /**
   * Serves a world, and takes it for the one of the start.
   *
   * @throws ConfigurationError when the options do not fit the world; the former world stays
   */
  readonly begin: (world: World) => void;
  /**
   * Makes a world ready to be served.
   *
   * @throws ConfigurationError when the options do not fit the world
   */
  readonly prepare: (world: World) => void;
  /** Serves a world of the log of changes; null brings back the one of the start. */
  readonly apply: (world: object | null) => void;
}

/** The worlds that an operator serves, one after another. */
export function servedWorlds(deploy: (world: World) => Surface, log: Log | undefined): ServedWorlds {
  let initial: Surface | undefined;
  let present: Surface | undefined;
  /** a change that came before the start */
  let early: object | null = null;
  const prepared = new WeakMap<object, Surface>();
  const served = (world: object): Surface | undefined => {
    try {
      // the process that wrote it to the log has checked it
      return prepared.get(world) ?? deploy(world as World);
    } catch (error) {
      log?.('error', `world: ${messageOf(error)}\nworld: the former world stays`);
      return present;
    }
  };
  return {
    present() {
      if (present === undefined) throw new Error('world: expected one before the first request');
      return present;
    },
    begin(world) {
      initial = deploy(world);
      present = initial;
      if (early !== null) present = served(early);
      early = null;
    },
    prepare(world) {
      prepared.set(world, deploy(world));
    },
    apply(world) {
      if (initial === undefined) early = world;
      else present = world === null ? initial : served(world);
    },
  };
}

interface WorldChangesOptions {
  readonly states: States;
  /** the present deployment */
  readonly deployment: () => Deployment;
  /** @throws ConfigurationError when the options do not fit the world */
  readonly prepare: (world: World) => void;
  /** what new secrets follow from; they are random if absent */
  readonly seed: string | undefined;
}

/** Changes to the present world. */
export function worldChanges({ states, deployment, prepare, seed }: WorldChangesOptions): WorldChanges {
  const prepared = (world: World): void => {
    try {
      prepare(world);
    } catch (error) {
      throw error instanceof ConfigurationError ? worldRefused(error.message.split('\n')) : error;
    }
  };
  const making = (primitives: Primitives): Making => {
    const now = states.common.clock.now();
    if (seed === undefined) return { primitives, now };
    const { common } = states.replica;
    const draw = { seed, testId: '', purpose: 'world', count: common.worldChanges } as const;
    common.worldChanges += 1;
    return { primitives: seededPrimitives(primitives, draw), now };
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    async read(source) {
      const { loadWorld } = await import('./operator/world/read.ts');
      return loadWorld(source, states.common.clock.now());
    },
    change(make) {
      const made = last.then(async () => {
        const { world: present, primitives } = deployment();
        const { world, result } = await make(present, making(primitives));
        prepared(world);
        await states.write('', { of: 'world', world });
        return result;
      });
      last = made.catch(() => undefined);
      return made;
    },
  };
}
