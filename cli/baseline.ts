/**
 * The file of expected failures. Each line has a `scenario-id`, a `scenario-id@api` or the id of a rule for every answer;
 * `#` starts a comment, also after an entry. What an entry names may fail; an entry is stale if that passes.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ContractReport, Finding, Result, RuleTally } from '../contract-tests/index.ts';
import { ConfigurationError } from '../mock-server/options.ts';

const ENTRY = /^[a-z0-9-]+(?:\/[a-z0-9.-]+)+(?:@v[0-3])?$/;

export interface Baseline {
  readonly file: string;
  readonly lines: readonly string[];
  readonly entries: readonly string[];
}

const entryOf = (line: string): string => line.replace(/#.*/, '').trim();

/**
 * @param mayBeNew whether a missing file counts as an empty one
 * @throws ConfigurationError for a file that cannot be read, and for a line that is no entry
 */
export function readBaseline(file: string, mayBeNew: boolean): Baseline {
  const lines = readLines(file, mayBeNew);
  lines.forEach((line, index) => {
    const entry = entryOf(line);
    if (entry !== '' && !ENTRY.test(entry)) {
      throw new ConfigurationError(
        `--expected-failures: expected scenario-id, scenario-id@api or rule-id in line ${index + 1} of ${file}; got ${entry}`,
      );
    }
  });
  return { file, lines, entries: lines.map(entryOf).filter((entry) => entry !== '') };
}

function readLines(file: string, mayBeNew: boolean): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split(/\r?\n/);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (code === 'ENOENT' && mayBeNew) return [];
    throw new ConfigurationError(
      `--expected-failures: expected a file that can be read; got ${file} (${code})${code === 'ENOENT' ? '; --update-baseline creates it' : ''}`,
    );
  }
}

const nameOf = ({ scenario, api }: Result): string => `${scenario}@${api}`;

const isBroken = ({ departed }: RuleTally): boolean => departed > 0;

/** The new text: without stale entries, with the failures of this run; comments and all other entries stay. */
export function updateBaseline(baseline: Baseline, report: ContractReport): string {
  const kept = baseline.lines.filter((line) => !report.staleEntries.includes(entryOf(line)));
  const known = new Set(kept.map(entryOf));
  const failures = report.targets
    .flatMap(({ results }) => results)
    .filter((result) => result.outcome === 'failed' && !known.has(result.scenario))
    .map(nameOf);
  const rules = report.targets.flatMap(({ answerRules }) => answerRules).filter(isBroken);
  const added = [...new Set([...rules.map(({ id }) => id), ...failures])]
    .filter((name) => !known.has(name))
    .sort();
  return [...kept, ...added].map((line) => `${line}\n`).join('');
}

/** The report after an update of the baseline: all findings are expected, nothing is stale. */
export function acceptFailures(report: ContractReport): ContractReport {
  const accept = (result: Result): Result => ({ ...result, expectedFailure: result.outcome === 'failed' });
  const expect = (finding: Finding): Finding => ({ ...finding, expected: true });
  return {
    ...report,
    findings: report.findings.map(expect),
    targets: report.targets.map((target) => ({
      ...target,
      results: target.results.map(accept),
      findings: target.findings.map(expect),
      answerRules: target.answerRules.map((rule) => (isBroken(rule) ? { ...rule, expected: true } : rule)),
    })),
    totals: { ...report.totals, stale: 0 },
    staleEntries: [],
    exitCode: 0,
  };
}

/** @throws ConfigurationError, naming `flag`, when the file cannot be written */
export function writeText(flag: string, file: string, text: string): void {
  try {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new ConfigurationError(`${flag}: expected a file that can be written; got ${file} (${code})`);
  }
}
