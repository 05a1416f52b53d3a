/** Makes a composed operator listen. */

import type { AddressInfo } from 'node:net';
import type { Composed } from './compose.ts';
import { disposedBy } from './core/disposable.ts';
import { realTimers } from './operator/real-timers.ts';
import type { ProfileName } from './operator/profile.ts';
import {
  type ClientSideKeypair,
  type Credential,
  credentialFor,
  credentialsOf,
  keypairsOf,
} from './operator/world/credentials.ts';
import { ConfigurationError, type NameOf, sentenceOf } from './options.ts';

export { type Credential, findCredential } from './operator/world/credentials.ts';

export interface ServedOperator extends AsyncDisposable {
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
  readonly credentialFor: (role: string) => Credential;
  readonly clientSideKeypairs: readonly ClientSideKeypair[];
  /** stops listening; answers complete requests, and cuts other connections within two seconds */
  readonly close: () => Promise<void>;
  /** closes */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Error codes of listening when the address is the cause, not the port. */
const NO_SUCH_HOST: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL']);

/** The error for a host and port that a server cannot listen on. */
export function listenError(error: unknown, host: string, port: number): ConfigurationError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return new ConfigurationError(
    NO_SUCH_HOST.has(code)
      ? `{host}: expected an address of this machine; got ${host} (${code})`
      : `{port}: expected a free port on ${host}; got ${port} (${code}); choose another, or 0 for any free port`,
  );
}

async function bind({ app, options }: Composed): Promise<string> {
  const { host = '127.0.0.1', port = 0 } = options;
  try {
    // for localhost Fastify makes a second server, whose connections close() does not know
    await app.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port });
  } catch (error) {
    await app.close();
    throw listenError(error, host, port);
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
 * Makes a composed operator listen.
 *
 * @param nameOf names of options in log lines
 * @throws ConfigurationError when the port is in use, or the address is not one of this machine
 */
export async function serve(
  composed: Composed,
  nameOf: NameOf = (option) => option,
): Promise<ServedOperator> {
  const { app, states, deployment } = composed;
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
    close,
    ...disposedBy(close),
  };
}
