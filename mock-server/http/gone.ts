/** Tells when the client of a request is gone. */

import type { IncomingMessage } from 'node:http';

type Socket = IncomingMessage['socket'];

/** What to do when a connection closes: it may have many requests in its pipeline, and Node tells only the first. */
const waiting = new WeakMap<Socket, Set<() => void>>();

function actsOf(socket: Socket): Set<() => void> {
  const known = waiting.get(socket);
  if (known !== undefined) return known;
  const acts = new Set<() => void>();
  waiting.set(socket, acts);
  socket.once('close', () => {
    for (const act of acts) act();
  });
  return acts;
}

/** Calls a function when the connection of a request is closed; at once if it is. Returns what cancels that. */
export function whenGone({ socket }: IncomingMessage, act: () => void): () => void {
  if (socket.destroyed) {
    act();
    return () => undefined;
  }
  const acts = actsOf(socket);
  acts.add(act);
  return () => {
    acts.delete(act);
  };
}
