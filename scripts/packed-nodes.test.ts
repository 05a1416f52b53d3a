/** The packed package on every Node that it supports: each comes from npm, as the package of its platform. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cached, type Prepared, prepare, readyOrSkip } from '../contract-tests/sdks/runtime.ts';
import { installPackage, runAsUser, userEnvironment } from './packed-package.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-nodes-'));
const binary = path.join(folder, 'node_modules/uid2-mock-operator/dist/cli/main.cjs');
const isWindows = process.platform === 'win32';
const platform = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;

/** Imports, requires and uses every entry that needs no test runner; prints what came of it. */
const consumer = `import { createRequire } from 'node:module';
import { ConfigurationError, startMockOperator } from 'uid2-mock-operator';
import { runContract, scenarios } from 'uid2-mock-operator/contract-tests';
import { inspectToken } from 'uid2-mock-operator/doctor';
import causes from 'uid2-mock-operator/fixtures/causes.json' with { type: 'json' };

const require = createRequire(import.meta.url);
const required = require('uid2-mock-operator');
const operator = await required.startMockOperator({ profile: 'current' });
const { key, secret } = operator.credentialFor('GENERATOR');
const targets = [{ url: operator.url, credentials: [{ key, secret }], profile: 'current' }];
const report = await runContract({ targets, filter: ['http/healthcheck'] });
const page = await fetch(operator.url + '/__admin/ui/page.js');
const wrong = await startMockOperator({ port: -1 }).catch((error) => error);
console.log(
  JSON.stringify({
    node: process.versions.node,
    sameClass: wrong instanceof required.ConfigurationError && ConfigurationError === required.ConfigurationError,
    sameSuite: require('uid2-mock-operator/contract-tests').scenarios === scenarios,
    passed: report.totals.passed,
    page: [page.status, page.headers.get('content-type'), (await page.text()).length > 100_000],
    doctors: [inspectToken, require('uid2-mock-operator/doctor').inspectToken].map((doctor) => doctor('UID2-C-P-1-abcdef.x', { now: 0 }).kind),
    causes: causes.length > 50,
  }),
);
await operator.close();
`;

/** The program of a Node, installed once for all runs. */
const prepareNode = (major: number): Promise<Prepared<string>> =>
  prepare(`the package on Node ${major}`, async () => {
    const home = await cached(`node-${major}`, [], platform, async (target) => {
      writeFileSync(path.join(target, 'package.json'), '{ "private": true }');
      const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
      await runAsUser(target, 'npm', ['install', ...flags, `${platform}@${major}`]);
    });
    return path.join(home, 'node_modules', platform, 'bin', isWindows ? 'node.exe' : 'node');
  });

const majors = [20, 22, 24, 26];
const nodes = new Map<number, Prepared<string>>();

beforeAll(async () => {
  await installPackage(folder);
  writeFileSync(path.join(folder, 'consumer.mjs'), consumer);
  await Promise.all(majors.map(async (major) => nodes.set(major, await prepareNode(major))));
}, 600_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Starts the mock with the binary, asks whether it is healthy, and verifies it with the suite; what the two print. */
async function startAndVerify(node: string): Promise<string[]> {
  const mock = spawn(node, [binary, 'start', '--json', '--port', '0'], {
    env: userEnvironment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(mock, 'exit');
  try {
    const [line = '']: string[] = await once(createInterface(mock.stdout), 'line');
    const credentials = path.join(folder, `credentials-${mock.pid}.json`);
    writeFileSync(credentials, line);
    const { url } = JSON.parse(line);
    const verify = ['verify', '--target', url, '--credentials', credentials, '--filter', 'http/healthcheck'];
    return await Promise.all([
      runAsUser(folder, node, [binary, 'healthcheck', '--url', url]),
      runAsUser(folder, node, [binary, ...verify, '--quiet']),
    ]);
  } finally {
    mock.kill('SIGTERM');
    expect(await exit).toEqual(isWindows ? [null, 'SIGTERM'] : [0, null]);
  }
}

describe.concurrent.each(majors)('Node %i', (major) => {
  it('imports, requires and runs the package', async (context) => {
    const node = readyOrSkip(nodes.get(major), context);
    const said = JSON.parse(await runAsUser(folder, node, ['--no-warnings', 'consumer.mjs']));
    expect(said).toEqual({
      node: expect.stringMatching(new RegExp(`^${major}\\.`)),
      sameClass: true,
      sameSuite: true,
      passed: 1,
      page: [200, 'text/javascript; charset=utf-8', true],
      doctors: ['api_key', 'api_key'],
      causes: true,
    });
  }, 240_000);

  it('starts, answers and verifies from the command line', async (context) => {
    const node = readyOrSkip(nodes.get(major), context);
    expect(await startAndVerify(node)).toEqual([
      'OK\n',
      expect.stringMatching(/^conformant\n3 passed, 0 failed, 0 skipped$/m),
    ]);
  }, 240_000);
});
