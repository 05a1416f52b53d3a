/** Virtual environments of Python with packages from PyPI. */
import path from 'node:path';
import { run } from './command.ts';
import { cached, installDebianPackages, needProgram } from './runtime.ts';

const inEnvironment = process.platform === 'win32' ? 'venv/Scripts/python.exe' : 'venv/bin/python';

async function makeEnvironment(python: string, target: string, requirements: string): Promise<void> {
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

/**
 * The interpreter of an environment with the packages of a requirements file.
 *
 * @param name of the environment in the cache
 */
export async function pythonWith(name: string, requirements: string): Promise<string> {
  const python = await needProgram(['python3', 'python'], ['python3']);
  const version = await run(python, ['--version']);
  const target = await cached(name, [requirements], `${python} ${version}`, (empty) =>
    makeEnvironment(python, empty, requirements),
  );
  return path.join(target, inEnvironment);
}
