/**
 * Changes to state, as data. They are applied in one order, by every process that shares the state, so applying a
 * change depends on nothing but the changes before it.
 */

import type { ClockChange, ClockSetting } from './clock.ts';
import type { FaultChange } from './faults.ts';
import type { OptOutChange } from './opt-outs.ts';

export type Change =
  /** `start`: how a clock stands that nothing has changed yet, where it is another for each process */
  | ({ readonly of: 'clock'; readonly start?: ClockSetting } & ClockChange)
  | ({ readonly of: 'optouts' } & OptOutChange)
  | ({ readonly of: 'faults' } & FaultChange)
  /** replaces the world; null brings back the one with which each process started */
  | { readonly of: 'world'; readonly world: object | null }
  /** the test id is in use, or is deleted, or its requests are counted from the beginning */
  | { readonly of: 'test'; readonly how: 'use' | 'delete' | 'restart' };

export interface Entry {
  /** whose state changes; '' is the common one */
  readonly testId: string;
  /** the time by which clocks run in the process that made the change, in ms */
  readonly wall: number;
  readonly change: Change;
}
