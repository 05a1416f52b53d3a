/** The report as Markdown, for the comment on a pull request or the summary of a CI job. */
import {
  nameOf,
  type ContractReport,
  type Finding,
  type Outcome,
  type Result,
  type TargetReport,
} from '../spec/results.ts';
import { compareTargets, departingTargets, type Comparison } from './comparison.ts';
import {
  byUrgency,
  commandFor,
  departureParts,
  failed,
  kindOf,
  missing,
  printable,
  reasons,
  remarks,
  requirementsOf,
  targetTitle,
  totalsLine,
  verdict,
  whereOf,
} from './wording.ts';

/** Text without a meaning in Markdown and in the HTML inside it. */
const plain = (text: string): string =>
  printable(text)
    .replace(/[\\`*_[\]<>|#~&]/g, '\\$&')
    .replaceAll('\n', ' ');

/** A code span that holds any text. */
function code(text: string): string {
  const line = printable(text).replaceAll('\n', ' ');
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') || line.trim() === '' ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** In a table a pipe would end the cell even within a code span. */
const cell = (text: string): string => code(text).replaceAll('|', '\\|');

const MARKS: Readonly<Record<Outcome, string>> = {
  passed: 'passed',
  failed: '**failed**',
  skipped: 'skipped',
  incomplete: '*incomplete*',
};

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(head),
  row(head.map(() => '---')),
  ...rows.map(row),
  '',
];

function findingLines(finding: Finding): string[] {
  const { id, says, example, target } = finding;
  return [
    `### ${requirementsOf(finding)} (${kindOf(finding)}): ${plain(says)}`,
    '',
    ...(target === undefined ? [] : [`- target: ${code(target)}`]),
    `- ${code(id)}, ${plain(whereOf(finding))}`,
    ...departureParts.map(([label, member]) => `- ${label}: ${code(example[member])}`),
    `- run again: ${code(commandFor(finding))}`,
    '',
  ];
}

function failureTable(failures: readonly Result[]): string[] {
  if (failures.length === 0) return ['No scenario failed.', ''];
  const rows = failures.map((result) => [
    cell(nameOf(result)),
    `${result.expectedFailure ? 'expected failure' : result.level} ${result.requirement}`,
    cell(result.failure?.expected ?? ''),
    cell(result.failure?.got ?? ''),
  ]);
  return [
    '<details><summary>Failed scenarios</summary>',
    '',
    ...table(['scenario', 'requirement', 'expected', 'got'], rows),
    '</details>',
    '',
  ];
}

function reasonLines({ results }: TargetReport, outcome: 'skipped' | 'incomplete', title: string): string[] {
  const groups = reasons(results, outcome);
  if (groups.length === 0) return [];
  const rows = groups.map((group) => [
    String(group.count),
    plain(group.reason),
    group.scenarios.map(cell).join(', '),
  ]);
  return [
    `<details><summary>${title}</summary>`,
    '',
    ...table(['', 'reason', 'scenarios'], rows),
    '</details>',
    '',
  ];
}

const tally = ({ results }: TargetReport, outcome: Outcome): string =>
  String(results.filter((result) => result.outcome === outcome).length);

function summary(targets: readonly TargetReport[]): string[] {
  const outcomes: readonly Outcome[] = ['passed', 'failed', 'skipped', 'incomplete'];
  return table(
    ['target', ...outcomes],
    targets.map((target) => [
      cell(targetTitle(target)),
      ...outcomes.map((outcome) => tally(target, outcome)),
    ]),
  );
}

function comparisonLines({ targets, unequal }: Comparison): string[] {
  const title = [
    '## Targets compared',
    '',
    ...targets.map((target, index) => `${index + 1}. ${code(target)}`),
    '',
  ];
  if (unequal.length === 0) return [...title, 'Every scenario had the same outcome on all targets.', ''];
  const head = ['scenario', ...targets.map((_, index) => `target ${index + 1}`), 'departs'];
  const rows = unequal.map((one) => [
    cell(one.name),
    ...one.outcomes.map((outcome) => (outcome === undefined ? '' : MARKS[outcome])),
    departingTargets(one),
  ]);
  return [...title, ...table(head, rows)];
}

function missingTable(target: TargetReport): string[] {
  const rows = missing(target).map(({ how, requirements }) => [plain(how), requirements.join(', ')]);
  return rows.length === 0 ? [] : table(['could not be checked without', 'requirements'], rows);
}

function targetLines(target: TargetReport): string[] {
  return [
    `## ${code(targetTitle(target))}`,
    '',
    ...target.head.map((sentence) => `- ${plain(sentence)}`),
    '',
    ...missingTable(target),
    ...failureTable(failed(target.results)),
    ...reasonLines(target, 'incomplete', 'Incomplete'),
    ...reasonLines(target, 'skipped', 'Skipped'),
  ];
}

export function markdownReport(report: ContractReport): string {
  const findings = byUrgency(report.findings);
  return [
    '# UID2 operator contract',
    '',
    `**${plain(verdict(report))}** (${totalsLine(report.totals)})`,
    '',
    ...remarks(report).map((remark) => `- ${plain(remark)}`),
    '',
    ...(findings.length > 0 ? ['## Findings', '', ...findings.flatMap(findingLines)] : []),
    ...summary(report.targets),
    ...(report.targets.length > 1 ? comparisonLines(compareTargets(report)) : []),
    ...report.targets.flatMap(targetLines),
    `${plain(report.tool)}, ${report.startedAt}`,
    '',
  ].join('\n');
}
