/** Whether an identity is opted out: test identities, and recorded opt-outs (Protocol §1.4, §8.2). */

import type { TestIdentityKind } from '../core/test-identities.ts';

/** Whether generate and map refuse an identity. */
export function isOptedOut(kind: TestIdentityKind | undefined, since: number | undefined): boolean {
  return kind === undefined ? since !== undefined : kind === 'optout';
}

/**
 * Whether a refresh ends in an opt-out. `established` (ms) is given where only newer opt-outs count, so that
 * logging in again starts a new chain (S21).
 */
export function endsChain(
  kind: TestIdentityKind | undefined,
  since: number | undefined,
  established: number | undefined,
): boolean {
  if (kind !== undefined) return kind !== 'validate';
  return since !== undefined && (established === undefined || since >= established);
}
