/** A world file that is watched: which changes are read, which are refused, and what a new world does not change. */

import { existsSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type MockOperator, type MockOperatorOptions, startMockOperator } from './index.ts';
import { companyOf, embeddedWorld, post } from './testing/caller.ts';

const PATIENCE_MS = 15_000;

let folder: string;
let file: string;
let mock: MockOperator | undefined;
let logged: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'uid2-mock-watch-'));
  file = join(folder, 'world.json');
  logged = [];
});
afterEach(async () => {
  await mock?.close();
  rmSync(folder, { recursive: true });
});

type World = ReturnType<typeof embeddedWorld>;

/** The embedded world with another name of its first client, to distinguish two worlds. */
const named = (name: string, changes: Partial<World> = {}): string => {
  const world = { ...embeddedWorld(), ...changes };
  const [first, ...rest] = world.clients;
  return JSON.stringify({ ...world, clients: [{ ...first, name }, ...rest] });
};

async function started(options: MockOperatorOptions = {}): Promise<MockOperator> {
  if (!existsSync(file)) writeFileSync(file, named('one'));
  mock = await startMockOperator({
    world: file,
    watch: true,
    log: (level, message) => logged.push(`${level}: ${message}`),
    ...options,
  });
  return mock;
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`expected more; it logged ${logged.join('\n')}`);
    await sleep(10);
  }
}

const nameOf = (operator: MockOperator) => companyOf(operator).name;
const refusals = () => logged.filter((line) => line.startsWith('error: '));

it('is read again when it is written again, and again', async () => {
  const operator = await started();
  for (const name of ['two', 'three']) {
    writeFileSync(file, named(name));
    await until(() => nameOf(operator) === name);
  }
  expect(logged).toEqual(Array.from({ length: 2 }, () => `info: world: read ${file} again`));
});

it('is read again when another file takes its name, though it is older', async () => {
  const other = join(folder, 'other.json');
  writeFileSync(other, named('two'));
  const operator = await started();
  renameSync(other, file);
  await until(() => nameOf(operator) === 'two');
});

it('is read again when the link to it points elsewhere', async () => {
  for (const name of ['one', 'two']) writeFileSync(join(folder, name), named(name));
  const link = join(folder, 'link');
  symlinkSync(join(folder, 'one'), file);
  symlinkSync(join(folder, 'two'), link);
  const operator = await started();
  renameSync(link, file);
  await until(() => nameOf(operator) === 'two');
});

it('may be deleted, which is logged once, and be created again', async () => {
  const operator = await started();
  unlinkSync(file);
  await until(() => refusals().length > 0);
  expect(nameOf(operator)).toBe('one');
  writeFileSync(file, named('two'));
  await until(() => nameOf(operator) === 'two');
  expect(refusals()).toEqual([
    `error: world: expected a readable file; got ${file} (ENOENT)\nworld: the former world stays`,
  ]);
});

it('is refused with all its problems; the former world stays until the file is valid', async () => {
  const operator = await started();
  const { body } = (await post(operator, '/v2/token/generate', { email: 'jane.doe@example.com' })).json;
  const { clients, keysets } = embeddedWorld();
  const wrong = {
    clients: clients.map((client, index) => (index === 0 ? { ...client, roles: ['GENERATR'] } : client)),
    keysets: keysets.map((keyset, index) => (index === 0 ? { ...keyset, site: 1001 } : keyset)),
  };
  writeFileSync(file, JSON.stringify({ ...embeddedWorld(), ...wrong }));
  await until(() => refusals().length > 0);
  const [refusal = ''] = refusals();
  const lines = refusal.replace('error: ', '').split('\n');
  expect(lines.slice(0, -1).join('\n')).toMatch(/^world: clients.*GENERATR/m);
  expect(lines.slice(0, -1).join('\n')).toMatch(/^world: keysets.*site/m);
  expect(lines.at(-1)).toBe('world: the former world stays');
  expect(nameOf(operator)).toBe('one');
  expect(body.advertising_token).toEqual(expect.any(String));
  expect((await post(operator, '/v2/token/generate', { email: 'jane.doe@example.com' })).status).toBe(200);
  writeFileSync(file, named('two'));
  await until(() => nameOf(operator) === 'two');
});

it('is refused when the options do not fit it', async () => {
  const operator = await started({ scope: 'uid2', identityTokenExpiresAfterSeconds: 2000 });
  writeFileSync(file, JSON.stringify(embeddedWorld('euid')));
  await until(() => refusals().length === 1);
  writeFileSync(
    file,
    named('two', { identity_token_expires_after_seconds: 1000, refresh_token_expires_after_seconds: 1999 }),
  );
  await until(() => refusals().length === 2);
  expect(refusals()).toEqual([
    'error: scope: expected EUID, as in the world; got uid2\nworld: the former world stays',
    'error: lifetimes: expected refreshIdentityTokenAfterSeconds <= identityTokenExpiresAfterSeconds <= ' +
      'refreshTokenExpiresAfterSeconds; got 900, 2000, 1999\nworld: the former world stays',
  ]);
  expect(nameOf(operator)).toBe('one');
});

it('does not change the lifetimes that the options give', async () => {
  const operator = await started({ identityTokenExpiresAfterSeconds: 2000 });
  const lifetimes = {
    identity_token_expires_after_seconds: 5000,
    refresh_token_expires_after_seconds: 50_000,
    refresh_identity_token_after_seconds: 500,
  };
  writeFileSync(file, named('two', lifetimes));
  await until(() => nameOf(operator) === 'two');
  await operator.clock.set(Date.UTC(2027, 0, 1));
  const { body } = (await post(operator, '/v2/token/generate', { email: 'jane.doe@example.com' })).json;
  const { identity_expires, refresh_expires, refresh_from } = body;
  const now = operator.clock.now();
  expect([refresh_from - now, identity_expires - now, refresh_expires - now]).toEqual([
    500_000, 2_000_000, 50_000_000,
  ]);
});

it('is read from the folder in which the operator started', async () => {
  const before = process.cwd();
  process.chdir(folder);
  try {
    const operator = await started({ world: 'world.json' });
    process.chdir(before);
    writeFileSync(file, named('two'));
    await until(() => nameOf(operator) === 'two');
  } finally {
    process.chdir(before);
  }
});
