/** An inspection as text for a terminal. */

import type { Inspection } from '../mock-server/inspect/index.ts';

const WIDTH = 18;

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Text on one line, with control characters as escapes. */
const line = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export function shownInspection({ kind, opens, refusal, causes, found }: Inspection): string {
  const rows: (readonly [string, string])[] = [
    ['what', `${kind.replaceAll('_', ' ')}${opens ? ', opens' : ''}`],
    ...Object.entries(found).map(([name, value]) => [name.replaceAll('_', ' '), shown(value)] as const),
    ['answer', refusal === null ? 'no refusal' : `${refusal.status} ${refusal.message}`],
  ];
  const table = rows.map(([name, value]) => `${name.padEnd(WIDTH)} ${line(value)}\n`).join('');
  const list = causes
    .map(
      ({ id, says, fix, section, proved }) =>
        `\n${proved ? 'proved' : 'likely'}: ${line(says)} (${id})\n   fix: ${line(fix)} (protocol §${section})\n`,
    )
    .join('');
  return table + list;
}
