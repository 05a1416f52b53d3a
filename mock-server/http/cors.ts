/** CORS headers, exactly the operator's (Protocol §6.3); no CORS plugin answers with this set. */

import type { OutgoingHttpHeaders } from 'node:http';

const ALLOWED_METHODS = 'GET,POST,OPTIONS';
const ALLOWED_HEADERS =
  'X-UID2-Client-Version,Access-Control-Request-Method,Access-Control-Allow-Credentials,' +
  'Access-Control-Allow-Origin,Access-Control-Allow-Headers,Content-Type';

export interface CorsRequest {
  readonly method: string;
  readonly origin: string | undefined;
  readonly requestMethod: string | undefined;
  /** whether the path goes through two CORS handlers and allows `Authorization` */
  readonly doubled: boolean;
}

/** Headers of any answer that is not to a preflight. */
export function corsHeaders({ origin, doubled }: CorsRequest): OutgoingHttpHeaders {
  const vary = doubled ? 'origin,origin' : 'origin';
  return origin === undefined ? { vary } : { vary, 'access-control-allow-origin': origin };
}

export const isPreflight = ({ method, origin, requestMethod }: CorsRequest): boolean =>
  method === 'OPTIONS' && origin !== undefined && requestMethod !== undefined;

/** Headers of the 204 to a preflight, whatever it asks for. */
export function preflightHeaders({ origin, doubled }: CorsRequest): OutgoingHttpHeaders {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': ALLOWED_METHODS,
    'access-control-allow-headers': doubled ? `${ALLOWED_HEADERS},Authorization` : ALLOWED_HEADERS,
  };
}
