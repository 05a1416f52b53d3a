/** What `uid2-mock hash IDENTITY` prints. */

import type { HashDiagnosis } from '../../mock-server/core/doctor/hash-doctor.ts';

type Causes = NonNullable<HashDiagnosis['expected']>['causes'];

/** The diagnosis as one line of JSON. */
export function diagnosisJson({ kind, identity, normalized, hash, expected }: HashDiagnosis): string {
  return `${JSON.stringify({ kind, identity, normalized, hash, ...(expected && { expected }) })}\n`;
}

/** Rows in aligned columns, indented. */
function aligned(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

/** A text with its blanks visible. */
const quoted = (text: string): string => JSON.stringify(text);

const causeLines = (causes: Causes): string[] =>
  causes.flatMap(({ id, says, fix, section, proved }) => [
    `  ${says} (${proved ? 'proved' : 'likely'}; ${id})`,
    `    ${fix} (protocol ${section})`,
  ]);

function verdict({ expected, normalized, identity, hash }: HashDiagnosis): string[] {
  if (expected?.matches) return ['', 'right: the operator takes this value for this person'];
  if (expected)
    return [
      '',
      'wrong: the operator does not take this value for this person',
      ...causeLines(expected.causes),
    ];
  if (hash === null) return ['', `wrong: the operator calls ${quoted(normalized ?? identity)} invalid`];
  return [];
}

/** The diagnosis for a person. */
export function diagnosisText(diagnosis: HashDiagnosis): string {
  const { kind, identity, normalized, hash, steps, near } = diagnosis;
  const way = steps.slice(1).map(({ says, text }) => [says, quoted(text)] as const);
  const rows = aligned([
    ['as typed', quoted(identity)],
    ...way,
    ['normal form', normalized === null ? '(invalid)' : quoted(normalized)],
  ]);
  const hashes = hash
    ? aligned([
        ['base64', hash.base64],
        ['hex', hash.hex],
      ])
    : [];
  const misses = aligned(near.map(({ cause, base64 }) => [cause.says, base64]));
  const lines = [
    kind,
    ...rows,
    ...(hashes.length > 0 ? ['', 'hash', ...hashes] : []),
    ...verdict(diagnosis),
    ...(misses.length > 0 ? ['', 'these mistakes give another person, without an error', ...misses] : []),
  ];
  return `${lines.join('\n')}\n`;
}
