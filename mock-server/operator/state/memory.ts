/** State in the memory of this process. */

import type { Clock } from './clock.ts';
import type { OptOut, OptOutIndex, OptOuts } from './opt-outs.ts';
import type { State } from './state.ts';

const done = Promise.resolve();

/**
 * @param wall the machine's time in ms
 * @param start first time of the clock in ms; by default the machine's time
 */
function memoryClock(wall: () => number, start?: number): Clock {
  const initial = start === undefined ? 0 : start - wall();
  let offset = initial;
  let frozenAt: number | undefined;
  const now = (): number => frozenAt ?? wall() + offset;
  return {
    now,
    set(ms) {
      frozenAt = ms;
      return done;
    },
    advance(ms) {
      if (frozenAt === undefined) offset += Math.floor(ms);
      else frozenAt += Math.floor(ms);
      return done;
    },
    resume() {
      offset = now() - wall();
      frozenAt = undefined;
      return done;
    },
    reset() {
      offset = initial;
      frozenAt = undefined;
      return done;
    },
  };
}

class MemoryOptOuts implements OptOuts {
  /** by first-level hash; null for a removed one, which the world may have */
  readonly #changes = new Map<string, OptOut | null>();
  readonly #byRawUid = new Map<string, OptOut>();
  #worldIsCleared = false;

  since(flh: string, world: OptOutIndex): number | undefined {
    const change = this.#changes.get(flh);
    if (change !== undefined) return change?.since;
    return this.#worldIsCleared ? undefined : world.byHash.get(flh)?.since;
  }

  sinceOf(rawUid: string, world: OptOutIndex): number | undefined {
    const added = this.#byRawUid.get(rawUid);
    if (added !== undefined) return added.since;
    const given = world.byRawUid.get(rawUid);
    return given === undefined || this.#worldIsCleared || this.#changes.has(given.flh)
      ? undefined
      : given.since;
  }

  list(world: OptOutIndex): OptOut[] {
    const given = this.#worldIsCleared ? [] : [...world.byHash.values()];
    return [...given.filter(({ flh }) => !this.#changes.has(flh)), ...this.#byRawUid.values()];
  }

  async add(optOut: OptOut): Promise<void> {
    this.#forget(optOut.flh);
    this.#changes.set(optOut.flh, optOut);
    this.#byRawUid.set(optOut.rawUid, optOut);
  }

  async remove(flh: string): Promise<void> {
    this.#forget(flh);
    this.#changes.set(flh, null);
  }

  async clear(): Promise<void> {
    await this.reset();
    this.#worldIsCleared = true;
  }

  async reset(): Promise<void> {
    this.#changes.clear();
    this.#byRawUid.clear();
    this.#worldIsCleared = false;
  }

  #forget(flh: string): void {
    const before = this.#changes.get(flh);
    if (before) this.#byRawUid.delete(before.rawUid);
  }
}

/** State with a clock that runs as the machine's (`wall`, ms), from `start` (ms) where it is given. */
export const memoryState = (wall: () => number, start?: number): State => ({
  clock: memoryClock(wall, start),
  optOuts: new MemoryOptOuts(),
});
