/**
 * Undoes what may happen to a text between an answer and the next request: a search over small steps and their
 * combinations, the fewest steps first.
 */

import { isJsonObject } from '../json.ts';
import { parseJson } from '../json-reading.ts';
import { decodeBase64, standardAlphabet } from '../base64.ts';
import type { Reason } from '../reasons.ts';
import { fromUtf8 } from '../text.ts';
import { bytesOfHex, percentDecoded } from '../decoding.ts';
import type { tokenCauses } from './causes/tokens.ts';

/** A step that undoes one mistake. */
interface Fix {
  /** of the cause: a reason of the operator, or an id of `causes/tokens.ts` */
  readonly id: Reason | keyof typeof tokenCauses;
  /** whether it takes a part of the text, which means something only where it opens */
  readonly isPart?: boolean;
  /** whether no step follows it and at most one precedes it, because it gives many texts */
  readonly isLast?: boolean;
  /** the texts that there may have been before; an empty list where the mistake was not made */
  readonly undo: (text: string) => readonly string[];
}

const MEMBERS = 40;

/** The texts in a JSON value, at most `MEMBERS`. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (!isJsonObject(value) && !Array.isArray(value)) return [];
  return Object.values(value).flatMap(textsIn).slice(0, MEMBERS);
}

/** The text that base64 holds. */
function innerText(text: string): string[] {
  const bytes = decodeBase64(text);
  const inner = bytes === undefined ? '' : fromUtf8(bytes);
  return /^[\x20-\x7e]{32,}$/.test(inner) ? [inner] : [];
}

/** Base64 of the bytes that hex digits stand for. */
function base64OfHex(text: string): string[] {
  const bytes = text.length >= SHORTEST_HEX ? bytesOfHex(text) : undefined;
  return bytes === undefined ? [] : [btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))];
}
/** Hex digits of 32 bytes, the fewest that a value of the protocol has. */
const SHORTEST_HEX = 64;

const padded = (text: string): string => text.padEnd(Math.ceil(text.length / 4) * 4, '=');

/** Lengths of whole tokens, in characters. */
const LENGTHS = [168, 180, 218, 219, 220, 388];

const cutToLength = (text: string): string[] =>
  LENGTHS.filter((length) => length < text.length && text.length < length + LENGTHS_APART).flatMap(
    (length) => [text.slice(0, length), text.slice(-length)],
  );
/** More than this behind a token is another text. */
const LENGTHS_APART = 100;

/** A text that is one character too long, without each of its characters. */
const withoutOne = (text: string): string[] =>
  LENGTHS.includes(text.length - 1) ? [...text].map((_, at) => text.slice(0, at) + text.slice(at + 1)) : [];

const ENTITIES: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&plus;': '+',
  '&equals;': '=',
  '&sol;': '/',
};

/** In order of likelihood. */
const textFixes: readonly Fix[] = [
  {
    id: 'base64_percent_encoded',
    undo: (text) => (/%[0-9a-f]{2}/i.test(text) ? [percentDecoded(text) ?? ''] : []),
  },
  { id: 'base64_quoted', undo: (text) => [/^\s*(["'`“”„‘’«])(.+)["'`“”‘’»]\s*$/s.exec(text)?.[2] ?? ''] },
  {
    id: 'base64_plus_lost',
    undo: (text) => [text.replace(/(?<=\S) +(?=\S)/g, (lost) => '+'.repeat(lost.length))],
  },
  { id: 'base64_white_space', undo: (text) => [text.replace(/[\s\u200b-\u200f\u2060\ufeff]+/g, '')] },
  { id: 'base64_byte_order_mark', undo: (text) => [text.replace(/^\ufeff/, '')] },
  {
    id: 'token_standard_alphabet',
    undo: (text) => [text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')],
  },
  { id: 'base64_url_alphabet', undo: (text) => [standardAlphabet(text)] },
  { id: 'token_padding', undo: (text) => [text.replace(/[=.]+$/, ''), padded(text.replace(/=+$/, ''))] },
  { id: 'token_in_json', undo: (text) => (/^\s*[{[]/.test(text) ? textsIn(parseJson(text)) : []) },
  { id: 'base64_form_field', undo: (text) => [/^[\w.-]{1,40}=([^=].*)$/s.exec(text)?.[1] ?? ''] },
  { id: 'token_after_word', undo: (text) => [/^[\w-]{1,30}:?\s+(\S+)$/.exec(text)?.[1] ?? ''] },
  {
    id: 'token_escaped',
    undo: (text) => [
      text
        .replace(/\\u00([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
        .replace(/\\([/"nrt])/g, (_, escaped: string) => (/[/"]/.test(escaped) ? escaped : '')),
    ],
  },
  {
    id: 'token_html',
    undo: (text) => [
      text
        .replace(/&#(?:x([0-9a-f]{2})|(\d{2,3}));/gi, (_, hex?: string, code?: string) =>
          String.fromCharCode(hex === undefined ? Number(code) : parseInt(hex, 16)),
        )
        .replace(/&(?:quot|plus|equals|sol);/g, (entity) => ENTITIES[entity] ?? ''),
    ],
  },
  { id: 'token_encoded_twice', undo: innerText },
  { id: 'token_in_hex', undo: base64OfHex },
  { id: 'token_with_more', isPart: true, undo: cutToLength },
  { id: 'token_character_added', isPart: true, isLast: true, undo: withoutOne },
];

/** A text with the mistakes that were undone to get it, the last made first. */
export interface Fixed {
  readonly text: string;
  readonly steps: readonly Fix['id'][];
  /** whether a step took a part of the text */
  readonly isPart: boolean;
}

const DEEPEST = 3;
const LONGEST = 20_000;
const MOST = 3000;

/** The text itself, then all that steps make of it, the fewest steps first. No text comes twice. */
export function* fixedTexts(text: string, fixes: readonly Fix[] = textFixes): Generator<Fixed> {
  const seen = new Set([text]);
  let level: Fixed[] = [{ text, steps: [], isPart: false }];
  let ends: Fixed[] = [];
  for (let depth = 0; depth <= DEEPEST && level.length > 0; depth++) {
    yield* level;
    yield* ends;
    if (depth === DEEPEST || text.length > LONGEST) return;
    const next: Fixed[] = [];
    ends = [];
    for (const from of level) {
      for (const { id, undo, isLast = false, isPart = false } of fixes) {
        if (isLast && depth > 1) continue;
        for (const fixed of undo(from.text)) {
          if (fixed === '' || seen.has(fixed) || seen.size > MOST) continue;
          seen.add(fixed);
          (isLast ? ends : next).push({
            text: fixed,
            steps: [...from.steps, id],
            isPart: isPart || from.isPart,
          });
        }
      }
    }
    level = next;
  }
}
