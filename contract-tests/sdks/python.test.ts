/** The Python SDK from PyPI against the started binary. */
import path from 'node:path';
import { run } from './command.ts';
import { cached, installDebianPackages, needProgram } from './runtime.ts';
import { describeSdkChecks } from './sdk-checks.ts';

const folder = path.join(import.meta.dirname, 'python');
const requirements = path.join(folder, 'requirements.txt');

const checks = [
  'generate-email',
  'generate-phone',
  'generate-email-hash',
  'generate-phone-hash',
  'generate-unhashed-identifiers',
  'generate-twice-gives-different-tokens',
  'generate-opted-out',
  'refresh',
  'refresh-opted-out',
  'identity-map-v2-emails',
  'identity-map-v2-phones',
  'identity-map-v2-hashes',
  'identity-buckets',
  'identity-map-v3-mixed',
  'identity-map-v3-many',
  'bidstream-decrypts-a-fresh-token',
  'sharing-decrypts-a-fresh-token',
  'sharing-reaches-the-second-sharer',
  'sharing-does-not-reach-the-isolated-sharer',
  'isolated-sharer-cannot-read-publisher-tokens',
  'wrong-secret-at-generate',
  'wrong-secret-at-identity-map',
  'wrong-secret-at-keys',
  'unknown-key-and-missing-role-are-unauthorized',
];

const inEnvironment = process.platform === 'win32' ? 'venv/Scripts/python.exe' : 'venv/bin/python';

async function makeEnvironment(python: string, target: string): Promise<void> {
  const makeVenv = ['-m', 'venv', '--clear', path.join(target, 'venv')];
  try {
    await run(python, makeVenv);
  } catch {
    // Debian keeps what venv needs in a package of its own.
    await installDebianPackages(['python3-venv']);
    await run(python, makeVenv);
  }
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--requirement',
    requirements,
  ];
  await run(path.join(target, inEnvironment), pip);
}

async function install() {
  const python = await needProgram(['python3', 'python'], ['python3']);
  const version = await run(python, ['--version']);
  const target = await cached('python', [requirements], `${python} ${version}`, (empty) =>
    makeEnvironment(python, empty),
  );
  return { program: path.join(target, inEnvironment), args: ['run_checks.py'], cwd: folder };
}

describeSdkChecks('Python SDK uid2-client', checks, install);
