/** The declarations of the packed package, checked themselves too, for consumers without any other package. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPackage, runAsUser } from './packed-package.ts';

const repository = path.resolve(import.meta.dirname, '..');
const modules = path.join(repository, 'node_modules');
const OLDEST = '5.6.3';

const consumer = `import {
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
`;

const commonJs = `import uid2 = require('uid2-mock-operator');
import { inspectToken } from 'uid2-mock-operator/doctor';
import { scenarios } from 'uid2-mock-operator/contract-tests';
import { mockOperatorFor, type OperatorTest } from 'uid2-mock-operator/jest';
const { test, operator } = mockOperatorFor();
export const declared: OperatorTest = test;
export const url: string = operator.url;
export const started: Promise<uid2.MockOperator> = uid2.startMockOperator();
export const told: readonly string[] = [inspectToken('', { now: 0 }).kind, scenarios[0]?.id ?? ''];
// @ts-expect-error no such profile
void uid2.startMockOperator({ profile: 'v9' });
`;

const withVitest = `import { mockOperatorTest } from 'uid2-mock-operator/vitest';
const test = mockOperatorTest({ profile: 'current' });
test('has an operator', async ({ operator }) => {
  await operator.clock.freeze();
  // @ts-expect-error no such control
  operator.nothing;
});
`;

const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-types-'));
const compilers = new Map([['6', path.join(modules, 'typescript/bin/tsc')]]);

beforeAll(async () => {
  const old = path.join(folder, 'old');
  mkdirSync(old);
  writeFileSync(path.join(old, 'package.json'), '{ "private": true }');
  const flags = ['--prefer-offline', '--no-audit', '--no-fund'];
  await Promise.all([
    installPackage(folder),
    runAsUser(old, 'npm', ['install', ...flags, `typescript@${OLDEST}`]),
  ]);
  compilers.set('5.6', path.join(old, 'node_modules/typescript/bin/tsc'));
  symlinkSync(path.join(modules, 'vitest'), path.join(folder, 'node_modules/vitest'), 'junction');
}, 240_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** What a compiler says about files, in a project of modules. */
async function problemsOf(
  version: string,
  compilerOptions: object,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const project = mkdtempSync(path.join(folder, 'project-'));
  const options = {
    target: 'es2022',
    lib: ['es2022'],
    types: [],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    ...compilerOptions,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(project, name), text);
  writeFileSync(path.join(project, 'package.json'), '{ "type": "module" }');
  const config = { compilerOptions: options, files: Object.keys(files) };
  writeFileSync(path.join(project, 'tsconfig.json'), JSON.stringify(config));
  return runAsUser(project, process.execPath, [compilers.get(version) ?? '', '-p', '.']).catch(
    (error: { stdout: string }) => error.stdout,
  );
}

const both = { 'consumer.ts': consumer, 'consumer.cts': commonJs };

describe.concurrent('TypeScript', () => {
  it.each([
    ['5.6', { module: 'node16', moduleResolution: 'node16' }, both],
    ['5.6', { module: 'esnext', moduleResolution: 'bundler' }, { 'consumer.ts': consumer }],
    ['6', { module: 'nodenext' }, both],
    ['6', { module: 'node16', moduleResolution: 'node16' }, both],
    ['6', { module: 'preserve', moduleResolution: 'bundler' }, { 'consumer.ts': consumer }],
  ] as const)(
    '%s with %j has nothing to say',
    async (version, options, files) => {
      expect(await problemsOf(version, options, files)).toBe('');
    },
    120_000,
  );

  it('knows the fixture for vitest', async () => {
    // vitest needs the types of Node; its own declarations are not judged here
    const options = { module: 'nodenext', skipLibCheck: true };
    expect(await problemsOf('6', options, { 'consumer.ts': withVitest })).toBe('');
  }, 120_000);
});
