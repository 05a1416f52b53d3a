/**
 * The answers before any route runs (Protocol §6.3, §6.4), in this order: invalid hosts and targets, invalid queries,
 * CORS refusals and preflights, invalid paths, unknown paths, wrong methods.
 */

import type { Reason } from '../core/reasons.ts';
import { type CorsRequest, isPreflight, preflightReason } from './cors.ts';
import { isValidHost } from './host.ts';
import { isBrokenPath } from './paths.ts';
import { isBrokenQuery } from './query.ts';
import { type Answer, contentTypes, textAnswer } from './route.ts';

const NOT_FOUND: Answer = {
  http: 404,
  type: contentTypes.html,
  body: '<html><body><h1>Resource not found</h1></body></html>',
  reason: 'path_unknown',
};

const INVALID_ORIGIN = 'CORS Rejected - Invalid origin';

export const badRequest = (reason: Reason): Answer => textAnswer('Bad Request', 400, reason);
export const internalError = (reason: Reason): Answer => textAnswer('Internal Server Error', 500, reason);
export const expectationFailed: Answer = textAnswer('Expectation Failed', 417, 'expectation_unknown');
export const tooLong = (limit: number): Answer => ({
  ...textAnswer('Request Too Long', 413, 'body_too_long', { limit }),
  phrase: 'Request Entity Too Large',
});

/** What the operator checks before any handler. */
interface Arrival {
  readonly path: string;
  readonly query: string;
  /** the first `Host` header */
  readonly host: string | undefined;
  /** false for HTTP/1.0, which has no `Host` header */
  readonly needsHost: boolean;
  /** whether a header names the client's version; if not, the operator reads the query for it */
  readonly namesVersion: boolean;
}

function refusalOf({ path, query, host, needsHost, namesVersion }: Arrival): Answer | undefined {
  if (needsHost && !isValidHost(host)) return badRequest(host === undefined ? 'host_absent' : 'host_invalid');
  if (path === '') return badRequest('target_empty');
  if (!path.startsWith('/')) return textAnswer('Not Found', 404, 'target_form');
  return !namesVersion && isBrokenQuery(query) ? badRequest('query_escape') : undefined;
}

/**
 * The refusal of a host, target or query. If the path is invalid too, it is a 500, because the operator cannot log the
 * path.
 */
export function answerArrival(arrival: Arrival): Answer | undefined {
  const refusal = refusalOf(arrival);
  return refusal && isBrokenPath(arrival.path) ? internalError('path_escape') : refusal;
}

/**
 * The answer to a request that no route takes: 405 where the path serves other methods, else 404. A HEAD gets only the
 * status.
 */
export function answerUnrouted(
  method: string,
  allowed: readonly string[] | undefined,
): Answer & { allow?: string } {
  if (allowed === undefined) return method === 'HEAD' ? textAnswer('', 404, 'path_unknown') : NOT_FOUND;
  const refusal = textAnswer('', 405, 'method_wrong', { method, allowed: allowed.join(' or ') });
  return method === 'HEAD' ? refusal : { ...refusal, allow: allowed.join(',') };
}

/** Any text is a valid origin, unless it is empty or has the line end NEL, the only one that a header may contain. */
const isValidOrigin = (origin: string): boolean => origin !== '' && !origin.includes('\u0085');

/** 403 for an invalid origin, 204 for a preflight; undefined for any other request. */
export function answerCors(cors: CorsRequest): Answer | undefined {
  if (cors.origin !== undefined && !isValidOrigin(cors.origin)) {
    const reason = cors.origin === '' ? 'origin_empty' : 'origin_invalid';
    return { ...textAnswer('Forbidden', 403, reason), phrase: INVALID_ORIGIN };
  }
  if (!isPreflight(cors)) return undefined;
  return { ...textAnswer('', 204), ...preflightReason(cors) };
}

/** The refusal of a request with an invalid path: a 500 that keeps the phrase. */
export const failedRefusal = ({ phrase = '', ...answer }: Answer): Answer => ({
  ...answer,
  http: 500,
  body: phrase,
  phrase,
});
