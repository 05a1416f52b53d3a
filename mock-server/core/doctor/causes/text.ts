/** Writes the texts of a cause. */

import type { CauseText } from '../cause.ts';

export const cause = (says: string, fix: string, section: string): CauseText => ({ says, fix, section });
