/** Whether a request meets an ordered fault. */

import type { FastifyRequest } from 'fastify';
import type { MetFault, OrderedFault } from '../operator/state/faults.ts';
import { clientOfKey } from './auth.ts';
import type { Route } from './route.ts';

/** Whether a text has the form of a glob, in which `*` stands for any characters. It is matched in one pass. */
function isLike(text: string, glob: string): boolean {
  const [start = '', ...parts] = glob.split('*');
  const end = parts.pop();
  if (end === undefined) return text === glob;
  if (!text.startsWith(start)) return false;
  let from = start.length;
  for (const part of parts) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return text.length >= from + end.length && text.endsWith(end);
}

/** A probe asks this path every few seconds, and must not use up faults that are meant for others. */
const PROBED = '/ops/healthcheck';

function matchesRoute({ route }: OrderedFault, path: string): boolean {
  return route === undefined ? path !== PROBED : isLike(path, route);
}

/** A browser sends preflights by itself: only a fault for OPTIONS is meant for them. */
function matchesMethod(fault: OrderedFault, method: string): boolean {
  return fault.method === undefined ? method !== 'OPTIONS' : fault.method === method;
}

/** Whether a request meets a fault, as far as its head tells. */
export function matchesHead(
  { fault }: MetFault,
  { method, surface, state, raw }: FastifyRequest,
  route: Route | undefined,
): boolean {
  const { client, test_id } = fault;
  return (
    matchesMethod(fault, method) &&
    matchesRoute(fault, route?.path ?? raw.url ?? '') &&
    (test_id === undefined || test_id === state.testId) &&
    (client === undefined || clientOfKey(surface.deployment, raw.headers.authorization)?.name === client)
  );
}
