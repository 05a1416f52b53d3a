/** The baseline: what is known to fail, by scenario (in one generation or in all) or by rule for every answer. */
import { isAnswerRule } from '../spec/answer-rules.ts';
import type { Api } from '../spec/api.ts';
import type { Finding, Result, RuleTally, TargetReport } from '../spec/results.ts';
import { findingsOf } from './grouping.ts';

export const isExpected = (baseline: readonly string[], id: string, api: Api): boolean =>
  baseline.includes(id) || baseline.includes(`${id}@${api}`);

/** The findings of a run. Expected failures are findings of their own. */
export function allFindings(
  ofRules: readonly Finding[],
  results: readonly Result[],
  baseline: readonly string[],
): Finding[] {
  const [known, news] = [true, false].map((isKnown) =>
    findingsOf(
      ofRules.filter(({ id }) => baseline.includes(id) === isKnown),
      results.filter(({ outcome, expectedFailure }) => outcome !== 'failed' || expectedFailure === isKnown),
    ),
  );
  return [...(news ?? []), ...(known ?? []).map((finding): Finding => ({ ...finding, expected: true }))];
}

/** The tallies of rules, with those marked that the baseline names. */
export const markExpected = (tallies: readonly RuleTally[], baseline: readonly string[]): RuleTally[] =>
  tallies.map((tally) =>
    tally.departed > 0 && baseline.includes(tally.id) ? { ...tally, expected: true } : tally,
  );

/** Entries that did not fail although they were judged, and those of no scenario and no rule. */
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
