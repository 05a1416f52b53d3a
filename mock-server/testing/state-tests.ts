/** What any store of state has to do: the same tests for each, which a store runs with a factory of its own. */

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
    const [with_, from] = [await create(machine), await create(machine, 1000)];
    expect([with_.clock.now(), from.clock.now()]).toEqual([WALL, 1000]);
    wall += 7;
    expect([with_.clock.now(), from.clock.now()]).toEqual([WALL + 7, 1007]);
  });

  it('starts at the very beginning of time too', async () => {
    const { clock } = await create(machine, 0);
    expect(clock.now()).toBe(0);
  });

  it('stands after set, until resume lets it run on from there', async () => {
    const { clock } = await create(machine);
    await clock.set(5000);
    wall += 10;
    expect(clock.now()).toBe(5000);
    await clock.resume();
    expect(clock.now()).toBe(5000);
    wall += 10;
    expect(clock.now()).toBe(5010);
  });

  it('stands at 0 and before it as anywhere else', async () => {
    const { clock } = await create(machine);
    for (const time of [0, -1000]) {
      await clock.set(time);
      wall += 10;
      expect(clock.now()).toBe(time);
    }
  });

  it('is moved forwards and backwards by advance, whether it runs or stands', async () => {
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

  it('runs as it started after reset, from wherever it was put', async () => {
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

  it('tells whole ms', async () => {
    const { clock } = await create(machine);
    await clock.set(5000);
    await clock.advance(0.75);
    expect(clock.now()).toBe(5000);
    await clock.advance(-0.25);
    expect(clock.now()).toBe(4999);
  });
}

const optOut = (name: string, since: number, version = ''): OptOut => ({
  flh: `flh ${name}`,
  rawUid: `uid ${name}${version}`,
  since,
});
const noWorld = indexOptOuts([]);

/** Each as list, since and sinceOf tell it: they have to agree. */
function seen({ optOuts }: State, world = noWorld): string[] {
  return optOuts
    .list(world)
    .map(({ flh, rawUid, since }) => {
      expect(optOuts.since(flh, world)).toBe(since);
      expect(optOuts.sinceOf(rawUid, world)).toBe(since);
      return `${flh} ${rawUid} ${since}`;
    })
    .sort();
}
const told = (...optOuts: OptOut[]): string[] =>
  optOuts.map(({ flh, rawUid, since }) => `${flh} ${rawUid} ${since}`).sort();

function testOptOuts(create: CreateState): void {
  const [a, b] = [optOut('a', 1), optOut('b', 2)];
  const world = indexOptOuts([a, b]);
  let state: State;
  beforeEach(async () => {
    state = await create(() => WALL);
  });

  it('are those of the world as long as nothing changes them', () => {
    expect(seen(state, world)).toEqual(told(a, b));
    expect(seen(state)).toEqual([]);
    expect(state.optOuts.since('flh c', world)).toBeUndefined();
    expect(state.optOuts.sinceOf('uid c', world)).toBeUndefined();
  });

  it('are added to those of the world', async () => {
    const c = optOut('c', 3);
    await state.optOuts.add(c);
    expect(seen(state, world)).toEqual(told(a, b, c));
    expect(seen(state)).toEqual(told(c));
  });

  it('may have happened at 0', async () => {
    const c = optOut('c', 0);
    await state.optOuts.add(c);
    expect(seen(state)).toEqual(told(c));
  });

  it('replace an earlier one of the same identity, which is not found by its raw UID any more', async () => {
    const [c, later] = [optOut('c', 3), optOut('c', 4, ' new')];
    await state.optOuts.add(c);
    await state.optOuts.add(later);
    expect(seen(state, world)).toEqual(told(a, b, later));
    expect(state.optOuts.sinceOf(c.rawUid, world)).toBeUndefined();
  });

  it('replace one of the world', async () => {
    const later = optOut('a', 5, ' new');
    await state.optOuts.add(later);
    expect(seen(state, world)).toEqual(told(later, b));
    expect(state.optOuts.sinceOf(a.rawUid, world)).toBeUndefined();
    const same = optOut('a', 6);
    await state.optOuts.add(same);
    expect(seen(state, world)).toEqual(told(same, b));
  });

  it('are removed, also one of the world and one that replaced it', async () => {
    const c = optOut('c', 3);
    await state.optOuts.add(c);
    await state.optOuts.remove(c.flh);
    expect(seen(state, world)).toEqual(told(a, b));
    await state.optOuts.remove(a.flh);
    await state.optOuts.add(optOut('b', 9, ' new'));
    await state.optOuts.remove(b.flh);
    expect(seen(state, world)).toEqual([]);
    for (const { flh, rawUid } of [a, b, c]) {
      expect(state.optOuts.since(flh, world)).toBeUndefined();
      expect(state.optOuts.sinceOf(rawUid, world)).toBeUndefined();
    }
    await state.optOuts.remove('flh of nobody');
    expect(seen(state, world)).toEqual([]);
  });

  it('come again after they were removed', async () => {
    await state.optOuts.remove(a.flh);
    const again = optOut('a', 7);
    await state.optOuts.add(again);
    expect(seen(state, world)).toEqual(told(again, b));
  });

  it('are all gone after clear, whichever world is asked, and can be added anew', async () => {
    const c = optOut('c', 3);
    await state.optOuts.add(c);
    await state.optOuts.clear();
    expect(seen(state, world)).toEqual([]);
    expect(state.optOuts.sinceOf(c.rawUid, world)).toBeUndefined();
    expect(seen(state, indexOptOuts([optOut('d', 4)]))).toEqual([]);
    await state.optOuts.add(a);
    expect(seen(state, world)).toEqual(told(a));
  });

  it('are those of the world after reset', async () => {
    const c = optOut('c', 3);
    await state.optOuts.add(c);
    await state.optOuts.remove(a.flh);
    await state.optOuts.reset();
    expect(seen(state, world)).toEqual(told(a, b));
    expect(state.optOuts.sinceOf(c.rawUid, world)).toBeUndefined();
    await state.optOuts.clear();
    await state.optOuts.reset();
    expect(seen(state, world)).toEqual(told(a, b));
  });

  it('keep the changes under another world', async () => {
    await state.optOuts.remove(a.flh);
    await state.optOuts.add(optOut('c', 3));
    const other = indexOptOuts([a, optOut('d', 4)]);
    expect(seen(state, other)).toEqual(told(optOut('c', 3), optOut('d', 4)));
  });

  it('are a list that a later change leaves as it was', async () => {
    const before = state.optOuts.list(world);
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

function changed(model: Map<string, OptOut>, { how, name, since, version }: Change, world: OptOut[]): void {
  if (how === 'add') model.set(optOut(name, since).flh, optOut(name, since, version));
  else if (how === 'remove') model.delete(optOut(name, since).flh);
  else model.clear();
  if (how === 'reset') for (const one of world) model.set(one.flh, one);
}

async function change({ optOuts }: State, { how, name, since, version }: Change): Promise<void> {
  if (how === 'add') await optOuts.add(optOut(name, since, version));
  else if (how === 'remove') await optOuts.remove(optOut(name, since).flh);
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

    it('after any changes are what a plain map of identities holds', async () => {
      const ofWorld = [optOut('a', 1), optOut('b', 2), optOut('c', 3)];
      const world = indexOptOuts(ofWorld);
      const property = async (changes: readonly Change[]): Promise<void> => {
        const state = await create(() => WALL);
        const model = new Map(ofWorld.map((one) => [one.flh, one]));
        for (const one of changes) {
          changed(model, one, ofWorld);
          await change(state, one);
          expect(seen(state, world)).toEqual(told(...model.values()));
        }
      };
      await fc.assert(fc.asyncProperty(fc.array(anyChange, { maxLength: 12 }), property));
    });
  });

  it('is not shared by two', async () => {
    const [one, other] = [await create(() => WALL), await create(() => WALL)];
    await one.clock.set(0);
    await one.optOuts.add(optOut('a', 1));
    expect([other.clock.now(), seen(other)]).toEqual([WALL, []]);
  });
}
