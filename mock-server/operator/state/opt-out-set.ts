/** Changes to the opt-outs of a world, or of the set below, as a replica keeps them. */

import { OptOutTable } from './opt-out-table.ts';
import type { OptOut, OptOutChange, OptOutIndex, Removal } from './opt-outs.ts';

interface Counted {
  readonly world: OptOutIndex;
  readonly version: number;
  readonly count: number;
}

export class OptOutSet {
  readonly #below: OptOutSet | undefined;
  /** the opt-outs that were added here, and removed ones, which the set below or the world may have */
  readonly #table = new OptOutTable();
  /** opt-outs that are known by their raw UID only, and were removed here */
  readonly #removedRawUids = new Set<string>();
  #isCleared = false;
  #version = 0;
  #counted: Counted | undefined;

  /** @param below what a test id sees where it has changed nothing */
  constructor(below?: OptOutSet) {
    this.#below = below;
  }

  get hasBareRawUids(): boolean {
    return this.#table.bare > 0 || (!this.#isCleared && this.#below?.hasBareRawUids === true);
  }

  /** The time of an opt-out in ms. */
  since(flh: string, world: OptOutIndex): number | undefined {
    const record = this.#table.find(flh);
    if (record >= 0) return this.#table.isOptOut(record) ? this.#table.since(record) : undefined;
    if (this.#isCleared) return undefined;
    return this.#below ? this.#below.since(flh, world) : world.byHash.get(flh)?.since;
  }

  /** The time of an opt-out in ms, by its raw UID. */
  sinceOf(rawUid: string, world: OptOutIndex): number | undefined {
    const record = this.#table.findRawUid(rawUid);
    if (record >= 0) return this.#table.since(record);
    const isPlain = this.#table.records === 0 && this.#removedRawUids.size === 0 && !this.#isCleared;
    return isPlain && this.#below ? this.#below.sinceOf(rawUid, world) : this.#given(rawUid, world)?.since;
  }

  *list(world: OptOutIndex): Generator<OptOut, void> {
    for (const record of this.#table.numbers()) {
      if (this.#table.isOptOut(record)) yield this.#table.at(record);
    }
    for (const one of this.#allBelow(world)) if (!this.#hides(one)) yield one;
  }

  count(world: OptOutIndex): number {
    const version = this.#versions;
    if (this.#counted?.world === world && this.#counted.version === version) return this.#counted.count;
    const count = this.#table.count + this.#countBelow(world);
    this.#counted = { world, version, count };
    return count;
  }

  apply(change: OptOutChange): void {
    this.#version += 1;
    if (change.how === 'add') for (const one of change.optOuts) this.#add(one);
    else if (change.how === 'remove') this.#remove(change);
    else {
      this.#table.clear();
      this.#removedRawUids.clear();
      this.#isCleared = change.how === 'clear';
    }
  }

  /** Changes that make this set of an empty one. Changes that are applied meanwhile may be among them. */
  *changes(atOnce: number): Generator<OptOutChange, void> {
    if (this.#isCleared) yield { how: 'clear' };
    let optOuts: OptOut[] = [];
    for (const record of this.#table.numbers()) {
      const flh = this.#table.flh(record);
      if (this.#table.isOptOut(record)) optOuts.push(this.#table.at(record));
      else yield { how: 'remove', flh };
      if (optOuts.length < atOnce) continue;
      yield { how: 'add', optOuts };
      optOuts = [];
    }
    if (optOuts.length > 0) yield { how: 'add', optOuts };
    for (const rawUid of this.#removedRawUids) yield { how: 'remove', rawUid };
  }

  /** Grows with every change here or below. */
  get #versions(): number {
    return this.#version + (this.#below ? this.#below.#versions : 0);
  }

  #allBelow(world: OptOutIndex): Iterable<OptOut> {
    if (this.#isCleared) return [];
    return this.#below ? this.#below.list(world) : world.byHash.values();
  }

  /** Whether an opt-out of the set below, or of the world, was replaced or removed here. */
  #hides({ flh, rawUid }: OptOut): boolean {
    if (flh !== undefined && this.#table.find(flh) >= 0) return true;
    return this.#removedRawUids.has(rawUid) || this.#table.findRawUid(rawUid) >= 0;
  }

  #find(flh: string, world: OptOutIndex): OptOut | undefined {
    const record = this.#table.find(flh);
    if (record >= 0) return this.#table.isOptOut(record) ? this.#table.at(record) : undefined;
    if (this.#isCleared) return undefined;
    return this.#below ? this.#below.#find(flh, world) : world.byHash.get(flh);
  }

  #findRawUid(rawUid: string, world: OptOutIndex): OptOut | undefined {
    const record = this.#table.findRawUid(rawUid);
    return record >= 0 ? this.#table.at(record) : this.#given(rawUid, world);
  }

  /** The opt-out of the set below, or of the world, where it is not hidden. */
  #given(rawUid: string, world: OptOutIndex): OptOut | undefined {
    if (this.#isCleared || this.#removedRawUids.has(rawUid)) return undefined;
    const given = this.#below ? this.#below.#findRawUid(rawUid, world) : world.byRawUid.get(rawUid);
    return given?.flh !== undefined && this.#table.find(given.flh) >= 0 ? undefined : given;
  }

  /** How many of the set below, or of the world, are seen. Looks at the fewer of those here and those below. */
  #countBelow(world: OptOutIndex): number {
    if (this.#isCleared) return 0;
    const below = this.#below ? this.#below.count(world) : world.byHash.size;
    if (below <= this.#table.records) {
      let seen = 0;
      for (const one of this.#allBelow(world)) if (!this.#hides(one)) seen += 1;
      return seen;
    }
    return below - this.#hiddenBelow(world);
  }

  #hiddenBelow(world: OptOutIndex): number {
    const findRawUid = (rawUid: string) =>
      this.#below ? this.#below.#findRawUid(rawUid, world) : world.byRawUid.get(rawUid);
    const hidden = new Set<string>();
    const hide = (one: OptOut | undefined): void => {
      if (one !== undefined) hidden.add(one.flh ?? one.rawUid);
    };
    for (const record of this.#table.numbers()) {
      const flh = this.#table.flh(record);
      if (flh !== undefined) hide(this.#below ? this.#below.#find(flh, world) : world.byHash.get(flh));
      if (this.#table.isOptOut(record)) hide(findRawUid(this.#table.at(record).rawUid));
    }
    for (const rawUid of this.#removedRawUids) hide(findRawUid(rawUid));
    return hidden.size;
  }

  #add(optOut: OptOut): void {
    const { flh, rawUid } = optOut;
    const known = this.#table.findRawUid(rawUid);
    // an opt-out that is known in full says more
    if (flh === undefined && known >= 0 && !this.#table.isBare(known)) return;
    this.#forgetBare(known);
    this.#removedRawUids.delete(rawUid);
    if (flh !== undefined) this.#forget(flh);
    this.#table.add(optOut);
  }

  #remove({ flh, rawUid }: Removal): void {
    if (flh !== undefined) {
      this.#forget(flh);
      this.#table.addRemoved(flh);
    }
    if (rawUid === undefined) return;
    this.#forgetBare(this.#table.findRawUid(rawUid));
    // whatever the set below has now, so that changes can be applied again to a later state of it
    if (this.#below !== undefined) this.#removedRawUids.add(rawUid);
  }

  #forgetBare(record: number): void {
    if (record >= 0 && this.#table.isBare(record)) this.#table.remove(record);
  }

  #forget(flh: string): void {
    const record = this.#table.find(flh);
    if (record >= 0) this.#table.remove(record);
  }
}
