/** State over a primary process passes the tests of every store, and is shared by its workers. */

import { describe, expect, it } from 'vitest';
import { indexOptOuts } from '../state/opt-outs.ts';
import type { States } from '../state/state.ts';
import { createStates } from '../state/states.ts';
import { testState } from '../../testing/state-tests.ts';
import { type Channel, PrimaryLog, type StoreMessage, openPrimaryStore } from './primary.ts';

type Receive = (message: StoreMessage) => void;

/** Two ends of a way that keeps order and takes a turn. */
function twoEnds(): [Channel, Channel] {
  const receivers: Receive[][] = [[], []];
  const end = (own: number): Channel => ({
    send(message) {
      const text = JSON.stringify(message);
      setImmediate(() => {
        for (const receive of receivers[1 - own] ?? []) receive(JSON.parse(text) as StoreMessage);
      });
    },
    receive: (act) => void receivers[own]?.push(act),
  });
  return [end(0), end(1)];
}

const nobody = indexOptOuts([]);
let names = 0;

async function open(
  log: PrimaryLog,
  wall: () => number,
  start?: number,
): Promise<States & { end: () => void }> {
  const [own, primarys] = twoEnds();
  const end = log.attach(`w${(names += 1)}`, primarys);
  const clock =
    start === undefined ? {} : { clock: { at: start, since: wall(), rate: 1, envelopes: 'clock' } as const };
  const states = await createStates({
    wall,
    ...clock,
    openStore: (replica) => openPrimaryStore(own, replica),
  });
  return { ...states, end };
}

const hash = (number: number): string => Buffer.alloc(32, number).toString('base64');
const optOut = (number: number) => ({ flh: hash(number), rawUid: hash(100 + number), since: number });

describe('a store in the primary process', () => {
  describe('state', () => {
    testState(async (wall, start) => (await open(await PrimaryLog.create(wall), wall, start)).common);
  });

  const wall = () => 1000;

  it('is shared by workers, also by one that starts while others write', async () => {
    const log = await PrimaryLog.create(wall);
    const [one, other] = [await open(log, wall), await open(log, wall)];
    await one.of('t').clock.set(5);
    await one.write('', { of: 'world', world: { name: 'another' } });
    const writing = Array.from({ length: 50 }, (_, number) => one.common.optOuts.add(optOut(number)));
    const third = await open(log, wall);
    await Promise.all(writing);
    await one.store.obeyedByAll();
    for (const states of [one, other, third]) {
      expect(states.common.optOuts.count(nobody)).toBe(50);
      expect([states.of('t').clock.now(), states.replica.world]).toEqual([5, { name: 'another' }]);
    }
  });

  it('lists the workers, and does not wait for one that is gone', async () => {
    const log = await PrimaryLog.create(wall);
    const [one, other] = [await open(log, wall), await open(log, wall)];
    await one.store.obeyedByAll();
    expect(one.store.health()).toMatchObject({ kind: 'primary', up: true, lag_ms: 0 });
    expect(one.store.health().instances).toHaveLength(2);
    const obeyed = one.store.obeyedByAll();
    other.end();
    await obeyed;
    await one.store.obeyedByAll();
    expect(one.store.health().instances).toHaveLength(1);
  });
});
