/**
 * Opt-outs in typed arrays, for a million people: 80 bytes a record, found by first-level hash and by raw UID.
 * Records are numbered; a number stays valid until its record is removed.
 *
 * Layout of a record in words of 32 bits: 0-1 time (float64, ms), 2-9 first-level hash, 10-18 raw UID, 19 flags.
 */

import { HashIndex } from './hash-index.ts';
import { KEY_WORDS, hashOf, keyText, readKey } from './hash-key.ts';
import type { OptOut } from './opt-outs.ts';

const WORDS = 20;
const FLH = 2;
const FLH_WORDS = 8;
const RAW_UID = 10;
const FLAGS = 19;

/** The record is in use. */
const USED = 1;
/** It has a first-level hash. */
const HAS_FLH = 2;
/** It has a raw UID and a time; without it, the opt-out of the first-level hash was removed. */
const IS_OPT_OUT = 4;

const PAGE_BITS = 10;
const PAGE_RECORDS = 1 << PAGE_BITS;
const FIRST_RECORDS = 8;

// the key that is looked for, until the next one
const flhKey = new Int32Array(KEY_WORDS);
const rawUidKey = new Int32Array(KEY_WORDS);

interface Page {
  readonly words: Int32Array;
  readonly times: Float64Array;
}

const newPage = (records: number): Page => {
  const words = new Int32Array(WORDS * records);
  return { words, times: new Float64Array(words.buffer) };
};

/** Whether a text is a first-level hash: canonical base64 of 32 bytes. */
const readFlh = (text: string): boolean => readKey(text, flhKey) && flhKey[8] === 0;

export class OptOutTable {
  #pages: Page[] = [];
  #free: number[] = [];
  #top = 0;
  #optOuts = 0;
  #bare = 0;
  #byFlh = this.#newIndex(FLH, FLH_WORDS, flhKey);
  #byRawUid = this.#newIndex(RAW_UID, KEY_WORDS, rawUidKey);

  /** Opt-outs, without those that were removed. */
  get count(): number {
    return this.#optOuts;
  }

  /** Opt-outs that are known by their raw UID only. */
  get bare(): number {
    return this.#bare;
  }

  /** Records, those of removed opt-outs too. */
  get records(): number {
    return this.#top - this.#free.length;
  }

  /** The record of a first-level hash; -1 when there is none. */
  find(flh: string): number {
    return this.#top > 0 && readFlh(flh) ? this.#byFlh.find(hashOf(flhKey)) : -1;
  }

  /** The record of an opt-out by its raw UID; -1 when there is none. */
  findRawUid(rawUid: string): number {
    return this.#optOuts > 0 && readKey(rawUid, rawUidKey) ? this.#byRawUid.find(hashOf(rawUidKey)) : -1;
  }

  isOptOut(record: number): boolean {
    return (this.#flags(record) & IS_OPT_OUT) !== 0;
  }

  isBare(record: number): boolean {
    return (this.#flags(record) & HAS_FLH) === 0;
  }

  /** The time of an opt-out in ms. */
  since(record: number): number {
    const { page, at } = this.#place(record);
    return page.times[at / 2] ?? NaN;
  }

  flh(record: number): string | undefined {
    const { page, at } = this.#place(record);
    if (this.isBare(record)) return undefined;
    // a first-level hash has no word for its length
    flhKey.set(page.words.subarray(at + FLH, at + FLH + FLH_WORDS));
    flhKey[8] = 0;
    return keyText(flhKey, 0);
  }

  at(record: number): OptOut {
    const { page, at } = this.#place(record);
    const flh = this.flh(record);
    return {
      ...(flh !== undefined && { flh }),
      rawUid: keyText(page.words, at + RAW_UID),
      since: this.since(record),
    };
  }

  /** The numbers of all records. Records that are added or removed meanwhile may be among them. */
  *numbers(): Generator<number, void> {
    for (let record = 0; record < this.#top; record++) if ((this.#flags(record) & USED) !== 0) yield record;
  }

  /** Adds an opt-out whose first-level hash and raw UID have no record. Ignores one whose texts are no hashes. */
  add({ flh, rawUid, since }: OptOut): void {
    if (!readKey(rawUid, rawUidKey) || (flh !== undefined && !readFlh(flh))) return;
    const record = this.#take();
    const { page, at } = this.#place(record);
    page.times[at / 2] = since;
    page.words.set(rawUidKey, at + RAW_UID);
    page.words[at + FLAGS] = USED | IS_OPT_OUT | (flh === undefined ? 0 : HAS_FLH);
    this.#byRawUid.add(hashOf(rawUidKey), record);
    this.#optOuts += 1;
    if (flh === undefined) this.#bare += 1;
    else this.#index(record, page, at);
  }

  /** Adds the record that the opt-out of a first-level hash was removed. */
  addRemoved(flh: string): void {
    if (!readFlh(flh)) return;
    const record = this.#take();
    const { page, at } = this.#place(record);
    page.words[at + FLAGS] = USED | HAS_FLH;
    this.#index(record, page, at);
  }

  remove(record: number): void {
    const { page, at } = this.#place(record);
    const { words } = page;
    if (!this.isBare(record)) {
      flhKey.set(words.subarray(at + FLH, at + FLH + FLH_WORDS));
      flhKey[8] = 0;
      this.#byFlh.remove(hashOf(flhKey), record);
    } else this.#bare -= 1;
    if (this.isOptOut(record)) {
      rawUidKey.set(words.subarray(at + RAW_UID, at + RAW_UID + KEY_WORDS));
      this.#byRawUid.remove(hashOf(rawUidKey), record);
      this.#optOuts -= 1;
    }
    words[at + FLAGS] = 0;
    this.#free.push(record);
  }

  clear(): void {
    this.#pages = [];
    this.#free = [];
    this.#top = 0;
    this.#optOuts = 0;
    this.#bare = 0;
    this.#byFlh = this.#newIndex(FLH, FLH_WORDS, flhKey);
    this.#byRawUid = this.#newIndex(RAW_UID, KEY_WORDS, rawUidKey);
  }

  #index(record: number, { words }: Page, at: number): void {
    words.set(flhKey.subarray(0, FLH_WORDS), at + FLH);
    this.#byFlh.add(hashOf(flhKey), record);
  }

  #newIndex(offset: number, length: number, key: Int32Array): HashIndex {
    return new HashIndex((record) => {
      const { page, at } = this.#place(record);
      for (let i = 0; i < length; i++) if (page.words[at + offset + i] !== key[i]) return false;
      return true;
    });
  }

  #flags(record: number): number {
    const { page, at } = this.#place(record);
    return page.words[at + FLAGS] ?? 0;
  }

  #place(record: number): { page: Page; at: number } {
    const page = this.#pages[record >> PAGE_BITS];
    if (page === undefined) throw new RangeError(`expected a record; got the number ${record}`);
    return { page, at: WORDS * (record & (PAGE_RECORDS - 1)) };
  }

  /** The number of a free record. The first page grows as it fills, the others have their full size. */
  #take(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const record = this.#top++;
    const index = record >> PAGE_BITS;
    const page = this.#pages[index];
    if (page === undefined) this.#pages.push(newPage(index === 0 ? FIRST_RECORDS : PAGE_RECORDS));
    else if (WORDS * (record & (PAGE_RECORDS - 1)) >= page.words.length) {
      const grown = newPage((2 * page.words.length) / WORDS);
      grown.words.set(page.words);
      this.#pages[index] = grown;
    }
    return record;
  }
}
