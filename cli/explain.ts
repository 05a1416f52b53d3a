/** What `uid2-mock verify --explain ID` prints: the requirement of an id, and what checks it. */

import {
  PARTICIPANT_ROLE,
  answerRules,
  requirements,
  scenarios,
  type AnswerRule,
  type Scenario,
} from '../contract-tests/index.ts';
import { ConfigurationError, didYouMean } from '../mock-server/options.ts';

/** A title and rows in aligned columns; nothing without rows. */
function section(title: string, rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const widthOf = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const padded = rows.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widthOf(column)))).join('  '),
  );
  return ['', title, ...padded.map((line) => `  ${line}`)];
}

const isSealed = ({ apis }: Scenario): boolean => apis.includes('v2') || apis.includes('v3');

/** What the suite needs in order to check a requirement. */
function needRows(own: readonly Scenario[], rules: readonly AnswerRule[]): string[][] {
  const participants = [...new Set(own.map(({ participant }) => participant))];
  const rows = participants.map((participant) => {
    const sealed = own.some((scenario) => scenario.participant === participant && isSealed(scenario));
    const secret = sealed ? ', and its client secret for v2 and v3' : '';
    return [participant, `a key with the role ${PARTICIPANT_ROLE[participant]}${secret}`];
  });
  return rules.length === 0 ? rows : [...rows, ['rules', 'the answers to any scenario']];
}

/** The end of an error about an unknown id: the nearest known id. */
function suggestion(id: string): string {
  const [, letter, number] = /^([RS])(\d+)$/i.exec(id) ?? [];
  if (letter === undefined) {
    const known = [...requirements, ...scenarios, ...answerRules].map((one) => one.id);
    return didYouMean(id, known) || '; see --list';
  }
  const distance = (other: string): number => Math.abs(Number(other.slice(1)) - Number(number));
  const ids = requirements.map((one) => one.id).filter((one) => one.startsWith(letter.toUpperCase()));
  return `; did you mean ${ids.sort((a, b) => distance(a) - distance(b))[0] ?? ''}?`;
}

/** @throws ConfigurationError for an unknown id */
export function explain(id: string): string {
  const scenario = scenarios.find((one) => one.id === id);
  const rule = answerRules.find((one) => one.id === id);
  const wanted = (scenario ?? rule)?.requirement ?? id.toUpperCase();
  const found = requirements.find((requirement) => requirement.id === wanted);
  if (!found) {
    throw new ConfigurationError(
      `--explain: expected the id of a requirement, a scenario or a rule; got ${id}${suggestion(id)}`,
    );
  }
  const own = scenarios.filter(({ requirement }) => requirement === found.id);
  const rules = answerRules.filter(({ requirement }) => requirement === found.id);
  const checks = own.map(({ id: name, apis, description }) => [name, apis.join(' '), description]);
  const about = scenario?.description ?? rule?.says;
  return [
    ...(about === undefined ? [] : [`${id}: ${about}`, '']),
    `${found.id}  ${found.level}  ${found.area}  Protocol §${found.section}`,
    found.text,
    ...section('Scenarios', checks),
    ...section(
      'Rules for every answer',
      rules.map(({ id: name, says }) => [name, says]),
    ),
    ...section('What to give', needRows(own, rules)),
    '',
  ].join('\n');
}
