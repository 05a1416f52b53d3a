/** What changes while an operator runs. Every use case takes it: `(deployment, state, input)`. */

import type { Clock } from './clock.ts';
import type { OptOuts } from './opt-outs.ts';

export interface State {
  readonly clock: Clock;
  readonly optOuts: OptOuts;
}
