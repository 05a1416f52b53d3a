/** What a failed test prints: the last exchanges of the journal, with their reasons. */

import { exchangeLine } from '../mock-server/admin/exchange-line.ts';
import { ControlError, type MockOperator } from '../mock-server/index.ts';

const SHOWN = 10;

const isWithoutJournal = (error: unknown): boolean =>
  error instanceof ControlError && error.code === 'conflict';

/** Prints nothing for an operator without a journal. */
export async function printLastExchanges(operator: MockOperator): Promise<void> {
  try {
    const all = await operator.journal.list();
    const shown = all.slice(-SHOWN);
    const count =
      shown.length < all.length ? `The last ${shown.length} of ${all.length}` : `The ${all.length}`;
    const head = all.length === 0 ? 'No test request has reached the mock operator.' : '';
    const title = all.length === 1 ? 'The one exchange' : `${count} exchanges`;
    console.error(
      [head || `${title} of the mock operator:`, ...shown.map((one) => exchangeLine(one))].join('\n'),
    );
  } catch (error) {
    if (!isWithoutJournal(error)) throw error;
  }
}
