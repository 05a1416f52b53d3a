/** Ways to write a hash that the operator does not take, each with what undoes it. */

import { decodeBase64, standardAlphabet } from '../../base64.ts';
import { fromUtf8 } from '../../text.ts';
import type { HashCauseId } from '../causes/hash.ts';
import { bytesOfHex, percentDecoded } from '../../decoding.ts';
import { integerBytes, textInBase } from './bases.ts';

interface Backwards {
  readonly cause: HashCauseId;
  readonly facts?: Readonly<Record<string, string>>;
  /** The text or the bytes without the mistake; undefined where the value does not have it. */
  readonly undo: (text: string) => string | Uint8Array | undefined;
}

const changed = (text: string, pattern: RegExp, replacement: string): string | undefined => {
  const result = text.replace(pattern, replacement);
  return result === text ? undefined : result;
};

const replacing = (
  cause: HashCauseId,
  facts: Readonly<Record<string, string>>,
  pattern: RegExp,
  replacement: string,
): Backwards => ({
  cause,
  facts,
  undo: (text) => changed(text, pattern, replacement),
});

const ESCAPE = /%[0-9a-f]{2}/i;
const DIGITS = /^[A-Za-z0-9+/]+$/;

/** Base64 whose padding is missing. */
const repadded = (text: string): string | undefined =>
  DIGITS.test(text) && text.length >= 14 && text.length % 4 > 1
    ? text + '='.repeat(4 - (text.length % 4))
    : undefined;

/** Bytes that were taken for characters. */
const characterBytes = (text: string): Uint8Array | undefined =>
  /^[\0-\xff]{16,64}$/.test(text) && /[^\x20-\x7e]/.test(text)
    ? Uint8Array.from(text, (character) => character.charCodeAt(0))
    : undefined;

/** Numbers of a list such as `[1, -2, 3]`. */
function listed(text: string): Uint8Array | undefined {
  const numbers = /^\D{0,40}?[[({]?\s*(-?\d{1,3}(?:\s*,\s*-?\d{1,3}){9,63})\s*[\])}]*$/
    .exec(text)?.[1]
    ?.split(',')
    .map(Number);
  return numbers?.every((number) => number >= -128 && number <= 255) ? Uint8Array.from(numbers) : undefined;
}

/** Bytes of `{"0":12,"1":…}`, or of `{"type":"Buffer","data":[…]}`. */
function fromObject(text: string): Uint8Array | undefined {
  if (!/^\s*\{.*\}\s*$/s.test(text)) return undefined;
  const list = /"data"\s*:\s*\[([\d\s,]*)\]/.exec(text)?.[1];
  const numbers = list?.split(',') ?? Array.from(text.matchAll(/"\d+"\s*:\s*(\d+)/g), ([, value]) => value);
  return numbers.length >= 16 && numbers.length <= 64 ? Uint8Array.from(numbers, Number) : undefined;
}

/** Escapes `\xNN` of a text, as Python prints bytes. */
function escapedBytes(text: string): Uint8Array | undefined {
  if (!/\\x[0-9a-f]{2}/i.test(text)) return undefined;
  const simple: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, '0': 0 };
  const body = text.replace(/^b(['"])(.*)\1$/s, '$2');
  const bytes = Array.from(body.matchAll(/\\x([0-9a-f]{2})|\\(.)|(.)/gis), ([, hex, sign, plain]) =>
    hex !== undefined
      ? parseInt(hex, 16)
      : sign !== undefined
        ? (simple[sign] ?? sign.charCodeAt(0))
        : (plain ?? '').charCodeAt(0),
  );
  return bytes.every((byte) => byte < 256) ? Uint8Array.from(bytes) : undefined;
}

/** Pairs of hex digits with separators. */
const HEX_PAIRS = /^(?:[0-9a-fA-F]{2}[^0-9a-fA-F]+){9,63}[0-9a-fA-F]{2}$/;

const SHORTEST_HASH = 16;

/** A hash whose words of so many bytes were written from their other end; the whole of it where none is given. */
const reordered = (what: string, wordBytes?: number): Backwards => ({
  cause: 'written_reversed',
  facts: { what },
  undo(text) {
    const bytes = bytesOfHex(text) ?? (text.length % 4 === 0 ? decodeBase64(text) : undefined);
    if (bytes === undefined || bytes.length < SHORTEST_HASH) return undefined;
    const width = wordBytes ?? bytes.length;
    if (bytes.length % width !== 0) return undefined;
    return bytes.map((_, at) => bytes[at - (at % width) + (width - 1 - (at % width))] ?? 0);
  },
});

const prefixes: readonly Backwards[] = [
  ['sha256:', /^(?:sha-?256)[:=$]\s*/i],
  ['sha256-', /^sha256-/i],
  ['{SHA256}', /^\{(?:SHA-?256|SSHA256)\}/i],
  ['0x', /^0x/i],
  ['\\x', /^\\x(?=[0-9a-f]{20,}$)/i],
  ['x', /^x(?=')/i],
  ['base64:', /^(?:base64|b64|hex)[:,]\s*/i],
  ['data:', /^data:[^,]*,/i],
  ['SHA256(…)=', /^SHA2?-?256\s*\([^)]*\)\s*=\s*/i],
  ['email_hash', /^(?:email_hash|phone_hash|hash|digest)\s*[:=]\s*/i],
].map(([prefix, pattern]) => replacing('written_prefix', { prefix: String(prefix) }, pattern as RegExp, ''));

/** Every way, those that people meet most first. */
export const backwards: readonly Backwards[] = [
  {
    cause: 'written_url_alphabet',
    undo: (text) => (/^[\w-]+={0,2}$/.test(text) && /[-_]/.test(text) ? standardAlphabet(text) : undefined),
  },
  { cause: 'written_padding_absent', undo: repadded },
  {
    cause: 'written_percent_encoded',
    undo: (text) => (ESCAPE.test(text) ? percentDecoded(text) : undefined),
  },
  replacing('written_white_space', { where: 'at its end' }, /\s+$/u, ''),
  replacing('written_white_space', { where: 'at its start' }, /^\s+/u, ''),
  replacing('written_white_space', { where: 'in it' }, /(?<=\S)[\r\n\t]+(?=\S)/gu, ''),
  replacing(
    'written_white_space',
    { where: 'around it, invisible' },
    /^[\u200b-\u200f\u2060\ufeff\0]+|[\u200b-\u200f\u2060\ufeff\0]+$/gu,
    '',
  ),
  {
    cause: 'written_plus_lost',
    undo: (text) => (/^[A-Za-z0-9+/ ]{20,}={0,2}$/.test(text) ? changed(text, / /g, '+') : undefined),
  },
  replacing('written_quoted', {}, /^(?:b?["'`“„«‘<([]|\\")(.*)(?:["'`”“»’>)\]]|\\")$/su, '$1'),
  replacing('written_quoted', {}, /^["'`]|["'`,;.]$/gu, ''),
  {
    cause: 'written_padding_extra',
    undo: (text) => (/^[A-Za-z0-9+/_-]+=+$/.test(text) ? changed(text, /=+$/, '') : undefined),
  },
  replacing('written_escaped', { what: 'slashes behind a backslash' }, /\\\//g, '/'),
  {
    cause: 'written_escaped',
    facts: { what: '\\u escapes' },
    undo: (text) =>
      /\\u[0-9a-f]{4}/i.test(text)
        ? text.replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
        : undefined,
  },
  {
    cause: 'written_escaped',
    facts: { what: 'HTML entities' },
    undo: (text) =>
      /&#/.test(text)
        ? text.replace(/&#(?:x([0-9a-f]+)|(\d+));/gi, (_, hex?: string, decimal?: string) =>
            String.fromCharCode(hex === undefined ? Number(decimal) : parseInt(hex, 16)),
          )
        : undefined,
  },
  replacing('written_escaped', { what: 'quoted-printable' }, /=3D/gi, '='),
  ...prefixes,
  {
    cause: 'written_separated',
    facts: { what: 'by signs or blanks' },
    undo: (text) => {
      const pairs = text.replace(/^<Buffer (.*)>$/, '$1').trim();
      return HEX_PAIRS.test(pairs) ? pairs.replace(/[^0-9a-fA-F]+|0x/g, '') : undefined;
    },
  },
  {
    cause: 'written_separated',
    facts: { what: 'by dashes, as a UUID' },
    undo: (text) =>
      /^[0-9a-f]{4,}(?:[-: ][0-9a-f]{2,})+$/i.test(text) ? text.replace(/[-: ]/g, '') : undefined,
  },
  { cause: 'written_list', facts: { what: 'numbers' }, undo: listed },
  { cause: 'written_list', facts: { what: 'an object' }, undo: fromObject },
  { cause: 'written_raw', facts: { what: 'escapes \\x' }, undo: escapedBytes },
  { cause: 'written_raw', facts: { what: 'a character for each byte' }, undo: characterBytes },
  {
    cause: 'written_decimal',
    facts: { what: 'decimal digits' },
    undo: (text) => (/^-?\d{60,79}$/.test(text) ? integerBytes(text) : undefined),
  },
  {
    cause: 'written_zeros_lost',
    facts: { what: 'at the start' },
    undo: (text) => (/^[0-9a-f]{56,63}$/i.test(text) ? text.padStart(64, '0') : undefined),
  },
  reordered('the last one first'),
  reordered('words of 4 bytes, little-endian', 4),
  reordered('words of 8 bytes, little-endian', 8),
  reordered('words of 2 bytes, little-endian', 2),
  { cause: 'written_other_base', facts: { what: 'base32' }, undo: (text) => textInBase(text, 'base32') },
  {
    cause: 'written_other_base',
    facts: { what: 'base32hex' },
    undo: (text) => textInBase(text, 'base32hex'),
  },
  { cause: 'written_other_base', facts: { what: 'base58' }, undo: (text) => textInBase(text, 'base58') },
];

/** Texts in which a hash is not whole, so that it can only be compared. */
export const onewayWritings: readonly {
  readonly cause: HashCauseId;
  readonly facts: Readonly<Record<string, string>>;
  /** values that can be written so */
  readonly looks: RegExp;
  readonly write: (bytes: Uint8Array, base64: string) => string;
}[] = [
  {
    cause: 'written_case_lost',
    facts: { what: 'lower case' },
    looks: /^[a-z0-9+/]{43}=$/,
    write: (_, base64) => base64.toLowerCase(),
  },
  {
    cause: 'written_case_lost',
    facts: { what: 'upper case' },
    looks: /^[A-Z0-9+/]{43}=$/,
    write: (_, base64) => base64.toUpperCase(),
  },
  {
    cause: 'written_plus_lost',
    facts: {},
    looks: /^[A-Za-z0-9/]{30,42}=$/,
    write: (_, base64) => base64.replaceAll('+', ''),
  },
  {
    cause: 'written_raw',
    facts: { what: 'UTF-8, in which many bytes are lost' },
    looks: /\ufffd/,
    write: (bytes) => fromUtf8(bytes),
  },
  {
    cause: 'written_zeros_lost',
    facts: { what: 'of each byte' },
    looks: /^[0-9a-fA-F]{40,63}$/,
    write: (bytes) => Array.from(bytes, (byte) => byte.toString(16)).join(''),
  },
];
