/** Which endpoint was meant by a path that no endpoint has (Protocol §6.4). */

import type { Facts, Reason } from '../core/reasons.ts';

const VERSION = /^\/v\d+(?=\/)/;

const withoutVersion = (path: string): string => path.replace(VERSION, '');

/** The reason for the 404 of a normalised path. */
export function pathFault(path: string, known: readonly string[]): { reason: Reason; facts: Facts } {
  const meant = (reason: Reason, test: (candidate: string) => boolean) => {
    const found = known.find(test);
    return found === undefined ? undefined : { reason, facts: { path: found } };
  };
  const lower = path.toLowerCase();
  return (
    meant('path_case', (one) => one === lower) ??
    meant('path_repeated', (one) => lower !== one && withoutVersion(lower) === one && VERSION.test(one)) ??
    meant('path_version', (one) => withoutVersion(one) === withoutVersion(lower)) ?? {
      reason: 'path_unknown',
      facts: {},
    }
  );
}
