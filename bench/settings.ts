/** What the measurements are given on the command line. */

import type { Access } from './requests.ts';

/** How much is measured. */
export interface Sizes {
  /** slices of each contender that count */
  readonly rounds: number;
  /** slices before these */
  readonly warming: number;
  /** share of the requests of a slice, of opt-outs and of sites */
  readonly share: number;
}

export const usualSizes: Sizes = { rounds: 40, warming: 12, share: 1 };
/** For a look at whether it works; the figures say nothing. */
export const smallSizes: Sizes = { rounds: 1, warming: 0, share: 0.01 };

/** Another operator with the same API. */
export interface Peer extends Access {
  readonly url: string;
}
