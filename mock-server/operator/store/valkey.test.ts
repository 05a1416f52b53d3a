/** State over a real server passes the tests of every store, and is shared by instances. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OptOut } from '../state/opt-outs.ts';
import { indexOptOuts } from '../state/opt-outs.ts';
import type { States } from '../state/state.ts';
import { createStates } from '../state/states.ts';
import { StoreAway } from '../state/store.ts';
import { type RedisServer, serverProgram, startRedis } from '../../testing/redis-server.ts';
import { testState } from '../../testing/state-tests.ts';
import { addressOf } from './link.ts';
import { openValkeyStore } from './valkey.ts';

const program = serverProgram ?? '';
const nobody = indexOptOuts([]);

let server: RedisServer;
const opened: States[] = [];
let prefixes = 0;
const newPrefix = (): string => `p${(prefixes += 1)}`;

interface OpenOptions {
  readonly prefix: string;
  readonly wall?: () => number;
  readonly start?: number | undefined;
  readonly snapshotEvery?: number;
  readonly url?: string;
}

let instances = 0;

/** The states of an instance. */
async function open({ prefix, wall = Date.now, start, snapshotEvery, url }: OpenOptions): Promise<States> {
  const address = addressOf(`${url ?? server.url}?prefix=${prefix}`);
  if (address === undefined) throw new Error('expected an address');
  const clock =
    start === undefined ? {} : { clock: { at: start, since: wall(), rate: 1, envelopes: 'clock' } as const };
  const instance = `i${(instances += 1)}`;
  const more = snapshotEvery === undefined ? {} : { snapshotEvery };
  const states = await createStates({
    wall,
    ...clock,
    openStore: (replica) =>
      openValkeyStore({ address, instance, epoch: `${instance} ${Math.random()}`, ...more }, replica),
  });
  opened.push(states);
  return states;
}

const close = (states: States): Promise<void> => states.store.close();

const hash = (number: number): string => {
  const bytes = Buffer.alloc(32);
  bytes.writeUInt32BE(number);
  return bytes.toString('base64');
};
const optOut = (number: number): OptOut & { flh: string } => ({
  flh: hash(number),
  rawUid: hash(1_000_000 + number),
  since: number,
});
const sinceOf = ({ common }: States, number: number) => common.optOuts.since(hash(number), nobody);

/** Waits until a condition holds. */
async function until(holds: () => boolean, within = 15_000): Promise<void> {
  const end = performance.now() + within;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`expected within ${within} ms: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe.skipIf(serverProgram === undefined)('a store in a Valkey or Redis server', () => {
  beforeAll(async () => {
    server = await startRedis(program);
  });
  afterAll(async () => {
    await Promise.all(opened.map(close));
    await server.remove();
  });

  describe('state', () => {
    testState(async (wall, start) => (await open({ prefix: newPrefix(), wall, start })).common);
  });

  it('shares opt-outs, clocks and test ids, and outlives its instances', async () => {
    const prefix = newPrefix();
    const wall = () => 7000;
    const [one, other] = [await open({ prefix, wall }), await open({ prefix, wall })];
    await one.common.optOuts.add(optOut(1), { rawUid: hash(5), since: 0 });
    await one.common.clock.set(-5);
    await one.of('test').clock.advance(100);
    await one.of('test').optOuts.remove({ flh: hash(1) });
    await one.store.obeyedByAll();
    const seen = (states: States) => [
      sinceOf(states, 1),
      states.common.optOuts.sinceOf(hash(5), nobody),
      states.common.clock.now(),
      states.of('test').clock.now(),
      states.of('test').optOuts.since(hash(1), nobody),
    ];
    expect(seen(other)).toEqual([1, 0, -5, 95, undefined]);
    await Promise.all([close(one), close(other)]);
    expect(seen(await open({ prefix, wall }))).toEqual([1, 0, -5, 95, undefined]);
  });

  it('is seen elsewhere soon', async () => {
    const prefix = newPrefix();
    const [one, other] = [await open({ prefix }), await open({ prefix })];
    for (let number = 0; number < 20; number++) {
      await one.common.optOuts.add(optOut(number));
      // 100 ms on an idle machine
      await until(() => sinceOf(other, number) === number, 2000);
    }
  });

  it('orders changes: the result of a race is the same everywhere', async () => {
    const prefix = newPrefix();
    const [a, b, c] = [await open({ prefix }), await open({ prefix }), await open({ prefix })];
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        ([a, b, c][index % 3] ?? a).common.optOuts.add({ ...optOut(1), since: index }),
      ),
    );
    await a.store.obeyedByAll();
    const [first, ...others] = [a, b, c].map((states) => sinceOf(states, 1));
    expect(others).toEqual([first, first]);
  });

  it('counts the clock of the start until a clock change, which is the same for all', async () => {
    const prefix = newPrefix();
    let time = 1000;
    const wall = () => time;
    const one = await open({ prefix, wall, start: 50 });
    time = 2000;
    const other = await open({ prefix, wall, start: 90 });
    expect([one.common.clock.now(), other.common.clock.now()]).toEqual([1050, 90]);
    await one.common.clock.advance(5);
    await one.store.obeyedByAll();
    expect([one.common.clock.now(), other.common.clock.now()]).toEqual([1055, 1055]);
    const later = await open({ prefix, wall, start: 7 });
    expect(later.common.clock.now()).toBe(1055);
  });

  it('lists the instances that live, and forgets one that was closed', async () => {
    const prefix = newPrefix();
    const [one, other] = [await open({ prefix }), await open({ prefix })];
    await until(() => one.store.health().instances.length === 2);
    await close(other);
    await until(() => one.store.health().instances.length === 1);
    expect(one.store.health()).toMatchObject({ kind: 'valkey', up: true, lag_ms: 0 });
  });

  it('starts from a snapshot and the rest of the log, which is trimmed behind it', async () => {
    const prefix = newPrefix();
    const one = await open({ prefix, snapshotEvery: 20 });
    await one.of('t').clock.set(3);
    await one.of('t').optOuts.clear();
    await one.of('t').optOuts.add(optOut(70));
    await one.write('', { of: 'world', world: { name: 'another' } });
    for (let number = 0; number < 60; number++) await one.common.optOuts.add(optOut(number));
    const address = addressOf(server.url);
    const { openLink } = await import('./link.ts');
    if (address === undefined) throw new Error('expected an address');
    const client = await openLink(address);
    const log = `{${prefix}}:log`;
    for (let tries = 0; (await client.xlen(log)) > 50; tries++) {
      expect(tries).toBeLessThan(100);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    client.disconnect();
    const later = await open({ prefix });
    expect(later.common.optOuts.count(nobody)).toBe(60);
    expect(later.replica.world).toEqual({ name: 'another' });
    const test = later.of('t');
    expect([test.clock.now(), test.optOuts.count(nobody), test.optOuts.since(hash(70), nobody)]).toEqual([
      3, 1, 70,
    ]);
  });

  describe('that goes away', () => {
    it('is an error of one sentence at the start', async () => {
      await expect(open({ prefix: 'p', url: 'redis://127.0.0.1:1' })).rejects.toThrow(
        new StoreAway('expected a Valkey or Redis server at 127.0.0.1:1; got ECONNREFUSED'),
      );
    });

    it('refuses writes, keeps reads, says how stale they are, and recovers by itself', async () => {
      const own = await startRedis(program);
      const prefix = newPrefix();
      const [one, other] = [await open({ prefix, url: own.url }), await open({ prefix, url: own.url })];
      await one.common.optOuts.add(optOut(1));
      await own.kill();
      await until(() => !one.store.health().up);
      const since = performance.now();
      await expect(one.common.optOuts.add(optOut(2))).rejects.toThrow(StoreAway);
      expect(performance.now() - since).toBeLessThan(1000);
      await until(() => one.store.health().lag_ms > 100);
      expect([sinceOf(one, 1), sinceOf(one, 2)]).toEqual([1, undefined]);
      await expect(one.store.obeyedByAll()).rejects.toThrow(StoreAway);
      await own.start();
      await until(() => one.store.health().up && other.store.health().up);
      await one.common.optOuts.add(optOut(3));
      await until(() => sinceOf(other, 3) === 3);
      expect([sinceOf(one, 1), sinceOf(one, 2), one.store.health().lag_ms]).toEqual([1, undefined, 0]);
      await own.remove();
      const closing = performance.now();
      await Promise.all([close(one), close(other)]);
      expect(performance.now() - closing).toBeLessThan(2000);
    });

    it('adds a change once that was sent when it hung, or not at all when that was too long ago', async () => {
      const own = await startRedis(program);
      const one = await open({ prefix: newPrefix(), url: own.url });
      own.suspend();
      const short = one.common.clock.set(5).then(() => one.common.clock.advance(10));
      await new Promise((resolve) => setTimeout(resolve, 500));
      own.resume();
      await short;
      expect(one.common.clock.now()).toBe(15);
      own.suspend();
      const long = one.common.clock.advance(10);
      await expect(one.common.clock.advance(1000)).rejects.toThrow(StoreAway);
      await expect(long).rejects.toThrow(StoreAway);
      own.resume();
      await until(() => one.store.health().up);
      await one.common.clock.advance(1);
      expect(one.common.clock.now()).toBe(16);
      await close(one);
      await own.remove();
    });

    it('and comes back without its data is followed from there', async () => {
      const own = await startRedis(program);
      const prefix = newPrefix();
      const one = await open({ prefix, url: own.url });
      for (let number = 0; number < 5; number++) await one.common.optOuts.add(optOut(number));
      const address = addressOf(own.url);
      if (address === undefined) throw new Error('expected an address');
      const { openLink } = await import('./link.ts');
      const client = await openLink(address);
      await client.flushall();
      client.disconnect();
      await until(() => one.common.optOuts.count(nobody) === 0);
      await one.common.optOuts.add(optOut(9));
      expect([...one.common.optOuts.list(nobody)]).toEqual([optOut(9)]);
      await close(one);
      await own.remove();
    });
  });
});
