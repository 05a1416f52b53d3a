/** Waits for exchanges, and follows them as they come. */

import { realTimers } from '../real-timers.ts';
import type { Journal } from '../state/journal.ts';
import type { Journals, Recorded } from './journals.ts';

type Test = (entry: Recorded) => boolean;

interface Until {
  /** how many entries */
  readonly count: number;
  /** ms */
  readonly timeout: number;
  /** calls a function when nobody waits any more, and gives what cancels that */
  readonly whenGone?: ((act: () => void) => () => void) | undefined;
}

/**
 * Resolves when a journal holds so many entries that pass a test, when the time is over or nobody waits any more, or
 * when the operator closes.
 */
export function untilCount(
  journal: Journal<Recorded>,
  test: Test,
  { count, timeout, whenGone = () => () => undefined }: Until,
): Promise<void> {
  const present = (): number => {
    let found = 0;
    for (const entry of journal.after(0)) if (test(entry)) found += 1;
    return found;
  };
  return new Promise((resolve) => {
    let seen = present();
    if (seen >= count || journal.isEnded) {
      resolve();
      return;
    }
    const stop = (): void => {
      realTimers.clearTimeout(timer);
      unwatch();
      cancel();
      resolve();
    };
    let cancel = (): void => undefined;
    const timer = realTimers.setTimeout(stop, timeout);
    const unwatch = journal.watch((added) => {
      if (added === undefined) stop();
      else if (test(added)) {
        seen += 1;
        // entries may have been removed meanwhile
        if (seen >= count) seen = present();
        if (seen >= count) stop();
      }
    });
    cancel = whenGone(stop);
  });
}

/** What a follower gets: the next entry, or that some were dropped before it read them. */
type Followed = { readonly entry: Recorded } | { readonly gap: true };

/**
 * Follows a journal from a place on. It keeps no queue of its own but reads from the journal, so that a slow reader
 * takes no memory; what the journal has dropped meanwhile is a gap.
 */
export class Follower {
  readonly #journal: Journal<Recorded>;
  readonly #test: Test;
  #lastId: number;
  /** whether entries are gone that it has not read */
  #isBehind: boolean;
  #isStopped = false;
  #wake: () => void = () => undefined;
  readonly #unwatch: () => void;

  /** @param after the id of the entry before the first one */
  constructor(journals: Journals, testId: string, test: Test, after = journals.lastId) {
    const journal = journals.of(testId);
    this.#journal = journal;
    this.#test = test;
    // an id that no entry has yet is one of an operator that ran before
    this.#isBehind = after > journals.lastId;
    this.#lastId = this.#isBehind ? 0 : after;
    this.#unwatch = journal.watch(() => {
      this.#wake();
    });
  }

  /** The next entry or gap; undefined at the end. Must not be called again before it resolves. */
  async next(): Promise<Followed | undefined> {
    for (;;) {
      if (this.#isStopped) return undefined;
      const found = this.#read();
      if (found !== undefined) return found;
      if (this.#journal.isEnded) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#unwatch();
    this.#wake();
  }

  #read(): Followed | undefined {
    if (this.#isBehind || this.#lastId < this.#journal.droppedId) {
      this.#isBehind = false;
      this.#lastId = Math.max(this.#lastId, this.#journal.droppedId);
      return { gap: true };
    }
    for (const entry of this.#journal.after(this.#lastId)) {
      this.#lastId = entry.id;
      if (this.#test(entry)) return { entry };
    }
    return undefined;
  }
}
