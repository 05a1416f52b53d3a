/** The clock that tokens are issued and checked by. All times in ms. */

export interface Clock {
  now(): number;
  /** Freezes the clock at a time. */
  set(ms: number): Promise<void>;
  /** Moves the clock by a number of ms. A frozen clock stays frozen. */
  advance(ms: number): Promise<void>;
  /** Lets a frozen clock run on. */
  resume(): Promise<void>;
  /** Undoes `set`, `advance` and `resume`. */
  reset(): Promise<void>;
}

const ISO_DATE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/i;

/** Epoch ms of an ISO 8601 date; NaN for any other text and for a day that the month does not have. */
function parseIsoDate(text: string): number {
  const day = ISO_DATE.test(text) ? text.slice(0, 10) : '';
  const isDay = !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
  return isDay ? Date.parse(text) : NaN;
}

/** Epoch ms of a time: epoch ms, ISO 8601 text or Date. Undefined when a Date cannot hold it. */
export function epochMs(time: unknown): number | undefined {
  const isTime = typeof time === 'number' || time instanceof Date;
  const ms = typeof time === 'string' ? parseIsoDate(time) : isTime ? new Date(time).getTime() : NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
