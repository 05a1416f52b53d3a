/** Converts the errors of use cases to answers. No other place does. */

import { OperatorError } from '../core/operator-error.ts';
import { type Exchange, explain } from '../operator/exchange.ts';
import { badRequest, internalError } from './gate.ts';
import type { Replies } from './replies.ts';
import { type Answer, type Route, jsonAnswer, textAnswer } from './route.ts';

/** Codes of internal errors of the operator. The route decides their wording. */
const FAILURES: ReadonlySet<string> = new Set(['unknown', 'list_broken', 'refresh_token_malformed']);

function failure(route: Route): Answer {
  return route.failure === undefined
    ? textAnswer('Internal Server Error', 500)
    : jsonAnswer({ message: route.failure, status: 'unknown' }, 500);
}

/**
 * The answer to an error.
 *
 * @param exchange gets the reason
 */
export function answerError(error: unknown, route: Route, replies: Replies, exchange: Exchange): Answer {
  if (!(error instanceof OperatorError)) {
    explain(exchange, 'failed', { message: messageOf(error) });
    return failure(route);
  }
  explain(exchange, error.reason, error.facts);
  if (FAILURES.has(error.code)) return failure(route);
  if (error.code === 'query_broken')
    return route.failsOnBrokenQuery === true ? failure(route) : badRequest('query_escape');
  if (error.code === 'charset_unknown') return internalError('charset_unknown');
  if (error.code === 'unauthorized' && route.unauthorized === 'text') return textAnswer('Unauthorized', 401);
  const { http, status, message } = replies[error.code];
  if (message === undefined) return jsonAnswer({ status }, http);
  return jsonAnswer({ message: fillMessage(message, error), status }, http);
}

/** Fills a message with facts of the error or text of the request. */
const fillMessage = (message: string, { facts, quoted }: OperatorError): string =>
  message.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'quoted' ? quoted : String(facts[name] ?? ''),
  );

/** The message of anything thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'unknown error';
