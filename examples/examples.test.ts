/** The examples, each copied out of the repository and tested there by its own tests, with the packed package. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMockBinary } from '../contract-tests/sdks/mock-binary.ts';
import { installPrebid } from '../contract-tests/sdks/prebid-browser.ts';
import { pythonWith } from '../contract-tests/sdks/python-environment.ts';
import { prepare, readyOrSkip } from '../contract-tests/sdks/runtime.ts';
import { freePort } from '../mock-server/testing/free-port.ts';
import { installPackage, userEnvironment } from '../scripts/packed-package.ts';
import { readWorkflow } from './workflow-commands.ts';

const here = import.meta.dirname;
const repository = path.resolve(here, '..');
const ofRepository = path.join(repository, 'node_modules');
const pythonRequirements = path.join(repository, 'contract-tests/sdks/python/requirements.txt');
const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-examples-'));
const modules = path.join(folder, 'node_modules');

const pythonExamples = ['publisher-python', 'dsp-decrypt', 'advertiser-map'];

/** The example in a folder of its own below that of the installed package. */
function copied(example: string): string {
  const target = path.join(folder, example);
  cpSync(path.join(here, example), target, {
    recursive: true,
    filter: (file) => !/[\\/](node_modules|__pycache__|bundle\.js)$/.test(file),
  });
  return target;
}

/** Lets the examples find a package that is installed elsewhere already. */
function link(name: string, from: string): void {
  const link = path.join(modules, name);
  if (!existsSync(link)) symlinkSync(path.join(from, name), link, 'junction');
}

/** The packages that a project asks for, with their versions. */
function packagesOf(manifest: string): Record<string, string> {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
  return { ...dependencies, ...devDependencies };
}

/**
 * Runs a command to its end, as a user would; all that it wrote. What it has left running in the background ends too.
 *
 * @throws Error with what it wrote when it fails
 */
async function runAlone(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<string> {
  const child = spawn(program, args, { cwd, env: { ...userEnvironment, ...env }, detached: true });
  child.stdin.end();
  const written: string[] = [];
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => written.push(text));
  }
  const [code] = await once(child, 'exit');
  if (child.pid !== undefined) endGroup(child.pid);
  const text = written.join('');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: expected exit code 0, got ${code}\n${text}`);
  return text;
}

function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGTERM');
  } catch {
    // nothing runs in it any more
  }
}

/** Some tests install a runtime first. */
const timeout = 600_000;

beforeAll(async () => {
  await installPackage(folder);
}, 240_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

test('the example of a publisher in Node', async () => {
  link('fastify', ofRepository);
  expect(await runAlone('npm', ['test'], copied('publisher-node'))).toMatch(/# pass [1-9][0-9]\n# fail 0/);
});

test('the example of a page with Prebid.js', { timeout }, async (context) => {
  const { browser, packages } = readyOrSkip(await prepare('Prebid.js in Chromium', installPrebid), context);
  link('prebid.js', packages);
  link('esbuild', ofRepository);
  link('playwright-core', ofRepository);
  symlinkSync('../esbuild/bin/esbuild', path.join(modules, '.bin/esbuild'));
  const env = { UID2_CHROMIUM: browser };
  expect(await runAlone('npm', ['test'], copied('prebid-page'), env)).toMatch(/# pass [5-9]\n# fail 0/);
});

for (const example of pythonExamples) {
  test(`the example ${example}`, { timeout }, async (context) => {
    const python = readyOrSkip(
      await prepare('Python SDK', () => pythonWith('python', pythonRequirements)),
      context,
    );
    const env = { PYTHONDONTWRITEBYTECODE: '1' };
    const written = await runAlone(python, ['-m', 'unittest'], copied(example), env);
    expect(written).toMatch(/Ran [1-9]\d* tests in .*\n\nOK/);
  });
}

test('what the examples install is what they were tested with', () => {
  const prebid = packagesOf(path.join(repository, 'contract-tests/sdks/prebid/package.json'));
  expect(packagesOf(path.join(here, 'prebid-page/package.json'))).toMatchObject({
    'prebid.js': prebid['prebid.js'],
  });
  const requirements = readFileSync(pythonRequirements, 'utf8').split('\n');
  const text = (example: string, file: string): string =>
    readFileSync(path.join(here, example, file), 'utf8');
  for (const example of pythonExamples) {
    expect(requirements).toEqual(
      expect.arrayContaining(text(example, 'requirements.txt').trim().split('\n')),
    );
    // each example stands alone, so the file that starts the mock is in each
    expect(text(example, 'mock.py')).toBe(text('publisher-python', 'mock.py'));
  }
});

describe('workflows', () => {
  let project = '';
  let env: Record<string, string> = {};

  beforeAll(async () => {
    project = copied('ci');
    await installPackage(project);
    const port = await freePort();
    env = { UID2_MOCK_PORT: String(port), UID2_BASE_URL: `http://127.0.0.1:${port}` };
  }, 240_000);

  test.each(['github-actions.yml', 'gitlab-ci.yml'])('%s', async (name) => {
    const workflow = readWorkflow(readFileSync(path.join(here, 'ci', name), 'utf8'));
    expect(workflow.env).toMatchObject({ UID2_BASE_URL: 'http://127.0.0.1:8432' });
    // each step is a shell of its own, what it has started runs on
    const steps = workflow.commands.map((command) => `(\n${command}\n)`).join('\n');
    const written = await runAlone('bash', ['-e', '-c', steps], project, { ...workflow.env, ...env });
    expect(written).toMatch(/# pass 2\n# fail 0/);
    expect(written).toContain('operator'); // the log of the mock, printed at the end
  });

  test('github-actions-with-action.yml', async () => {
    const text = readFileSync(path.join(here, 'ci/github-actions-with-action.yml'), 'utf8');
    const { commands } = readWorkflow(text);
    const operator = await startMockBinary();
    const { key, secret } = operator.credential('Example Publisher');
    const exported = { UID2_BASE_URL: operator.url, UID2_API_KEY: key, UID2_CLIENT_SECRET: secret };
    for (const name of Object.keys(exported)) expect(text).toContain(name);
    try {
      const written = await runAlone('bash', ['-e', '-c', commands.join('\n')], project, exported);
      expect(written).toMatch(/# pass 2\n# fail 0/);
    } finally {
      await operator.stop();
    }
    const action = readFileSync(path.join(repository, 'action.yml'), 'utf8');
    const given = [...text.matchAll(/^ {10}(\w+):/gm)].map(([, input]) => `  ${input}:`);
    expect(given).toEqual(['  role:']);
    expect(action.split('\n')).toEqual(expect.arrayContaining(given));
  });

  test('verify-operator.yml', async () => {
    const workflow = readWorkflow(readFileSync(path.join(here, 'ci/verify-operator.yml'), 'utf8'));
    const [install, verify] = workflow.commands;
    expect([install, workflow.commands.length]).toEqual(['npm ci', 2]);
    const operator = await startMockBinary('--profile', 'current');
    const { key, secret } = operator.credential('Example Publisher');
    const given = { UID2_BASE_URL: operator.url, UID2_API_KEY: key, UID2_CLIENT_SECRET: secret };
    try {
      await runAlone('bash', ['-e', '-c', `${verify} --filter 'generate/*'`], project, given);
    } finally {
      await operator.stop();
    }
    expect(readFileSync(path.join(project, 'contract.xml'), 'utf8')).toContain('<testsuite');
  });
});
