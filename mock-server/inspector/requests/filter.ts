/** Which requests the list shows. */

import type { Row } from '../feed.ts';

export interface Filter {
  /** words that a request has to have, in its path, client, reason or status */
  readonly text: string;
  /** `2xx`, `4xx`, `5xx`, `refused`, `none`; '' for all */
  readonly status: string;
  /** name of a client; '' for all */
  readonly client: string;
}

export const everything: Filter = { text: '', status: '', client: '' };

const statusTests: Readonly<Record<string, (status: number | null) => boolean>> = {
  '': () => true,
  '2xx': (status) => status !== null && status < 300,
  refused: (status) => status === null || status >= 400,
  '4xx': (status) => status !== null && status >= 400 && status < 500,
  '5xx': (status) => status !== null && status >= 500,
  none: (status) => status === null,
};

export const statusOptions: readonly (readonly [value: string, label: string])[] = [
  ['', 'any status'],
  ['2xx', '2xx'],
  ['refused', 'refused'],
  ['4xx', '4xx'],
  ['5xx', '5xx'],
  ['none', 'no answer'],
];

/** A test of one request. */
function testOf({ text, status, client }: Filter): (row: Row) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const hasStatus = statusTests[status] ?? (() => true);
  return (row) =>
    hasStatus(row.status) &&
    (client === '' || row.client === client) &&
    words.every((word) => row.searched.includes(word));
}

/** The rows that pass a filter. Rows that were added since the last time are tested alone. */
export class Matching {
  #filter: Filter | undefined;
  #rows: readonly Row[] = [];
  #seen = 0;
  #found: Row[] = [];

  of(rows: readonly Row[], filter: Filter): readonly Row[] {
    const isSame = filter === this.#filter && rows === this.#rows && rows.length >= this.#seen;
    if (!isSame) {
      this.#found = [];
      this.#seen = 0;
    }
    const test = testOf(filter);
    for (const row of rows.slice(this.#seen)) if (test(row)) this.#found.push(row);
    this.#filter = filter;
    this.#rows = rows;
    this.#seen = rows.length;
    return this.#found;
  }
}
