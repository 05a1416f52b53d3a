/** The report for a terminal or a log. It is complete without colour. */
import { styleText } from 'node:util';
import {
  nameOf,
  type ContractReport,
  type Finding,
  type Outcome,
  type Result,
  type TargetReport,
} from '../spec/results.ts';
import { compareTargets, type Comparison } from './comparison.ts';
import {
  byUrgency,
  commandFor,
  count,
  failed,
  missing,
  failureParts,
  printable,
  reasons,
  remarks,
  requirementsOf,
  targetTitle,
  totalsLine,
  verdict,
  whereOf,
} from './wording.ts';

interface ConsoleOptions {
  colour?: boolean;
  /** Leaves out skipped scenarios and requirements that could not be checked. */
  quiet?: boolean;
  /** Every failed scenario with its details, and the names of all that were skipped. */
  verbose?: boolean;
  /** The command line of this run without `--filter`, to run a finding again. */
  command?: string;
  /** Columns; lists of names are broken there. */
  width?: number;
}

type Style = Parameters<typeof styleText>[0];

const WIDTH = 110;
const LABEL = 14;

const painter =
  (colour: boolean) =>
  (style: Style, text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;

type Paint = ReturnType<typeof painter>;

const indent = (text: string, columns: number): string => text.replaceAll('\n', `\n${' '.repeat(columns)}`);

const marked = (isExpected: boolean, paint: Paint): string =>
  isExpected ? paint('yellow', 'expected failure') : paint(['red', 'bold'], 'FAILED');

const part = (label: string, text: string, paint: Paint): string =>
  `    ${paint('dim', label.padEnd(LABEL))}${indent(printable(text), 4 + LABEL)}`;

/** Five lines; line feeds inside a text are escaped. */
function findingLines(finding: Finding, paint: Paint, command: string | undefined): string[] {
  const { level, says, example, expected = false } = finding;
  const { sent, expected: wanted, got, likelyCause } = example;
  const line = (label: string, text: string): string => part(label, text.replaceAll('\n', '\\n'), paint);
  return [
    `  ${marked(expected, paint)}  ${level} ${requirementsOf(finding)}  ${paint('bold', says)} (${whereOf(finding)})`,
    line('sent', sent),
    line('expected', wanted),
    line('got', got),
    line('likely cause', `${likelyCause}; run again: ${commandFor(finding, command)}`),
    '',
  ];
}

function failureLines(result: Result, paint: Paint): string[] {
  const { failure, level, requirement, expectedFailure } = result;
  const title = `  ${marked(expectedFailure, paint)}  ${paint('bold', nameOf(result))}  ${level} ${requirement}`;
  if (!failure) return [title];
  return [title, ...failureParts.map(([label, member]) => part(label, failure[member], paint)), ''];
}

function wrapped(names: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const name of names) {
    if (line !== '' && line.length + name.length + 8 > width) {
      lines.push(`${line},`);
      line = '';
    }
    line = line === '' ? name : `${line}, ${name}`;
  }
  return [...lines, line].map((text) => `      ${text}`);
}

function reasonLines(
  results: readonly Result[],
  outcome: 'skipped' | 'incomplete',
  title: string,
  { verbose = false, width = WIDTH }: ConsoleOptions,
): string[] {
  const groups = reasons(results, outcome);
  if (groups.length === 0) return [];
  const lines = groups.flatMap((group) => [
    `    ${String(group.count).padStart(3)}  ${group.reason}`,
    ...(verbose ? wrapped(group.scenarios, width) : []),
  ]);
  return [`  ${title}`, ...lines, ''];
}

/** One line for each thing that was not given. */
function missingLines(target: TargetReport): string[] {
  const lines = missing(target).map(({ how, requirements }) => `    ${requirements.join(', ')}: give ${how}`);
  return lines.length === 0 ? [] : ['  Requirements that could not be checked', ...lines, ''];
}

function targetLines(target: TargetReport, paint: Paint, options: ConsoleOptions): string[] {
  const { results, findings } = target;
  const failures = options.verbose ? failed(results) : [];
  return [
    `${paint('bold', targetTitle(target))}: ${count(results.length, 'scenario')}`,
    ...target.head.map((sentence) => `  ${printable(sentence)}`),
    '',
    ...byUrgency(findings).flatMap((finding) => findingLines(finding, paint, options.command)),
    ...(failures.length > 0 ? ['  Failed scenarios', ''] : []),
    ...failures.flatMap((result) => failureLines(result, paint)),
    ...reasonLines(results, 'incomplete', 'Incomplete', options),
    ...(options.quiet ? [] : reasonLines(results, 'skipped', 'Skipped', options)),
    ...(options.quiet ? [] : missingLines(target)),
  ];
}

const MARKS: Readonly<Record<Outcome, string>> = {
  passed: 'ok',
  failed: 'FAILED',
  skipped: '-',
  incomplete: '?',
};

/** Only scenarios with different outcomes; the failures have the details. */
function comparisonLines({ targets, unequal }: Comparison, paint: Paint): string[] {
  const width = Math.max(8, ...unequal.map(({ name }) => name.length)) + 2;
  const row = (name: string, cells: readonly string[]): string =>
    `  ${name.padEnd(width)}${cells.map((cell) => cell.padEnd(8)).join('')}`.trimEnd();
  const head = row('scenario', [...targets.map((_, index) => `[${index + 1}]`), 'departs']);
  const rows = unequal.map((one) => {
    const outcomes = one.outcomes.map((outcome) => (outcome === undefined ? '' : MARKS[outcome]));
    return row(one.name, [...outcomes, one.departs.map(({ target }) => `[${target + 1}]`).join(' ')]);
  });
  return [
    paint('bold', 'Targets compared'),
    ...targets.map((target, index) => `  [${index + 1}] ${printable(target)}`),
    '',
    ...(rows.length === 0 ? ['  every scenario had the same outcome on all targets'] : [head, ...rows]),
    '',
  ];
}

/** Ends with `N passed, N failed, N skipped`, without a line feed. */
export function consoleReport(report: ContractReport, options: ConsoleOptions = {}): string {
  const paint = painter(options.colour ?? false);
  const colour: Style = report.exitCode === 0 ? 'green' : report.exitCode === 1 ? 'red' : 'yellow';
  return [
    ...report.targets.flatMap((target) => targetLines(target, paint, options)),
    ...(report.targets.length > 1 ? comparisonLines(compareTargets(report), paint) : []),
    paint([colour, 'bold'], verdict(report)),
    ...remarks(report),
    totalsLine(report.totals),
  ].join('\n');
}

/** One line for a terminal, which replaces the one before: progress, failures, the last scenario. */
export function progressLine(results: readonly Result[], total: number, width: number): string {
  const last = results.at(-1);
  const failures = failed(results).length;
  const text = `${results.length}/${total}${failures > 0 ? `, ${failures} failed` : ''}  ${last ? nameOf(last) : ''}`;
  return text.slice(0, Math.max(width - 1, 0));
}
