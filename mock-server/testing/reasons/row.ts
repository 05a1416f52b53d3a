/** A row of the tables of reasons. */

import type { Reason } from '../../core/reasons.ts';
import type { ConfigurationName } from './configurations.ts';
import type { Shot } from './requests.ts';

export interface Row {
  readonly reason: Reason;
  readonly on: ConfigurationName;
  /** is refused for the reason */
  readonly broken: Shot;
  /** differs from the broken one in one point, and is served */
  readonly mended: Shot;
  /** where the configuration is what has to be mended */
  readonly mendedOn?: ConfigurationName;
  /** reason of the mended one, where none can be served: another that refuses nothing */
  readonly then?: Reason;
}

/** Rows on one configuration. */
export const rowsOn =
  (on: ConfigurationName) =>
  (
    reason: Reason,
    broken: Shot,
    mended: Shot,
    rest: Partial<Pick<Row, 'mendedOn' | 'then' | 'on'>> = {},
  ): Row => ({ reason, on, broken, mended, ...rest });
