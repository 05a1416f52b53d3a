/** Text to bytes in other ways than UTF-8. A row applies where its bytes differ from those of UTF-8. */

import { concatBytes } from '../../bytes.ts';
import { utf8 } from '../../primitives.ts';
import type { Step } from './step.ts';

export type EncodingStep = Step<string, Uint8Array>;

/** UTF-8 as the operator's, in which a lone surrogate is `?`. */
export const encodeText = (text: string): Uint8Array =>
  utf8(text.isWellFormed() ? text : text.replace(/\p{Surrogate}/gu, '?'));

/** Whole numbers of one width. */
function wide(codes: readonly number[], width: 2 | 4, isLittleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(codes.length * width);
  const view = new DataView(bytes.buffer);
  codes.forEach((code, index) => {
    if (width === 2) view.setUint16(index * 2, code, isLittleEndian);
    else view.setUint32(index * 4, code, isLittleEndian);
  });
  return bytes;
}

const unitsOf = (text: string): number[] =>
  Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
const pointsOf = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0) ?? 0);

/** Characters of Windows-1252 between 0x80 and 0x9f. */
const WINDOWS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** A byte for each character; `fallback` for those that the encoding does not have. */
const single = (
  text: string,
  byteOf: (code: number, character: string) => number | undefined,
  fallback = 0x3f,
) => Uint8Array.from(text, (character) => byteOf(character.codePointAt(0) ?? 0, character) ?? fallback);

const latin1 = (text: string): Uint8Array => single(text, (code) => (code < 0x100 ? code : undefined));
const ascii = (text: string): Uint8Array => single(text, (code) => (code < 0x80 ? code : undefined));
const windows = (text: string): Uint8Array =>
  single(text, (code, character) => {
    const at = WINDOWS.indexOf(character);
    return at >= 0 ? 0x80 + at : code < 0x100 ? code : undefined;
  });

const asLatin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const asWindows = (bytes: Uint8Array): string =>
  String.fromCharCode(...bytes).replace(/[\x80-\x9f]/g, (byte) => WINDOWS.charAt(byte.charCodeAt(0) - 0x80));

/** EBCDIC (code page 037): letters, digits and the signs of addresses. */
const EBCDIC = new Map<string, number>([
  ...Array.from('abcdefghi', (letter, index) => [letter, 0x81 + index] as const),
  ...Array.from('jklmnopqr', (letter, index) => [letter, 0x91 + index] as const),
  ...Array.from('stuvwxyz', (letter, index) => [letter, 0xa2 + index] as const),
  ...Array.from('ABCDEFGHI', (letter, index) => [letter, 0xc1 + index] as const),
  ...Array.from('JKLMNOPQR', (letter, index) => [letter, 0xd1 + index] as const),
  ...Array.from('STUVWXYZ', (letter, index) => [letter, 0xe2 + index] as const),
  ...Array.from('0123456789', (letter, index) => [letter, 0xf0 + index] as const),
  ...([
    ['@', 0x7c],
    ['.', 0x4b],
    ['+', 0x4e],
    ['-', 0x60],
    ['_', 0x6d],
    [' ', 0x40],
    ["'", 0x7d],
  ] as const),
]);

const ASCII = /^[\0-\x7f]*$/;

/** An encoding that gives the bytes of UTF-8 for ASCII, so that it makes no difference there. */
const beyondAscii =
  (encode: (text: string) => Uint8Array) =>
  (text: string): Uint8Array | undefined =>
    ASCII.test(text) ? undefined : encode(text);

const before =
  (...bytes: number[]) =>
  (text: string): Uint8Array =>
    concatBytes(Uint8Array.from(bytes), encodeText(text));
const behind =
  (...bytes: number[]) =>
  (text: string): Uint8Array =>
    concatBytes(encodeText(text), Uint8Array.from(bytes));

const padded = (text: string, block: number): Uint8Array => {
  const bytes = encodeText(text);
  return concatBytes(bytes, new Uint8Array((block - (bytes.length % block)) % block));
};

const LE = true;
const BE = false;
const BYTE_ORDER_MARK = 0xfeff;

type Row = readonly [
  EncodingStep['cause'],
  Readonly<Record<string, string>>,
  1 | 2,
  (text: string) => Uint8Array | undefined,
];

const rows: readonly Row[] = [
  ['encoded_utf16', { encoding: 'UTF-16, little-endian' }, 1, (text) => wide(unitsOf(text), 2, LE)],
  ['encoded_utf16', { encoding: 'UTF-16, big-endian' }, 1, (text) => wide(unitsOf(text), 2, BE)],
  ['encoded_byte_order_mark', { encoding: 'UTF-8' }, 1, before(0xef, 0xbb, 0xbf)],
  [
    'encoded_byte_order_mark',
    { encoding: 'UTF-16, little-endian' },
    1,
    (text) => wide([BYTE_ORDER_MARK, ...unitsOf(text)], 2, LE),
  ],
  [
    'encoded_byte_order_mark',
    { encoding: 'UTF-16, big-endian' },
    1,
    (text) => wide([BYTE_ORDER_MARK, ...unitsOf(text)], 2, BE),
  ],
  ['encoded_other', { encoding: 'Latin-1 (ISO 8859-1)' }, 1, beyondAscii(latin1)],
  ['encoded_other', { encoding: 'Windows-1252' }, 1, beyondAscii(windows)],
  ['encoded_other', { encoding: 'ASCII with ? for other characters' }, 1, beyondAscii(ascii)],
  ['encoded_utf8_twice', {}, 1, beyondAscii((text) => encodeText(asLatin1(encodeText(text))))],
  ['encoded_utf8_twice', {}, 2, beyondAscii((text) => encodeText(asWindows(encodeText(text))))],
  [
    'encoded_other',
    { encoding: 'the low bytes of UTF-16' },
    2,
    beyondAscii((text) => Uint8Array.from(unitsOf(text))),
  ],
  ['encoded_other', { encoding: 'UTF-32, little-endian' }, 2, (text) => wide(pointsOf(text), 4, LE)],
  ['encoded_other', { encoding: 'UTF-32, big-endian' }, 2, (text) => wide(pointsOf(text), 4, BE)],
  [
    'encoded_byte_order_mark',
    { encoding: 'UTF-32, little-endian' },
    2,
    (text) => wide([BYTE_ORDER_MARK, ...pointsOf(text)], 4, LE),
  ],
  [
    'encoded_other',
    { encoding: 'CESU-8, as in old databases' },
    2,
    beyondAscii((text) =>
      concatBytes(...Array.from({ length: text.length }, (_, at) => cesu(text.charCodeAt(at)))),
    ),
  ],
  [
    'encoded_other',
    { encoding: 'EBCDIC' },
    2,
    (text) => single(text, (_, character) => EBCDIC.get(character), 0x6f),
  ],
  ['encoded_padded', { what: 'a null byte behind it' }, 1, behind(0)],
  ['encoded_padded', { what: 'a null byte in front of it' }, 2, before(0)],
  ['encoded_padded', { what: 'null bytes up to 16' }, 2, (text) => padded(text, 16)],
  ['encoded_padded', { what: 'null bytes up to 32' }, 2, (text) => padded(text, 32)],
  ['encoded_padded', { what: 'null bytes up to 64' }, 2, (text) => padded(text, 64)],
  [
    'encoded_padded',
    { what: 'its length in a byte' },
    2,
    (text) => before(encodeText(text).length & 0xff)(text),
  ],
  [
    'encoded_padded',
    { what: 'its length in two bytes' },
    2,
    (text) => before(0, encodeText(text).length & 0xff)(text),
  ],
  [
    'encoded_padded',
    { what: 'its length in four bytes, big-endian' },
    2,
    (text) => before(0, 0, 0, encodeText(text).length & 0xff)(text),
  ],
  [
    'encoded_padded',
    { what: 'its length in four bytes, little-endian' },
    2,
    (text) => before(encodeText(text).length & 0xff, 0, 0, 0)(text),
  ],
];

/** A UTF-16 unit as if it were a character. */
function cesu(unit: number): Uint8Array {
  if (unit < 0x80) return Uint8Array.of(unit);
  if (unit < 0x800) return Uint8Array.of(0xc0 | (unit >> 6), 0x80 | (unit & 63));
  return Uint8Array.of(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 63), 0x80 | (unit & 63));
}

export const encodings: readonly EncodingStep[] = rows.map(([cause, facts, rank, change]) => ({
  cause,
  facts,
  rank,
  change,
}));
