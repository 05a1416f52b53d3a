/**
 * `npm run check:package`: whether what is published is right for every way to import it, by publint and attw. Both look
 * at the tarball that the tests install.
 */

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { packedPackage } from './packed-package.ts';

const run = promisify(execFile);
const options = { cwd: path.resolve(import.meta.dirname, '..'), shell: process.platform === 'win32' };

const { tarball } = await packedPackage();
const attw = ['attw', tarball, '--format', 'ascii'];
const commands = [
  ['publint', '--strict', tarball],
  [...attw, '--exclude-entrypoints', 'vitest'],
  // vitest is a module only
  [...attw, '--entrypoints', 'vitest', '--profile', 'esm-only'],
];
const ends = await Promise.allSettled(commands.map((args) => run('npx', ['--no-install', ...args], options)));
for (const end of ends) {
  console.log(end.status === 'fulfilled' ? end.value.stdout : (end.reason as { stdout: string }).stdout);
  if (end.status === 'rejected') process.exitCode = 1;
}
