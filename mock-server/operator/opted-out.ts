/** Whether an identity is opted out, by its kind of test identity or a recorded opt-out (Protocol §1.4, §8.2). */

import type { TestIdentityKind } from '../core/test-identities.ts';

/** Whether generate and map refuse an identity; `since` is the time of its opt-out. */
export function isOptedOut(kind: TestIdentityKind | undefined, since: number | undefined): boolean {
  return kind === undefined ? since !== undefined : kind === 'optout';
}

/**
 * Whether an opt-out ends a refresh chain. With `established` (ms) only later opt-outs count, so that a login after an
 * opt-out begins a new chain (S21).
 */
export function endsChain(
  kind: TestIdentityKind | undefined,
  since: number | undefined,
  established: number | undefined,
): boolean {
  if (kind !== undefined) return kind !== 'validate';
  return since !== undefined && (established === undefined || since >= established);
}
