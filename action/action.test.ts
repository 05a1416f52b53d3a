/** The action as the runner of GitHub Actions runs it: its scripts, with the runner's variables and files. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startMockOperator } from '../mock-server/index.ts';
import { packedPackage, userEnvironment } from '../scripts/packed-package.ts';

const repository = path.resolve(import.meta.dirname, '..');
const temp = mkdtempSync(path.join(tmpdir(), 'uid2-mock-action-'));
const metadata = parse(readFileSync(path.join(repository, 'action.yml'), 'utf8')) as {
  inputs: Record<string, { default?: string }>;
  outputs: Record<string, unknown>;
  runs: { main: string; post: string };
};

let tarball: string;
beforeAll(async () => {
  ({ tarball } = await packedPackage());
}, 240_000);
afterAll(() => {
  rmSync(temp, { recursive: true, force: true, maxRetries: 5 });
}, 120_000);

/** What a file command wrote, as the runner reads it. */
function readCommands(file: string): Record<string, string> {
  const found = readFileSync(file, 'utf8').matchAll(/^(\S+?)<<(\S+)\n(.*?)\n\2\n/gms);
  return Object.fromEntries([...found].map(([, name = '', , value = '']) => [name, value]));
}

const files = ['OUTPUT', 'ENV', 'STATE', 'STEP_SUMMARY'] as const;
let steps = 0;

interface Step {
  exitCode: number | null;
  /** standard output and standard error */
  printed: string;
  outputs: Record<string, string>;
  variables: Record<string, string>;
  summary: string;
  /** Runs its post step. */
  post(): Promise<Step>;
}

async function runScript(
  script: string,
  inputs: Record<string, string>,
  more: Record<string, string>,
): Promise<Step> {
  const folder = path.join(temp, `step-${steps++}`);
  const fileOf = (name: string): string => `${folder}-${name}`;
  for (const name of files) writeFileSync(fileOf(name), '');
  const env: NodeJS.ProcessEnv = { ...userEnvironment, RUNNER_TEMP: temp };
  for (const name of files) env[`GITHUB_${name}`] = fileOf(name);
  for (const [name, { default: value = '' }] of Object.entries(metadata.inputs)) {
    env[`INPUT_${name.toUpperCase()}`] = inputs[name] ?? value;
  }
  Object.assign(env, more);
  const child: ChildProcess = spawn(process.execPath, [path.join(repository, script)], { cwd: temp, env });
  const texts: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => texts.push(String(text)));
  const [exitCode] = await once(child, 'close');
  const state = Object.entries(readCommands(fileOf('STATE'))).map(([name, value]) => [
    `STATE_${name}`,
    value,
  ]);
  return {
    exitCode,
    printed: texts.join(''),
    outputs: readCommands(fileOf('OUTPUT')),
    variables: readCommands(fileOf('ENV')),
    summary: readFileSync(fileOf('STEP_SUMMARY'), 'utf8'),
    post: () => runScript(metadata.runs.post, inputs, Object.fromEntries(state)),
  };
}

const run = (inputs: Record<string, string>, variables: Record<string, string> = {}): Promise<Step> =>
  runScript(metadata.runs.main, { version: tarball, ...inputs }, variables);

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/ops/healthcheck`).then(
    ({ ok }) => ok,
    () => false,
  );

it('starts a mock for the steps that follow, and stops it at the end of the job', async () => {
  const flags = '--log-level info\n--mutant hashing/hash-of-the-hash';
  const started = await run({ port: '0', role: 'GENERATOR', flags });
  const { url = '', 'api-key': key = '', 'client-secret': secret = '', credentials = '' } = started.outputs;
  try {
    expect(started.exitCode, started.printed).toBe(0);
    expect(Object.keys(started.outputs).toSorted()).toEqual(
      Object.keys(metadata.outputs)
        .filter((name) => name !== 'report')
        .toSorted(),
    );
    expect(started.variables).toEqual({
      UID2_BASE_URL: url,
      UID2_API_KEY: key,
      UID2_CLIENT_SECRET: secret,
      UID2_SUBSCRIPTION_ID: 'local-cstg',
      UID2_PUBLIC_KEY: expect.stringMatching(/^UID2-X-/),
    });
    expect(JSON.parse(readFileSync(credentials, 'utf8')).url).toBe(url);
    for (const hidden of [key, secret]) expect(started.printed).toContain(`::add-mask::${hidden}\n`);
    expect(started.printed.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain(secret);
    const asked = await fetch(`${url}/v1/token/generate?email=reader@example.com`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(asked.status).toBe(200);
    expect((await fetch(`${url}/v1/token/generate?email=x`)).status).toBe(401);

    const verified = await run({ mode: 'verify', target: url, credentials, filter: 'generate/* map/*' });
    expect(verified.exitCode, verified.printed).toBe(1);
    const findings = JSON.parse(readFileSync(verified.outputs['report'] ?? '', 'utf8')).findings;
    expect(findings).not.toEqual([]);
    const annotations = verified.printed.match(/^::error title=.*$/gm) ?? [];
    expect(annotations).toHaveLength(findings.length);
    expect(annotations[0]).toMatch(/^::error title=\w+ MUST::[^\n]+%0Aexpected [^\n]+%0Agot /);
    expect(verified.summary).toContain(findings[0].requirement);
  } finally {
    const stopped = await started.post();
    expect(stopped.exitCode, stopped.printed).toBe(0);
    expect(await answers(url)).toBe(false);
    // what the mock wrote cannot be taken for a command
    expect(stopped.printed).toMatch(
      /^::group::Log [^\n]+\n::stop-commands::(\S+)\n.*GET \/v1\/token\/generate 401: .*\n::\1::\n::endgroup::\n$/s,
    );
  }
}, 120_000);

it('verifies a mock of its own without a target, and passes', async () => {
  const verified = await run({ mode: 'verify', filter: 'generate/email' });
  expect(verified.exitCode, verified.printed).toBe(0);
  expect(verified.printed).not.toContain('::error');
  expect(verified.summary).not.toBe('');
  expect((await verified.post()).printed).toBe('');
}, 120_000);

const worlds = {
  withoutClients: path.join(temp, 'without-clients.json'),
  wrong: path.join(temp, 'wrong.json'),
};
beforeAll(async () => {
  await using mock = await startMockOperator();
  writeFileSync(worlds.withoutClients, JSON.stringify({ ...mock.world, clients: [] }));
  writeFileSync(worlds.wrong, '{}');
});

it.each([
  [{ mode: 'begin' }, 2, '::error title=uid2-mock-operator::mode: expected start or verify; got begin\n'],
  [{ port: 'x' }, 1, '--port: expected a whole number from 0 to 65535; got x\n'],
  [{ port: '0', role: 'READER' }, 1, 'role: expected GENERATOR, '],
  [
    { world: worlds.withoutClients, port: '0' },
    1,
    '::world: expected a client, whose key is exported; got none\n',
  ],
  [{ world: worlds.wrong }, 1, 'got nothing%0A--world: keysets: expected a list; got nothing%0A'],
  [{ flags: '--help' }, 1, '::flags: expected flags with which a mock starts; got the answer Usage: '],
  [{ mode: 'verify', target: 'x' }, 2, '--target: expected an http or https URL'],
  [
    { version: path.join(temp, 'missing.tgz') },
    1,
    `expected npm to install ${path.join(temp, 'missing.tgz')}; got: `,
  ],
])(
  'fails with one sentence: %j',
  async (inputs, exitCode, says) => {
    const failed = await run(inputs);
    expect(failed.printed).toContain(says);
    expect(failed.exitCode).toBe(exitCode);
    expect((await failed.post()).exitCode).toBe(0);
  },
  120_000,
);

it('ends when it cannot hand over the mock that it started', async () => {
  const failed = await run({ port: '0' }, { GITHUB_OUTPUT: '' });
  expect(failed.printed).toBe(
    '::error title=uid2-mock-operator::GITHUB_OUTPUT: expected the variable, which a runner of GitHub Actions sets; got nothing\n',
  );
  expect(failed.exitCode).toBe(1);
  expect((await failed.post()).exitCode).toBe(0);
}, 120_000);

it('passes over a log that is gone when the job ends', async () => {
  const more = { STATE_pid: '2147483647', STATE_log: path.join(temp, 'missing.log') };
  expect(await runScript(metadata.runs.post, {}, more)).toMatchObject({ exitCode: 0, printed: '' });
});

it('escapes what could end a command', async () => {
  const program = `import { annotate } from ${JSON.stringify(path.join(repository, 'action/runner.js'))};
annotate('warning', 'a:b,c%', '100 %\\r\\n::error::forged');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  const texts: string[] = [];
  child.stdout.on('data', (text) => texts.push(String(text)));
  await once(child, 'close');
  expect(texts.join('')).toBe('::warning title=a%3Ab%2Cc%25::100 %25%0D%0A::error::forged\n');
});

it('names files that are there', () => {
  for (const script of [metadata.runs.main, metadata.runs.post]) {
    expect(existsSync(path.join(repository, script)), script).toBe(true);
  }
});
