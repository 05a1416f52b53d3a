/** A queue of entries, bounded by their number and their bytes: the oldest goes first. */

export interface Kept {
  /** increasing in the order in which entries are added */
  readonly id: number;
  /** how much memory the entry holds, about */
  readonly bytes: number;
}

export interface Bounds {
  readonly entries: number;
  readonly bytes: number;
}

/** What several queues hold together. */
export interface Tally {
  entries: number;
  bytes: number;
}

/** Below this number of gaps at its front, a list is not compacted. */
const FEW = 256;

export class Journal<T extends Kept> {
  readonly #bounds: Bounds;
  readonly #total: Tally;
  /** ascending by id; gaps only in front of `#head` */
  #entries: (T | undefined)[] = [];
  #head = 0;
  #bytes = 0;
  #droppedId = 0;
  #isEnded = false;
  readonly #watchers = new Set<(added: T | undefined) => void>();

  /** @param total counts what this queue and others hold */
  constructor(bounds: Bounds, total: Tally = { entries: 0, bytes: 0 }) {
    this.#bounds = bounds;
    this.#total = total;
  }

  get count(): number {
    return this.#entries.length - this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The id of the newest entry that was dropped to keep the bounds; 0 if none was. */
  get droppedId(): number {
    return this.#droppedId;
  }

  /** The id of the oldest entry; Infinity if there is none. */
  get oldestId(): number {
    return this.#entries[this.#head]?.id ?? Infinity;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Adds the newest entry, and drops the oldest ones beyond the bounds. */
  add(entry: T): void {
    this.#entries.push(entry);
    this.#count(1, entry.bytes);
    while (this.count > this.#bounds.entries || (this.#bytes > this.#bounds.bytes && this.count > 0)) {
      this.dropOldest();
    }
    if (this.#watchers.size > 0) this.#tell(entry);
  }

  /** Drops the oldest entry, if there is one. */
  dropOldest(): void {
    const oldest = this.#entries[this.#head];
    if (oldest === undefined) return;
    this.#entries[this.#head] = undefined;
    this.#head += 1;
    this.#droppedId = oldest.id;
    this.#count(-1, -oldest.bytes);
    if (this.#head > FEW && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Removes the entries that a test chooses. Returns how many. */
  remove(isRemoved: (entry: T) => boolean): number {
    const kept: T[] = [];
    let removed = 0;
    for (const entry of this.after(0)) {
      if (isRemoved(entry)) {
        removed += 1;
        this.#count(-1, -entry.bytes);
      } else kept.push(entry);
    }
    this.#entries = kept;
    this.#head = 0;
    return removed;
  }

  /** The entry with an id. */
  find(id: number): T | undefined {
    const entry = this.#entries[this.#firstAfter(id - 1)];
    return entry?.id === id ? entry : undefined;
  }

  /** The entries with a higher id, oldest first. */
  *after(id: number): Generator<T, void> {
    // a list that is replaced meanwhile is read to its end
    const entries = this.#entries;
    for (let at = this.#firstAfter(id); at < entries.length; at++) {
      const entry = entries[at];
      if (entry !== undefined) yield entry;
    }
  }

  /** Calls a function for every entry that is added, and with undefined at the end. Returns what stops it. */
  watch(watcher: (added: T | undefined) => void): () => void {
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  /** Ends the watching: no entry will be added. */
  end(): void {
    this.#isEnded = true;
    this.#tell(undefined);
    this.#watchers.clear();
  }

  #tell(added: T | undefined): void {
    for (const watcher of [...this.#watchers]) watcher(added);
  }

  #count(entries: number, bytes: number): void {
    this.#bytes += bytes;
    this.#total.entries += entries;
    this.#total.bytes += bytes;
  }

  /** The place of the first entry with a higher id. */
  #firstAfter(id: number): number {
    let from = this.#head;
    let end = this.#entries.length;
    while (from < end) {
      const middle = (from + end) >> 1;
      if ((this.#entries[middle]?.id ?? 0) > id) end = middle;
      else from = middle + 1;
    }
    return from;
  }
}
