/** Counts rows by what is wrong with them, and shows how far the work is. */

import type { Cause } from '../../mock-server/core/doctor/cause.ts';
import type { Io } from '../io.ts';

const NOTICE_MS = 200;
/** Rows between two looks at the clock. */
const MOST_SHOWN = 40;

const counted = (count: number): string => count.toLocaleString('en-US');

export class Totals {
  readonly #io: Io;
  readonly #startedAt = performance.now();
  readonly #byCause = new Map<string, { count: number; causes: readonly Cause[] }>();
  #rows = 0;
  #invalid = 0;
  #wrong = 0;
  #shownAt = 0;

  constructor(io: Io) {
    this.#io = io;
  }

  get isRight(): boolean {
    return this.#wrong + this.#invalid === 0;
  }

  /** Counts a row whose hash is right, or was not asked for. */
  count(isValid: boolean): void {
    this.#rows++;
    if (!isValid) this.#invalid++;
  }

  /** Counts a row whose hash is wrong. Gives the ids of its causes as one text. */
  countWrong(causes: readonly Cause[]): string {
    this.#rows++;
    this.#wrong++;
    const ids = causes.map(({ id }) => id).join('+');
    const known = this.#byCause.get(ids);
    if (known) known.count++;
    else this.#byCause.set(ids, { count: 1, causes });
    return ids;
  }

  /** Writes over the line of progress, on a terminal only. */
  showProgress(): void {
    const { progressColumns } = this.#io;
    const now = performance.now();
    if (progressColumns === undefined || now - this.#shownAt < NOTICE_MS) return;
    this.#shownAt = now;
    const rate = Math.round(this.#rows / ((now - this.#startedAt) / 1000));
    this.#io.error(
      `\r${`${counted(this.#rows)} rows, ${counted(rate)} a second`.slice(0, progressColumns - 1)}\x1b[K`,
    );
  }

  /** Prints how many rows are right, wrong and invalid, and each cause with its sentences. */
  print(): void {
    if (this.#io.progressColumns !== undefined) this.#io.error('\r\x1b[K');
    const right = this.#rows - this.#wrong - this.#invalid;
    this.#io.error(
      `${counted(this.#rows)} ${this.#rows === 1 ? 'row' : 'rows'}: ${counted(right)} right, ${counted(this.#wrong)} wrong, ${counted(this.#invalid)} invalid\n`,
    );
    const sorted = [...this.#byCause].sort(([, a], [, b]) => b.count - a.count);
    for (const [ids, { count, causes }] of sorted.slice(0, MOST_SHOWN)) {
      this.#io.error(`${counted(count).padStart(9)}  ${ids}\n`);
      for (const { says, fix, proved } of causes) {
        this.#io.error(`${' '.repeat(11)}${says}${proved ? '' : ' (likely)'}: ${fix}\n`);
      }
    }
    if (sorted.length > MOST_SHOWN)
      this.#io.error(`           and ${counted(sorted.length - MOST_SHOWN)} other causes\n`);
  }
}
