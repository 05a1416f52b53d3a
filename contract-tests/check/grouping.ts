/** Failed scenarios as findings: those with one cause are one. */
import { requirement } from '../spec/requirements.ts';
import type { Finding, Result } from '../spec/results.ts';

const nameOf = ({ scenario, api }: Result): string => `${scenario}@${api}`;

/** What differs between two answers with the same fault: identifiers, numbers and shortened values. */
const masked = (text: string): string =>
  text
    .replace(/[^\s"{}[\],:]*…[^\s"{}[\],:]*( \(\d+ characters\))?/g, '…')
    .replace(/"[^"\s]*@[^"\s]*"/g, '"…"')
    .replace(/\b\d+\b/g, (number) => (number.length === 3 ? number : '#'));

/** Failures are of one cause when they have one of these in common. */
function marksOf({ requirement: of, failure }: Result): string[] {
  if (!failure) return [of];
  return [`requirement ${of}`, `answer ${masked(failure.expected)} / ${masked(failure.got)}`];
}

/** One finding for each group of failures that have a mark in common, directly or through others. */
export function findingsOf(results: readonly Result[]): Finding[] {
  const failures = results.filter(({ outcome }) => outcome === 'failed');
  const groups: { marks: Set<string>; members: Result[] }[] = [];
  for (const failure of failures) {
    const marks = new Set(marksOf(failure));
    const joined = groups.filter((group) => [...marks].some((mark) => group.marks.has(mark)));
    for (const { marks: others } of joined) for (const mark of others) marks.add(mark);
    const members = [...joined.flatMap((group) => group.members), failure];
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push({ marks, members });
  }
  return groups.flatMap(({ members }) => {
    const order = new Map(failures.map((failure, index) => [failure, index]));
    members.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
    const [first] = members;
    if (!first?.failure) return [];
    const { sent, expected, got, likelyCause } = first.failure;
    const of = new Set(members.map((member) => member.requirement));
    const judged = results.filter(
      ({ outcome, requirement: one }) => of.has(one) && (outcome === 'passed' || outcome === 'failed'),
    );
    return [
      {
        id: first.scenario,
        requirement: first.requirement,
        level: members.some(({ level }) => level === 'MUST') ? ('MUST' as const) : ('SHOULD' as const),
        says: requirement(first.requirement).text,
        answers: judged.length,
        departed: members.length,
        example: { sent, expected, got, likelyCause },
        scenarios: members.map(nameOf),
      },
    ];
  });
}
