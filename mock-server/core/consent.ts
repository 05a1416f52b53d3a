/**
 * Reads TCF consent strings (Protocol §8.1.5) as the IAB's Java decoder does. Segments are base64 in the URL alphabet,
 * with dots between them. Numbers in parentheses are widths in bits.
 *
 *   core segment:  version (6) | created (36), updated (36) | CMP id (12), version (12), screen (6), language (12)
 *                  | vendor list version (12) | policy version (6) | service specific (1) | non-standard stacks (1)
 *                  | special features (12) | purposes by consent (24) | purposes by legitimate interest (24)
 *                  | purpose one treatment (1) | country (12)
 *                  | vendors with consent | vendors with legitimate interest | restrictions
 *   vendors:       max id (16) | 0 | a bit per id, from 1 to max
 *                  max id (16) | 1 | ranges
 *   ranges:        count (12) | of each: 0 | id (16)  or  1 | first id (16) | last id (16)
 *   restrictions:  count (12) | of each: purpose (6) | type (2) | ranges
 *   other segment: type (3) | of the disclosed (1) and the allowed (2): vendors
 *                           | of the publisher (3): purposes (24), (24) | count of own purposes (6) | a bit each, twice
 */

import { fromUrlAlphabet, isStrictBase64, sextet } from './base64.ts';

/** What one vendor may do. Counted from the left, bit n of 24 is purpose n, and bit n of 12 is special feature n. */
interface Consent {
  readonly purposes: number;
  readonly specialFeatures: number;
}

const PURPOSES = 24;
const SPECIAL_FEATURES = 12;
/** bits between the version and the special features */
const BITS_BEFORE_SPECIAL_FEATURES = 134;
const BITS_AFTER_PURPOSES = 13;
/** The largest possible vendor id: the end of ranges in restrictions, which have no list with a smaller one. */
const ANY_ID = 0xffff;

class InvalidConsent extends Error {}

/** Reads the bits of a segment, valid base64 in the standard alphabet. Bits after the last whole byte do not count. */
class Bits {
  readonly #text: string;
  readonly #length: number;
  #at = 0;

  constructor(text: string) {
    const digits = text.length - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0);
    this.#text = text;
    this.#length = Math.floor((digits * 6) / 8) * 8;
  }

  /** Skips `width` bits and returns the position of the first. */
  skip(width: number): number {
    const from = this.#at;
    this.#at += width;
    if (this.#at > this.#length) throw new InvalidConsent();
    return from;
  }

  /** An unsigned number of up to 24 bits. */
  number(width: number): number {
    let value = 0;
    for (let at = this.skip(width); at < this.#at;) {
      const room = 6 - (at % 6);
      const taken = Math.min(room, this.#at - at);
      const rest = sextet(this.#text, Math.floor(at / 6)) >> (room - taken);
      value = (value << taken) | (rest & ((1 << taken) - 1));
      at += taken;
    }
    return value;
  }

  flag(): boolean {
    return this.number(1) === 1;
  }

  /** Whether the bit at `index` of the next `width` bits is set; false for an index outside of them. */
  hasBit(index: number, width: number): boolean {
    const at = this.skip(width) + index;
    if (index < 0 || index >= width) return false;
    return ((sextet(this.#text, Math.floor(at / 6)) >> (5 - (at % 6))) & 1) === 1;
  }
}

/** Whether ranges contain the vendor. A single id may be greater than `max`, the end of a range may not. */
function readRanges(bits: Bits, vendor: number, max: number): boolean {
  let isListed = false;
  for (let count = bits.number(12); count > 0; count--) {
    const isRange = bits.flag();
    const first = bits.number(16);
    const last = isRange ? bits.number(16) : first;
    if (isRange && (first > last || last > max)) throw new InvalidConsent();
    if (first <= vendor && vendor <= last) isListed = true;
  }
  return isListed;
}

function readVendors(bits: Bits, vendor: number): boolean {
  const max = bits.number(16);
  return bits.flag() ? readRanges(bits, vendor, max) : bits.hasBit(vendor - 1, max);
}

/** Reads the core segment after its version. */
function readCore(bits: Bits, vendor: number): Consent {
  bits.skip(BITS_BEFORE_SPECIAL_FEATURES);
  const specialFeatures = bits.number(SPECIAL_FEATURES);
  const byConsent = bits.number(PURPOSES);
  const byInterest = bits.number(PURPOSES);
  bits.skip(BITS_AFTER_PURPOSES);
  const hasConsent = readVendors(bits, vendor);
  const hasInterest = readVendors(bits, vendor);
  for (let count = bits.number(12); count > 0; count--) {
    bits.skip(8);
    readRanges(bits, vendor, ANY_ID);
  }
  return { purposes: (hasConsent ? byConsent : 0) | (hasInterest ? byInterest : 0), specialFeatures };
}

function readPublisher(bits: Bits): void {
  bits.skip(2 * PURPOSES);
  bits.skip(2 * bits.number(6));
}

/** Reads the first segment of each type, and only the type of repeated ones. Stops when all three types were read. */
function readOthers(segments: readonly string[]): void {
  const wanted = new Set([1, 2, 3]);
  for (const segment of segments) {
    if (wanted.size === 0) return;
    const bits = new Bits(segment);
    const type = bits.number(3);
    if (!wanted.delete(type)) continue;
    if (type === 3) readPublisher(bits);
    else readVendors(bits, 0);
  }
}

/** Segments of a text; each has to be base64 in the URL alphabet. */
function segmentsOf(text: string): string[] {
  const segments = fromUrlAlphabet(text)?.split('.');
  if (!segments?.every(isStrictBase64)) throw new InvalidConsent();
  return segments;
}

/** The length of a text without the empty segments at its end, which do not count. */
function endOfSegments(text: string): number {
  let end = text.length;
  while (text[end - 1] === '.') end--;
  return end;
}

/**
 * What a consent string allows a vendor. A string of version 1 gives `version 1` and is not read further; an invalid
 * string gives undefined.
 */
export function readConsent(text: string, vendor: number): Consent | 'version 1' | undefined {
  const end = endOfSegments(text);
  const dot = text.indexOf('.');
  const endOfCore = dot === -1 ? end : Math.min(dot, end);
  try {
    const [core = ''] = segmentsOf(text.slice(0, endOfCore));
    const bits = new Bits(core);
    const version = bits.number(6);
    if (version === 1) return 'version 1';
    if (version !== 2) return undefined;
    const others = endOfCore < end ? segmentsOf(text.slice(endOfCore + 1, end)) : [];
    const consent = readCore(bits, vendor);
    readOthers(others);
    return consent;
  } catch (error) {
    if (error instanceof InvalidConsent) return undefined;
    throw error;
  }
}

/** Whether the consent has all purposes of a list of numbers. */
export function hasPurposes({ purposes }: Consent, numbers: readonly number[]): boolean {
  return numbers.every((number) => ((purposes >> (PURPOSES - number)) & 1) === 1);
}

export function hasSpecialFeature({ specialFeatures }: Consent, number: number): boolean {
  return ((specialFeatures >> (SPECIAL_FEATURES - number)) & 1) === 1;
}
