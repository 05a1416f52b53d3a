/** The use of test ids, as it reaches a store that other processes share. */

import { expect, it } from 'vitest';
import type { Entry } from './changes.ts';
import { createStates } from './states.ts';
import { StoreAway } from './store.ts';

const MINUTE_MS = 60_000;

it('the use of a test id is told to the other processes, at most every ten minutes', async () => {
  const entries: Entry[] = [];
  const wall = { now: 1_000_000_000 };
  let isAway = false;
  const states = await createStates({
    wall: () => wall.now,
    openStore: async (replica) => ({
      kind: 'shared',
      async append(entry) {
        if (isAway) throw new StoreAway('expected a store; got none');
        entries.push(entry);
        return replica.apply(entry);
      },
      obeyedByAll: async () => undefined,
      health: () => ({ kind: 'shared', up: !isAway, lag_ms: 0, instances: ['this'] }),
      close: async () => undefined,
    }),
  });
  const told = () => entries.splice(0).map(({ testId, change }) => [testId, change]);

  states.of('one');
  states.of('one');
  states.of('');
  expect(told()).toEqual([['one', { of: 'test', how: 'use' }]]);
  wall.now += 10 * MINUTE_MS;
  states.of('one');
  expect(told()).toEqual([['one', { of: 'test', how: 'use' }]]);

  // requests are served while the store is away
  isAway = true;
  states.of('two');
  wall.now += 10 * MINUTE_MS;
  states.of('one');
  isAway = false;
  expect([...states.replica.tests.keys()]).toEqual(['one', 'two']);

  wall.now += 60 * MINUTE_MS;
  await states.sweep();
  expect(told()).toEqual([
    ['one', { of: 'test', how: 'delete' }],
    ['two', { of: 'test', how: 'delete' }],
  ]);
});
