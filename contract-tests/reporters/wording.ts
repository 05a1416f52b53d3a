/** The wording that all reports share: names, verdicts, reasons, and text that is safe to show. */
import { isAnswerRule } from '../spec/answer-rules.ts';
import type { Departure } from '../spec/contract-error.ts';
import { listed } from '../spec/listed.ts';
import {
  nameOf,
  type ContractReport,
  type Failure,
  type Finding,
  type Result,
  type TargetReport,
  type Totals,
} from '../spec/results.ts';

const unsafe = new RegExp(
  [
    '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]', // control characters except tab and line feed
    '[\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]', // characters that change the writing direction
    '[\\ufffe\\uffff]',
    '\\p{Surrogate}',
  ].join('|'),
  'gu',
);

/** Writes characters that control a terminal, break XML or change the writing direction as `\u{…}`. */
export const printable = (text: string): string =>
  text.replace(unsafe, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);

/** The parts of a departure, in the order of a report. */
export const departureParts: readonly (readonly [label: string, member: keyof Departure])[] = [
  ['sent', 'sent'],
  ['expected', 'expected'],
  ['got', 'got'],
  ['likely cause', 'likelyCause'],
];

/** The parts of a failure, in the order of a report. */
export const failureParts: readonly (readonly [label: string, member: keyof Failure])[] = [
  ['requirement', 'requirement'],
  ...departureParts,
];

/** Unexpected failures first. */
export const failed = (results: readonly Result[]): Result[] =>
  results
    .filter((result) => result.outcome === 'failed')
    .sort((a, b) => Number(a.expectedFailure) - Number(b.expectedFailure));

const urgency = ({ expected, level }: Finding): number => (expected ? 2 : 0) + (level === 'MUST' ? 0 : 1);

/** Unexpected findings first, and MUST before SHOULD. */
export const byUrgency = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted((a, b) => urgency(a) - urgency(b));

/** `expected failure`, or the finding's level. */
export const kindOf = ({ expected, level }: Pick<Finding, 'expected' | 'level'>): string =>
  expected ? 'expected failure' : level;

/** `R33`, or `R33 and R34` where one cause breaks several. */
export const requirementsOf = ({ requirement, requirements }: Finding): string =>
  listed([requirement, ...requirements.filter((id) => id !== requirement)]);

const FIRST_NAMES = 3;

const isScenario = (name: string): boolean => name.includes('@');

/** `a, b, c and 4 more`. */
function firstOf(names: readonly string[]): string {
  const more = names.length - FIRST_NAMES;
  return more > 1 ? `${names.slice(0, FIRST_NAMES).join(', ')} and ${more} more` : listed(names);
}

/** `3 of 40 answers; in a, b, c and 4 more` for a rule, `3 of 40 scenarios; in …` for scenarios. */
export function whereOf({ id, answers, departed, scenarios }: Finding): string {
  const extent = `${departed} of ${count(answers, isAnswerRule(id) ? 'answer' : 'scenario')}`;
  const names = scenarios.filter(isScenario);
  return `${extent}; ${names.length > 0 ? `in ${firstOf(names)}` : firstOf(scenarios)}`;
}

/** The command that runs a scenario of a finding again: that of its example, or the first in which a rule is broken. */
export function commandFor({ id, scenarios }: Finding, verify = 'uid2-mock verify'): string {
  const scenario = isAnswerRule(id) ? scenarios.find(isScenario)?.split('@')[0] : id;
  return scenario === undefined ? verify : `${verify} --filter ${scenario}`;
}

export const allResults = (report: ContractReport): Result[] =>
  report.targets.flatMap(({ results }) => results);

/** `1 scenario`, `2 scenarios`. */
export const count = (number: number, singular: string, plural = `${singular}s`): string =>
  `${number} ${number === 1 ? singular : plural}`;

const verdicts: Readonly<Record<ContractReport['exitCode'], (report: ContractReport) => string>> = {
  0: ({ findings }) =>
    findings.length === 0 ? 'conformant' : 'conformant: only expected failures or SHOULD',
  1: (report) => `not conformant: ${listed(faults(report))}`,
  2: () => 'nothing was judged: no scenario ran',
  3: ({ totals }) => `incomplete: ${count(totals.incomplete, 'scenario')} could not be judged`,
};

function faults({ findings, staleEntries }: ContractReport): string[] {
  const numberOf = (level: Finding['level']): number =>
    findings.filter((finding) => !finding.expected && finding.level === level).length;
  const must = numberOf('MUST');
  const should = numberOf('SHOULD');
  const stale = staleEntries.length;
  return [
    ...(must > 0 ? [count(must, 'MUST finding')] : []),
    ...(should > 0 ? [count(should, 'SHOULD finding')] : []),
    ...(stale > 0
      ? [`${count(stale, 'entry of the baseline is', 'entries of the baseline are')} stale`]
      : []),
  ];
}

/** The run in a sentence without a full stop. */
export const verdict = (report: ContractReport): string => verdicts[report.exitCode](report);

/** Details of the counts, such as how many findings were expected; empty without any. */
export function remarks({ findings, totals, staleEntries, exitCode, targets }: ContractReport): string[] {
  const unseen = new Set(targets.flatMap(({ notLookedAt }) => notLookedAt.map((one) => one.requirement)))
    .size;
  const expected = findings.filter((finding) => finding.expected).length;
  const should = findings.filter((finding) => finding.level === 'SHOULD' && !finding.expected).length;
  return [
    ...(expected > 0 ? [`${count(expected, 'finding was', 'findings were')} expected by the baseline`] : []),
    ...(should > 0 && exitCode !== 1 ? [`${count(should, 'finding is', 'findings are')} only SHOULD`] : []),
    ...(totals.incomplete > 0 ? [`${totals.incomplete} incomplete`] : []),
    ...(unseen > 0 ? [`${count(unseen, 'requirement')} could not be checked`] : []),
    ...staleEntries.map(
      (entry) =>
        `baseline: ${printable(entry)} is stale: it passes or does not exist; --update-baseline removes it`,
    ),
  ];
}

/** What to give the suite, and the requirements that it can check then. */
export const missing = ({ notLookedAt }: TargetReport): { how: string; requirements: string[] }[] =>
  [...new Set(notLookedAt.map(({ how }) => how))].map((how) => ({
    how,
    requirements: notLookedAt.filter((one) => one.how === how).map(({ requirement }) => requirement),
  }));

/** `3 passed, 0 failed, 1 skipped`. */
export const totalsLine = ({ passed, failed, skipped }: Totals): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

export const targetTitle = ({ target, profile }: TargetReport): string =>
  printable(profile === undefined ? target : `${target} (profile ${profile})`);

interface Reason {
  reason: string;
  /** Names of the scenarios, or `every scenario of v0` for a whole generation. */
  scenarios: string[];
  count: number;
}

/** Results that do not judge the target, by their reason. */
export function reasons(results: readonly Result[], outcome: 'skipped' | 'incomplete'): Reason[] {
  const groups = new Map<string, Result[]>();
  for (const result of results) {
    if (result.outcome !== outcome) continue;
    const reason = printable(result.reason ?? 'no reason was given');
    groups.set(reason, [...(groups.get(reason) ?? []), result]);
  }
  return [...groups].map(([reason, members]) => ({
    reason,
    scenarios: shortened(members, results),
    count: members.length,
  }));
}

function shortened(members: readonly Result[], all: readonly Result[]): string[] {
  const apis = [...new Set(members.map(({ api }) => api))];
  return apis.flatMap((api) => {
    const own = members.filter((result) => result.api === api);
    const ofApi = all.filter((result) => result.api === api);
    return own.length > 1 && own.length === ofApi.length ? [`every scenario of ${api}`] : own.map(nameOf);
  });
}

export const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** Results by theme, which is the first part of a scenario's id, in the order of the run. */
export function byTheme(results: readonly Result[]): Map<string, Result[]> {
  const themes = new Map<string, Result[]>();
  for (const result of results) {
    const theme = result.scenario.split('/')[0] ?? '';
    themes.set(theme, [...(themes.get(theme) ?? []), result]);
  }
  return themes;
}
