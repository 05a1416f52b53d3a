/** State as entries that rebuild it in an empty replica. */

import type { Entry } from './changes.ts';
import type { Replica, ScopeState } from './replica.ts';

const OPT_OUTS_AT_ONCE = 500;

/** All of a state but its opt-outs. */
function smallPart(testId: string, { usedAt, clock, faults }: ScopeState): Entry[] {
  const entries: Entry[] = [];
  if (testId !== '') entries.push({ testId, wall: usedAt, change: { of: 'test', how: 'use' } });
  if (clock) {
    entries.push({ testId, wall: usedAt, change: { of: 'clock', how: 'restore', setting: clock } });
  }
  if (faults.size > 0)
    entries.push({ testId, wall: usedAt, change: { of: 'faults', ...faults.restoring() } });
  return entries;
}

/**
 * The entries of a snapshot. What changes by steps, such as a clock, is taken at once. Opt-outs may be many, so they are
 * read while the entries are taken, and may be newer: a change of opt-outs can be applied a second time, so a replica
 * that applies the entries since the call after these ends in the same state.
 */
export function snapshotOf(replica: Replica): Iterable<Entry> {
  const scopes: [string, ScopeState][] = [['', replica.common], ...replica.tests];
  const { world } = replica;
  const small: Entry[] = scopes.flatMap(([testId, scope]) => smallPart(testId, scope));
  if (world !== undefined) small.push({ testId: '', wall: 0, change: { of: 'world', world } });
  return withOptOuts(small, scopes);
}

function* withOptOuts(
  small: readonly Entry[],
  scopes: readonly [string, ScopeState][],
): Generator<Entry, void> {
  yield* small;
  for (const [testId, { optOuts, usedAt }] of scopes) {
    for (const change of optOuts.changes(OPT_OUTS_AT_ONCE)) {
      yield { testId, wall: usedAt, change: { of: 'optouts', ...change } };
    }
  }
}
