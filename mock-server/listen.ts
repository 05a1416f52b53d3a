/** Makes a composed operator listen, and returns its API. */

import type { AddressInfo } from 'node:net';
import type { Composed } from './compose.ts';
import { type IdentifierKind, identifierKinds } from './core/identifier.ts';
import { locateNamed } from './operator/identity.ts';
import { optOutOf } from './operator/opt-out.ts';
import type { Deployment } from './operator/deployment.ts';
import type { ProfileName } from './operator/profile.ts';
import { epochMs } from './operator/state/clock.ts';
import type { World } from './operator/world/schema.ts';
import { ConfigurationError, type NameOf, sentenceOf } from './options.ts';

/** Epoch ms, ISO 8601 text or Date. */
export type Time = number | string | Date;

/** An API key, the secret of its envelopes (base64, 32 bytes) and the roles of its client. */
export interface Credential {
  readonly name: string;
  readonly site_id: number;
  readonly roles: readonly string[];
  readonly key: string;
  readonly secret: string;
}

/** What a browser or app needs for client-side generation. */
export interface ClientSideKeypair {
  readonly subscription_id: string;
  readonly public_key: string;
  readonly site_id: number;
  /** of the site: its pages may generate tokens */
  readonly domain_names: readonly string[];
  /** of the site: these apps may generate tokens */
  readonly app_names: readonly string[];
}

/** Exactly one of the four, in the form a request would carry it. */
export type Identifier = Partial<Record<IdentifierKind, string>>;

/** An opt-out to be recorded. */
export interface OptOutRequest extends Identifier {
  /** when the user opted out; now, by the operator's clock, if absent */
  readonly at?: Time;
}

/** An opt-out in force. */
export interface RecordedOptOut {
  /** base64 */
  readonly first_level_hash: string;
  /** base64, as optout/status finds it */
  readonly raw_uid: string;
  /** ms */
  readonly at: number;
}

export interface MockOperator extends AsyncDisposable {
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
  /** the data it runs with, in the format of a world file */
  readonly world: World;
  /** one clock for issuing and checking; a write resolves when every request sees it */
  readonly clock: {
    /** ms */
    readonly now: () => number;
    /** freezes the clock */
    readonly set: (time: Time) => Promise<void>;
    /** moves the clock by ms, whether it runs or is frozen */
    readonly advance: (ms: number) => Promise<void>;
    /** lets a frozen clock run on */
    readonly resume: () => Promise<void>;
  };
  /** opt-outs; a write resolves when every request sees it */
  readonly optOuts: {
    readonly add: (optOuts: OptOutRequest | readonly OptOutRequest[]) => Promise<void>;
    readonly remove: (identifier: Identifier) => Promise<void>;
    readonly list: () => Promise<readonly RecordedOptOut[]>;
    /** removes every opt-out, those of the world too */
    readonly clear: () => Promise<void>;
  };
  /** resets the clock and the opt-outs to their state at the start */
  reset(): Promise<void>;
  /** stops listening; answers complete requests, and cuts other connections within two seconds */
  close(): Promise<void>;
  /** closes */
  [Symbol.asyncDispose](): Promise<void>;
}

function msOf(name: string, time: Time): number {
  const ms = epochMs(time);
  if (ms === undefined) {
    throw new RangeError(`${name}: expected epoch ms or an ISO 8601 date; got ${String(time)}`);
  }
  return ms;
}

function clockOf({ state: { clock } }: Composed): MockOperator['clock'] {
  return {
    now: () => clock.now(),
    set: async (time) => clock.set(msOf('clock.set', time)),
    async advance(ms) {
      // the clock stays within what a Date can hold
      if (typeof ms !== 'number' || epochMs(clock.now() + ms) === undefined) {
        throw new RangeError(`clock.advance: expected a number of ms; got ${String(ms)}`);
      }
      return clock.advance(ms);
    },
    resume: () => clock.resume(),
  };
}

function locatedBy(deployment: Deployment, identifier: Identifier) {
  const named = identifier ?? {};
  const given = identifierKinds.filter((kind) => named[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    throw new TypeError(
      `optOuts: expected exactly one of ${identifierKinds.join(', ')}; got ${given.join(', ') || 'none'}`,
    );
  }
  const located =
    typeof named[kind] === 'string' ? locateNamed(deployment, { [kind]: named[kind] }) : undefined;
  if (located === undefined) throw new TypeError(`optOuts: expected a valid ${kind}; got an invalid one`);
  return located;
}

const isList = (given: OptOutRequest | readonly OptOutRequest[]): given is readonly OptOutRequest[] =>
  Array.isArray(given);

function optOutsOf({ state, deployment }: Composed): MockOperator['optOuts'] {
  return {
    async add(given) {
      const [present, now] = [deployment(), state.clock.now()];
      // all are checked before the first is added
      const optOuts = (isList(given) ? given : [given]).map((request) => {
        const located = locatedBy(present, request);
        return optOutOf(present, located, request.at === undefined ? now : msOf('optOuts: at', request.at));
      });
      for (const optOut of optOuts) await state.optOuts.add(optOut);
    },
    async remove(identifier) {
      await state.optOuts.remove(locatedBy(deployment(), identifier).flh);
    },
    list: async () =>
      state.optOuts
        .list(deployment().optOuts)
        .map(({ flh, rawUid, since }) => ({ first_level_hash: flh, raw_uid: rawUid, at: since })),
    clear: () => state.optOuts.clear(),
  };
}

function keypairsOf({ client_side_keypairs: keypairs, sites }: World): ClientSideKeypair[] {
  const siteById = new Map(sites.map((site) => [site.id, site]));
  return keypairs
    .filter(({ disabled }) => !disabled)
    .map(({ subscription_id, public_key, site_id }) => {
      const { domain_names = [], app_names = [] } = siteById.get(site_id) ?? {};
      return { subscription_id, public_key, site_id, domain_names, app_names };
    });
}

function credentialsOf({ clients }: World): Credential[] {
  return clients
    .filter(({ disabled }) => !disabled)
    .map(({ name, site_id, roles, key, secret }) => ({ name, site_id, roles: [...roles], key, secret }));
}

/** The credential of a client with this role alone, else of any client with the role. */
export function findCredential(role: string, credentials: readonly Credential[]): Credential | undefined {
  return (
    credentials.find(({ roles }) => roles.length === 1 && roles[0] === role) ??
    credentials.find(({ roles }) => roles.includes(role))
  );
}

function credentialFor(role: string, credentials: readonly Credential[]): Credential {
  const found = findCredential(role, credentials);
  if (found) return found;
  const known = [...new Set(credentials.flatMap(({ roles }) => roles))];
  throw new RangeError(`credentialFor: expected a role of this world, ${known.join(', ')}; got ${role}`);
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
  const { app, state, deployment } = composed;
  const url = await bind(composed);
  const stopWatching = await watch(composed, nameOf);
  const close = (): Promise<void> => {
    stopWatching();
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
    get world() {
      return deployment().world;
    },
    clock: clockOf(composed),
    optOuts: optOutsOf(composed),
    async reset() {
      await state.clock.reset();
      await state.optOuts.reset();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
