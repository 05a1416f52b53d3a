/**
 * The report as JUnit XML, valid against the schema of Ant's JUnit task and that of Jenkins: a test suite per target, a
 * test case per scenario and generation. Incomplete is an error; an expected failure counts as skipped.
 */
import type { ContractReport, Result, TargetReport } from '../spec/results.ts';
import { failureParts, nameOf, printable, seconds, targetTitle, verdict } from './wording.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // Kept in attributes, where a parser would make spaces of them.
  '\n': '&#10;',
  '\t': '&#9;',
};

const text = (value: string): string => printable(value).replace(/[&<>]/g, (found) => ENTITIES[found] ?? '');
const attribute = (value: string): string =>
  printable(value).replace(/[&<>"\n\t]/g, (found) => ENTITIES[found] ?? '');

const attributes = (members: Readonly<Record<string, string | number>>): string =>
  Object.entries(members)
    .map(([name, value]) => ` ${name}="${attribute(String(value))}"`)
    .join('');

type Element = 'failure' | 'error' | 'skipped' | undefined;

function elementOf({ outcome, expectedFailure }: Result): Element {
  if (outcome === 'failed') return expectedFailure ? 'skipped' : 'failure';
  if (outcome === 'incomplete') return 'error';
  return outcome === 'skipped' ? 'skipped' : undefined;
}

function details({ failure }: Result): string {
  if (!failure) return '';
  return failureParts.map(([label, member]) => `${label}: ${failure[member]}`).join('\n');
}

function ending(result: Result): string {
  const element = elementOf(result);
  const { failure, level, reason = 'no reason was given' } = result;
  if (element === undefined) return '';
  if (element === 'error') return `<error${attributes({ message: reason, type: 'incomplete' })}></error>`;
  if (element === 'failure') {
    const message = failure ? `expected ${failure.expected}; got ${failure.got}` : 'failed';
    return `<failure${attributes({ message, type: level })}>${text(details(result))}</failure>`;
  }
  const message =
    result.outcome === 'failed' ? `expected failure: got ${failure?.got ?? 'a failure'}` : reason;
  return `<skipped${attributes({ message })}/>`;
}

function testCase(result: Result): string {
  const { participant, requirement, description } = result;
  const known = {
    name: `${nameOf(result)}: ${description} (${requirement})`,
    classname: `${participant}.${result.scenario.split('/')[0] ?? ''}`,
    time: seconds(result.durationMs),
  };
  return `    <testcase${attributes(known)}>${ending(result)}</testcase>`;
}

function testSuite(target: TargetReport, id: number, report: ContractReport): string {
  const { results } = target;
  const total = (element: Element): number =>
    results.filter((result) => elementOf(result) === element).length;
  const known = {
    package: 'uid2.contract',
    id,
    name: targetTitle(target),
    // The schema allows no time zone; it is UTC.
    timestamp: report.startedAt.slice(0, 19),
    hostname: 'localhost',
    tests: results.length,
    failures: total('failure'),
    errors: total('error'),
    skipped: total('skipped'),
    time: seconds(results.reduce((sum, { durationMs }) => sum + durationMs, 0)),
  };
  const properties = Object.entries({
    tool: report.tool,
    target: target.target,
    profile: target.profile ?? 'unknown',
  });
  return [
    `  <testsuite${attributes(known)}>`,
    '    <properties>',
    ...properties.map(([name, value]) => `      <property${attributes({ name, value })}/>`),
    '    </properties>',
    ...results.map(testCase),
    `    <system-out>${text(verdict(report))}</system-out>`,
    '    <system-err></system-err>',
    '  </testsuite>',
  ].join('\n');
}

export function junitReport(report: ContractReport): string {
  const suites = report.targets.map((target, index) => testSuite(target, index, report));
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...suites, '</testsuites>', ''].join(
    '\n',
  );
}
