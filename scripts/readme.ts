/** Writes the table of options into the README. */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { environmentNamesOf, flagOf, optionRows } from '../mock-server/options.ts';

export const readmePath = fileURLToPath(new URL('../README.md', import.meta.url));

export function optionsTable(): string {
  const rows = optionRows.map((row) => {
    const flag = `\`${flagOf(row)}\`${row.value ? ` ${row.value}` : ''}`;
    const names = environmentNamesOf(row).map((name) => `\`${name}\``);
    return `| ${flag} | ${names.join(', ')} | ${row.default ? `\`${row.default}\`` : ''} | ${row.help} |`;
  });
  return ['| Flag of `start` | Environment | Default | |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** The README with the table between its two marks. */
export function withOptions(readme: string): string {
  return readme.replace(/(<!-- options -->\n)[^]*(<!-- \/options -->)/, (_all, open: string, close: string) =>
    [open, optionsTable(), '\n', close].join(''),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(readmePath, withOptions(readFileSync(readmePath, 'utf8')));
}
