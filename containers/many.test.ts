/** Many mocks behind the load balancer of `compose.many.yaml`, by its own configuration, and the files themselves. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { parse } from 'yaml';
import { type MockBinary, startMockBinary } from '../contract-tests/sdks/mock-binary.ts';
import { pythonWith } from '../contract-tests/sdks/python-environment.ts';
import { run } from '../contract-tests/sdks/command.ts';
import { type Prepared, needProgram, prepare, readyOrSkip } from '../contract-tests/sdks/runtime.ts';
import { freePort } from '../mock-server/testing/free-port.ts';
import { type RedisServer, serverProgram, startRedis } from '../mock-server/testing/redis-server.ts';

const repository = path.resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(repository, file), 'utf8');

interface Service {
  image?: string;
  build?: string;
  ports?: string[];
  environment?: Record<string, string>;
  read_only?: boolean;
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
}
const servicesOf = (file: string): Record<string, Service> =>
  // merge keys and anchors are what compose reads too
  (parse(read(file), { merge: true }) as { services: Record<string, Service> }).services;

const files = ['compose.yaml', 'compose.many.yaml'];
const workflows = readdirSync(path.join(repository, '.github/workflows')).map(
  (name) => `.github/workflows/${name}`,
);

it.each(files)(
  '%s publishes to this machine alone, and runs the image with a root that is not written',
  (file) => {
    for (const [name, service] of Object.entries(servicesOf(file))) {
      for (const port of service.ports ?? []) expect(port, name).toMatch(/^127\.0\.0\.1:8432:8432$/);
      for (const other of Object.keys(service.depends_on ?? {}))
        expect(servicesOf(file)).toHaveProperty(other);
      if (service.build !== undefined) expect(service, name).toMatchObject({ build: '.', read_only: true });
    }
  },
);

it('the deployment of docs/containers.md runs the image as it is built', () => {
  const [, block = ''] = /^## Kubernetes\n.*?```yaml\n(.*?)```/ms.exec(read('docs/containers.md')) ?? [];
  const { kind, spec } = parse(block);
  expect(kind).toBe('Deployment');
  expect(spec.template.metadata.labels).toEqual(spec.selector.matchLabels);
  const [container] = spec.template.spec.containers;
  expect(container.image).toBe(servicesOf('compose.yaml')['uid2']?.image);
  expect(read('Dockerfile')).toMatch(new RegExp(`^EXPOSE ${container.ports[0].containerPort}$`, 'm'));
  expect(container.readinessProbe.httpGet).toEqual({ path: '/ops/healthcheck', port: 8432 });
  // a user by number, whom Kubernetes knows not to be root
  expect(read('Dockerfile')).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
  expect(container.securityContext).toMatchObject({ runAsNonRoot: true, readOnlyRootFilesystem: true });
});

describe('the files that others read fit the schemas of their formats:', () => {
  let python: Prepared<string> | undefined;
  beforeAll(async () => {
    python = await prepare('the schemas of check-jsonschema', () =>
      pythonWith('schemas', path.join(import.meta.dirname, 'requirements.txt')),
    );
  });

  it.for([
    ['compose-spec', files],
    ['github-workflows', workflows],
    ['github-actions', ['action.yml']],
    ['dependabot', ['.github/dependabot.yml']],
  ] as const)('%s', async ([schema, checked], context) => {
    const program = readyOrSkip(python, context);
    const flags = ['-m', 'check_jsonschema', '--builtin-schema', `vendor.${schema}`];
    await run(program, [...flags, ...checked.map((file) => path.join(repository, file))]);
  });
});

/** One request on a connection of its own. */
async function ask(
  method: string,
  url: string,
  headers: Record<string, string>,
  body = '',
): Promise<{ status: number; text: string }> {
  const request = httpRequest(url, { method, headers, agent: false });
  request.end(body);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return { status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
}

describe('three mocks behind the load balancer', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-many-'));
  const headers = { authorization: 'Bearer secret-token' };
  let haproxy: Prepared<string> | undefined;
  let store: RedisServer | undefined;
  let mocks: MockBinary[] = [];
  let balancer: ChildProcess | undefined;
  let url = '';

  /** The committed configuration, with the addresses of this test. */
  async function configuration(): Promise<string> {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const places = mocks.map((mock) => new URL(mock.url).host);
    const text = read('containers/haproxy.cfg')
      .replace('bind :8432', `bind 127.0.0.1:${port}`)
      .replace(/^( +server mock-(\d)) \S+$/gm, (_line, head: string, number: string) => {
        return `${head} ${places[Number(number) - 1] ?? ''}`;
      });
    const file = path.join(folder, 'haproxy.cfg');
    writeFileSync(file, text);
    return file;
  }

  /** Starts the load balancer, and waits until it serves. */
  async function startBalancer(program: string): Promise<void> {
    balancer = spawn(program, ['-db', '-f', await configuration()], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [said, isRunning] = ['', true];
    for (const stream of [balancer.stdout, balancer.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
    balancer.once('close', () => (isRunning = false));
    while (!(await ask('GET', url, {}).then(Boolean, () => false))) {
      if (!isRunning) throw new Error(`haproxy: expected to serve; ended with ${balancer.exitCode}: ${said}`);
      await pause(50);
    }
  }

  beforeAll(async () => {
    haproxy = await prepare('the load balancer haproxy', async () => {
      if (serverProgram === undefined) throw new Error('no Valkey or Redis server');
      return needProgram(['haproxy', '/usr/sbin/haproxy'], ['haproxy']);
    });
    if ('missing' in haproxy || serverProgram === undefined) return;
    store = await startRedis(serverProgram);
    const flags = ['--store', store.url, '--admin-token', 'secret-token'];
    mocks = await Promise.all([1, 2, 3].map(() => startMockBinary(...flags)));
    await startBalancer(haproxy.ready);
  });
  afterAll(async () => {
    balancer?.kill('SIGKILL');
    await Promise.all(mocks.map((mock) => mock.stop()));
    await store?.remove();
    rmSync(folder, { recursive: true });
  });

  /** How many tokens the journal of a mock says that it generated. */
  const generated = async (mock: MockBinary): Promise<number> => {
    const { text } = await ask('GET', `${mock.url}/__admin/requests`, headers);
    return text.split('"route":"/v1/token/generate"').length - 1;
  };
  const ready = (context: TestContext): { key: string } => {
    readyOrSkip(haproxy, context);
    const { key } = mocks[0]?.credential('Example Company') ?? { key: '' };
    return { key };
  };
  const v1 = async (base: string, call: string, key: string): Promise<Record<string, never>> =>
    JSON.parse((await ask('GET', `${base}/v1/token/${call}`, { authorization: `Bearer ${key}` })).text);

  it('all obey what one was told', async (context) => {
    const { key } = ready(context);
    const { body } = await v1(url, 'generate?email=leaves@example.com', key);
    const refresh = `refresh?refresh_token=${encodeURIComponent(body?.['refresh_token'] ?? '')}`;
    for (const mock of mocks) expect(await v1(mock.url, refresh, key)).toMatchObject({ status: 'success' });

    const optOut = JSON.stringify({ email: 'leaves@example.com' });
    const added = await ask('POST', `${url}/__admin/optouts?wait=all`, headers, optOut);
    expect(added.status, added.text).toBeLessThan(300);
    for (const mock of mocks) expect(await v1(mock.url, refresh, key)).toMatchObject({ status: 'optout' });
  });

  it('each gets its share of the connections', async (context) => {
    const { key } = ready(context);
    for (const _ of [...mocks, ...mocks]) await v1(url, 'generate?email=reader@example.com', key);
    for (const mock of mocks) expect(await generated(mock)).toBeGreaterThanOrEqual(2);
  });

  it('the others serve on when one ends', async (context) => {
    const { key } = ready(context);
    await mocks.pop()?.stop();
    for (let asked = 0; asked < 6; asked++) {
      expect(await v1(url, 'generate?email=reader@example.com', key)).toMatchObject({ status: 'success' });
    }
  });
});
