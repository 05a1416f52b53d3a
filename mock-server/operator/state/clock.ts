/** One clock for issuing and for checking: it runs, may start elsewhere, may be moved or stopped. All times in ms. */

export interface Clock {
  now(): number;
  /** Freezes the clock at a time: epoch ms, ISO 8601 text or Date. */
  set(time: number | string | Date): void;
  /** Moves the clock by so many ms, whether it runs or stands. */
  advance(ms: number): void;
  /** Lets a frozen clock run on from where it stands. */
  resume(): void;
}

const ISO_DATE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/i;

/** Epoch ms of an ISO 8601 date, NaN for any other text and for days that no month has, which Date reads as others. */
function parseIsoDate(text: string): number {
  const day = ISO_DATE.test(text) ? text.slice(0, 10) : '';
  const isDay = !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
  return isDay ? Date.parse(text) : NaN;
}

/** Epoch ms of a time. Throws RangeError when it is none that a date can hold. */
export function epochMs(time: number | string | Date): number {
  const ms = new Date(typeof time === 'string' ? parseIsoDate(time) : time).getTime();
  if (Number.isNaN(ms))
    throw new RangeError(`time: expected epoch ms or an ISO 8601 date, got ${String(time)}`);
  return ms;
}

/**
 * @param wall the machine's time in ms
 * @param start where the clock starts, in ms; the wall's time if absent
 */
export function createClock(wall: () => number, start?: number): Clock & { reset(): void } {
  const initial = start === undefined ? 0 : start - wall();
  let offset = initial;
  let frozenAt: number | undefined;
  const now = (): number => frozenAt ?? wall() + offset;
  return {
    now,
    set(time) {
      frozenAt = epochMs(time);
    },
    advance(ms) {
      if (!Number.isFinite(ms))
        throw new RangeError(`clock.advance: expected a number of ms, got ${String(ms)}`);
      if (frozenAt === undefined) offset += Math.floor(ms);
      else frozenAt += Math.floor(ms);
    },
    resume() {
      offset = now() - wall();
      frozenAt = undefined;
    },
    reset() {
      offset = initial;
      frozenAt = undefined;
    },
  };
}
