/** The ordered faults of a test id, or the common ones, as a replica keeps them. */

import { chance } from './chance.ts';
import type { FaultChange, KeptFault, ListedFault, OrderedFault } from './faults.ts';

type Counted = { -readonly [member in keyof KeptFault]: KeptFault[member] };

const leftOf = ({ fault: { times }, applied }: KeptFault): number | null =>
  times === undefined ? null : times - applied;

export class FaultSet {
  #faults: Counted[] = [];
  #lastId = 0;

  get size(): number {
    return this.#faults.length;
  }

  /** The faults in the order in which they were ordered. */
  list(): ListedFault[] {
    return this.#faults.map((kept) => ({ ...kept, left: leftOf(kept) }));
  }

  /** The change that makes an empty set equal to this one. */
  restoring(): FaultChange {
    return { how: 'restore', kept: this.#faults.map((kept) => ({ ...kept })), lastId: this.#lastId };
  }

  apply(change: FaultChange): unknown {
    switch (change.how) {
      case 'add':
        return change.faults.map((fault) => this.#add(fault, change.seed));
      case 'remove':
        return this.#remove(change.id);
      case 'hit':
        return this.#hit(change.id);
      case 'clear':
      case 'reset':
        this.#faults = [];
        if (change.how === 'reset') this.#lastId = 0;
        return undefined;
      case 'restore':
        this.#faults = change.kept.map((kept) => ({ ...kept }));
        this.#lastId = change.lastId;
        return undefined;
    }
  }

  #add(fault: OrderedFault, seed: string): string {
    this.#lastId += 1;
    const id = `f${this.#lastId}`;
    this.#faults.push({ id, fault, seed, hits: 0, applied: 0 });
    return id;
  }

  #remove(id: string): number {
    const index = this.#faults.findIndex((kept) => kept.id === id);
    return index < 0 ? 0 : this.#faults.splice(index, 1).length;
  }

  /** The number of a hit, from 1; 0 when the fault is gone, or spares the request. */
  #hit(id: string): number {
    const kept = this.#faults.find((one) => one.id === id);
    // two requests may claim the last application of a fault at once
    if (kept === undefined || leftOf(kept) === 0) return 0;
    kept.hits += 1;
    const { after = 0, probability = 1 } = kept.fault;
    if (kept.hits <= after || chance(kept.seed, id, kept.hits) >= probability) return 0;
    kept.applied += 1;
    return kept.hits;
  }
}
