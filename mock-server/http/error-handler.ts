/** Whatever a use case throws becomes an answer here, and only here. */

import { OperatorError } from '../core/operator-error.ts';
import { badRequest, internalError } from './gate.ts';
import type { Replies } from './replies.ts';
import { type Answer, type Route, jsonAnswer, textAnswer } from './route.ts';

/** Errors that are the operator's own failure: the route decides how they read. */
const FAILURES: ReadonlySet<string> = new Set(['unknown', 'list_broken', 'refresh_token_malformed']);

function failure(route: Route): Answer {
  return route.failure === undefined
    ? internalError
    : jsonAnswer({ message: route.failure, status: 'unknown' }, 500);
}

/**
 * The answer to an error.
 *
 * @param report told of errors that no rule of the protocol names
 */
export function answerError(
  error: unknown,
  route: Route,
  replies: Replies,
  report: (error: unknown) => void,
): Answer {
  if (!(error instanceof OperatorError)) {
    report(error);
    return failure(route);
  }
  if (FAILURES.has(error.code)) return failure(route);
  if (error.code === 'query_broken') return route.failsOnBrokenQuery === true ? failure(route) : badRequest;
  if (error.code === 'charset_unknown') return internalError;
  if (error.code === 'unauthorized' && route.unauthorized === 'text') return textAnswer('Unauthorized', 401);
  const { http, status, message } = replies[error.code];
  if (message === undefined) return jsonAnswer({ status }, http);
  return jsonAnswer({ message: message.replace('{detail}', () => error.detail), status }, http);
}
