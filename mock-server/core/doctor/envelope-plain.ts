/**
 * What an opened envelope holds: time, nonce and text, at their places or elsewhere.
 *
 *   right:  timestamp ms (8) | nonce (8) | JSON
 */

import type { Deviation } from './envelope-deviations.ts';
import { type TextReading, leadingObject, mayStartJson, readText } from './envelope-texts.ts';
import { type TimeReading, readTimes, usualTime } from './envelope-times.ts';

const STAMP = 16;
const NONCE = 8;
/** The JSON is looked for up to here. */
const FARTHEST = 72;

export interface PlainReading {
  readonly deviations: readonly Deviation[];
  /** ms since 1970; undefined when no time was found */
  readonly time: number | undefined;
  /** undefined when nothing stands behind time and nonce */
  readonly text: string | undefined;
  /** how improbable it is that random bytes give such a time: minus the logarithm to base 2 */
  readonly bits: number;
  /** whether the bytes can hardly be there by accident */
  readonly isSure: boolean;
  /** whether the text is JSON of some form */
  readonly isJson: boolean;
}

const nonceDeviation = (length: number): Deviation[] =>
  length === NONCE ? [] : [['nonce_length_wrong', { bytes: length }]];

interface Stamp {
  readonly deviations: readonly Deviation[];
  readonly time: number | undefined;
  readonly bits: number;
}

const stampOf = ({ deviations, ms, bits }: TimeReading, more: readonly Deviation[]): Stamp => ({
  deviations: [...deviations, ...more],
  time: ms,
  bits,
});

/** How time and nonce fill the bytes in front of a text. */
function readStamp(head: Uint8Array, now: number): Stamp {
  const { length } = head;
  const stamps: Stamp[] = readTimes(head, now).map((time) =>
    stampOf(time, nonceDeviation(length - time.width)),
  );
  for (let at = 1; at < length && length <= FARTHEST; at++) {
    if (length - at > 40) continue;
    const left = length - at;
    for (const time of readTimes(head.subarray(at), now)) {
      if (time.width !== left) continue;
      stamps.push(stampOf(time, [['time_after_nonce'], ...nonceDeviation(at)]));
    }
  }
  const [best] = stamps.sort((a, b) => a.deviations.length - b.deviations.length);
  const usual = length >= 8 ? usualTime(head, now) : undefined;
  if (best === undefined && usual !== undefined) return stampOf(usual, nonceDeviation(length - 8));
  if (best !== undefined) return best;
  return { deviations: withoutTime(head), time: undefined, bits: 0 };
}

/** What stands in front of a text in place of a time that can be read. */
function withoutTime(head: Uint8Array): Deviation[] {
  const { length } = head;
  if (length === 0) return [['stamp_missing']];
  if (length !== STAMP) return [['time_missing'], ...nonceDeviation(length)];
  const number = String(new DataView(head.buffer, head.byteOffset).getBigInt64(0));
  return [['time_unknown', { number }]];
}

/** More bits than a search over millions of bodies would meet by accident. */
const SURE = 46;
/** Bits of a printable byte, and of the signs of JSON. */
const PRINTABLE = 1.4;
const SHORTEST_OBJECT = 7;

/** Pairs of characters that differ: text of a body that repeats itself repeats itself, and proves no more for it. */
function differentPairs(text: string): number {
  const pairs = new Set<string>();
  for (let at = 0; at < text.length; at++) pairs.add(text.slice(at, at + 2));
  return pairs.size;
}

function bitsOf({ sureness, text }: TextReading): number {
  if (sureness === 'unsure') return 0;
  const signs = sureness === 'text' ? 0 : text.length >= SHORTEST_OBJECT && /^\s*\{/.test(text) ? SURE : 12;
  const printable = /^[\t\n\r\x20-\x7e]*/.exec(text)?.[0] ?? '';
  return signs + PRINTABLE * differentPairs(printable);
}

function reading(head: Uint8Array, text: TextReading | undefined, now: number): PlainReading {
  const stamp = readStamp(head, now);
  return {
    deviations: [...stamp.deviations, ...(text?.deviations ?? [])],
    time: stamp.time,
    text: text?.text,
    bits: stamp.bits,
    isSure: text?.sureness !== 'unsure' && stamp.bits + (text ? bitsOf(text) : 0) >= SURE,
    isJson: text?.sureness === 'json',
  };
}

/** A time and nonce behind the JSON. */
function stampBehind(plain: Uint8Array, now: number): PlainReading | undefined {
  const end = leadingObject(plain);
  if (end === undefined || end === plain.length) return undefined;
  const [time] = readTimes(plain.subarray(end), now);
  if (time === undefined) return undefined;
  const text = readText(plain.subarray(0, end));
  return {
    deviations: [['stamp_last'], ...time.deviations, ...nonceDeviation(plain.length - end - time.width)],
    time: time.ms,
    text: text.text,
    bits: time.bits,
    isSure: true,
    isJson: true,
  };
}

const startOfSuffix = (plain: Uint8Array): number => {
  let start = plain.length;
  while (start > 0 && (plain[start - 1] ?? 0) >= 0x20 && (plain[start - 1] ?? 0) < 0x7f) start -= 1;
  return start;
};

/** Reads an opened envelope: the reading with fewest deviations, one that is sure before one that is not. */
export function readPlain(plain: Uint8Array, now: number): PlainReading {
  const readings: PlainReading[] = [];
  if (plain.length >= STAMP) {
    const rest = plain.subarray(STAMP);
    const usual = reading(plain.subarray(0, STAMP), rest.length === 0 ? undefined : readText(rest), now);
    if (usual.deviations.length === 0) return usual;
    readings.push(usual);
  }
  for (let at = 0; at < Math.min(plain.length, FARTHEST); at++) {
    if (at === STAMP || !mayStartJson(plain, at)) continue;
    const text = readText(plain.subarray(at));
    if (text.sureness === 'json') readings.push(reading(plain.subarray(0, at), text, now));
  }
  const suffix = startOfSuffix(plain);
  if (suffix < STAMP && plain.length - suffix >= 5) {
    // printable bytes may belong to the nonce: the usual widths are tried
    for (const at of [suffix, 0, 4, 8, 12].filter((one) => one >= suffix)) {
      const text = readText(plain.subarray(at));
      if (text.sureness !== 'unsure') readings.push(reading(plain.subarray(0, at), text, now));
    }
  }
  if (plain.length < STAMP) readings.push(shortReading(plain, now));
  const behind = stampBehind(plain, now);
  if (behind) readings.push(behind);
  const best = readings.sort(
    (a, b) =>
      Number(b.isSure) - Number(a.isSure) ||
      Number(b.isJson) - Number(a.isJson) ||
      a.deviations.length - b.deviations.length,
  )[0];
  return (
    best ?? {
      deviations: [['text_binary']],
      time: undefined,
      text: undefined,
      bits: 0,
      isSure: false,
      isJson: false,
    }
  );
}

function shortReading(plain: Uint8Array, now: number): PlainReading {
  const [time] = readTimes(plain, now);
  const rest = time ? nonceDeviation(plain.length - time.width) : [];
  return {
    deviations: [
      ...(time?.deviations ?? []),
      ...(time ? rest : [['stamp_short', { bytes: plain.length }] as const]),
    ],
    time: time?.ms,
    text: undefined,
    bits: 0,
    isSure: false,
    isJson: false,
  };
}
