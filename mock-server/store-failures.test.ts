/** Instances and their store are killed while they are used: nothing is lost, doubled or answered wrongly. */

import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type MockOperator, startMockOperator } from './index.ts';
import { Binary, type StartedLine, killCommandLines } from './testing/command-line.ts';
import { type RedisServer, serverProgram, startRedis } from './testing/redis-server.ts';
import { inWords, scaled } from './testing/scale.ts';

afterEach(killCommandLines);

interface Instance {
  readonly binary: Binary;
  readonly line: StartedLine;
}

async function startInstance(store: string): Promise<Instance> {
  const binary = new Binary(['start', '--json', '--port', '0', '--store', store]);
  return { binary, line: await binary.line() };
}

const email = (number: number): string => `killed-${number}@example.com`;

async function call(url: string, method: string, path: string, body?: object) {
  const answer = await fetch(`${url}/__admin${path}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

/** The times of all opt-outs that an instance has. */
async function timesOf({ line }: Instance): Promise<number[]> {
  const { json } = await call(line.url, 'GET', '/optouts?limit=1000000');
  return (json['optouts'] as { at: number }[]).map(({ at }) => at).sort((a, b) => a - b);
}

/** Makes a change, at any instance that lives, until it is made. */
async function insist(instances: () => readonly Instance[], number: number): Promise<void> {
  for (let turn = number; ; turn++) {
    const present = instances();
    const one = present[turn % present.length];
    const made =
      one &&
      (await call(one.line.url, 'POST', '/optouts', { email: email(number), at: number }).catch(
        () => undefined,
      ));
    if (made?.status === 200) return;
    await pause(10);
  }
}

describe.skipIf(serverProgram === undefined)('a shared store', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis(serverProgram ?? '');
  });
  afterAll(() => server.remove());

  const many = scaled(10_000);

  it(`has all of ${inWords(many)} opt-outs while instances are killed and started`, async () => {
    const store = `${server.url}?prefix=killed`;
    const instances = await Promise.all([startInstance(store), startInstance(store), startInstance(store)]);
    await call(instances[0]?.line.url ?? '', 'DELETE', '/optouts?wait=all');
    let isDone = false;
    const killing = (async () => {
      for (let kills = 0; !isDone || kills < 3; kills++) {
        const [killed] = instances.splice(kills % instances.length, 1);
        await killed?.binary.kill();
        instances.push(await startInstance(store));
      }
    })();
    for (let first = 0; first < many; first += 8) {
      const some = Array.from({ length: Math.min(8, many - first) }, (_, index) => first + index);
      await Promise.all(some.map((number) => insist(() => instances, number)));
    }
    isDone = true;
    await killing;
    const [one] = instances;
    await call(one?.line.url ?? '', 'POST', '/optouts?wait=all', { email: email(many), at: many });
    const expected = Array.from({ length: many + 1 }, (_, number) => number);
    for (const instance of instances) expect(await timesOf(instance)).toEqual(expected);
  }, 600_000);
});

describe.skipIf(serverProgram === undefined)('a store that is killed and started under load', () => {
  let server: RedisServer;
  let mocks: MockOperator[];
  beforeAll(async () => {
    server = await startRedis(serverProgram ?? '');
    const store = `${server.url}?prefix=restarted`;
    mocks = await Promise.all([startMockOperator({ store }), startMockOperator({ store })]);
  });
  afterAll(async () => {
    await Promise.all(mocks.map((mock) => mock.close()));
    await server.remove();
  });

  const rounds = scaled(40);

  it(`adds every change once, in ${inWords(rounds)} rounds`, async () => {
    const [one, other] = mocks;
    if (one === undefined || other === undefined) throw new Error('expected two');
    await one.clock.set(0);
    await one.optOuts.add({ email: email(0), at: 5 });
    const before = (await one.optOuts.list()).length;
    let [made, unknown, isDone] = [0, 0, false];
    const load = async (mock: MockOperator): Promise<void> => {
      while (!isDone) {
        // a change that would show if it were made twice
        const { status, json } = await call(mock.url, 'POST', '/clock', { advance: 1 });
        if (status === 200) made += 1;
        else {
          expect(status).toBe(503);
          if (!JSON.stringify(json).includes('nothing was changed')) unknown += 1;
          await pause(5);
        }
        expect((await mock.optOuts.list()).length).toBe(before);
      }
    };
    const loads = [one, other, one, other].map(load);
    for (let round = 0; round < rounds; round++) {
      await pause(150);
      await server.kill();
      await pause(round % 2 === 0 ? 20 : 300);
      await server.start();
    }
    await pause(700);
    isDone = true;
    await Promise.all(loads);
    const isBack = async () =>
      (await call(one.url, 'POST', '/clock?wait=all', { advance: 0 })).status === 200;
    for (let tries = 0; !(await isBack()); tries++) {
      expect(tries).toBeLessThan(500);
      await pause(20);
    }
    expect(made).toBeGreaterThan(0);
    expect(one.clock.now()).toBe(other.clock.now());
    expect(one.clock.now()).toBeGreaterThanOrEqual(made);
    expect(one.clock.now()).toBeLessThanOrEqual(made + unknown);
  }, 600_000);
});
