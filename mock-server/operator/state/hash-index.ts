/**
 * Record numbers by hash, in open addressing. It grows in small steps, so that no insertion takes long: a segment that
 * is three quarters full is doubled, and beyond a limit split in two by the next bit of its hashes (extendible hashing).
 */

/** Slots of a segment: two words each, the number of a record plus 1 (0 for a free slot) and its hash. */
interface Segment {
  slots: Int32Array;
  used: number;
  /** how many leading bits of a hash lead here */
  readonly depth: number;
}

const FIRST_SLOTS = 8;
const MOST_SLOTS = 1024;
/** Hashes that are equal in so many leading bits stay in one segment, however large. */
const MOST_DEPTH = 24;

/** A bit for the first bits of a hash: a megabyte, of which one in eight is set by a million hashes. */
const FILTER_BITS = 23;

/**
 * The hashes of an index with many segments, nearly. Most hashes that are looked for are in none: a segment is read from
 * memory that no cache holds, which takes a generate a thirtieth longer.
 */
class Filter {
  readonly #bits = new Uint8Array(2 ** (FILTER_BITS - 3));

  add(hash: number): void {
    const bit = hash >>> (32 - FILTER_BITS);
    this.#bits[bit >>> 3] = (this.#bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
  }

  mayHave(hash: number): boolean {
    const bit = hash >>> (32 - FILTER_BITS);
    return (((this.#bits[bit >>> 3] ?? 0) >>> (bit & 7)) & 1) === 1;
  }
}

const newSegment = (depth: number, slots: number): Segment => ({
  slots: new Int32Array(2 * slots),
  used: 0,
  depth,
});

function put(segment: Segment, hash: number, record: number): void {
  const { slots } = segment;
  const mask = slots.length - 2;
  let at = (hash << 1) & mask;
  while (slots[at] !== 0) at = (at + 2) & mask;
  slots[at] = record + 1;
  slots[at + 1] = hash;
  segment.used += 1;
}

function eachOf({ slots }: Segment, act: (hash: number, record: number) => void): void {
  for (let at = 0; at < slots.length; at += 2) {
    const record = slots[at] ?? 0;
    if (record !== 0) act(slots[at + 1] ?? 0, record - 1);
  }
}

export class HashIndex {
  readonly #matches: (record: number) => boolean;
  /** by the leading bits of a hash; a segment may stand in several places */
  #directory: Segment[] = [newSegment(0, FIRST_SLOTS)];
  #bits = 0;
  /** once there are several segments */
  #filter: Filter | undefined;

  /** @param matches whether a record has the key that is looked for */
  constructor(matches: (record: number) => boolean) {
    this.#matches = matches;
  }

  /** The number of the record with a key; -1 when there is none. */
  find(hash: number): number {
    if (this.#filter?.mayHave(hash) === false) return -1;
    const { slots } = this.#segment(hash);
    const mask = slots.length - 2;
    for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
      const record = slots[at] ?? 0;
      if (record === 0) return -1;
      if (slots[at + 1] === hash && this.#matches(record - 1)) return record - 1;
    }
  }

  /** Adds a record. Of several with one key, any may be found. */
  add(hash: number, record: number): void {
    let segment = this.#segment(hash);
    while (2 * segment.used >= 0.75 * segment.slots.length) {
      this.#grow(segment, hash);
      segment = this.#segment(hash);
    }
    put(segment, hash, record);
    this.#filter?.add(hash);
  }

  /** Removes a record that is there. */
  remove(hash: number, record: number): void {
    const segment = this.#segment(hash);
    const { slots } = segment;
    const mask = slots.length - 2;
    let free = (hash << 1) & mask;
    while (slots[free] !== record + 1) free = (free + 2) & mask;
    segment.used -= 1;
    // what stands behind moves up, unless it would come before its own place
    for (let at = (free + 2) & mask; slots[at] !== 0; at = (at + 2) & mask) {
      const home = ((slots[at + 1] ?? 0) << 1) & mask;
      if (((at - home) & mask) < ((at - free) & mask)) continue;
      slots[free] = slots[at] ?? 0;
      slots[free + 1] = slots[at + 1] ?? 0;
      free = at;
    }
    slots[free] = 0;
  }

  #segment(hash: number): Segment {
    // a shift by 32 bits is one by 0
    const segment = this.#directory[this.#bits === 0 ? 0 : hash >>> (32 - this.#bits)];
    if (segment === undefined) throw new RangeError('expected a segment for every hash');
    return segment;
  }

  #grow(segment: Segment, hash: number): void {
    const count = segment.slots.length / 2;
    if (count < MOST_SLOTS || segment.depth >= MOST_DEPTH) {
      const grown = newSegment(segment.depth, 2 * count);
      eachOf(segment, (each, record) => {
        put(grown, each, record);
      });
      segment.slots = grown.slots;
      return;
    }
    this.#filter ??= this.#newFilter();
    if (segment.depth === this.#bits) {
      this.#directory = this.#directory.flatMap((one) => [one, one]);
      this.#bits += 1;
    }
    this.#split(segment, hash);
  }

  #newFilter(): Filter {
    const filter = new Filter();
    for (const segment of this.#directory) {
      eachOf(segment, (hash) => {
        filter.add(hash);
      });
    }
    return filter;
  }

  #split(segment: Segment, hash: number): void {
    const depth = segment.depth + 1;
    const halves = [newSegment(depth, MOST_SLOTS), newSegment(depth, MOST_SLOTS)] as const;
    const halfOf = (each: number): Segment => halves[((each >>> (32 - depth)) & 1) === 0 ? 0 : 1];
    eachOf(segment, (each, record) => {
      put(halfOf(each), each, record);
    });
    const places = 2 ** (this.#bits - depth);
    const first = (segment.depth === 0 ? 0 : hash >>> (32 - segment.depth)) * 2 * places;
    this.#directory
      .fill(halves[0], first, first + places)
      .fill(halves[1], first + places, first + 2 * places);
  }
}
