/** Writes the tables of the documentation that follow from data: options, requirements and messages. */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { answerRules, requirements, scenarios } from '../contract-tests/index.ts';
import { environmentNamesOf, flagOf, optionRows } from '../mock-server/options.ts';
import { messagesTable } from './messages.ts';

type Row = readonly string[];

const table = (head: Row, rows: readonly Row[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

function optionsTable(): string {
  const rows = optionRows.map((row) => {
    const flag = `\`${flagOf(row)}\`${row.value ? ` ${row.value}` : ''}`;
    const names = environmentNamesOf(row).map((name) => `\`${name}\``);
    return [flag, names.join(', '), row.default ? `\`${row.default}\`` : '', row.help];
  });
  return table(['Flag of `start`', 'Environment', 'Default', ''], rows);
}

function requirementsTable(): string {
  const rows = requirements.map(({ id, text, level, section }) => {
    const checks = [...scenarios, ...answerRules].filter(({ requirement }) => requirement === id);
    const names = checks.map((check) => `\`${check.id}\``);
    return [
      `<a id="${id.toLowerCase()}"></a>${id}`,
      text.replace(/[|<>]/g, '\\$&'),
      level,
      names.join(', '),
      section,
    ];
  });
  return table(['Id', 'Requirement', 'Level', 'Scenarios and rules', 'Section'], rows);
}

interface Page {
  path: string;
  /** The name of the two marks between which the table stands. */
  mark: string;
  table: () => string | Promise<string>;
}

const page = (name: string, mark: string, make: Page['table']): Page => ({
  path: fileURLToPath(new URL(`../${name}`, import.meta.url)),
  mark,
  table: make,
});

export const readmePath = fileURLToPath(new URL('../README.md', import.meta.url));

export const pages: readonly Page[] = [
  page('docs/options.md', 'options', optionsTable),
  page('contract-tests/README.md', 'requirements', requirementsTable),
  page('docs/troubleshooting.md', 'messages', messagesTable),
];

/** The page's text with its table between the marks. */
export async function rendered({ path, mark, table: make }: Page): Promise<string> {
  const [open, close] = [`<!-- ${mark} -->\n`, `<!-- /${mark} -->`];
  const text = readFileSync(path, 'utf8');
  const [before = '', rest = ''] = text.split(open);
  return `${before}${open}${await make()}\n${close}${rest.split(close)[1] ?? ''}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const one of pages) writeFileSync(one.path, await rendered(one));
}
