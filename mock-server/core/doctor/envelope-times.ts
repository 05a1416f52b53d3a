/**
 * The time in front of a sealed JSON, as senders write it: a reading that gives a time near the clock shows how it was
 * written.
 *
 *   reading = encoding (width, endianness, integer or not) x unit x place
 *   right:    int64, big-endian, ms since 1970, in front of a nonce of 8 bytes
 */

import { fromUtf8 } from '../text.ts';
import { isOutsideWindow } from '../envelope.ts';
import type { Deviation } from './envelope-deviations.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HALF_HOUR_MS = 30 * MINUTE_MS;
const DAY_MS = 48 * HALF_HOUR_MS;
/** The farthest time zones are 14 hours from UTC. */
const FARTHEST_ZONE_MS = 28 * HALF_HOUR_MS;
const YEAR_2000 = 946_684_800_000;
const YEAR_2100 = 4_102_444_800_000;

interface Unit {
  readonly deviations: readonly Deviation[];
  readonly perMs: number;
  /** ms since 1970 at which it counts from zero */
  readonly epoch: number;
}

const unit = (name: string, perMs: number, epoch = 0): Unit => ({
  deviations: name === '' ? [] : [['time_unit', { unit: name }]],
  perMs,
  epoch,
});

const units: readonly Unit[] = [
  unit('', 1),
  unit('seconds', 1e-3),
  unit('microseconds', 1e3),
  unit('nanoseconds', 1e6),
  unit('tenths of microseconds', 1e4),
  unit('ticks of .NET (since the year 1)', 1e4, -62_135_596_800_000),
  unit('ticks of Windows (since 1601)', 1e4, -11_644_473_600_000),
  unit('seconds since 2001', 1e-3, 978_307_200_000),
  unit('milliseconds since 2001', 1, 978_307_200_000),
  unit('minutes', 1 / MINUTE_MS),
];

interface Encoding {
  readonly deviations: readonly Deviation[];
  readonly width: number;
  readonly read: (view: DataView) => number;
}

const narrow: Deviation = ['time_narrow', { bytes: 4 }];
const little: Deviation = ['time_little_endian'];
const wide: Deviation = ['time_wide', { bytes: 16 }];

const encodings: readonly Encoding[] = [
  { deviations: [], width: 8, read: (view) => Number(view.getBigInt64(0)) },
  { deviations: [little], width: 8, read: (view) => Number(view.getBigInt64(0, true)) },
  { deviations: [narrow], width: 4, read: (view) => view.getUint32(0) },
  { deviations: [narrow, little], width: 4, read: (view) => view.getUint32(0, true) },
  {
    deviations: [['time_narrow', { bytes: 6 }]],
    width: 6,
    read: (view) => view.getUint16(0) * 2 ** 32 + view.getUint32(2),
  },
  { deviations: [['time_float']], width: 8, read: (view) => view.getFloat64(0) },
  { deviations: [['time_float'], little], width: 8, read: (view) => view.getFloat64(0, true) },
  {
    deviations: [wide],
    width: 16,
    read: (view) => (view.getBigInt64(0) === 0n ? Number(view.getBigInt64(8)) : NaN),
  },
];

/** A time found in bytes. */
export interface TimeReading {
  readonly deviations: readonly Deviation[];
  /** ms since 1970 */
  readonly ms: number;
  readonly width: number;
  /** how improbable it is that random bytes read so: minus the logarithm to base 2 */
  readonly bits: number;
}

/** Bits of a number near the clock: the range of the encoding, divided by what counts as near. */
function bitsOf(width: number, perMs: number, isExact: boolean, isFloat: boolean): number {
  const near = (isExact ? 4 * MINUTE_MS : 2 * DAY_MS) * perMs;
  // doubles of random bytes are spread over 2,048 exponents
  const range = isFloat ? 11 + 40 : 8 * width;
  return range - Math.log2(Math.max(near, 1));
}

/** How a time differs from the clock: not, by a time zone, or by a drift. Undefined when it is farther than a day. */
function offsetOf(ms: number, now: number): readonly Deviation[] | undefined {
  if (!isOutsideWindow(ms, now)) return [];
  const distance = ms - now;
  if (!(Math.abs(distance) < DAY_MS)) return undefined;
  const zone = Math.round(distance / HALF_HOUR_MS) * HALF_HOUR_MS;
  const isZone =
    zone !== 0 && Math.abs(zone) <= FARTHEST_ZONE_MS && Math.abs(distance - zone) <= 2 * MINUTE_MS;
  if (isZone) return [['time_zone', { hours: zone / (2 * HALF_HOUR_MS) }]];
  return [driftOf(distance)];
}

const driftOf = (distance: number): Deviation => [
  distance < 0 ? 'time_past' : 'time_future',
  { seconds: Math.round(Math.abs(distance) / SECOND_MS) },
];

const TEXTS: readonly (readonly [form: RegExp, read: (text: string) => number])[] = [
  [/^\d{13}(?!\d)/, Number],
  [/^\d{10}(?!\d)/, (text) => Number(text) * SECOND_MS],
  [/^\d{16}(?!\d)/, (text) => Number(text) / 1000],
  [/^\d{19}(?!\d)/, (text) => Number(text) / 1e6],
  [/^\d{13}/, Number],
  [/^\d{10}/, (text) => Number(text) * SECOND_MS],
  [/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?/, isoTime],
  [/^[0-9a-fA-F]{16}/, (text) => Number.parseInt(text, 16)],
  [/^[0-9a-fA-F]{11}(?![0-9a-fA-F])/, (text) => Number.parseInt(text, 16)],
];

function isoTime(text: string): number {
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`;
  return Date.parse(zoned.replace(' ', 'T'));
}

/** Longest text of a time. */
const LONGEST_TEXT = 40;

/** A time written as text at the beginning of bytes. */
function textTime(bytes: Uint8Array, now: number): TimeReading | undefined {
  const text = fromUtf8(bytes.subarray(0, LONGEST_TEXT));
  for (const [form, read] of TEXTS) {
    const [found] = form.exec(text) ?? [];
    if (found === undefined) continue;
    const ms = read(found);
    const offset = offsetOf(ms, now);
    if (offset === undefined) continue;
    const shape = found.includes('-') ? 'a date' : /[a-f]/i.test(found) ? 'hex digits' : 'digits';
    return {
      deviations: [['time_text', { form: shape }], ...offset],
      ms,
      width: found.length,
      bits: 4 * found.length,
    };
  }
  return undefined;
}

/** Readings of the beginning of bytes that give a time within a day of the clock, the one with fewest deviations first. */
export function readTimes(bytes: Uint8Array, now: number): TimeReading[] {
  const found: TimeReading[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { deviations, width, read } of encodings) {
    if (bytes.length < width) continue;
    const value = read(view);
    for (const { deviations: ofUnit, perMs, epoch } of units) {
      const ms = value / perMs + epoch;
      if (!(Math.abs(ms - now) < DAY_MS)) continue;
      // a number of few bits that counts minutes or the like is near the clock by accident
      if (perMs < 1e-3 && width === 8 && value < 2 ** 20) continue;
      const offset = offsetOf(ms, now);
      // four bytes hold seconds; to say so once is enough
      const isImplied = width === 4 && perMs === 1e-3 && epoch === 0;
      if (offset === undefined) continue;
      const isFloat = deviations.some(([id]) => id === 'time_float');
      const bits = bitsOf(width, perMs, offset.length === 0, isFloat);
      found.push({ deviations: [...deviations, ...(isImplied ? [] : ofUnit), ...offset], ms, width, bits });
    }
  }
  const asText = textTime(bytes, now);
  if (asText) found.push(asText);
  return found.sort((a, b) => a.deviations.length - b.deviations.length);
}

/** The right reading whatever the time: undefined when it is no time of this century. */
export function usualTime(bytes: Uint8Array, now: number): TimeReading | undefined {
  if (bytes.length < 8) return undefined;
  const ms = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0));
  if (ms < YEAR_2000 || ms > YEAR_2100) return undefined;
  const deviations = isOutsideWindow(ms, now) ? (offsetOf(ms, now) ?? [driftOf(ms - now)]) : [];
  return { deviations, ms, width: 8, bits: 64 - Math.log2(YEAR_2100 - YEAR_2000) };
}

/**
 * Tells quickly whether bytes may be a time near the clock, in any reading as a number: by the two bytes that change
 * least. It says yes where there is one, and in few other cases.
 */
export function timeFilter(now: number): (bytes: Uint8Array, at: number) => boolean {
  const big = new Set<number>();
  const little = new Set<number>();
  const tops = new Set<number>();
  for (const { perMs, epoch } of units) {
    for (const near of [now - DAY_MS, now, now + DAY_MS]) {
      const value = (near - epoch) * perMs;
      const top = Math.floor(value / 2 ** 48);
      const top4 = Math.floor(value / 2 ** 16);
      if (value >= 2 ** 31) {
        big.add(top);
        little.add(top);
      }
      if (top4 < 2 ** 16) tops.add(top4);
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat64(0, value);
      big.add(view.getUint16(0));
      little.add(view.getUint16(0));
    }
  }
  return (bytes, at) => {
    const pair = (high: number, low: number): number =>
      ((bytes[at + high] ?? 0) << 8) | (bytes[at + low] ?? 0);
    return big.has(pair(0, 1)) || little.has(pair(7, 6)) || tops.has(pair(0, 1)) || tops.has(pair(3, 2));
  };
}
