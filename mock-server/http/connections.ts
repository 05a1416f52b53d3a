/**
 * Closes the connections of a server at shutdown. A connection is busy while a complete request on it is not answered.
 * Once the server closes, a connection that is not busy has a grace period to end by itself, and then it is cut.
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { realTimers } from '../operator/real-timers.ts';

type Socket = IncomingMessage['socket'];

/** Grace period for open connections at shutdown, in ms. */
const GRACE_MS = 2000;

/** Does something after a time in ms. Returns what cancels it. */
export type Delay = (act: () => void, ms: number) => () => void;

const delayed: Delay = (act, ms) => {
  const timer = realTimers.setTimeout(act, ms);
  return () => {
    realTimers.clearTimeout(timer);
  };
};

export interface Connections {
  /** A request is complete: its connection is busy. */
  begin(request: IncomingMessage): void;
  /** The request is answered. */
  end(request: IncomingMessage): void;
  /** Runs `then` once the connection is not busy: at once, or after the last answer. */
  whenIdle(socket: Socket, then: () => void): void;
  /** Whether the answer to a request has to be the last of its connection. */
  isLast(request: IncomingMessage): boolean;
  /** Starts the shutdown: cuts idle connections at once, and the others after their grace period. */
  drain(): void;
}

export function trackConnections(server: Server, delay = delayed): Connections {
  /** open connections, with the response to the latest request of each */
  const open = new Map<Socket, ServerResponse | undefined>();
  /** complete requests that are not answered */
  const working = new Set<IncomingMessage>();
  const waiting = new Map<Socket, () => void>();
  let isDraining = false;

  const isBusy = (socket: Socket): boolean => [...working].some((request) => request.socket === socket);

  const cutAfterGrace = (socket: Socket): void => {
    const keep = delay(() => {
      if (!isBusy(socket)) socket.destroy();
    }, GRACE_MS);
    socket.once('close', keep);
  };

  server.on('connection', (socket) => {
    open.set(socket, undefined);
    if (isDraining) cutAfterGrace(socket);
    socket.once('close', () => {
      open.delete(socket);
      waiting.delete(socket);
    });
  });
  server.prependListener('request', (request, response) => {
    open.set(request.socket, response);
  });
  // Node's own function, which close() calls too, cuts off an answer that is written but not yet sent
  server.closeIdleConnections = () => {
    for (const [socket, response] of open) if (response?.writableFinished === true) socket.destroy();
  };

  return {
    begin(request) {
      working.add(request);
    },
    end(request) {
      const { socket } = request;
      working.delete(request);
      if (waiting.has(socket) && !isBusy(socket)) waiting.get(socket)?.();
      if (isDraining && open.has(socket)) cutAfterGrace(socket);
    },
    whenIdle(socket, then) {
      if (isBusy(socket)) waiting.set(socket, then);
      else then();
    },
    isLast: (request) => isDraining && open.get(request.socket)?.req === request,
    drain() {
      isDraining = true;
      server.closeIdleConnections();
      for (const socket of open.keys()) cutAfterGrace(socket);
    },
  };
}
