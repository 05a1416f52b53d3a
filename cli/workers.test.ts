/** `uid2-mock start --workers N`: processes that share one port and their state. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  Binary,
  type StartedLine,
  killCommandLines,
  runInProcess,
} from '../mock-server/testing/command-line.ts';
import { type RedisServer, serverProgram, startRedis } from '../mock-server/testing/redis-server.ts';

afterEach(killCommandLines);
vi.setConfig({ testTimeout: 60_000 });
afterAll(() => {
  vi.resetConfig();
});

async function startWorkers(...flags: string[]): Promise<{ binary: Binary; line: StartedLine }> {
  const binary = new Binary(['start', '--json', '--port', '0', ...flags]);
  return { binary, line: await binary.line() };
}

/** Asks over a connection of its own, which may lead to any worker. */
async function ask({ url }: StartedLine, method: string, path: string, body?: object) {
  const answer = await fetch(`${url}/__admin${path}`, {
    method,
    headers: { connection: 'close' },
    // a connection that was on its way to a killed worker may get no answer
    signal: AbortSignal.timeout(4000),
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

const instancesOf = async (line: StartedLine): Promise<string[]> =>
  (await ask(line, 'GET', '/state'))['instances'] as string[];

/** What all workers say, each asked several times. */
async function seenByAll(line: StartedLine, path: string, member: string): Promise<Set<unknown>> {
  const seen = new Set<unknown>();
  for (let time = 0; time < 8; time++) seen.add((await ask(line, 'GET', path))[member]);
  return seen;
}

async function checkSharing(line: StartedLine): Promise<void> {
  for (let number = 0; number < 6; number++) {
    await ask(line, 'POST', '/optouts?wait=all', { email: `p${number}@example.com` });
    expect(await seenByAll(line, '/optouts', 'count')).toEqual(new Set([number + 2]));
  }
  await ask(line, 'POST', '/clock?wait=all', { set: '2027-01-01T00:00:00Z' });
  expect(await seenByAll(line, '/clock', 'now')).toEqual(new Set(['2027-01-01T00:00:00.000Z']));
}

/** Kills a worker, and waits until another has taken its place. */
async function killOne(binary: Binary, line: StartedLine): Promise<void> {
  const before = await instancesOf(line);
  const pid = Number(before[0]?.replace(/\D+/, ''));
  process.kill(pid, 'SIGKILL');
  await binary.until(async () => {
    const present = await instancesOf(line).catch(() => before);
    return present.length === before.length && !present.includes(before[0] ?? '');
  });
}

describe('workers over the primary process', () => {
  it('share their state, and a new one has all of it', async () => {
    const { binary, line } = await startWorkers('--workers', '2');
    expect(await instancesOf(line)).toHaveLength(2);
    await checkSharing(line);
    await killOne(binary, line);
    expect(await seenByAll(line, '/optouts', 'count')).toEqual(new Set([7]));
    expect(await seenByAll(line, '/clock', 'now')).toEqual(new Set(['2027-01-01T00:00:00.000Z']));
    expect(binary.err).toMatch(/^worker \d+ ended: SIGKILL; another takes its place\n$/);
    expect(binary.out.split('\n')).toHaveLength(2);
    expect(await binary.stop()).toMatchObject({ code: 0 });
  });

  it('serve one world, whose times are the same', async () => {
    const { line } = await startWorkers('--workers', '3');
    const worlds = new Set<string>();
    for (let time = 0; time < 9; time++) worlds.add(JSON.stringify(await ask(line, 'GET', '/world')));
    expect(worlds.size).toBe(1);
  });

  it('end with SIGINT and exit code 0, with one banner', async () => {
    const binary = new Binary(['start', '--port', '0', '--workers', '2']);
    await binary.until(() => binary.out.includes('Try'));
    binary.signal('SIGINT');
    const { code, out, err } = await binary.exit();
    expect([code, err, out.split('UID2 mock operator on').length]).toEqual([0, '', 2]);
  });

  it.each([
    ['info', /^GET \/nowhere 404: [^\n]+\n$/],
    ['error', /^$/],
  ])('log the requests of --log-level %s', async (level, expected) => {
    const { binary, line } = await startWorkers('--workers', '2', '--log-level', level);
    await fetch(`${line.url}/nowhere`);
    await binary.until(() => level !== 'info' || binary.err.includes('\n'));
    expect((await binary.stop()).err).toMatch(expected);
  });

  it('say once that a port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const binary = new Binary(['start', '--port', String(port), '--workers', '2']);
    const { code, out, err } = await binary.exit();
    server.close();
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^uid2-mock: --port: expected a free port on 127\.0\.0\.1; got [^\n]*\n$/);
  });

  it.each([
    [['--workers', '0'], '--workers: expected a whole number from 1 to 64; got 0'],
    [['--workers', 'many'], '--workers: expected a whole number from 1 to 64; got many'],
    [['--workers', '2', '--mutant', 'x'], '--workers: expected no --mutant; got both'],
  ])('are refused in a sentence: %s', async (flags, sentence) => {
    const { code, err } = await runInProcess(['start', ...flags]);
    expect([code, err]).toEqual([2, `uid2-mock: ${sentence}\n`]);
  });
});

describe.skipIf(serverProgram === undefined)('workers over a store', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis(serverProgram ?? '');
  });
  afterAll(() => server.remove());

  it('share their state, also with another process', async () => {
    const { binary, line } = await startWorkers('--workers', '2', '--store', server.url);
    await checkSharing(line);
    const other = await startWorkers('--store', server.url);
    expect(await instancesOf(other.line)).toHaveLength(3);
    expect((await ask(other.line, 'GET', '/optouts'))['count']).toBe(7);
    expect(await ask(other.line, 'GET', '/world')).toEqual(await ask(line, 'GET', '/world'));
    expect(await binary.stop()).toMatchObject({ code: 0, err: '' });
  });

  it('end with 2 and one sentence when it is away', async () => {
    const binary = new Binary(['start', '--port', '0', '--workers', '2', '--store', 'redis://127.0.0.1:1']);
    const { code, err } = await binary.exit();
    expect([code, err]).toEqual([
      2,
      'uid2-mock: --store: expected a Valkey or Redis server at 127.0.0.1:1; got ECONNREFUSED\n',
    ]);
  });
});
