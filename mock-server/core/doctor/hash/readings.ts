/**
 * What a value may be, read backwards: each step undoes one way to write a hash that the operator does not take. The
 * readings of a value are the bytes that remain, with the steps that led there, fewest first.
 */

import { decodeBase64 } from '../../base64.ts';
import { fromUtf8 } from '../../text.ts';
import type { HashCauseId } from '../causes/hash.ts';
import { bytesOfHex } from '../../decoding.ts';
import { backwards } from './writings.ts';

export interface Written {
  readonly cause: HashCauseId;
  readonly facts?: Readonly<Record<string, string>>;
}

export interface Reading {
  readonly bytes: Uint8Array;
  /** mistakes in the order in which they were made */
  readonly written: readonly Written[];
}

const DEPTH = 3;
const LONGEST = 4096;

const HEX = /^(?:[0-9a-fA-F]{2})+$/;

/** The bytes that a text stands for without a mistake: hex digits, or base64 with its padding. */
const plainBytes = (text: string): Uint8Array[] => {
  const bytes = bytesOfHex(text) ?? (text.length % 4 === 0 ? decodeBase64(text) : undefined);
  return bytes ? [bytes] : [];
};

const SHORTEST = 10;
const PRINTABLE = /^[\x20-\x7e\s]+$/;

const BASE64_OF: Written = { cause: 'written_base64_twice' };
const BASE64_OF_HEX: Written = { cause: 'written_base64_of_hex' };
const HEX_OF: Written = { cause: 'written_hex_of_text' };

/** Texts within the bytes that a text stands for, such as hex digits within base64. */
function* inner(text: string): Iterable<readonly [text: string, written: Written]> {
  for (const bytes of plainBytes(text)) {
    const found = fromUtf8(bytes);
    if (found.length < SHORTEST || !PRINTABLE.test(found)) continue;
    const isHex = HEX.test(text);
    yield [found, isHex ? HEX_OF : HEX.test(found) ? BASE64_OF_HEX : BASE64_OF];
  }
}

/** All readings, those with the fewest mistakes first. */
export function readingsOf(value: string): Reading[] {
  if (value.length > LONGEST) return [];
  const readings: Reading[] = [];
  const seen = new Set<string>([value]);
  let front: { text: string; written: readonly Written[] }[] = [{ text: value, written: [] }];
  for (let depth = 0; depth <= DEPTH; depth++) {
    const next: typeof front = [];
    const add = (text: string | undefined, written: readonly Written[]): void => {
      if (text === undefined || text === '' || seen.has(text)) return;
      seen.add(text);
      next.push({ text, written });
    };
    for (const { text, written } of front) {
      for (const bytes of plainBytes(text)) {
        if (bytes.length >= SHORTEST) readings.push({ bytes, written });
      }
      if (depth === DEPTH) continue;
      for (const { undo, cause, facts } of backwards) {
        const step: Written = { cause, ...(facts && { facts }) };
        const undone = undo(text);
        if (typeof undone === 'string') add(undone, [step, ...written]);
        else if (undone) readings.push({ bytes: undone, written: [step, ...written] });
      }
      for (const [found, step] of inner(text)) add(found, [step, ...written]);
    }
    front = next;
  }
  return readings.sort((a, b) => a.written.length - b.written.length);
}
