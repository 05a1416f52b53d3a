/**
 * The orders in which senders write the parts of an envelope, as tables that are multiplied.
 *
 *   right:  version 01 | IV (12) | ciphertext | tag (16)
 *
 * `v` version, `n` length, `x` other bytes, `i` IV, `h` and `b` IV as hex or base64 text, `c` ciphertext, `t` tag; the
 * number is the length in bytes.
 */

import { decodeBase64 } from '../base64.ts';
import { concatBytes } from '../bytes.ts';
import { fromUtf8 } from '../text.ts';
import { bytesOfHex } from '../decoding.ts';
import type { Deviation } from './envelope-deviations.ts';

type Row = readonly [form: string, deviations: readonly Deviation[]];

/** What stands around `*`, which is the rest of the envelope. */
const heads: readonly Row[] = [
  ['v1 *', []],
  ['*', [['version_missing']]],
  ['* v1', [['version_last']]],
  ['v2 *', [['version_wide', { bytes: 2 }]]],
  ['v4 *', [['version_wide', { bytes: 4 }]]],
  ['v8 *', [['version_wide', { bytes: 8 }]]],
  ['v1 v1 *', [['version_twice']]],
  ['v1 n1 *', [['length_prefix', { bytes: 1 }]]],
  ['v1 n2 *', [['length_prefix', { bytes: 2 }]]],
  ['v1 n4 *', [['length_prefix', { bytes: 4 }]]],
  ['n2 v1 *', [['length_prefix', { bytes: 2 }]]],
  ['n1 *', [['version_missing'], ['length_prefix', { bytes: 1 }]]],
  ['n4 *', [['version_missing'], ['length_prefix', { bytes: 4 }]]],
  ['n4 v1 *', [['length_prefix', { bytes: 4 }]]],
  ...[1, 2, 3, 4, 8, 16].map((bytes): Row => [`v1 x${bytes} *`, [['extra_bytes', { bytes }]]]),
];

const orders: readonly Row[] = [
  ['i c t', []],
  ['i t c', [['tag_first']]],
  ['t i c', [['tag_first']]],
  ['c t i', [['iv_last']]],
  ['c i t', [['iv_last']]],
  ['i i c t', [['iv_twice']]],
  ['i v1 c t', [['version_after_iv']]],
  ['c t', [['iv_not_sent']]],
  ...[4, 8, 16].map((bytes): Row => [`i x${bytes} c t`, [['extra_bytes', { bytes }]]]),
];

/** Heads and orders of a cipher without a tag: fewer, because nothing but the plaintext shows that they are right. */
const taglessHeads: readonly Row[] = heads.filter(([form]) => !/x|n2|v8|v2/.test(form));
const taglessOrders: readonly Row[] = orders.filter(([form]) => !/t i|i t|x/.test(form));

const ivs: readonly Row[] = [
  ['i12', []],
  ...[16, 8, 24, 32, 13, 11].map((bytes): Row => [`i${bytes}`, [['iv_length', { bytes }]]]),
  ['h24', [['iv_encoded', { form: 'hex' }]]],
  ['b16', [['iv_encoded', { form: 'base64' }]]],
];

export interface Frame {
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
  readonly deviations: readonly Deviation[];
}

export interface Layout {
  readonly parts: readonly (readonly [kind: string, length: number])[];
  readonly deviations: readonly Deviation[];
}

const MOST = 2;

function layout(form: string, deviations: readonly Deviation[]): Layout {
  const parts = form.split(' ').map((part) => [part.charAt(0), Number(part.slice(1))] as const);
  return { parts, deviations };
}

/** The product of the tables, fewest deviations first. */
function layouts(headRows: readonly Row[], ordered: readonly Row[], ivRows: readonly Row[]): Layout[] {
  const all: Layout[] = [];
  for (const [head, ofHead] of headRows) {
    for (const [order, ofOrder] of ordered) {
      if (order.includes('v1') && head !== '*') continue;
      const kept = order.includes('v1') ? [] : ofHead;
      for (const [iv, ofIv] of order.includes('i') ? ivRows : ivRows.slice(0, 1)) {
        const deviations = [...kept, ...ofOrder, ...ofIv];
        if (deviations.length > MOST) continue;
        const form = head.replace('*', order.replace('t', 't16').replaceAll(/i(?!\d)/g, iv));
        all.push(layout(form, deviations));
      }
    }
  }
  return all.sort((a, b) => a.deviations.length - b.deviations.length);
}

export const taggedLayouts: readonly Layout[] = layouts(heads, orders, ivs);

const withoutTag = (rows: readonly Row[]): Row[] =>
  rows.map(([form, deviations]): Row => [form.replace(/ t\b/, ''), deviations]);

const tagless = new Map<number, readonly Layout[]>();

/** Layouts of a cipher without a tag whose IV has this many bytes; 0 for none. */
export function taglessLayouts(ivLength: number): readonly Layout[] {
  const known = tagless.get(ivLength);
  if (known) return known;
  const made =
    ivLength === 0
      ? layouts(taglessHeads, [['c', []]], [['i12', []]])
      : layouts(taglessHeads, withoutTag(taglessOrders), [[`i${ivLength}`, []]]);
  tagless.set(ivLength, made);
  return made;
}

const VERSION_CHARACTER = 0x31;

const numberOf = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

/** Whether a version or length has the value that its row is about; undefined when it has not. */
function headDeviations(
  kind: string,
  bytes: Uint8Array,
  lengths: readonly number[],
): readonly Deviation[] | undefined {
  const [first = 0] = bytes;
  const isNumber = (value: number): boolean =>
    numberOf(bytes) === value || numberOf(bytes.toReversed()) === value;
  if (kind === 'n') return lengths.some(isNumber) ? [] : undefined;
  if (bytes.length > 1) return isNumber(1) ? [] : undefined;
  if (first === 1) return [];
  return first === VERSION_CHARACTER ? [['version_character']] : [['version_other', { version: first }]];
}

const EMPTY = new Uint8Array(0);
const ZERO_IV = new Uint8Array(12);

/** Cuts bytes into the parts of a layout; undefined when they are too short, or are not of the layout. */
export function cut(bytes: Uint8Array, { parts, deviations }: Layout): Frame | undefined {
  const fixed = parts.reduce((sum, [, length]) => sum + length, 0);
  const rest = bytes.length - fixed;
  if (rest < 0) return undefined;
  const found = [...deviations];
  let iv: Uint8Array | undefined = ZERO_IV;
  let ciphertext: Uint8Array = EMPTY;
  let tag: Uint8Array = EMPTY;
  const ivLength = parts.find(([kind]) => kind === 'i')?.[1] ?? 12;
  let at = 0;
  for (const [kind, fixedLength] of parts) {
    const length = kind === 'c' ? rest : fixedLength;
    const part = bytes.subarray(at, at + length);
    at += length;
    if (kind === 'c') ciphertext = part;
    else if (kind === 't') tag = part;
    else if (kind === 'i') iv = part;
    else if (kind === 'h') iv = bytesOfHex(fromUtf8(part));
    else if (kind === 'b') iv = decodeBase64(fromUtf8(part));
    else if (kind !== 'x') {
      const more = headDeviations(kind, part, [ivLength, 12, bytes.length - at]);
      if (more === undefined) return undefined;
      found.push(...more);
    }
  }
  return iv && { iv, ciphertext, tag, deviations: found };
}

/** Ciphertext and tag as ciphers of libraries take them. */
export const sealedOf = ({ ciphertext, tag }: Frame): Uint8Array => concatBytes(ciphertext, tag);
