/** The tests that every store of state has to pass. A store runs them with a factory of its own. */

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type OptOut, indexOptOuts } from '../operator/state/opt-outs.ts';
import type { State } from '../operator/state/state.ts';
import './random.ts';

/**
 * Makes an empty state.
 *
 * @param wall the machine's time in ms
 * @param start where the clock starts, in ms; the machine's time if absent
 */
type CreateState = (wall: () => number, start?: number) => State | Promise<State>;

const WALL = Date.UTC(2026, 0, 1);

function testClock(create: CreateState): void {
  let wall: number;
  beforeEach(() => {
    wall = WALL;
  });
  const machine = (): number => wall;

  it('runs with the machine, or from where it starts', async () => {
    const [running, from] = [await create(machine), await create(machine, 1000)];
    expect([running.clock.now(), from.clock.now()]).toEqual([WALL, 1000]);
    wall += 7;
    expect([running.clock.now(), from.clock.now()]).toEqual([WALL + 7, 1007]);
  });

  it('may start at 0', async () => {
    const { clock } = await create(machine, 0);
    expect(clock.now()).toBe(0);
  });

  it('is frozen after set, until resume lets it run on', async () => {
    const { clock } = await create(machine);
    await clock.set(5000);
    wall += 10;
    expect(clock.now()).toBe(5000);
    await clock.resume();
    expect(clock.now()).toBe(5000);
    wall += 10;
    expect(clock.now()).toBe(5010);
  });

  it('may be frozen at 0 and before', async () => {
    const { clock } = await create(machine);
    for (const time of [0, -1000]) {
      await clock.set(time);
      wall += 10;
      expect(clock.now()).toBe(time);
    }
  });

  it('is moved forwards and backwards by advance, whether it runs or is frozen', async () => {
    const { clock } = await create(machine);
    await clock.advance(3000);
    wall += 5;
    await clock.advance(-1000);
    expect(clock.now()).toBe(WALL + 2005);
    await clock.set(5000);
    await clock.advance(3000);
    await clock.advance(-1000);
    wall += 5;
    expect(clock.now()).toBe(7000);
  });

  it('is not moved by resume when it runs', async () => {
    const { clock } = await create(machine, 1000);
    wall += 5;
    await clock.resume();
    expect(clock.now()).toBe(1005);
  });

  it('runs as at its start after reset, whatever it was set to', async () => {
    const { clock } = await create(machine, 1000);
    await clock.advance(3000);
    await clock.reset();
    wall += 5;
    expect(clock.now()).toBe(1005);
    await clock.set(5000);
    await clock.reset();
    wall += 5;
    expect(clock.now()).toBe(1010);
    await clock.set(5000);
    await clock.resume();
    await clock.reset();
    wall += 5;
    expect(clock.now()).toBe(1015);
  });

  it('gives whole ms', async () => {
    const { clock } = await create(machine);
    await clock.set(5000);
    await clock.advance(0.75);
    expect(clock.now()).toBe(5000);
    await clock.advance(-0.25);
    expect(clock.now()).toBe(4999);
  });
}

/** Base64 of 32 bytes. */
const hash = (text: string): string => createHash('sha256').update(text).digest('base64');
const optOut = (name: string, since: number, version = ''): OptOut & { flh: string } => ({
  flh: hash(`flh ${name}`),
  rawUid: hash(`uid ${name}${version}`),
  since,
});
const noWorld = indexOptOuts([]);

/** The opt-outs as lines; `list`, `since` and `sinceOf` have to agree. */
function seen({ optOuts }: State, world = noWorld): string[] {
  return [...optOuts.list(world)]
    .map(({ flh, rawUid, since }) => {
      expect(optOuts.since(flh ?? '', world)).toBe(since);
      expect(optOuts.sinceOf(rawUid, world)).toBe(since);
      return `${flh} ${rawUid} ${since}`;
    })
    .sort();
}
const linesOf = (...optOuts: OptOut[]): string[] =>
  optOuts.map(({ flh, rawUid, since }) => `${flh} ${rawUid} ${since}`).sort();

function testOptOuts(create: CreateState): void {
  const [a, b] = [optOut('a', 1), optOut('b', 2)];
  const world = indexOptOuts([a, b]);
  let state: State;
  beforeEach(async () => {
    state = await create(() => WALL);
  });

  it('are those of the world as long as nothing changes them', () => {
    expect(seen(state, world)).toEqual(linesOf(a, b));
    expect(seen(state)).toEqual([]);
    expect(state.optOuts.since(hash('flh c'), world)).toBeUndefined();
    expect(state.optOuts.sinceOf(hash('uid c'), world)).toBeUndefined();
  });

  it('are added to those of the world', async () => {
    const c = optOut('c', 3);
    await state.optOuts.add(c);
    expect(seen(state, world)).toEqual(linesOf(a, b, c));
    expect(seen(state)).toEqual(linesOf(c));
  });

  it('may have happened at 0', async () => {
    const c = optOut('c', 0);
    await state.optOuts.add(c);
    expect(seen(state)).toEqual(linesOf(c));
  });

  it('replace an earlier one of the same identity, whose raw UID is not found any more', async () => {
    const [c, later] = [optOut('c', 3), optOut('c', 4, ' new')];
    await state.optOuts.add(c);
    await state.optOuts.add(later);
    expect(seen(state, world)).toEqual(linesOf(a, b, later));
    expect(state.optOuts.sinceOf(c.rawUid, world)).toBeUndefined();
  });

  it('replace one of the world', async () => {
    const later = optOut('a', 5, ' new');
    await state.optOuts.add(later);
    expect(seen(state, world)).toEqual(linesOf(later, b));
    expect(state.optOuts.sinceOf(a.rawUid, world)).toBeUndefined();
    const same = optOut('a', 6);
    await state.optOuts.add(same);
    expect(seen(state, world)).toEqual(linesOf(same, b));
  });

  it('are removed, also one of the world and one that replaced it', async () => {
    const c = optOut('c', 3);
    await state.optOuts.add(c);
    await state.optOuts.remove(c);
    expect(seen(state, world)).toEqual(linesOf(a, b));
    await state.optOuts.remove(a);
    await state.optOuts.add(optOut('b', 9, ' new'));
    await state.optOuts.remove(b);
    expect(seen(state, world)).toEqual([]);
    for (const { flh, rawUid } of [a, b, c]) {
      expect(state.optOuts.since(flh, world)).toBeUndefined();
      expect(state.optOuts.sinceOf(rawUid, world)).toBeUndefined();
    }
    await state.optOuts.remove({ flh: hash('flh of nobody') });
    expect(seen(state, world)).toEqual([]);
  });

  it('can be added again after they were removed', async () => {
    await state.optOuts.remove(a);
    const again = optOut('a', 7);
    await state.optOuts.add(again);
    expect(seen(state, world)).toEqual(linesOf(again, b));
  });

  it('are all removed by clear, in every world, and can be added again', async () => {
    const c = optOut('c', 3);
    await state.optOuts.add(c);
    await state.optOuts.clear();
    expect(seen(state, world)).toEqual([]);
    expect(state.optOuts.sinceOf(c.rawUid, world)).toBeUndefined();
    expect(seen(state, indexOptOuts([optOut('d', 4)]))).toEqual([]);
    await state.optOuts.add(a);
    expect(seen(state, world)).toEqual(linesOf(a));
  });

  it('are those of the world after reset', async () => {
    const c = optOut('c', 3);
    await state.optOuts.add(c);
    await state.optOuts.remove(a);
    await state.optOuts.reset();
    expect(seen(state, world)).toEqual(linesOf(a, b));
    expect(state.optOuts.sinceOf(c.rawUid, world)).toBeUndefined();
    await state.optOuts.clear();
    await state.optOuts.reset();
    expect(seen(state, world)).toEqual(linesOf(a, b));
  });

  it('keep the changes under another world', async () => {
    await state.optOuts.remove(a);
    await state.optOuts.add(optOut('c', 3));
    const other = indexOptOuts([a, optOut('d', 4)]);
    expect(seen(state, other)).toEqual(linesOf(optOut('c', 3), optOut('d', 4)));
  });

  it('are listed in a value that later changes do not alter', async () => {
    const before = [...state.optOuts.list(world)];
    await state.optOuts.clear();
    expect(before).toHaveLength(2);
  });
}

/** A change, as the model below and a store make it. */
interface Change {
  readonly how: 'add' | 'remove' | 'clear' | 'reset';
  readonly name: string;
  readonly since: number;
  readonly version: string;
}

type Known = OptOut & { flh: string };

function changed(model: Map<string, OptOut>, { how, name, since, version }: Change, world: Known[]): void {
  if (how === 'add') model.set(optOut(name, since).flh, optOut(name, since, version));
  else if (how === 'remove') model.delete(optOut(name, since).flh);
  else model.clear();
  if (how === 'reset') for (const one of world) model.set(one.flh, one);
}

async function change({ optOuts }: State, { how, name, since, version }: Change): Promise<void> {
  if (how === 'add') await optOuts.add(optOut(name, since, version));
  else if (how === 'remove') await optOuts.remove(optOut(name, since));
  else await optOuts[how]();
}

const anyChange: fc.Arbitrary<Change> = fc.record({
  how: fc.constantFrom('add', 'add', 'add', 'remove', 'remove', 'clear', 'reset'),
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  since: fc.nat(9),
  version: fc.constantFrom('', ' new'),
});

/** The tests of a store of state. */
export function testState(create: CreateState): void {
  describe('the clock', () => {
    testClock(create);
  });

  describe('opt-outs', () => {
    testOptOuts(create);

    it('after any changes equal those of a plain map of identities', async () => {
      const ofWorld = [optOut('a', 1), optOut('b', 2), optOut('c', 3)];
      const world = indexOptOuts(ofWorld);
      const property = async (changes: readonly Change[]): Promise<void> => {
        const state = await create(() => WALL);
        const model = new Map(ofWorld.map((one) => [one.flh, one]));
        for (const one of changes) {
          changed(model, one, ofWorld);
          await change(state, one);
          expect(seen(state, world)).toEqual(linesOf(...model.values()));
        }
      };
      await fc.assert(fc.asyncProperty(fc.array(anyChange, { maxLength: 12 }), property));
    });
  });

  it('is not shared between two states', async () => {
    const [one, other] = [await create(() => WALL), await create(() => WALL)];
    await one.clock.set(0);
    await one.optOuts.add(optOut('a', 1));
    expect([other.clock.now(), seen(other)]).toEqual([WALL, []]);
  });
}
