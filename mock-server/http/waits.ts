/**
 * Requests that wait because a fault says so: for a time, or until the client gives up. A shutdown ends the waits.
 */

import type { IncomingMessage } from 'node:http';
import { realTimers } from '../operator/real-timers.ts';

type Socket = IncomingMessage['socket'];

export interface Waits {
  /** Resolves after a time in ms, or when the connection closes or the server shuts down. */
  pause(request: IncomingMessage, ms: number): Promise<void>;
  /** Keeps the connection open without an answer until the client closes it or the server shuts down. */
  hang(request: IncomingMessage): void;
  /** Ends all waits, present and later ones. */
  end(): void;
}

export function createWaits(): Waits {
  /** what ends the waits of each connection: one may have several requests in its pipeline */
  const waiting = new Map<Socket, Set<() => void>>();
  let isOver = false;

  function waitsOf(socket: Socket): Set<() => void> {
    const known = waiting.get(socket);
    if (known !== undefined) return known;
    const ends = new Set<() => void>();
    waiting.set(socket, ends);
    socket.once('close', () => {
      waiting.delete(socket);
      for (const end of ends) end();
    });
    return ends;
  }

  /** Notes a wait. Returns what ends it, which calls `done` the first time. */
  function wait({ socket }: IncomingMessage, done: () => void): () => void {
    const ends = waitsOf(socket);
    const end = (): void => {
      if (ends.delete(end)) done();
    };
    ends.add(end);
    // the server would cut a silent connection
    socket.setTimeout(0);
    if (isOver || socket.destroyed) end();
    return end;
  }

  return {
    pause: (request, ms) =>
      new Promise((resolve) => {
        const timer = realTimers.setTimeout(() => {
          end();
        }, ms);
        const end = wait(request, () => {
          realTimers.clearTimeout(timer);
          resolve();
        });
      }),
    hang(request) {
      wait(request, () => request.socket.destroy());
    },
    end() {
      isOver = true;
      for (const ends of [...waiting.values()]) for (const end of [...ends]) end();
    },
  };
}
