/** Instances that share a store, as a user sees them: over HTTP and from Node. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationError, type MockOperator, startMockOperator } from './index.ts';
import { post } from './testing/caller.ts';
import { type RedisServer, serverProgram, startRedis } from './testing/redis-server.ts';

const USER = { email: 'shared@example.com' };

async function admin(mock: MockOperator, method: string, path: string, body?: object) {
  const answer = await fetch(`${mock.url}/__admin${path}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

const statusOf = async (mock: MockOperator): Promise<unknown> =>
  (await post(mock, '/v2/token/generate', { ...USER, policy: 1 })).json.status;

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 15_000; !(await holds());) {
    if (performance.now() > end) throw new Error(`expected within 15 s: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('an option store that cannot work', () => {
  it.each([
    ['http://127.0.0.1:6379', 'store: expected redis://HOST:PORT/DB?prefix=NAME'],
    ['redis://127.0.0.1:6379/name', 'store: expected redis://HOST:PORT/DB?prefix=NAME'],
    ['redis://127.0.0.1:6379?prefix=a:b', 'store: expected redis://HOST:PORT/DB?prefix=NAME'],
    ['redis://127.0.0.1:6379?db=1', 'store: expected redis://HOST:PORT/DB?prefix=NAME'],
    ['not a URL', 'store: expected redis://HOST:PORT/DB?prefix=NAME'],
    [
      'redis://:secret@127.0.0.1:1',
      'store: expected a Valkey or Redis server at 127.0.0.1:1; got ECONNREFUSED',
    ],
    ['valkey://[::1]:1/3', 'store: expected a Valkey or Redis server at ::1:1; got E'],
    ['rediss://127.0.0.1:1', 'store: expected a Valkey or Redis server at 127.0.0.1:1; got ECONNREFUSED'],
  ])('is one sentence: %s', async (store, sentence) => {
    const error: unknown = await startMockOperator({ store }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error)).toContain(sentence);
    expect(String(error)).not.toContain('secret');
    expect(String(error)).not.toContain('\n');
  });
});

describe.skipIf(serverProgram === undefined)('two operators with one store', () => {
  let server: RedisServer;
  let one: MockOperator;
  let other: MockOperator;
  beforeAll(async () => {
    server = await startRedis(serverProgram ?? '');
    const store = `${server.url}/2?prefix=shared`;
    [one, other] = await Promise.all([startMockOperator({ store }), startMockOperator({ store })]);
  });
  afterAll(async () => {
    await server.remove();
    const since = performance.now();
    await Promise.all([one.close(), other.close()]);
    expect(performance.now() - since).toBeLessThan(4000);
  });

  it('obey a write that waits for all, whichever was asked', async () => {
    expect(await statusOf(other)).toBe('success');
    expect((await admin(one, 'POST', '/optouts?wait=all', USER)).status).toBe(200);
    expect([await statusOf(one), await statusOf(other)]).toEqual(['optout', 'optout']);
    expect((await admin(other, 'DELETE', '/optouts?wait=all&email=shared@example.com')).json).toEqual({
      removed: 1,
    });
    expect([await statusOf(one), await statusOf(other)]).toEqual(['success', 'success']);
    await admin(other, 'POST', '/clock?wait=all', { set: '2026-05-01T00:00:00Z' });
    expect(one.clock.now()).toBe(Date.UTC(2026, 4, 1));
    await admin(one, 'POST', '/reset?wait=all');
    expect(other.clock.now()).toBeGreaterThan(Date.UTC(2026, 6, 1));
  });

  it('refuse to wait for anything else', async () => {
    const { status, json } = await admin(one, 'POST', '/reset?wait=5s');
    expect([status, json]).toMatchObject([400, { error: { field: 'wait', expected: 'all' } }]);
  });

  it('list each other, and say how the store is', async () => {
    const instances = async (mock: MockOperator) => (await admin(mock, 'GET', '/state')).json['instances'];
    await until(async () => ((await instances(one)) as unknown[]).length === 2);
    expect(new Set((await instances(other)) as string[])).toEqual(
      new Set((await instances(one)) as string[]),
    );
    expect((await admin(one, 'GET', '/health')).json).toMatchObject({
      up: true,
      store: { kind: 'valkey', up: true, lag_ms: 0 },
    });
  });

  it('answer while the store is away: reads as before, writes 503 and logouts as without their service', async () => {
    await admin(one, 'POST', '/optouts?wait=all', USER);
    await server.kill();
    await until(
      async () => ((await admin(one, 'GET', '/health')).json['store'] as { up: boolean }).up === false,
    );
    expect(await statusOf(one)).toBe('optout');
    const { status, json } = await admin(one, 'POST', '/clock', { advance: '1d' });
    expect(status).toBe(503);
    expect(json).toMatchObject({
      error: { field: 'store', got: expect.stringContaining('nothing was changed') },
    });
    expect((await admin(one, 'POST', '/optouts/import', USER)).status).toBe(503);
    await expect(one.clock.advance(1)).rejects.toThrow('nothing was changed');
    expect((await post(one, '/v2/token/logout', { email: 'out@example.com' })).status).toBe(500);
    const { store } = (await admin(one, 'GET', '/health')).json as { store: { lag_ms: number } };
    expect(store.lag_ms).toBeGreaterThan(0);
    await server.start();
    await until(async () => (await admin(one, 'POST', '/clock?wait=all', { advance: '1d' })).status === 200);
    expect(await statusOf(other)).toBe('optout');
  });
});
