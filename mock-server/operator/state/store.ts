/** Where the changes to state are kept: in the memory of this process, or somewhere that several processes share. */

import type { Entry } from './changes.ts';

export interface Store {
  /** such as `memory` */
  readonly kind: string;
  /** when the first of several instances started, in ms: they make their world as of then */
  readonly startedAt?: number | undefined;
  /**
   * Adds a change behind those that are there. Resolves, with what applying gives, when the store has it and every
   * read of this process sees it.
   *
   * @throws StoreAway
   */
  append(entry: Entry): Promise<unknown>;
  /** Resolves when every instance has applied what was added so far. */
  obeyedByAll(): Promise<void>;
  health(): StoreHealth;
  close(): Promise<void>;
}

export interface StoreHealth {
  readonly kind: string;
  /** false while the store cannot be reached: writes are refused, and reads see what was known before */
  readonly up: boolean;
  /** ms since this process last knew that it had applied every change; 0 when it is up to date */
  readonly lag_ms: number;
  readonly instances: readonly string[];
}

/** The store cannot be reached, so that nothing was changed. */
export class StoreAway extends Error {
  override readonly name = 'StoreAway';
}
