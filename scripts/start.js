// `npm start`: builds when the sources are newer than the build, then runs `uid2-mock start` with its flags.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const PARENT_CHECK_MS = 200;
const BUILT = 'dist/cli/main.cjs';
/** The folders whose files are in the build. */
const SOURCES = [
  'cli',
  'mutants',
  'mock-server',
  'contract-tests',
  'fixtures',
  'package-files',
  'test-runners',
];

const repository = path.resolve(import.meta.dirname, '..');

const changed = (file) => statSync(path.join(repository, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;

function isStale() {
  const built = changed(BUILT);
  const sources = SOURCES.flatMap((folder) =>
    readdirSync(path.join(repository, folder), { recursive: true })
      .filter((file) => /\.(tsx?|css|html)$/.test(file))
      .map((file) => path.join(folder, file)),
  );
  return sources.some((file) => changed(file) > built);
}

if (isStale()) {
  const bundle = path.join(repository, 'scripts/bundle.js');
  const { status } = spawnSync(process.execPath, [bundle], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

// npm sends SIGTERM to the shell between npm and this process. The shell ends and does not pass it on.
const parent = process.ppid;
const check = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(check);
  process.kill(process.pid, 'SIGTERM');
}, PARENT_CHECK_MS);
check.unref();

// processes that it forks, with --workers, run the binary itself
process.argv.splice(1, 1, path.join(repository, BUILT), 'start');
await import('../dist/cli/main.cjs');
