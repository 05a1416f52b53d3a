/** Ordered faults as a replica keeps them: what every process computes alike, and what a snapshot brings back. */

import { describe, expect, it } from 'vitest';
import type { FaultChange } from './faults.ts';
import { Replica } from './replica.ts';

const clock = { at: 0, since: 0, rate: 1, envelopes: 'clock' } as const;
const newReplica = (): Replica => new Replica({ wall: () => 0, clock, replaceWorld: () => undefined });

const change = (replica: Replica, one: FaultChange, testId = ''): unknown =>
  replica.apply({ testId, wall: 0, change: { of: 'faults', ...one } });
const hits = (replica: Replica, count: number): unknown[] =>
  Array.from({ length: count }, () => change(replica, { how: 'hit', id: 'f1' }));
const chancy = (seed: string): FaultChange => ({
  how: 'add',
  seed,
  faults: [{ hang: true, probability: 0.3, times: 500, after: 2 }],
});

describe('equal entries', () => {
  it('give equal results in every replica, and others for another seed', () => {
    const [one, other, seeded] = [newReplica(), newReplica(), newReplica()];
    expect([change(one, chancy('a')), change(other, chancy('a')), change(seeded, chancy('b'))]).toEqual([
      ['f1'],
      ['f1'],
      ['f1'],
    ]);
    const drawn = hits(one, 1000);
    expect(hits(other, 1000)).toEqual(drawn);
    expect(hits(seeded, 1000)).not.toEqual(drawn);
    const applied = drawn.filter((hit) => hit !== 0).length;
    expect(drawn.slice(0, 2)).toEqual([0, 0]);
    expect(applied).toBeGreaterThan(240);
    expect(applied).toBeLessThan(360);
    expect(one.common.faults.list()).toMatchObject([{ hits: 1000, applied, left: 500 - applied }]);
  });

  it('are brought back by a snapshot, with their counts and the next id', () => {
    const [one, other] = [newReplica(), newReplica()];
    change(one, chancy('a'));
    change(one, { how: 'add', seed: '', faults: [{ cut: true }] });
    change(one, { how: 'remove', id: 'f2' });
    hits(one, 50);
    change(other, one.common.faults.restoring());
    expect(other.faultCount).toBe(1);
    expect(other.common.faults.list()).toEqual(one.common.faults.list());
    expect(hits(other, 50)).toEqual(hits(one, 50));
    expect(change(other, { how: 'add', seed: '', faults: [{ cut: true }] })).toEqual(['f3']);
  });
});

it('a hit of a fault that is gone, or used up, spares the request and is not counted', () => {
  const replica = newReplica();
  expect(hits(replica, 1)).toEqual([0]);
  change(replica, { how: 'add', seed: '', faults: [{ hang: true, times: 1 }] });
  expect(hits(replica, 3)).toEqual([1, 0, 0]);
  expect(replica.common.faults.list()).toMatchObject([{ hits: 1, applied: 1, left: 0 }]);
});

it('with no fault left in any state, requests look for none', () => {
  const replica = newReplica();
  const two: FaultChange = { how: 'add', seed: '', faults: [{ hang: true }, { hang: true }] };
  change(replica, two);
  change(replica, two, 'a');
  change(replica, two, 'b');
  expect(replica.faultCount).toBe(6);
  change(replica, { how: 'remove', id: 'f1' });
  change(replica, { how: 'remove', id: 'f1' });
  replica.apply({ testId: 'a', wall: 0, change: { of: 'test', how: 'delete' } });
  replica.apply({ testId: 'a', wall: 0, change: { of: 'test', how: 'delete' } });
  expect(replica.faultCount).toBe(3);
  change(replica, { how: 'clear' });
  change(replica, { how: 'reset' }, 'b');
  expect(replica.faultCount).toBe(0);
});
