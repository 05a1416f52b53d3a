/** A proxy in front of an operator: passes every byte on and back, and explains in a journal what passed. */

import { type Socket, createServer, connect as connectTcp, isIP } from 'node:net';
import type { AddressInfo } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { causesOf } from '../operator/journal/causes.ts';
import { Journals } from '../operator/journal/journals.ts';
import { type Masker, maskerOf } from '../operator/journal/masking.ts';
import { detailOf } from '../operator/journal/shown.ts';
import { type ProfileName, profiles } from '../operator/profile.ts';
import type { Log } from '../options.ts';
import { listenError } from '../serve.ts';
import { type KnownClient, clientWorld, scopeOf } from './client-world.ts';
import { Connection } from './connection.ts';
import { type Control, controlOf } from './control.ts';
import { Observer } from './observer.ts';
import { ReferenceMock } from './reference-mock.ts';

export { profileNames } from '../operator/profile.ts';

export interface ProxyOptions {
  /** origin of the operator */
  readonly target: URL;
  readonly host?: string;
  /** 0 for any free port */
  readonly port: number;
  readonly clients: readonly KnownClient[];
  /** path or object of a world of the mock; one is made of the clients if absent */
  readonly world?: unknown;
  readonly profile: ProfileName;
  /** whether the answers of the target are compared with those of the mock */
  readonly compares: boolean;
  readonly adminToken?: string | undefined;
  readonly allowedHosts?: readonly string[];
  readonly log: Log;
  /** called with every exchange as the journal shows it */
  readonly save?: ((detail: object) => void) | undefined;
}

interface Proxy {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Exchanges that the journal keeps. */
const ENTRIES = 1000;

/** Makes connections to the target. A certificate is always checked. */
function connectorTo({ protocol, hostname, port }: URL): () => Socket {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol === 'http:') {
    return () => connectTcp({ host, port: Number(port || 80), allowHalfOpen: true });
  }
  const servername = isIP(host) === 0 ? host : '';
  const options = {
    host,
    port: Number(port || 443),
    servername,
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: true,
    allowHalfOpen: true,
  };
  return () => connectTls(options);
}

async function openReferenceMock({ world, clients, profile }: ProxyOptions): Promise<ReferenceMock> {
  const own = world ?? clientWorld(clients, Date.now(), profiles[profile].keyBuckets);
  const scope = world === undefined ? scopeOf(clients) : undefined;
  return ReferenceMock.open({ world: own, profile, ...(scope && { scope }) });
}

function listen(server: ReturnType<typeof createServer>, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(listenError(error, host, port));
    });
    server.listen(port, host, () => {
      const { port: bound } = server.address() as AddressInfo;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${bound}`);
    });
  });
}

/** A function that saves the newest exchange of the journal, as the journal shows it. */
function saver({ save }: ProxyOptions, mock: ReferenceMock, journals: Journals): () => void {
  if (save === undefined) return () => undefined;
  const deployment = mock.composed.deployment();
  const masker: Masker = maskerOf(deployment.world, false);
  return () => {
    const entry = journals.of('').find(journals.lastId);
    if (entry !== undefined) save(detailOf(entry, deployment, masker, causesOf));
  };
}

/** A server that does not listen yet, and what cuts its connections. */
function serverOf(target: URL, observer: Observer, control: Control) {
  const open = new Set<Socket>();
  const connect = connectorTo(target);
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const forget = (): void => void open.delete(client);
    open.add(client);
    client.once('close', forget);
    new Connection(client, {
      host: target.host,
      connect,
      observe: (passed) => {
        observer.observe(passed);
      },
      control(taken, bytes) {
        taken.once('close', forget);
        control.take(taken, bytes);
      },
    });
  });
  const destroyAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  return { server, destroyAll };
}

/**
 * Starts a proxy; it listens when the promise resolves.
 *
 * @throws ConfigurationError when the port is in use, or the world and the profile cannot work
 */
export async function serveProxy(options: ProxyOptions): Promise<Proxy> {
  const { target, host = '127.0.0.1', port, compares, adminToken, allowedHosts = [], log } = options;
  const mock = await openReferenceMock(options);
  const journals = new Journals(ENTRIES, false, mock.composed.states.replica);
  const recorded = saver(options, mock, journals);
  const knowsOptOuts = options.world !== undefined;
  const observer = new Observer({
    target: target.origin,
    mock,
    journals,
    compares,
    knowsOptOuts,
    log,
    recorded,
  });
  const control = controlOf(
    { ...mock.composed.controlled, journals },
    { token: adminToken, allowedHosts },
    () => observer.settled(),
  );
  const { server, destroyAll } = serverOf(target, observer, control);
  try {
    const url = await listen(server, host, port);
    return {
      url,
      async close() {
        journals.close();
        const closed = new Promise((resolve) => server.close(resolve));
        destroyAll();
        await closed;
        await observer.settled();
        await control.close();
        await mock.close();
      },
    };
  } catch (error) {
    await mock.close();
    throw error;
  }
}
