/** Guesses which endpoint an unknown path means (Protocol §6.4). */

import type { Fault, Reason } from '../core/reasons.ts';

const VERSION = /^\/v\d+(?=\/)/;
/** Shorter paths could match the end of another path by accident. */
const SHORTEST = 8;

const withoutVersion = (path: string): string => path.replace(VERSION, '');

/** In order: the first that matches an endpoint is the reason. */
const faults: readonly (readonly [reason: Reason, isMeant: (path: string, endpoint: string) => boolean])[] = [
  ['path_case', (path, endpoint) => path === endpoint],
  ['path_repeated', (path, endpoint) => VERSION.test(endpoint) && withoutVersion(path) === endpoint],
  [
    'path_prefixed',
    (path, endpoint) => endpoint.length >= SHORTEST && VERSION.test(endpoint) && path.endsWith(endpoint),
  ],
  ['path_version', (path, endpoint) => withoutVersion(path) === withoutVersion(endpoint)],
  ['path_prefixed', (path, endpoint) => endpoint.length >= SHORTEST && path.endsWith(endpoint)],
];

/**
 * The reason for the 404 of a normalised path.
 *
 * @param known paths of the endpoints, newer versions after older ones
 */
export function pathFault(path: string, known: readonly string[]): Fault {
  const small = path.toLowerCase();
  for (const [reason, isMeant] of faults) {
    const endpoint = known.findLast((one) => isMeant(small, one));
    if (endpoint !== undefined) return [reason, { path: endpoint }];
  }
  return ['path_unknown'];
}
