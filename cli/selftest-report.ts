/** What `uid2-mock selftest` prints: the list of mutants, and which of them the contract suite noticed. */

import { type Mutant, areas } from '../mutants/index.ts';
import { type FalseAlarm, type Fate, type Verdict, stageName } from './selftest-run.ts';

export const mutantList = (mutants: readonly Mutant[]): string =>
  mutants
    .map(({ id, requirement, on, description }) => {
      const stage = on ? ` (${stageName(on)})` : '';
      return `${id.padEnd(42)} ${requirement.padEnd(4)} ${description}${stage}\n`;
    })
    .join('');

const byNumber = (a: string, b: string): number =>
  a.charAt(0) === b.charAt(0) ? Number(a.slice(1)) - Number(b.slice(1)) : b.localeCompare(a);

/** X: a check of the mutant's own requirement notices it; o: a check of this row's requirement does; `.`: none does, or none ran. */
function cell({ mutant, noticedBy }: Verdict, requirement: string): string {
  if (!noticedBy.includes(requirement)) return '.';
  return mutant.requirement === requirement ? 'X' : 'o';
}

/** The matrix of one area: a row per requirement, a column per mutant in the order of `--list`. */
function block(area: string, verdicts: readonly Verdict[]): string[] {
  const requirements = new Set(
    verdicts.flatMap(({ mutant, noticedBy }) => [mutant.requirement, ...noticedBy]),
  );
  const rows = [...requirements].sort(byNumber).map((requirement) => {
    const cells = verdicts.map((verdict) => cell(verdict, requirement)).join('');
    return `  ${requirement.padEnd(4)} ${cells}`;
  });
  return [`${area} (${verdicts.length})`, ...rows];
}

const named = (verdicts: readonly Verdict[], fate: Fate): Verdict[] =>
  verdicts.filter((verdict) => verdict.fate === fate);

/** How many findings one mutant causes. */
function findingsLine(verdicts: readonly Verdict[]): string {
  const counts = verdicts.map(({ findings }) => findings).sort((a, b) => a - b);
  const at = (share: number): number => counts[Math.floor((counts.length - 1) * share)] ?? 0;
  return `findings for a mutant: median ${at(0.5)}, 95th percentile ${at(0.95)}, most ${at(1)}`;
}

/** The verdicts as text for a terminal. */
export function matrix(verdicts: readonly Verdict[], seconds: number): string {
  const blocks = areas.flatMap((area) => {
    const own = verdicts.filter(({ mutant }) => mutant.area === area);
    return own.length > 0 ? [...block(area, own), ''] : [];
  });
  const survived = named(verdicts, 'survived');
  const elsewhere = named(verdicts, 'elsewhere');
  const equivalent = named(verdicts, 'equivalent');
  return [
    "Requirements by mutants. X: noticed by a check of the mutant's own requirement; o: by a check of that row's.",
    '',
    ...blocks,
    ...survived.map(({ mutant }) => `survived: ${mutant.id} (${mutant.requirement}): ${mutant.description}`),
    ...elsewhere.map(
      ({ mutant, killers }) =>
        `noticed only elsewhere: ${mutant.id} (${mutant.requirement}), by ${killers.slice(0, 3).join(', ')}`,
    ),
    ...equivalent.map(({ mutant }) => `equivalent: ${mutant.id}: ${mutant.equivalent ?? ''}`),
    findingsLine(verdicts),
    `${verdicts.length} ${verdicts.length === 1 ? 'mutant' : 'mutants'}: ${named(verdicts, 'killed').length} killed, ${survived.length} survived, ` +
      `${elsewhere.length} noticed only elsewhere, ${equivalent.length} equivalent (${seconds.toFixed(1)} s)`,
    '',
  ].join('\n');
}

/** The verdicts as JSON. */
export const matrixJson = (verdicts: readonly Verdict[], seconds: number): string =>
  `${JSON.stringify(
    {
      seconds,
      mutants: verdicts.map(({ mutant, fate, noticedBy, killers, findings }) => ({
        id: mutant.id,
        area: mutant.area,
        requirement: mutant.requirement,
        description: mutant.description,
        stage: stageName(mutant.on),
        fate,
        ...(mutant.equivalent === undefined ? {} : { equivalent: mutant.equivalent }),
        noticed_by: noticedBy,
        killers,
        findings,
      })),
    },
    undefined,
    2,
  )}\n`;

/** The findings for the mock without a mutant. Until there are none, no mutant can be judged. */
export const alarmText = (alarms: readonly FalseAlarm[]): string =>
  [
    'There are findings for the mock without a mutant, so no mutant can be judged:',
    ...alarms.map(({ stage, finding: { id, requirement, example } }) => {
      return `  ${stage}: ${id} (${requirement}): expected ${example.expected}; got ${example.got}`;
    }),
    '',
  ].join('\n');
