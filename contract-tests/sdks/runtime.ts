/**
 * Installs the published clients: each by its own package manager, once per version, into a cache folder that git
 * ignores. A missing runtime is installed on Debian as root. Elsewhere its tests are skipped with a message, and fail
 * in CI.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'vitest';
import { findProgram, run } from './command.ts';
import { locked } from './lock.ts';

const repository = path.resolve(import.meta.dirname, '../..');
const aptLock = path.join(tmpdir(), 'uid2-mock-apt.lock');

/** What the tests of a client need, or the reason why they cannot run. */
export type Prepared<T> = { ready: T } | { missing: string };

/** Installs Debian packages where that can be done: as root, with apt-get. Elsewhere it does nothing. */
export async function installDebianPackages(packages: readonly string[]): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  const aptGet = findProgram('apt-get');
  if (!isRoot || aptGet === undefined) return;
  const install = ['install', '--yes', '--no-install-recommends', ...packages];
  // in this run level the installation starts no service
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  // One at a time, also in other processes: apt-get fails while another one runs.
  const apt = (args: readonly string[]) => run('flock', [aptLock, aptGet, ...args], { env });
  try {
    await apt(install);
  } catch {
    // A fresh container has no package lists yet.
    await apt(['update']);
    await apt(install);
  }
}

/**
 * The path of a program, installed first if it has to be.
 * @throws Error naming the program when it cannot be installed.
 */
export async function needProgram(
  names: readonly string[],
  debianPackages: readonly string[],
): Promise<string> {
  const present = findProgram(...names);
  if (present !== undefined) return present;
  await installDebianPackages(debianPackages);
  const installed = findProgram(...names);
  if (installed === undefined) {
    throw new Error(`${names[0] ?? 'program'} is not installed (Debian: ${debianPackages.join(', ')})`);
  }
  return installed;
}

/**
 * The folder with the output of `build` for the given source files. It is built again only when one of them or `key`
 * changes; a build that fails leaves no folder behind.
 */
export async function cached(
  name: string,
  sources: readonly string[],
  key: string,
  build: (folder: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256').update(key);
  for (const source of sources) hash.update('\0').update(readFileSync(source));
  const expected = hash.digest('hex');
  const folder = path.join(repository, '.sdk-cache', name);
  const stamp = path.join(folder, 'complete');
  return locked(`${folder}.lock`, async () => {
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === expected) return folder;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await build(folder);
    writeFileSync(stamp, expected);
    return folder;
  });
}

/** In CI a client that cannot be prepared fails its tests; elsewhere they are skipped with the reason. */
export async function prepare<T>(client: string, get: () => Promise<T>): Promise<Prepared<T>> {
  try {
    return { ready: await get() };
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    const missing = error instanceof Error ? error.message : String(error);
    const line = '!'.repeat(100);
    console.error(`${line}\nSKIPPED, not tested: ${client}\n${missing}\n${line}`);
    return { missing };
  }
}

/** Skips the running test when its client could not be prepared. */
export function readyOrSkip<T>(prepared: Prepared<T> | undefined, context: TestContext): T {
  if (prepared === undefined) throw new Error('the client was not prepared');
  if ('missing' in prepared) return context.skip(prepared.missing);
  return prepared.ready;
}
