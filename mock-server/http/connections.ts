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

interface Connection {
  /** to its latest request */
  response: ServerResponse | undefined;
  /** its complete requests that are not answered */
  readonly working: IncomingMessage[];
  /** what to do once it is not busy */
  whenIdle: (() => void) | undefined;
}

const isBusy = (connection: Connection | undefined): connection is Connection =>
  connection !== undefined && connection.working.length > 0;

export function trackConnections(server: Server, delay = delayed): Connections {
  // Requests are listed by connection. A set of all of them would be made anew every few requests, and each former set,
  // once it is old, keeps the next one and its requests alive until all memory is collected.
  const open = new Map<Socket, Connection>();
  let isDraining = false;

  const cutAfterGrace = (socket: Socket): void => {
    const keep = delay(() => {
      if (!isBusy(open.get(socket))) socket.destroy();
    }, GRACE_MS);
    socket.once('close', keep);
  };

  server.on('connection', (socket) => {
    open.set(socket, { response: undefined, working: [], whenIdle: undefined });
    if (isDraining) cutAfterGrace(socket);
    socket.once('close', () => {
      open.delete(socket);
    });
  });
  server.prependListener('request', (request, response) => {
    const connection = open.get(request.socket);
    if (connection !== undefined) connection.response = response;
  });
  // Node's own function, which close() calls too, cuts off an answer that is written but not yet sent
  server.closeIdleConnections = () => {
    for (const [socket, { response }] of open) if (response?.writableFinished === true) socket.destroy();
  };

  return {
    begin(request) {
      open.get(request.socket)?.working.push(request);
    },
    end(request) {
      const { socket } = request;
      const connection = open.get(socket);
      if (connection === undefined) return;
      const { working, whenIdle } = connection;
      const place = working.indexOf(request);
      if (place >= 0) working.splice(place, 1);
      if (working.length === 0) whenIdle?.();
      if (isDraining) cutAfterGrace(socket);
    },
    whenIdle(socket, then) {
      const connection = open.get(socket);
      if (isBusy(connection)) connection.whenIdle = then;
      else then();
    },
    isLast: (request) => isDraining && open.get(request.socket)?.response?.req === request,
    drain() {
      isDraining = true;
      server.closeIdleConnections();
      for (const socket of open.keys()) cutAfterGrace(socket);
    },
  };
}
