// `npm run check:package`: whether what is published is right for every way to import it, by publint and attw. Both look
// at one tarball of the present build.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const shell = process.platform === 'win32';
const run = promisify(execFile);

const repository = path.resolve(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-package-'));

async function pack() {
  const flags = ['--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await run('npm', ['pack', ...flags], { cwd: repository, shell, maxBuffer: 2 ** 24 });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('[\n')));
  return path.join(folder, filename);
}

try {
  const tarball = await pack();
  const attw = ['attw', tarball, '--format', 'ascii'];
  const commands = [
    ['publint', '--strict', tarball],
    [...attw, '--exclude-entrypoints', 'vitest'],
    // vitest is a module only
    [...attw, '--entrypoints', 'vitest', '--profile', 'esm-only'],
  ];
  const ends = await Promise.allSettled(
    commands.map((args) => run('npx', ['--no-install', ...args], { cwd: repository, shell })),
  );
  for (const { value, reason } of ends) console.log((value ?? reason).stdout);
  if (ends.some(({ status }) => status === 'rejected')) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
