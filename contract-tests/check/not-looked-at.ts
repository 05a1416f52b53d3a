/** The requirements that a run could not check, because the suite was not given what they need. */
import { needs } from '../spec/needs.ts';
import type { NotLookedAt, Result } from '../spec/results.ts';

/** The requirements that no scenario judged, one entry for each requirement and need. */
export function findNotLookedAt(results: readonly Result[]): NotLookedAt[] {
  const isJudged = ({ outcome }: Result): boolean => outcome === 'passed' || outcome === 'failed';
  const judged = new Set(results.filter(isJudged).map(({ requirement }) => requirement));
  const found = new Map<string, NotLookedAt>();
  for (const { requirement, needs: need, reason = '' } of results) {
    if (need === undefined || judged.has(requirement)) continue;
    const name = `${requirement} ${need}`;
    if (!found.has(name)) found.set(name, { requirement, reason, how: needs[need] });
  }
  return [...found.values()];
}
