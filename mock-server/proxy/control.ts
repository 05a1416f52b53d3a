/** `/__admin` of a proxy: the calls of the journal, on connections that are handed over when such a call comes. */

import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import type { AdminApp } from '../admin/app.ts';
import type { Controlled } from '../admin/calls/call.ts';
import type { GuardOptions } from '../admin/guard.ts';

/** The calls that a proxy serves: it has no clock, faults or opt-outs of its own. */
const SERVED: ReadonlySet<string> = new Set(['/health', '/requests', '/requests/:id', '/requests/stream']);

const noConnections = { begin: () => undefined, end: () => undefined };

export interface Control {
  /** Answers the calls on a connection, the first of which begins with these bytes. */
  take(client: Socket, bytes: Buffer): void;
  close(): Promise<void>;
}

/** @param ready resolves when what passed before a call is in the journal */
export function controlOf(controlled: Controlled, guard: GuardOptions, ready: () => Promise<void>): Control {
  const serves = (path: string): boolean => SERVED.has(path);
  const load = async (): Promise<AdminApp> => {
    const { createAdminApp } = await import('../admin/app.ts');
    return createAdminApp({ ...controlled, guard, serves, testIdOf: () => '', connections: noConnections });
  };
  let loaded: Promise<AdminApp> | undefined;
  const server = createServer((request, response) => {
    // the next request on the connection may be one for the target
    response.shouldKeepAlive = false;
    loaded ??= load();
    void Promise.all([loaded, ready()]).then(([app]) => {
      app.handle(request, response);
    });
  });
  return {
    take(client, bytes) {
      client.unshift(bytes);
      server.emit('connection', client);
      client.resume();
    },
    close: async () => (await loaded)?.close(),
  };
}
