/** A row of the tables of reasons. */

import type { Facts, Reason } from '../../core/reasons.ts';
import type { ConfigurationName } from './configurations.ts';
import type { Shot } from './requests.ts';

export interface Row {
  readonly reason: Reason;
  readonly on: ConfigurationName;
  /** a request that is refused for the reason */
  readonly broken: Shot;
  /** facts of its sentence, if they are checked */
  readonly facts?: Facts;
  /** differs from the broken request in one point, and is served */
  readonly fixed: Shot;
  /** where the fixed request is served, if the configuration has to be fixed */
  readonly fixedOn?: ConfigurationName;
  /** reason of the fixed request, if that cannot be `served`: another that is not a refusal */
  readonly then?: Reason;
}

/** Rows on one configuration. */
export const rowsOn =
  (on: ConfigurationName) =>
  (
    reason: Reason,
    broken: Shot,
    fixed: Shot,
    rest: Partial<Pick<Row, 'fixedOn' | 'then' | 'on' | 'facts'>> = {},
  ): Row => ({ reason, on, broken, fixed, ...rest });
