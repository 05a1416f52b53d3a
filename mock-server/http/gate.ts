/**
 * What is answered before any route runs (Protocol §6.3, §6.4): malformed targets, CORS refusals and preflights,
 * unknown paths, wrong methods.
 */

import { type CorsRequest, isPreflight } from './cors.ts';
import { type Answer, type Route, contentTypes, textAnswer } from './route.ts';

const NOT_FOUND: Answer = {
  http: 404,
  type: contentTypes.html,
  body: '<html><body><h1>Resource not found</h1></body></html>',
};

const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;

export const badRequest: Answer = textAnswer('Bad Request', 400);
export const tooLong: Answer = textAnswer('Request Too Long', 413);

/** Whether a request target holds a percent sign that escapes nothing. */
export const isMalformed = (target: string): boolean => target.includes('%') && BAD_ESCAPE.test(target);

/** The methods of each path, in the order in which `allow` names them. */
export function methodsByPath(routes: readonly Route[]): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const { path, method } of routes) methods.set(path, [...(methods.get(path) ?? []), method]);
  return methods;
}

/** The answer to a request no route takes: 405 where the path serves other methods, else 404. A HEAD learns only that. */
export function answerUnrouted(
  method: string,
  allowed: readonly string[] | undefined,
): Answer & { allow?: string } {
  if (method === 'HEAD') return textAnswer('', allowed === undefined ? 404 : 405);
  if (allowed === undefined) return NOT_FOUND;
  return { ...textAnswer('', 405), allow: allowed.join(',') };
}

/** 403 to an empty Origin, 204 to a preflight; undefined for every other request. */
export function answerCors(cors: CorsRequest): Answer | undefined {
  if (cors.origin === '') return textAnswer('Forbidden', 403);
  return isPreflight(cors) ? textAnswer('', 204) : undefined;
}
