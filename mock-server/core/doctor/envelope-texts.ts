/** What stands behind time and nonce in place of a JSON object in UTF-8: other encodings, and other forms of text. */

import { decodeBase64, fromUrlAlphabet } from '../base64.ts';
import { isJsonObject } from '../json.ts';
import { parseJson, parseJsonObject } from '../json-reading.ts';
import { utf8 } from '../primitives.ts';
import { fromUtf8 } from '../text.ts';
import { bytesOfHex, percentDecoded } from '../decoding.ts';
import type { Deviation } from './envelope-deviations.ts';

export interface TextReading {
  readonly deviations: readonly Deviation[];
  readonly text: string;
  /** how sure it is that the bytes are this text: JSON, other text that has a form, or bytes of any kind */
  readonly sureness: 'json' | 'text' | 'unsure';
}

const BYTE_ORDER_MARK = '\ufeff';
const PRINTABLE = /^[\t\n\r\x20-\x7e\u00a0-\ud7ff\ue000-\ufdff\ufe00-\ufffc]*$/;
const MANGLED = /[\ufffd\ud800-\udfff]/;

type Decode = (bytes: Uint8Array) => string | undefined;

const startsWith = (bytes: Uint8Array, ...head: number[]): boolean =>
  head.every((byte, i) => bytes[i] === byte);

const wide =
  (label: string): Decode =>
  (bytes) =>
    bytes.length % 2 === 0 ? new TextDecoder(label, { ignoreBOM: true }).decode(bytes) : undefined;

/** UTF-32 of characters of the first plane. */
const utf32 =
  (low: number): Decode =>
  (bytes) => {
    const text = Array.from({ length: bytes.length / 4 }, (_, i) =>
      String.fromCharCode(((bytes[4 * i + 2 - Math.sign(low - 1)] ?? 0) << 8) | (bytes[4 * i + low] ?? 0)),
    ).join('');
    return bytes.length % 4 === 0 ? text : undefined;
  };

const encodings: readonly (readonly [
  deviations: readonly Deviation[],
  isLikely: (bytes: Uint8Array) => boolean,
  decode: Decode,
])[] = [
  [[['text_utf32']], (b) => startsWith(b, 0, 0, 0) || startsWith(b, 0, 0, 0xfe, 0xff), utf32(3)],
  [[['text_utf32']], (b) => b[1] === 0 && b[2] === 0 && b[3] === 0, utf32(0)],
  [[['text_utf16']], (b) => startsWith(b, 0xfe, 0xff) || (b[0] === 0 && b[2] === 0), wide('utf-16be')],
  [[['text_utf16']], (b) => startsWith(b, 0xff, 0xfe) || (b[1] === 0 && b[3] === 0), wide('utf-16le')],
  [[], () => true, fromUtf8],
];

const unquoted = (text: string): string =>
  text
    .replace(/'((?:[^'\\]|\\.)*)'/g, (_, inner: string) => JSON.stringify(inner.replaceAll("\\'", "'")))
    .replace(/\bNone\b|\bnil\b|\bundefined\b/g, 'null')
    .replace(/\bTrue\b/g, 'true')
    .replace(/\bFalse\b/g, 'false')
    .replace(/([{,]\s*)([A-Za-z_]\w*)\s*(?::|=>|=)/g, '$1"$2":')
    .replaceAll('=>', ':');

const holdsJson = (text: string | undefined): boolean =>
  text !== undefined && /^\s*[{[]/.test(text) && parseJson(text) != null;

function decodedText(bytes: Uint8Array | undefined): string | undefined {
  const text = bytes && fromUtf8(bytes);
  return holdsJson(text) ? text : undefined;
}

/** Where the first value of a JSON text ends; undefined when it is cut off. Only for texts that begin with { or [. */
function endOfFirst(text: string): number | undefined {
  let depth = 0;
  let isText = false;
  for (let i = 0; i < text.length; i++) {
    const sign = text.charAt(i);
    if (isText) {
      if (sign === '\\') i += 1;
      else if (sign === '"') isText = false;
    } else if (sign === '"') isText = true;
    else if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return undefined;
}

function trailing(text: string): Deviation | undefined {
  const start = /^\s*[{[]/.test(text) ? endOfFirst(text) : undefined;
  if (start === undefined || !holdsJson(text.slice(0, start))) return undefined;
  const rest = text.slice(start);
  const what = /^\0+$/.test(rest)
    ? 'zero bytes'
    : /^[\x01-\x10]+$/.test(rest)
      ? 'the padding of a block cipher'
      : holdsJson(rest.trim())
        ? 'more JSON'
        : 'something else';
  return ['text_trailing', { what }];
}

const scalarName = (value: unknown): string =>
  value === null
    ? 'null'
    : typeof value === 'string'
      ? 'a text'
      : typeof value === 'boolean'
        ? 'a boolean'
        : 'a number';

/** Forms of a text in place of a JSON object, the likeliest first. Each gives the deviation, or undefined. */
const forms: readonly (readonly [
  sureness: TextReading['sureness'],
  deviationOf: (text: string, value: unknown) => Deviation | undefined,
])[] = [
  ['json', (_, value) => (Array.isArray(value) ? ['text_list'] : undefined)],
  [
    'json',
    (_, value) => (typeof value === 'string' && holdsJson(value) ? ['text_encoded_twice'] : undefined),
  ],
  ['text', (_, value) => (value === undefined ? undefined : ['text_scalar', { what: scalarName(value) }])],
  ['text', trailing],
  [
    'json',
    (text) =>
      /,\s*[}\]]/.test(text) && holdsJson(text.replace(/,(\s*[}\]])/g, '$1'))
        ? ['text_trailing_comma']
        : undefined,
  ],
  [
    'json',
    (text) => (/^\s*[{[(]/.test(text) && holdsJson(unquoted(text)) ? ['text_single_quotes'] : undefined),
  ],
  [
    'text',
    (text) => (/^\{\s*[\w']+\s*[:=]/.test(text) && PRINTABLE.test(text) ? ['text_single_quotes'] : undefined),
  ],
  [
    'json',
    (text) =>
      /^\s*%7b/i.test(text) && holdsJson(percentDecoded(text.replaceAll('+', ' ')))
        ? ['text_percent']
        : undefined,
  ],
  [
    'json',
    (text) => {
      const standard = fromUrlAlphabet(text.trim()) ?? text.trim();
      return decodedText(decodeBase64(standard)) === undefined ? undefined : ['text_base64'];
    },
  ],
  ['json', (text) => (decodedText(bytesOfHex(text.trim())) === undefined ? undefined : ['text_hex'])],
  ['text', (text) => (/^\s*<[?A-Za-z]/.test(text) ? ['text_xml'] : undefined)],
  ['text', (text) => (/^[A-Za-z_][\w.[\]%-]*=[^{]*$/.test(text) ? ['text_form'] : undefined)],
  [
    'text',
    (text) =>
      text.length <= 320 &&
      /^\s*(?:[^\s{}"'=]+@[^\s{}"'=]+|\+?[\d\s().-]{7,}|[A-Za-z0-9+/]{43}=|[0-9a-f]{64})\s*$/i.test(text)
        ? ['text_identifier']
        : undefined,
  ],
  [
    'text',
    (text) =>
      /^\s*\{\s*"/.test(text) && PRINTABLE.test(text) && endOfFirst(text) === undefined
        ? ['text_cut']
        : undefined,
  ],
  [
    'text',
    (text) => {
      const at = text.indexOf('{');
      return at > 0 && holdsJson(text.slice(at)) && PRINTABLE.test(text) ? ['text_leading'] : undefined;
    },
  ],
];

function formOf(text: string, deviations: readonly Deviation[]): TextReading {
  const hasMark = text.startsWith(BYTE_ORDER_MARK);
  const marked: readonly Deviation[] = hasMark && deviations.length === 0 ? [['text_bom']] : deviations;
  const inner = hasMark ? text.slice(1) : text;
  const value = parseJson(inner);
  if (isJsonObject(value)) return { deviations: marked, text: inner, sureness: 'json' };
  for (const [sureness, deviationOf] of forms) {
    const deviation = deviationOf(inner, value);
    if (deviation) return { deviations: [...marked, deviation], text: inner, sureness };
  }
  const isText = inner.length > 0 && PRINTABLE.test(inner) && !MANGLED.test(inner);
  return {
    deviations: [...marked, [isText ? 'text_other' : 'text_binary']],
    text: inner,
    sureness: isText ? 'text' : 'unsure',
  };
}

/** Whether bytes begin as gzip (RFC 1952) or zlib (RFC 1950) with a window of 32 KiB, which is usual. */
const isCompressed = ([first = 0, second = 0]: Uint8Array): boolean =>
  (first === 0x1f && second === 0x8b) || (first === 0x78 && ((first << 8) | second) % 31 === 0);

/** How the bytes read as text; the reading with fewest deviations. */
export function readText(bytes: Uint8Array): TextReading {
  if (isCompressed(bytes)) {
    return { deviations: [['text_compressed']], text: '', sureness: 'text' };
  }
  const [deviations, , decode] = encodings.find(
    ([, isLikely, to]) => isLikely(bytes) && to(bytes) !== undefined,
  ) ?? [[], undefined, fromUtf8];
  return formOf(decode(bytes) ?? '', deviations);
}

const OBJECT = 0x7b;
const STARTS: ReadonlySet<number> = new Set([OBJECT, 0x5b, 0x22, 0xef, 0xff, 0xfe, 0x00, 0x25]);

/** Whether a JSON object, list or text of JSON may begin with these bytes, in any encoding. */
export const mayStartJson = (bytes: Uint8Array, at: number): boolean => STARTS.has(bytes[at] ?? -1);

/** A JSON object in UTF-8 at the beginning of bytes, and the length of its text. */
export function leadingObject(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== OBJECT) return undefined;
  const text = fromUtf8(bytes);
  const end = endOfFirst(text);
  if (end === undefined || parseJsonObject(text.slice(0, end)) === undefined) return undefined;
  return utf8(text.slice(0, end)).length;
}
