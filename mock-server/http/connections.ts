/**
 * The end of a server's connections. A connection is busy while a request that came whole is not answered. Once the
 * server closes, a connection that is not busy has a grace period to end by itself, and then it is cut.
 */

import type { IncomingMessage, Server } from 'node:http';

type Socket = IncomingMessage['socket'];

/** Grace period for open connections at shutdown, in ms. */
const GRACE_MS = 2000;

export interface Connections {
  /** A request came whole: its connection is busy. */
  begin(request: IncomingMessage): void;
  /** The request is answered. */
  end(request: IncomingMessage): void;
  /** Runs `then` once the connection is not busy: now, or behind the last answer. */
  whenIdle(socket: Socket, then: () => void): void;
  /** Starts the shutdown: cuts what is idle at once, and the rest when its grace period is over. */
  drain(): void;
}

export function trackConnections(server: Server): Connections {
  const open = new Set<Socket>();
  const busy = new Map<Socket, number>();
  const waiting = new Map<Socket, () => void>();
  let isDraining = false;

  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      busy.delete(socket);
      waiting.delete(socket);
    });
  });

  const cutAfterGrace = (sockets: Iterable<Socket>): void => {
    const cut = setTimeout(() => {
      for (const socket of sockets) if (!busy.has(socket)) socket.destroy();
    }, GRACE_MS);
    cut.unref();
  };

  return {
    begin({ socket }) {
      busy.set(socket, (busy.get(socket) ?? 0) + 1);
    },
    end({ socket }) {
      const left = (busy.get(socket) ?? 0) - 1;
      if (left > 0) busy.set(socket, left);
      else {
        busy.delete(socket);
        waiting.get(socket)?.();
      }
      if (isDraining) cutAfterGrace([socket]);
    },
    whenIdle(socket, then) {
      if (busy.has(socket)) waiting.set(socket, then);
      else then();
    },
    drain() {
      isDraining = true;
      server.closeIdleConnections();
      cutAfterGrace(open);
    },
  };
}
