/**
 * The report as JUnit XML, valid against the schema of Ant's JUnit task and that of Jenkins: two test suites per
 * target. In the first a test case is a scenario in one generation, in the second a rule that holds for every answer.
 * Incomplete is an error; an expected failure counts as skipped.
 */
import { answerRuleList, type AnswerRule } from '../spec/answer-rules.ts';
import type { Level } from '../spec/api.ts';
import type { Departure } from '../spec/contract-error.ts';
import { requirement } from '../spec/requirements.ts';
import {
  nameOf,
  type ContractReport,
  type Result,
  type RuleTally,
  type TargetReport,
} from '../spec/results.ts';
import { count, departureParts, failureParts, printable, seconds, targetTitle, verdict } from './wording.ts';

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

interface TestCase {
  element: Element;
  /** As XML. */
  text: string;
  durationMs: number;
}

function details({ failure }: Result): string {
  if (!failure) return '';
  return failureParts.map(([label, member]) => `${label}: ${failure[member]}`).join('\n');
}

const messageOf = ({ expected, got }: Departure): string => `expected ${expected}; got ${got}`;

const failureElement = (message: string, type: string, content: string): string =>
  `<failure${attributes({ message, type })}>${text(content)}</failure>`;

function ending(result: Result): string {
  const element = elementOf(result);
  const { failure, level, reason = 'no reason was given' } = result;
  if (element === undefined) return '';
  if (element === 'error') return `<error${attributes({ message: reason, type: 'incomplete' })}></error>`;
  if (element === 'failure')
    return failureElement(failure ? messageOf(failure) : 'failed', level, details(result));
  const message =
    result.outcome === 'failed' ? `expected failure: got ${failure?.got ?? 'a failure'}` : reason;
  return `<skipped${attributes({ message })}/>`;
}

function scenarioCase(result: Result): TestCase {
  const { participant, description, durationMs } = result;
  const known = {
    name: `${nameOf(result)}: ${description} (${result.requirement})`,
    classname: `${participant}.${result.scenario.split('/')[0] ?? ''}`,
    time: seconds(durationMs),
  };
  const xml = `    <testcase${attributes(known)}>${ending(result)}</testcase>`;
  return { element: elementOf(result), text: xml, durationMs };
}

function ruleEnding(level: Level, { answers, departed, example, expected }: RuleTally): string {
  if (example === undefined) return '';
  const message = `in ${departed} of ${count(answers, 'answer')}: ${messageOf(example)}`;
  if (expected) return `<skipped${attributes({ message: `expected failure ${message}` })}/>`;
  const parts = departureParts.map(([label, member]) => `${label}: ${example[member]}`);
  return failureElement(message, level, parts.join('\n'));
}

function ruleCase({ id, says, requirement: of }: AnswerRule, tally: RuleTally): TestCase {
  const known = {
    name: `${id}: ${says} (${of})`,
    classname: `answers.${id.split('/')[0] ?? ''}`,
    time: seconds(0),
  };
  const xml = `    <testcase${attributes(known)}>${ruleEnding(requirement(of).level, tally)}</testcase>`;
  const element = tally.departed === 0 ? undefined : tally.expected ? 'skipped' : 'failure';
  return { element, text: xml, durationMs: 0 };
}

function testSuite(
  name: string,
  cases: readonly TestCase[],
  { target, profile = 'unknown' }: TargetReport,
  report: ContractReport,
): (id: number) => string {
  const total = (element: Element): number => cases.filter((one) => one.element === element).length;
  const known = {
    name,
    // The schema allows no time zone; it is UTC.
    timestamp: report.startedAt.slice(0, 19),
    hostname: 'localhost',
    tests: cases.length,
    failures: total('failure'),
    errors: total('error'),
    skipped: total('skipped'),
    time: seconds(cases.reduce((sum, { durationMs }) => sum + durationMs, 0)),
  };
  const properties = Object.entries({ tool: report.tool, target, profile });
  return (id) =>
    [
      `  <testsuite${attributes({ package: 'uid2.contract', id, ...known })}>`,
      '    <properties>',
      ...properties.map(([key, value]) => `      <property${attributes({ name: key, value })}/>`),
      '    </properties>',
      ...cases.map((one) => one.text),
      `    <system-out>${text(verdict(report))}</system-out>`,
      '    <system-err></system-err>',
      '  </testsuite>',
    ].join('\n');
}

function suitesOf(target: TargetReport, report: ContractReport): ((id: number) => string)[] {
  const title = targetTitle(target);
  const tallies = new Map(target.answerRules.map((tally) => [tally.id, tally]));
  const cases = answerRuleList.flatMap((rule) => {
    const tally = tallies.get(rule.id);
    return tally ? [ruleCase(rule, tally)] : [];
  });
  return [
    testSuite(title, target.results.map(scenarioCase), target, report),
    ...(cases.length > 0 ? [testSuite(`every answer of ${title}`, cases, target, report)] : []),
  ];
}

export function junitReport(report: ContractReport): string {
  const suites = report.targets.flatMap((target) => suitesOf(target, report));
  const texts = suites.map((suite, id) => suite(id));
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...texts, '</testsuites>', ''].join('\n');
}
