/** The clock that tokens are issued and checked by. All times in ms. */

export interface Clock {
  now(): number;
  /** The time against which the times in envelopes are checked: `now`, or the machine's time if so set. */
  envelopeNow(): number;
  setting(): ClockSetting;
  /** Freezes the clock at a time. A write resolves when every read of this process sees it. */
  set(ms: number): Promise<void>;
  /** Moves the clock by a number of ms. A frozen clock stays frozen. */
  advance(ms: number): Promise<void>;
  freeze(): Promise<void>;
  /** Lets the clock run on, as fast as the machine's. */
  resume(): Promise<void>;
  /** Lets the clock run on, this many times as fast as the machine's. */
  run(rate: number): Promise<void>;
  /** What the times in envelopes are checked against: this clock, or the machine's. */
  checkEnvelopesBy(clock: 'clock' | 'real'): Promise<void>;
  /** Undoes all changes. */
  reset(): Promise<void>;
}

/** A clock as data: at the machine's time `wall` it shows `at + (wall - since) * rate`. */
export interface ClockSetting {
  /** ms */
  readonly at: number;
  /** the machine's time at `at`, in ms */
  readonly since: number;
  /** ms of the clock per ms of the machine; 0 when it is frozen */
  readonly rate: number;
  /** what the times in envelopes are checked against */
  readonly envelopes: 'clock' | 'real';
}

export type ClockChange =
  | { readonly how: 'set' | 'advance'; readonly ms: number }
  | { readonly how: 'freeze' | 'resume' | 'reset' }
  | { readonly how: 'run'; readonly rate: number }
  | { readonly how: 'envelopes'; readonly by: 'clock' | 'real' }
  | { readonly how: 'restore'; readonly setting: ClockSetting };

/** ms from 1970 to the first and the last time that a Date can hold. */
const FARTHEST_MS = 8_640_000_000_000_000;

/** The time that a clock shows. It stops at the first and the last time that a Date can hold. */
export const timeOf = ({ at, since, rate }: ClockSetting, wall: number): number =>
  Math.max(-FARTHEST_MS, Math.min(FARTHEST_MS, at + Math.floor((wall - since) * rate)));

/**
 * A clock after a change.
 *
 * @param wall the machine's time of the change
 */
export function changedClock(setting: ClockSetting, change: ClockChange, wall: number): ClockSetting {
  const running = (rate: number): ClockSetting => ({
    ...setting,
    at: timeOf(setting, wall),
    since: wall,
    rate,
  });
  switch (change.how) {
    case 'set':
      return { ...setting, at: change.ms, since: wall, rate: 0 };
    case 'advance':
      return { ...setting, at: setting.at + Math.floor(change.ms) };
    case 'freeze':
      return running(0);
    case 'resume':
      return running(1);
    case 'run':
      return running(change.rate);
    case 'envelopes':
      return { ...setting, envelopes: change.by };
    case 'restore':
      return change.setting;
    case 'reset':
      return setting;
  }
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
