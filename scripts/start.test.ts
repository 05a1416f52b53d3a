/** `npm start` in a repository of its own, with a build that only records that it ran. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const script = path.resolve(import.meta.dirname, 'start.js');

const sources = [
  'cli/source.ts',
  'mutants/source.ts',
  'mock-server/source.ts',
  'mock-server/inspector/page.html',
  'mock-server/inspector/source.tsx',
  'mock-server/inspector/style.css',
  'contract-tests/source.ts',
  'fixtures/source.ts',
  'package-files/source.ts',
  'test-runners/source.ts',
];

let folder: string;
const write = (name: string, text: string): void => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-start-'));
  mkdirSync(path.join(folder, 'scripts'));
  cpSync(script, path.join(folder, 'scripts/start.js'));
  for (const source of sources) write(source, '');
  write('package.json', '{"type":"module"}');
  write(
    'scripts/bundle.js',
    `import { mkdirSync, writeFileSync } from 'node:fs';
mkdirSync('dist/cli', { recursive: true });
writeFileSync('dist/cli/main.cjs', 'console.log(process.argv.slice(1).join(" "))');
console.error('built');
`,
  );
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** what the build prints: itself, so that workers run it, and its arguments */
const ran = (...args: string[]) =>
  `${[path.join(realpathSync(folder), 'dist/cli/main.cjs'), ...args].join(' ')}\n`;

const start = (...flags: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/start.js', ...flags], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};
it('builds where there is no build, and starts with the flags it was given', () => {
  expect(start('--port', '0')).toEqual({ status: 0, stdout: ran('start', '--port', '0'), stderr: 'built\n' });
});

it('builds again only when a source is newer', () => {
  start();
  expect(start()).toEqual({ status: 0, stdout: ran('start'), stderr: '' });
  for (const source of sources) {
    const now = new Date();
    utimesSync(path.join(folder, source), now, now);
    expect(start().stderr, source).toBe('built\n');
  }
  expect(start().stderr).toBe('');
}, 60_000);

it('ends with the exit code of a build that fails', () => {
  write('scripts/bundle.js', 'process.exit(2)');
  expect(start()).toMatchObject({ status: 2, stdout: '' });
});
