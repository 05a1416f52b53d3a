/** Makes a composed operator listen, and returns its API. */

import type { AddressInfo } from 'node:net';
import type { Composed } from './compose.ts';
import { controlOver } from './admin/control-over.ts';
import type { ClockControl, Control, WorldControl } from './admin/control.ts';
import { localTransport } from './admin/transport.ts';
import { realTimers } from './operator/real-timers.ts';
import type { ProfileName } from './operator/profile.ts';
import {
  type ClientSideKeypair,
  type Credential,
  credentialFor,
  credentialsOf,
  keypairsOf,
} from './operator/world/credentials.ts';
import type { World } from './operator/world/schema.ts';
import { ConfigurationError, type NameOf, sentenceOf } from './options.ts';

export { findCredential } from './operator/world/credentials.ts';

export interface MockOperator extends Control, AsyncDisposable {
  /** base URL, without a trailing slash */
  readonly url: string;
  readonly profile: ProfileName;
  /** enabled clients; the first of the embedded world has every role */
  readonly credentials: readonly Credential[];
  /**
   * The credential for a role: of a client that has only this role if there is one, else of any client that has it.
   *
   * @throws RangeError when no enabled client has the role
   */
  credentialFor(role: string): Credential;
  readonly clientSideKeypairs: readonly ClientSideKeypair[];
  /** one clock for issuing and checking; a write resolves when every request sees it */
  readonly clock: ClockControl & {
    /** ms */
    now(): number;
  };
  /** the data it runs with, in the format of a world file, and what changes it */
  readonly world: WorldControl & World;
  /** stops listening; answers complete requests, and cuts other connections within two seconds */
  close(): Promise<void>;
  /** closes */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Error codes of listening when the address is the cause, not the port. */
const NO_SUCH_HOST: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL']);

async function bind({ app, options }: Composed): Promise<string> {
  const { host = '127.0.0.1', port = 0 } = options;
  try {
    // for localhost Fastify makes a second server, whose connections close() does not know
    await app.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port });
  } catch (error) {
    await app.close();
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new ConfigurationError(
      NO_SUCH_HOST.has(code)
        ? `{host}: expected an address of this machine; got ${host} (${code})`
        : `{port}: expected a free port on ${host}; got ${port} (${code}); choose another, or 0 for any free port`,
    );
  }
  const { port: bound } = app.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
}

/** How often idle test ids are looked for. */
const SWEPT_EVERY_MS = 60_000;

/** Watches the world file if the options ask for it. Returns a function that stops watching. */
async function watch({ state, log, watched, replaceWorld }: Composed, nameOf: NameOf): Promise<() => void> {
  if (watched === undefined) return () => undefined;
  const { watchWorld } = await import('./watch.ts');
  return watchWorld(watched, {
    now: () => state.clock.now(),
    replaceWorld,
    log: log ?? (() => undefined),
    sentenceOf: (error) => sentenceOf(error, nameOf),
  });
}

/**
 * Makes a composed operator listen, and returns its API.
 *
 * @param nameOf names of options in log lines
 * @throws ConfigurationError when the port is in use, or the address is not one of this machine
 */
export async function listen(composed: Composed, nameOf: NameOf = (option) => option): Promise<MockOperator> {
  const { app, state, states, deployment, controlled } = composed;
  const control = controlOver(localTransport(controlled));
  const url = await bind(composed);
  const stopWatching = await watch(composed, nameOf);
  const sweeping = realTimers.setInterval(() => void states.sweep().catch(() => undefined), SWEPT_EVERY_MS);
  sweeping.unref();
  const close = (): Promise<void> => {
    stopWatching();
    realTimers.clearInterval(sweeping);
    return app.close();
  };
  return {
    url,
    profile: deployment().profile.name,
    get credentials() {
      return credentialsOf(deployment().world);
    },
    credentialFor: (role) => credentialFor(role, credentialsOf(deployment().world)),
    get clientSideKeypairs() {
      return keypairsOf(deployment().world);
    },
    ...control,
    clock: { ...control.clock, now: () => state.clock.now() },
    // the data as own members, and the functions of control on the prototype, so that a copy is a world
    get world() {
      return Object.assign(Object.create(control.world) as WorldControl, deployment().world);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
