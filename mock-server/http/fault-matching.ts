/** Whether a request meets an ordered fault. */

import type { FastifyRequest } from 'fastify';
import { matchesGlob } from '../core/glob.ts';
import type { MetFault, OrderedFault } from '../operator/state/faults.ts';
import { clientOfKey } from './auth.ts';
import type { Route } from './route.ts';

/** A probe asks this path every few seconds, and must not use up faults that are meant for others. */
const PROBED = '/ops/healthcheck';

function matchesRoute({ route }: OrderedFault, path: string): boolean {
  return route === undefined ? path !== PROBED : matchesGlob(path, route);
}

/** A browser sends preflights by itself: only a fault for OPTIONS is meant for them. */
function matchesMethod(fault: OrderedFault, method: string): boolean {
  return fault.method === undefined ? method !== 'OPTIONS' : fault.method === method;
}

/** Whether a request meets a fault, as far as its head tells. */
export function matchesHead(
  { fault }: MetFault,
  { method, surface, state, raw, routed }: FastifyRequest,
  route: Route | undefined,
): boolean {
  const { client, test_id } = fault;
  return (
    matchesMethod(fault, method) &&
    matchesRoute(fault, route?.path ?? routed) &&
    (test_id === undefined || test_id === state.testId) &&
    (client === undefined || clientOfKey(surface.deployment, raw.headers.authorization)?.name === client)
  );
}
