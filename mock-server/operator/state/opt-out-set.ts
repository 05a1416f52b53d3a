/** Changes to the opt-outs of a world, or of the set below, as a replica keeps them. */

import type { OptOut, OptOutChange, OptOutIndex, Removal } from './opt-outs.ts';

export class OptOutSet {
  readonly #below: OptOutSet | undefined;
  /** by first-level hash; null for a removed one, which the set below or the world may have */
  readonly #changes = new Map<string, OptOut | null>();
  readonly #byRawUid = new Map<string, OptOut>();
  /** opt-outs that are known by their raw UID only, and were removed here */
  readonly #removedRawUids = new Set<string>();
  #bare = 0;
  #isCleared = false;

  /** @param below what a test id sees where it has changed nothing */
  constructor(below?: OptOutSet) {
    this.#below = below;
  }

  get hasBareRawUids(): boolean {
    return this.#bare > 0 || (!this.#isCleared && this.#below?.hasBareRawUids === true);
  }

  find(flh: string, world: OptOutIndex): OptOut | undefined {
    const change = this.#changes.get(flh);
    if (change !== undefined) return change ?? undefined;
    if (this.#isCleared) return undefined;
    return this.#below ? this.#below.find(flh, world) : world.byHash.get(flh);
  }

  findRawUid(rawUid: string, world: OptOutIndex): OptOut | undefined {
    const added = this.#byRawUid.get(rawUid);
    if (added !== undefined || this.#isCleared || this.#removedRawUids.has(rawUid)) return added;
    const given = this.#below ? this.#below.findRawUid(rawUid, world) : world.byRawUid.get(rawUid);
    return given?.flh !== undefined && this.#changes.has(given.flh) ? undefined : given;
  }

  *list(world: OptOutIndex): Generator<OptOut, void> {
    yield* this.#byRawUid.values();
    if (this.#isCleared) return;
    for (const one of this.#below ? this.#below.list(world) : world.byHash.values()) {
      const isChanged = one.flh !== undefined && this.#changes.has(one.flh);
      if (!isChanged && !this.#removedRawUids.has(one.rawUid) && !this.#byRawUid.has(one.rawUid)) yield one;
    }
  }

  count(world: OptOutIndex): number {
    let count = 0;
    for (const _ of this.list(world)) count += 1;
    return count;
  }

  apply(change: OptOutChange): void {
    if (change.how === 'add') for (const one of change.optOuts) this.#add(one);
    else if (change.how === 'remove') this.#remove(change);
    else {
      this.#changes.clear();
      this.#byRawUid.clear();
      this.#removedRawUids.clear();
      this.#bare = 0;
      this.#isCleared = change.how === 'clear';
    }
  }

  #add(optOut: OptOut): void {
    const { flh, rawUid } = optOut;
    // an opt-out that is known in full says more
    if (flh === undefined && this.#byRawUid.get(rawUid)?.flh !== undefined) return;
    this.#forgetBare(rawUid);
    this.#removedRawUids.delete(rawUid);
    if (flh === undefined) this.#bare += 1;
    else {
      this.#forget(flh);
      this.#changes.set(flh, optOut);
    }
    this.#byRawUid.set(rawUid, optOut);
  }

  #remove({ flh, rawUid }: Removal): void {
    if (flh !== undefined) {
      this.#forget(flh);
      this.#changes.set(flh, null);
    }
    if (rawUid === undefined) return;
    this.#forgetBare(rawUid);
    if (this.#below?.hasBareRawUids === true) this.#removedRawUids.add(rawUid);
  }

  #forgetBare(rawUid: string): void {
    const known = this.#byRawUid.get(rawUid);
    if (known === undefined || known.flh !== undefined) return;
    this.#byRawUid.delete(rawUid);
    this.#bare -= 1;
  }

  #forget(flh: string): void {
    const before = this.#changes.get(flh);
    if (before) this.#byRawUid.delete(before.rawUid);
  }
}
