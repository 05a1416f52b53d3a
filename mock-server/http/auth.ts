/** Finds the client of an Authorization header (Protocol §6.1). */

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { OperatorError } from '../core/operator-error.ts';
import type { Client } from '../operator/world/directory.ts';
import type { Deployment } from '../operator/deployment.ts';
import { authFault } from './auth-faults.ts';
import type { Route } from './route.ts';

const SCHEME = 'bearer ';
export const TRACE_ID = 'x-amzn-trace-id';

/** The API key of a header value; undefined when it is not in the form that the operator reads. */
export function apiKey(header: string | undefined): string | undefined {
  const value = header?.trim() ?? '';
  return value.slice(0, SCHEME.length).toLowerCase() === SCHEME ? value.slice(SCHEME.length) : undefined;
}

/** The client whose API key a header value holds, whatever it may do. */
export function clientOfKey(deployment: Deployment, header: string | undefined): Client | undefined {
  const key = apiKey(header);
  return key === undefined ? undefined : deployment.directory.clients.get(key);
}

/** All values of each header of a request. */
type AllHeaders = Readonly<NodeJS.Dict<string[]>>;

/**
 * The client of a request.
 *
 * @param header the first `Authorization` header
 * @param allHeaders called only when the request is refused
 * @throws OperatorError `unauthorized` for a missing or unknown key, a disabled client, or a client without a role of
 *   the route
 */
export function authenticate(
  deployment: Deployment,
  route: Route,
  header: string | undefined,
  allHeaders: () => AllHeaders = () => ({ authorization: header === undefined ? undefined : [header] }),
): Client | undefined {
  if (route.auth === 'none') return undefined;
  const client = clientOfKey(deployment, header);
  if (route.auth === 'optional') return client;
  if (client === undefined || client.disabled || !route.roles.some((role) => client.roles.has(role))) {
    throw new OperatorError(
      'unauthorized',
      ...authFault(deployment, route, allHeaders(), apiKey(header), client),
    );
  }
  return client;
}

/** The headers that an answer repeats from its request: the trace id, on routes with authentication. */
export function echoedHeaders({ auth }: Route, headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const traceId = headers[TRACE_ID];
  return auth === 'none' || !traceId ? {} : { [TRACE_ID]: traceId };
}
