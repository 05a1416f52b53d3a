/** The package as users get it: packed, installed into an empty folder, and run from there. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const repository = path.resolve(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-packed-'));
const shell = process.platform === 'win32';

/** What an enclosing `npm test` says of this package must not reach another npm, nor a user's settings the mock. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(package|lifecycle)_|npm_config_(local_prefix|global_prefix|call|package)$|UID2_MOCK_|PORT$)/.test(
        name,
      ),
  ),
);

const runFile = promisify(execFile);

/** Runs a command in the folder, or elsewhere; its standard output. */
async function run(command: string, args: readonly string[], cwd = folder): Promise<string> {
  const { stdout } = await runFile(command, [...args], { cwd, env: environment, shell, maxBuffer: 2 ** 26 });
  return stdout;
}

const write = (name: string, text: string): void => {
  writeFileSync(path.join(folder, name), text);
};

let packed: string[] = [];

beforeAll(async () => {
  // npm test has built already; without a build packing makes one
  const isBuilt = existsSync(path.join(repository, 'dist/cli/main.js'));
  const scripts = isBuilt ? ['--ignore-scripts'] : [];
  const report = await run('npm', ['pack', '--json', '--pack-destination', folder, ...scripts], repository);
  const [{ filename, files }] = JSON.parse(report.slice(report.indexOf('[\n')));
  packed = files.map((file: { path: string }) => file.path);
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${filename}`]);
}, 240_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('the package', () => {
  it('holds what it needs', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'README.md',
        'LICENSE',
        'CHANGELOG.md',
        'fixtures/README.md',
        'dist/cli/main.js',
        'dist/mock-server/index.d.ts',
        'dist/contract-tests/index.js',
      ]),
    );
    expect(packed.some((name) => /^fixtures\/[\w-]+\.json$/.test(name))).toBe(true);
  });

  it('holds no recordings, tests, test support, sources or source maps', () => {
    const unwanted =
      /recordings|\.(test|suite)\.|\/(testing|replay|sdks|pact)\/|\.map$|(?<!\.d)\.ts$|tsbuildinfo/;
    expect(packed.filter((name) => unwanted.test(name))).toEqual([]);
    expect(packed.filter((name) => !/^(dist|fixtures)\/|^[A-Z]+(\.md)?$|^package\.json$/.test(name))).toEqual(
      [],
    );
  });

  it('tells its version by the name of its binary', async () => {
    const { version } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
    expect(await run('npx', ['--no-install', 'uid2-mock', '--version'])).toBe(`${version}\n`);
  });

  it('is imported by its three names and starts in process', async () => {
    const fixture = packed.find((name) => /^fixtures\/[\w-]+\.json$/.test(name));
    write(
      'consumer.mjs',
      `import { startMockOperator } from 'uid2-mock-operator';
import { scenarios, runContract } from 'uid2-mock-operator/contract-tests';
import vectors from 'uid2-mock-operator/${fixture}' with { type: 'json' };
const mock = await startMockOperator();
const answer = await fetch(mock.url + '/ops/healthcheck');
const text = await answer.text();
await mock.close();
const ended = await fetch(mock.url).then(() => 'still there', () => 'closed');
console.log(JSON.stringify([text, ended, scenarios.length > 0, typeof runContract, typeof vectors]));
`,
    );
    const out = await run(process.execPath, ['--no-warnings', 'consumer.mjs']);
    expect(JSON.parse(out)).toEqual(['OK', 'closed', true, 'function', 'object']);
  });

  it('type-checks in a strict consumer, its declarations included', async () => {
    write(
      'consumer.ts',
      `import { type MockOperator, startMockOperator } from 'uid2-mock-operator';
import { runContract, scenarios } from 'uid2-mock-operator/contract-tests';
const mock: MockOperator = await startMockOperator({ port: 0, profile: 'current', scope: 'uid2' });
mock.optOuts.add({ email: 'user@example.com' });
// @ts-expect-error no such profile
await startMockOperator({ profile: 'v9' });
export const answers: readonly string[] = [mock.url, scenarios[0]?.id ?? '', typeof runContract];
`,
    );
    const types = path.join(repository, 'node_modules/@types');
    const compilerOptions = {
      target: 'es2023',
      module: 'nodenext',
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      typeRoots: [types],
      types: ['node'],
    };
    write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
    write(
      'package.json',
      JSON.stringify({
        ...JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')),
        type: 'module',
      }),
    );
    const tsc = path.join(repository, 'node_modules/typescript/bin/tsc');
    const problems = await run(process.execPath, [tsc, '-p', '.']).catch(
      (error: { stdout: string }) => error.stdout,
    );
    expect(problems).toBe('');
  }, 60_000);
});

/** The block of the README that is marked as the flow. */
function flow(): string {
  const readme = readFileSync(path.join(folder, 'node_modules/uid2-mock-operator/README.md'), 'utf8');
  const block = /<!-- flow -->\s*```sh\n(.*?)```/s.exec(readme)?.[1];
  if (block === undefined) throw new Error('README.md: expected a sh block after <!-- flow -->, got none');
  return block;
}

describe.skipIf(shell)('the flow of the README, against the installed binary', () => {
  let mock: ChildProcess;
  let port = '';

  beforeAll(async () => {
    mock = spawn(path.join(folder, 'node_modules/.bin/uid2-mock'), ['start', '--json', '--port', '0'], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (mock.stdout === null) throw new Error('expected a standard output');
    const [line] = await once(createInterface(mock.stdout), 'line');
    ({ port } = new URL(JSON.parse(line).url));
  });

  afterAll(async () => {
    const exit = once(mock, 'exit');
    mock.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  it('generates, validates, refreshes, opts out and logs in again', async () => {
    expect(flow()).toContain(':8432');
    write('flow.sh', flow().replaceAll(':8432', `:${port}`));
    const answers = (await run('bash', ['-e', 'flow.sh']))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const tokens = {
      status: 'success',
      body: {
        advertising_token: expect.stringMatching(/^A4[\w-]{200,}$/),
        refresh_token: expect.stringMatching(/^[\w+/]{166}==$|^[\w+/]{167}=$|^[\w+/]{168}$/),
        identity_expires: expect.any(Number),
        refresh_expires: expect.any(Number),
        refresh_from: expect.any(Number),
      },
    };
    expect(answers).toEqual([
      { status: 'success', body: true },
      tokens,
      { status: 'success', body: { optout: 'OK' } },
      { status: 'optout' },
      tokens,
    ]);
  });
});
