/**
 * Requests that wait because a fault says so: for a time, or until the client gives up. A shutdown ends the waits.
 */

import type { IncomingMessage } from 'node:http';
import { realTimers } from '../operator/real-timers.ts';
import { whenGone } from './gone.ts';

export interface Waits {
  /** Resolves after a time in ms, or when the connection closes or the server shuts down. */
  pause(request: IncomingMessage, ms: number): Promise<void>;
  /** Keeps the connection open without an answer until the client closes it or the server shuts down. */
  hang(request: IncomingMessage): void;
  /** Ends all waits, present and later ones. */
  end(): void;
}

export function createWaits(): Waits {
  /** what ends each wait */
  const waiting = new Set<() => void>();
  let isOver = false;

  /** Notes a wait. Returns what ends it, which calls `done` the first time. */
  function wait(request: IncomingMessage, done: () => void): () => void {
    let forget = (): void => undefined;
    const end = (): void => {
      if (!waiting.delete(end)) return;
      forget();
      done();
    };
    waiting.add(end);
    // the server would cut a silent connection
    request.socket.setTimeout(0);
    if (isOver) end();
    else forget = whenGone(request, end);
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
      for (const end of [...waiting]) end();
    },
  };
}
