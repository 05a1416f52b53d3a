/**
 * For tests: the package as users get it. The first test file that asks packs it, the others take the same tarball, also
 * from other processes; a newer build is packed again.
 */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { locked } from '../contract-tests/sdks/lock.ts';

const repository = path.resolve(import.meta.dirname, '..');
const packs = path.join(repository, '.vitest/packed');
const lock = path.join(repository, '.vitest/packed.lock');

/** The environment without what an enclosing `npm test` sets for npm, and without variables that configure the mock. */
export const userEnvironment: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(package|lifecycle)_|npm_config_(local_prefix|global_prefix|call|package)$|UID2_MOCK_|PORT$)/.test(
        name,
      ),
  ),
);

const runFile = promisify(execFile);

/**
 * Runs a command in a folder as a user would; its standard output.
 *
 * @throws the error of `execFile`, with `code`, `stdout` and `stderr`, when it fails
 */
export async function runAsUser(cwd: string, command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await runFile(command, [...args], {
    cwd,
    env: userEnvironment,
    shell: process.platform === 'win32',
    maxBuffer: 2 ** 26,
  });
  return stdout;
}

interface Packed {
  tarball: string;
  /** paths inside the package */
  files: readonly string[];
  unpackedBytes: number;
}

/** Differs when a file that may be packed differs. */
function fingerprint(): string {
  const files = ['dist', 'fixtures']
    .flatMap((folder) =>
      readdirSync(path.join(repository, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        path.join(folder, file),
      ),
    )
    .concat(readdirSync(repository).filter((name) => /^[A-Z-]+(\.md)?$|^package\.json$/.test(name)));
  const hash = createHash('sha256');
  for (const file of files.toSorted()) {
    const { mtimeMs, size } = statSync(path.join(repository, file));
    hash.update(`${file}\0${mtimeMs}\0${size}\0`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** npm test has built already; npm start alone builds no declarations. */
async function build(): Promise<void> {
  const built = ['dist/cli/main.cjs', 'dist/mock-server/index.d.ts'];
  if (built.every((file) => existsSync(path.join(repository, file)))) return;
  await runAsUser(repository, 'npm', ['run', 'build']);
}

async function packOnce(): Promise<Packed> {
  await build();
  const folder = path.join(packs, fingerprint());
  const report = path.join(folder, 'report.json');
  if (!existsSync(report)) {
    rmSync(packs, { recursive: true, force: true, maxRetries: 5 });
    mkdirSync(folder, { recursive: true });
    const flags = ['--json', '--ignore-scripts', '--pack-destination', folder];
    const printed = await runAsUser(repository, 'npm', ['pack', ...flags]);
    writeFileSync(report, printed.slice(printed.indexOf('[\n')));
  }
  const [{ filename, files, unpackedSize }] = JSON.parse(readFileSync(report, 'utf8'));
  return {
    tarball: path.join(folder, filename),
    files: files.map((file: { path: string }) => file.path),
    unpackedBytes: unpackedSize,
  };
}

let packed: Promise<Packed> | undefined;

/** The packed package. The first call of a run builds, where no build is, and packs: allow it two minutes. */
export const packedPackage = (): Promise<Packed> => (packed ??= locked(lock, packOnce));

/** Installs the package into a folder, which is made if need be: an empty project, or one with its own package.json. */
export async function installPackage(folder: string): Promise<void> {
  const { tarball } = await packedPackage();
  mkdirSync(folder, { recursive: true });
  // without a package.json npm would install into a folder above that has one
  const manifest = path.join(folder, 'package.json');
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  await runAsUser(folder, 'npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball]);
}
