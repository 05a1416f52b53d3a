/** The baseline: the scenarios (in one generation or in all) and the rules for every answer that are known to fail. */
import { isAnswerRule } from '../spec/answer-rules.ts';
import type { Api } from '../spec/api.ts';
import type { Finding, Result, RuleTally, TargetReport } from '../spec/results.ts';
import { findingsOf } from './grouping.ts';

export const isExpected = (baseline: readonly string[], id: string, api: Api): boolean =>
  baseline.includes(id) || baseline.includes(`${id}@${api}`);

/** The findings of a run. Expected and unexpected departures are never one finding. */
export function allFindings(
  ofRules: readonly Finding[],
  results: readonly Result[],
  baseline: readonly string[],
): Finding[] {
  const [expected = [], unexpected = []] = [true, false].map((isKnown) =>
    findingsOf(
      ofRules.filter(({ id }) => baseline.includes(id) === isKnown),
      results.filter(({ outcome, expectedFailure }) => outcome !== 'failed' || expectedFailure === isKnown),
    ),
  );
  return [...unexpected, ...expected.map((finding): Finding => ({ ...finding, expected: true }))];
}

/** Marks the tallies of broken rules that the baseline names. */
export const markExpected = (tallies: readonly RuleTally[], baseline: readonly string[]): RuleTally[] =>
  tallies.map((tally) =>
    tally.departed > 0 && baseline.includes(tally.id) ? { ...tally, expected: true } : tally,
  );

/** Entries whose scenario or rule was judged and did not fail, and entries that name neither. */
export function staleEntries(
  baseline: readonly string[],
  scenarioIds: ReadonlySet<string>,
  targets: readonly TargetReport[],
): string[] {
  const results = targets.flatMap((target) => target.results);
  const tallies = targets.flatMap(({ answerRules }) => answerRules);
  return baseline.filter((entry) => {
    if (isAnswerRule(entry)) {
      const own = tallies.filter(({ id }) => id === entry);
      return own.length > 0 && own.every(({ departed }) => departed === 0);
    }
    const [id = '', api] = entry.split('@');
    if (!scenarioIds.has(id)) return true;
    const own = results.filter((one) => one.scenario === id && (api === undefined || one.api === api));
    const had = (outcome: Result['outcome']): boolean => own.some((result) => result.outcome === outcome);
    return had('passed') && !had('failed');
  });
}
