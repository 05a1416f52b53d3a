/** What changes while an operator runs. Every use case takes it: `(deployment, state, input)`. */

import type { Change } from './changes.ts';
import type { Clock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { OptOuts } from './opt-outs.ts';
import type { Replica } from './replica.ts';
import type { Store } from './store.ts';

export interface State {
  /** '' for the common state */
  readonly testId: string;
  readonly clock: Clock;
  readonly optOuts: OptOuts;
  readonly faults: Faults;
}

/** The states of an operator: the common one, and one for each test id. */
export interface States {
  readonly common: State;
  /** The state of a test id; it begins as the common one. */
  of(testId: string): State;
  readonly store: Store;
  readonly replica: Replica;
  /** Deletes the test ids that were idle for an hour. */
  sweep(): Promise<void>;
  /** Adds a change to the store, and resolves when it is seen. */
  write(testId: string, change: Change): Promise<unknown>;
}
