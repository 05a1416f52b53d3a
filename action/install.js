/** Installs the package beside the job's own files, once for all steps that ask for the same version. */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { given, input } from './runner.js';

const NAME = 'uid2-mock-operator';

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** What npm is asked for: the version of this action, another one, or a tarball. */
function wanted() {
  const given = input('version');
  if (/\.tgz$/.test(given)) return path.resolve(given);
  return `${NAME}@${given || read(new URL('../package.json', import.meta.url)).version}`;
}

function npmInstall(what, folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  // npm is a script on Windows, and needs a shell
  const shell = process.platform === 'win32';
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];
  const args = ['install', ...flags, shell ? `"${what}"` : what];
  const { status, error, stderr } = spawnSync('npm', args, { cwd: folder, shell, encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`expected npm to install ${what}; got: ${error?.message ?? stderr.trim()}`);
}

/**
 * The file that is the command line.
 *
 * @throws Error with what npm said
 */
export function install() {
  const what = wanted();
  const key = createHash('sha256').update(what).digest('hex').slice(0, 16);
  const folder = path.join(given('RUNNER_TEMP'), `${NAME}-${key}`);
  const root = path.join(folder, 'node_modules', NAME);
  const manifest = path.join(root, 'package.json');
  if (!existsSync(manifest)) npmInstall(what, folder);
  return path.join(root, read(manifest).bin['uid2-mock']);
}

/** A new folder for what the step writes. */
export const folderOfStep = () => mkdtempSync(path.join(given('RUNNER_TEMP'), `${NAME}-step-`));
