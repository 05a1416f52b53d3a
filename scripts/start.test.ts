/** `npm start` in a repository of its own, with a compiler that only notes that it ran. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const script = path.resolve(import.meta.dirname, 'start.js');

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
  for (const sources of ['cli', 'mutants', 'mock-server', 'contract-tests', 'fixtures']) {
    write(`${sources}/source.ts`, '');
  }
  write('package.json', '{"type":"module"}');
  write('node_modules/typescript/package.json', '{"type":"commonjs"}');
  write(
    'node_modules/typescript/bin/tsc',
    `const { existsSync, mkdirSync, writeFileSync } = require('node:fs');
mkdirSync('dist/cli', { recursive: true });
// like the real one it does not touch the file when nothing else is to be said
if (!existsSync('dist/.tsbuildinfo')) writeFileSync('dist/.tsbuildinfo', '');
writeFileSync('dist/cli/main.js', 'console.log(process.argv.slice(2).join(" "))');
console.error('compiled ' + process.argv.slice(2).join(' '));
`,
  );
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const start = (...flags: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/start.js', ...flags], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};
const compiling =
  'uid2-mock: compiling the sources, which takes some seconds\ncompiled -p tsconfig.build.json\n';

it('compiles where there is no build, says so, and starts with the flags it was given', () => {
  expect(start('--port', '0')).toEqual({ status: 0, stdout: 'start --port 0\n', stderr: compiling });
});

it('compiles again only when a source is newer', () => {
  start();
  expect(start()).toEqual({ status: 0, stdout: 'start\n', stderr: '' });
  const now = new Date();
  utimesSync(path.join(folder, 'mutants/source.ts'), now, now);
  expect(start().stderr).toBe(compiling);
  expect(start().stderr).toBe('');
});

it('ends with the exit code of a compiler that fails', () => {
  write('node_modules/typescript/bin/tsc', 'process.exit(2)');
  expect(start()).toMatchObject({ status: 2, stdout: '' });
});
