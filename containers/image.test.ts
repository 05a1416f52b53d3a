/** The image, built from the Dockerfile with all its steps and run as an engine runs it. */

import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest';
import { run } from '../contract-tests/sdks/command.ts';
import { type Prepared, prepare, readyOrSkip } from '../contract-tests/sdks/runtime.ts';
import { startMockBinary } from '../contract-tests/sdks/mock-binary.ts';
import { serverProgram, startRedis } from '../mock-server/testing/redis-server.ts';
import { type Container, type Ended, runContainer, startContainer } from './container.ts';
import { type BuiltImage, buildImage } from './image.ts';

const repository = path.resolve(import.meta.dirname, '..');
let image: Prepared<BuiltImage> | undefined;
const running = new Set<Container>();

beforeAll(async () => {
  image = await prepare('the container image', async () => {
    if (process.getuid?.() !== 0) throw new Error('building an image needs root');
    return buildImage();
  });
});
afterAll(async () => {
  for (const container of running) container.kill('SIGKILL');
  if (image !== undefined && 'ready' in image) await image.ready.remove();
});

interface Started {
  container: Container;
  url: string;
  key: string;
  secret: string;
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

/** Starts the mock on a free port; its line of JSON says where. */
async function start(
  context: TestContext,
  variables: Record<string, string> = {},
  ...flags: string[]
): Promise<Started> {
  const built = readyOrSkip(image, context);
  const command = [...built.config.Entrypoint, 'start', ...flags];
  const container = startContainer(built, flags.length > 0 ? command : undefined, {
    UID2_MOCK_PORT: '0',
    UID2_MOCK_JSON: 'true',
    ...variables,
  });
  running.add(container);
  const [line] = await container.printed(/^\{.*\}\n/);
  const { url, credentials } = JSON.parse(line);
  return {
    container,
    url: `http://127.0.0.1:${new URL(url).port}`,
    key: credentials[0].key,
    secret: credentials[0].secret,
    stop(signal = 'SIGTERM') {
      running.delete(container);
      container.kill(signal);
      return container.ended;
    },
  };
}

const status = async (url: string, headers: Record<string, string> = {}): Promise<number> =>
  (await fetch(url, { headers })).status;

it('states its user, command, port and source, and holds no sources or tests', (context) => {
  const { config, root } = readyOrSkip(image, context);
  expect(config).toMatchObject({
    User: '10001:10001',
    Cmd: ['start'],
    ExposedPorts: { '8432/tcp': {} },
    Healthcheck: { Test: ['CMD', 'uid2-mock', 'healthcheck'] },
    Labels: {
      'org.opencontainers.image.source': 'https://github.com/uid2-mock/uid2-mock-operator',
      'org.opencontainers.image.licenses': 'Apache-2.0',
    },
  });
  const files = readdirSync(path.join(root, 'opt/uid2-mock'), { recursive: true, encoding: 'utf8' });
  const needed = ['LICENSE', 'dist/THIRD-PARTY-LICENSES', 'node_modules/iovalkey/LICENSE'];
  expect(files.filter((file) => needed.includes(file)).toSorted()).toEqual(needed.toSorted());
  expect(files.filter((file) => /\.test\.|recordings|^(?!node_modules).*(?<!\.d)\.ts$/.test(file))).toEqual(
    [],
  );
  expect(readdirSync(root)).not.toContain('source');
});

it('serves its network without control, is healthy, and ends at SIGTERM', async (context) => {
  const mock = await start(context);
  const { port } = new URL(mock.url);
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const outer = addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
  for (const address of ['127.0.0.1', ...(outer === undefined ? [] : [outer])]) {
    expect(await status(`http://${address}:${port}/ops/healthcheck`)).toBe(200);
    expect(await status(`http://${address}:${port}/__admin/state`)).toBe(404);
  }
  const authorization = `Bearer ${mock.key}`;
  expect(await status(`${mock.url}/v1/token/generate?email=reader@example.com`, { authorization })).toBe(200);

  const built = readyOrSkip(image, context);
  const [, ...healthcheck] = built.config.Healthcheck.Test;
  const asked = (): Promise<Ended> => startContainer(built, healthcheck, { UID2_MOCK_PORT: port }).ended;
  expect(await asked()).toEqual({ exitCode: 0, out: 'OK\n', error: '' });
  expect(await mock.stop()).toMatchObject({ exitCode: 0, error: '' });
  expect(await asked()).toMatchObject({ exitCode: 1 });
});

const withToken: [where: string, variables: Record<string, string>, flags: string[]][] = [
  ['in the environment', { UID2_MOCK_ADMIN_TOKEN: 'secret-token' }, []],
  ['as a flag', {}, ['--admin-token', 'secret-token']],
  ['joined to its flag', {}, ['--admin-token=secret-token']],
];
it.for(withToken)('serves its control with an admin token %s', async ([, variables, flags], context) => {
  const mock = await start(context, variables, ...flags);
  expect(await status(`${mock.url}/__admin/state`)).toBe(401);
  for (const token of ['secret-token', 'another']) {
    const authorization = `Bearer ${token}`;
    const expected = token === 'another' ? 401 : 200;
    expect(await status(`${mock.url}/__admin/state`, { authorization })).toBe(expected);
  }
  expect(await mock.stop('SIGINT')).toMatchObject({ exitCode: 0 });
});

it('is refused with one sentence when the network could control it', async (context) => {
  const refused = await runContainer(readyOrSkip(image, context), ['start'], { UID2_MOCK_ADMIN: 'true' });
  expect(refused).toMatchObject({ exitCode: 2, out: '' });
  expect(refused.error).toMatch(/^uid2-mock: UID2_MOCK_HOST: expected a loopback address, or [^\n]+\n$/);
});

it('shares its state over a store, whose client it has', async (context) => {
  if (serverProgram === undefined) return context.skip('no Valkey or Redis server');
  const store = await startRedis(serverProgram);
  try {
    const variables = { UID2_MOCK_STORE: store.url, UID2_MOCK_ADMIN_TOKEN: 'secret-token' };
    const [one, other] = await Promise.all([start(context, variables), start(context, variables)]);
    const headers = { authorization: 'Bearer secret-token' };
    const body = JSON.stringify({ email: 'shared@example.com' });
    const added = await fetch(`${one.url}/__admin/optouts?wait=all`, { method: 'POST', headers, body });
    expect(added.ok, await added.text()).toBe(true);
    expect(await (await fetch(`${other.url}/__admin/optouts`, { headers })).text()).toContain('raw_uid');
    expect([(await one.stop()).exitCode, (await other.stop()).exitCode]).toEqual([0, 0]);
  } finally {
    await store.remove();
  }
});

it('verifies a mock elsewhere, and is verified by one', async (context) => {
  const built = readyOrSkip(image, context);
  const scenarios = ['--filter', 'generate/email'];
  const inside = await start(context);
  const outside = await startMockBinary();
  const targets = [
    { url: inside.url, key: inside.key, secret: inside.secret },
    { url: outside.url, ...outside.credential('Example Company') },
  ];
  for (const { url, key, secret } of targets) {
    const variables = { UID2_API_KEY: key, UID2_CLIENT_SECRET: secret };
    const verified = await runContainer(built, ['verify', '--target', url, ...scenarios], variables);
    expect(verified).toMatchObject({ exitCode: 0, error: '' });
    expect(verified.out).toMatch(/\b[1-9]\d* passed/);
  }
  await outside.stop();
  await inside.stop();
});

// a command without handlers of its own, while it waits for a target that does not answer
it.for([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('ends any command at %s, though it is process 1', async ([signal, exitCode], context) => {
  const { config, root } = readyOrSkip(image, context);
  const target = createServer().listen(0, '127.0.0.1');
  const asked = once(target, 'request');
  await once(target, 'listening');
  const { port } = target.address() as AddressInfo;
  const command = [
    ...config.Entrypoint,
    'verify',
    '--target',
    `http://127.0.0.1:${port}`,
    '--timeout',
    '3600',
  ];
  const variables = { UID2_API_KEY: 'key', UID2_CLIENT_SECRET: Buffer.alloc(32).toString('base64') };
  const container = startContainer({ config, root }, command, variables);
  running.add(container);
  await asked;
  container.kill(signal);
  expect(await container.ended).toMatchObject({ exitCode });
  running.delete(container);
  target.closeAllConnections();
  target.close();
});

/** The recipe in a folder where `testcontainers` is what stands in for it without an engine. */
function recipeWithoutEngine(folder: string): void {
  cpSync(path.join(repository, 'examples/testcontainers/node'), folder, { recursive: true });
  const standIn = path.join(folder, 'node_modules/testcontainers');
  mkdirSync(standIn, { recursive: true });
  writeFileSync(path.join(standIn, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
  const file = pathToFileURL(path.join(import.meta.dirname, 'without-engine.ts')).href;
  writeFileSync(path.join(standIn, 'index.js'), `export * from ${JSON.stringify(file)};\n`);
}

it('the recipe for Testcontainers in Node passes its test', async (context) => {
  const { config, root } = readyOrSkip(image, context);
  const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-recipe-'));
  try {
    recipeWithoutEngine(folder);
    const env = { UID2_MOCK_TEST_IMAGE: JSON.stringify({ config, root }) };
    const printed = await run(process.execPath, ['--import', import.meta.resolve('tsx'), '--test'], {
      cwd: folder,
      env,
    });
    expect(printed).toMatch(/^(?:#|ℹ) pass 1$/m);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
