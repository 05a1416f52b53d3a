/** CORS headers exactly as the operator sends them (Protocol §6.3). No CORS plugin sends this set. */

import type { OutgoingHttpHeaders } from 'node:http';
import type { Facts, Reason } from '../core/reasons.ts';

const ALLOWED_METHODS = 'GET,POST,OPTIONS';
const ALLOWED_HEADERS =
  'X-UID2-Client-Version,Access-Control-Request-Method,Access-Control-Allow-Credentials,' +
  'Access-Control-Allow-Origin,Access-Control-Allow-Headers,Content-Type';

export interface CorsRequest {
  readonly method: string;
  readonly origin: string | undefined;
  readonly requestMethod: string | undefined;
  /** names in `Access-Control-Request-Headers` */
  readonly requestHeaders: string | undefined;
  /** whether the path goes through two CORS handlers and allows `Authorization` */
  readonly doubled: boolean;
}

/** Headers of every answer except that to a preflight. */
export function corsHeaders({ origin, doubled }: CorsRequest): OutgoingHttpHeaders {
  const vary = doubled ? 'origin,origin' : 'origin';
  return origin === undefined ? { vary } : { vary, 'access-control-allow-origin': origin };
}

export const isPreflight = ({ method, origin, requestMethod }: CorsRequest): boolean =>
  method === 'OPTIONS' && origin !== undefined && requestMethod !== undefined;

const allowedHeaders = ({ doubled }: CorsRequest): string =>
  doubled ? `${ALLOWED_HEADERS},Authorization` : ALLOWED_HEADERS;

/** Headers of the 204 to a preflight, whatever it asks for. */
export function preflightHeaders(cors: CorsRequest): OutgoingHttpHeaders {
  return {
    'access-control-allow-origin': cors.origin,
    'access-control-allow-methods': ALLOWED_METHODS,
    'access-control-allow-headers': allowedHeaders(cors),
  };
}

/** Headers that a page may always send. */
const ALWAYS_ALLOWED = ['accept', 'accept-language', 'content-language', 'range'];

/** The reason for the answer to a preflight: a browser sends no request with a header that is not allowed. */
export function preflightReason(cors: CorsRequest): { reason: Reason; facts?: Facts } {
  const allowed = [...ALWAYS_ALLOWED, ...allowedHeaders(cors).toLowerCase().split(',')];
  const asked = (cors.requestHeaders ?? '').split(',').map((name) => name.trim());
  const header = asked.find((name) => name !== '' && !allowed.includes(name.toLowerCase()));
  return header === undefined ? { reason: 'preflight' } : { reason: 'preflight_header', facts: { header } };
}
