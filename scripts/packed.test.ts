/** The package as users get it: packed, installed into an empty folder, and run from there. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPackage, packedPackage, runAsUser, userEnvironment } from './packed-package.ts';

const repository = path.resolve(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-packed-'));

/** Runs a command in the folder, or elsewhere; its standard output. */
const run = (command: string, args: readonly string[], cwd = folder): Promise<string> =>
  runAsUser(cwd, command, args);

const write = (name: string, text: string): void => {
  writeFileSync(path.join(folder, name), text);
};

let packed: readonly string[] = [];

beforeAll(async () => {
  ({ files: packed } = await packedPackage());
  await installPackage(folder);
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
        'dist/cli/main.cjs',
        'dist/mock-server/index.d.ts',
        'dist/mock-server/doctor.js',
        'dist/mock-server/doctor.d.ts',
        'dist/contract-tests/index.js',
        'dist/test-runners/jest.cjs',
        'dist/test-runners/jest.d.cts',
        'dist/test-runners/vitest.d.ts',
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

  it('prints its version when its binary is run by name', async () => {
    const { version } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
    expect(await run('npx', ['--no-install', 'uid2-mock', '--version'])).toBe(`${version}\n`);
  });

  // as 'npx uid2-mock-operator' finds it in the registry, a package with one binary of another name
  it('is run by its own name too', async () => {
    expect(await run('npx', ['--no-install', 'uid2-mock-operator', 'verify', '--list'])).toContain('\n');
  });

  it('is imported by its names and starts in process', async () => {
    const fixture = packed.find((name) => /^fixtures\/[\w-]+\.json$/.test(name));
    write(
      'consumer.mjs',
      `import { startMockOperator } from 'uid2-mock-operator';
import { scenarios, runContract } from 'uid2-mock-operator/contract-tests';
import { inspectToken } from 'uid2-mock-operator/doctor';
import vectors from 'uid2-mock-operator/${fixture}' with { type: 'json' };
const mock = await startMockOperator();
const answer = await fetch(mock.url + '/ops/healthcheck');
const text = await answer.text();
await mock.close();
const ended = await fetch(mock.url).then(() => 'still there', () => 'closed');
const names = Object.keys(await import('uid2-mock-operator')).sort();
console.log(JSON.stringify([text, ended, scenarios.length > 0, typeof runContract, typeof vectors, names, inspectToken('UID2-C-P-1-abcdef.x', { now: 0 }).kind]));
`,
    );
    const out = await run(process.execPath, ['--no-warnings', 'consumer.mjs']);
    const names = [
      'ConfigurationError',
      'ControlError',
      'connectMockOperator',
      'faultPresets',
      'startMockOperator',
    ];
    expect(JSON.parse(out)).toEqual(['OK', 'closed', true, 'function', 'object', names, 'api_key']);
  });

  it('type-checks in a strict consumer, its declarations included', async () => {
    write(
      'consumer.ts',
      `import {
  type ClientSideKeypair,
  ConfigurationError,
  type ConnectedOperator,
  type ConnectOptions,
  connectMockOperator,
  type Control,
  ControlError,
  type Credential,
  type Identifier,
  type Log,
  type MockOperator,
  type MockOperatorOptions,
  type OptOutRequest,
  type ProfileName,
  type RecordedOptOut,
  startMockOperator,
  type Time,
  type World,
} from 'uid2-mock-operator';
import { runContract, scenarios } from 'uid2-mock-operator/contract-tests';
import { type DoctorWorld, inspectToken, type TokenInspection } from 'uid2-mock-operator/doctor';
import { mockOperatorFor } from 'uid2-mock-operator/jest';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function is<_Holds extends true>(): void {}

is<Same<ProfileName, 'local' | 'seed-v1' | 'v5.56' | 'current'>>();
is<Same<Time, number | string | Date>>();
is<Same<
  keyof Identifier,
  'email' | 'phone' | 'email_hash' | 'phone_hash' | 'first_level_hash' | 'raw_uid'
>>();
is<Same<keyof OptOutRequest, keyof Identifier | 'at'>>();
is<Same<RecordedOptOut, { first_level_hash: string | null; raw_uid: string; at: number }>>();
is<Same<Parameters<Log>, [level: 'error' | 'info', message: string]>>();
is<Same<keyof Credential, 'name' | 'site_id' | 'roles' | 'key' | 'secret'>>();
is<Same<keyof ClientSideKeypair,
  'subscription_id' | 'public_key' | 'site_id' | 'domain_names' | 'app_names'
>>();
is<Same<Exclude<MockOperatorOptions['port'], undefined>, number>>();
is<Same<Exclude<MockOperatorOptions['log'], undefined>, Log>>();
type Placed =
  | 'url' | 'credentials' | 'credentialFor' | 'clientSideKeypairs' | 'close' | typeof Symbol.asyncDispose;
is<Same<keyof MockOperator, keyof Control | Placed | 'profile'>>();
is<Same<keyof ConnectedOperator, keyof Control | Placed>>();
is<Same<keyof Control['clock'],
  'get' | 'set' | 'advance' | 'freeze' | 'resume' | 'run' | 'checkEnvelopesBy'
>>();
is<Same<keyof MockOperator['clock'], keyof Control['clock'] | 'now'>>();
is<Same<keyof ConnectOptions, 'token' | 'testId'>>();
is<Same<keyof MockOperator['optOuts'], 'add' | 'import' | 'remove' | 'list' | 'clear'>>();

export async function use(options: MockOperatorOptions): Promise<string> {
  await using operator: MockOperator = await startMockOperator({ ...options, port: 0, scope: 'uid2' });
  const { key, secret }: Credential = operator.credentialFor('GENERATOR');
  const world: World = operator.world;
  const identity: Identifier = { email: 'user@example.com' };
  const changes: Promise<void>[] = [
    operator.optOuts.add({ ...identity, at: new Date(0) }),
    operator.optOuts.add([identity, { phone_hash: '', at: '2026-01-31' }]),
    operator.optOuts.remove(identity),
    operator.optOuts.clear(),
    operator.clock.set('2026-01-31T12:00:00Z'),
    operator.clock.advance(1),
    operator.clock.resume(),
    operator.reset(),
    operator[Symbol.asyncDispose](),
  ];
  await Promise.all(changes);
  const [optOut] = await operator.optOuts.list();
  const control: Control[] = [operator, operator.isolate('id'), await connectMockOperator(operator.url, { testId: 'id' })];
  if (control.length === 0) throw new ControlError('missing', { field: '', expected: '', got: '' });
  // @ts-expect-error no such profile
  await startMockOperator({ profile: 'v9' });
  // @ts-expect-error an option of the command line
  await startMockOperator({ quiet: true });
  // @ts-expect-error no such identifier
  await operator.optOuts.add({ mail: 'user@example.com' });
  // @ts-expect-error no time
  await operator.clock.set(true);
  // @ts-expect-error there may be none
  operator.credentials[0].key;
  return [key, secret, world.identity_scope, String(optOut?.at), new ConfigurationError('').message].join();
}
const jest = mockOperatorFor({ profile: 'current' });
jest.test('has an operator', ({ operator }) => operator.clock.freeze(), 1000);
jest.test.each([1, 2])('row', async (row, { operator }) => operator.clock.advance(row));
is<Same<(typeof jest)['operator'], MockOperator>>();
const inspected: TokenInspection = inspectToken('', { now: 0 });
export const doctorWorld = (world: World): DoctorWorld => world;
export const answers: readonly string[] = [scenarios[0]?.id ?? '', typeof runContract, inspected.kind];
`,
    );
    write(
      'consumer.cts',
      `import { mockOperatorFor, type OperatorTest } from 'uid2-mock-operator/jest';
const { test, operator } = mockOperatorFor();
export const declared: OperatorTest = test;
export const url: string = operator.url;
`,
    );
    const types = path.join(repository, 'node_modules/@types');
    const compilerOptions = {
      target: 'es2023',
      module: 'nodenext',
      lib: ['es2023', 'esnext.disposable'],
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false,
      typeRoots: [types],
      types: ['node'],
    };
    write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['consumer.ts', 'consumer.cts'] }));
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

const readme = (): string =>
  readFileSync(path.join(folder, 'node_modules/uid2-mock-operator/README.md'), 'utf8');

/** The block of the README that is marked as the flow. */
function flow(): string {
  const block = /<!-- flow -->\s*```sh\n(.*?)```/s.exec(readme())?.[1];
  if (block === undefined) throw new Error('README.md: expected a sh block after <!-- flow -->, got none');
  return block;
}

it('the blocks of the README that are marked so run as they stand', async () => {
  const blocks = [...readme().matchAll(/<!-- runs -->\s*```js\n(.*?)```/gs)].map(([, block = '']) => block);
  expect(blocks.length).toBeGreaterThanOrEqual(2);
  for (const [index, block] of blocks.entries()) {
    write(`block-${index}.mjs`, block);
    expect(await run(process.execPath, [`block-${index}.mjs`])).toBe('');
  }
});

describe('in the project of a user,', () => {
  const tests = (head: string): string => `${head}
test('passes', async ({ operator }) => {
  expect(operator.profile).toBe('v5.56');
  await operator.clock.freeze();
  await operator.optOuts.add({ email: 'reader@example.com' });
  expect(await operator.optOuts.list()).toHaveLength(2);
});
test('fails', async ({ operator }) => {
  expect((await operator.clock.get()).frozen).toBe(false);
  expect(await operator.optOuts.list()).toHaveLength(1);
  const asked = (key, query) =>
    fetch(operator.url + '/v1/token/generate?' + query, { headers: { authorization: 'Bearer ' + key } });
  const { key } = operator.credentialFor('GENERATOR');
  expect((await asked(key, 'email=reader@example.com')).status).toBe(200);
  expect((await asked('unknown', 'email=reader@example.com')).status).toBe(200);
});
`;
  const jestHead = `const { mockOperatorFor } = require('uid2-mock-operator/jest');
const { test, operator: same } = mockOperatorFor({ profile: 'v5.56' });
test.each([[1], [2]])('row %p', (row, { operator }) => {
  expect([row.length, operator.url]).toEqual([1, same.url]);
});`;
  const vitestHead = `import { expect } from 'vitest';
import { mockOperatorTest } from 'uid2-mock-operator/vitest';
const test = mockOperatorTest({ profile: 'v5.56' });`;
  const modules = path.join(repository, 'node_modules');

  it.each([
    ['vitest', vitestHead, ['vitest/vitest.mjs', 'run'], 'Tests  1 failed | 1 passed (2)'],
    ['jest', jestHead, ['jest/bin/jest.js', '--ci'], 'Tests:       1 failed, 3 passed, 4 total'],
  ])(
    'a failed test of %s prints the last exchanges with their reasons',
    async (runner, head, args, total) => {
      const project = path.join(folder, `${runner}-project`);
      mkdirSync(project);
      writeFileSync(path.join(project, 'package.json'), '{}');
      writeFileSync(path.join(project, 'operator.test.js'), tests(head));
      symlinkSync(path.join(modules, runner), path.join(folder, 'node_modules', runner), 'junction');
      const [program = '', ...rest] = args;
      const failed: unknown = await run(
        process.execPath,
        [path.join(modules, program), ...rest],
        project,
      ).catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 1 });
      const { stdout, stderr } = failed as { stdout: string; stderr: string };
      const printed = stripVTControlCharacters(`${stdout}${stderr}`);
      expect(printed).toContain(total);
      const lines = printed.split('\n').map((line) => line.trim());
      const first = lines.indexOf('The 2 exchanges of the mock operator:');
      expect(lines.slice(first, first + 3)).toEqual([
        expect.any(String),
        expect.stringMatching(/^\S+Z {2}GET +\/v1\/token\/generate +200 +Example Publisher +served$/),
        expect.stringMatching(
          /^\S+Z {2}GET +\/v1\/token\/generate +401 +- +key_unknown: no client has this API key$/,
        ),
      ]);
      expect(printed.match(/of the mock operator/g)).toHaveLength(1);
    },
    60_000,
  );
});

describe.skipIf(process.platform === 'win32')('the flow of the README, against the installed binary', () => {
  let mock: ChildProcess;
  let port = '';

  beforeAll(async () => {
    mock = spawn(path.join(folder, 'node_modules/.bin/uid2-mock'), ['start', '--json', '--port', '0'], {
      cwd: folder,
      env: userEnvironment,
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

  it.each(['the first time', 'again'])(
    'generates, validates, refreshes, opts out and logs in again: %s',
    async () => {
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
    },
  );
});
