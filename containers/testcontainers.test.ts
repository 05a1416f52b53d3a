/**
 * The recipes for Testcontainers fit the published libraries. The one for Node runs in `image.test.ts`, and here with the
 * library itself where an engine answers.
 */

import { cpSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { findProgram, run } from '../contract-tests/sdks/command.ts';
import { pythonWith } from '../contract-tests/sdks/python-environment.ts';
import { cached, needProgram, prepare, readyOrSkip } from '../contract-tests/sdks/runtime.ts';

const repository = path.resolve(import.meta.dirname, '..');
const recipes = path.join(repository, 'examples/testcontainers');
const recipe = (...names: string[]): string => path.join(recipes, ...names);

it('Java compiles', async (context) => {
  const prepared = await prepare('Testcontainers for Java', async () => {
    const debianPackages = ['maven', 'default-jdk-headless'];
    await needProgram(['javac'], debianPackages);
    const maven = await needProgram(['mvn'], debianPackages);
    const sources = [recipe('java/pom.xml'), recipe('java/src/test/java/example/Uid2MockTest.java')];
    return cached('testcontainers-java', sources, maven, async (empty) => {
      cpSync(recipe('java'), empty, { recursive: true });
      await run(maven, ['--quiet', '--batch-mode', 'test-compile'], { cwd: empty });
    });
  });
  const compiled = path.join(
    readyOrSkip(prepared, context),
    'target/test-classes/example/Uid2MockTest.class',
  );
  expect(existsSync(compiled)).toBe(true);
});

it('Python is of the right types', async (context) => {
  const prepared = await prepare('Testcontainers for Python', () =>
    pythonWith('testcontainers-python', path.join(import.meta.dirname, 'testcontainers.txt')),
  );
  const flags = ['-m', 'mypy', '--strict', '--cache-dir', path.join(tmpdir(), 'uid2-mock-mypy')];
  const printed = await run(readyOrSkip(prepared, context), [...flags, recipe('python/test_uid2.py')]);
  expect(printed).toMatch(/^Success: /);
});

it('Node is of the right types, and passes where an engine answers', async (context) => {
  const sources = ['package.json', 'mock.js', 'uid2.test.js'].map((name) => recipe('node', name));
  const prepared = await prepare('Testcontainers for Node', () =>
    cached('testcontainers-node', sources, process.version, async (empty) => {
      cpSync(recipe('node'), empty, { recursive: true });
      await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
        cwd: empty,
      });
    }),
  );
  const folder = readyOrSkip(prepared, context);
  const tsc = path.join(repository, 'node_modules/typescript/bin/tsc');
  const types = ['--types', 'node', '--typeRoots', path.join(repository, 'node_modules/@types')];
  const strict = [
    '--ignoreConfig',
    '--checkJs',
    '--noEmit',
    '--strict',
    '--noImplicitAny',
    'false',
    '--skipLibCheck',
  ];
  const flags = [...strict, ...types, '--module', 'nodenext', '--target', 'es2022'];
  await run(process.execPath, [tsc, ...flags, 'mock.js', 'uid2.test.js'], { cwd: folder });

  const docker = findProgram('docker');
  const engine = docker === undefined ? undefined : await run(docker, ['info']).catch(() => undefined);
  if (docker === undefined || engine === undefined) return;
  const tag = 'uid2-mock-recipe-test';
  await run(docker, ['build', '--tag', tag, repository]);
  await run(process.execPath, ['--test'], { cwd: folder, env: { UID2_MOCK_IMAGE: tag } });
});
