/** The texts of a cause as a row of a table. */

import type { CauseText } from '../cause.ts';

export const cause = (says: string, fix: string, section: string): CauseText => ({ says, fix, section });
