/** Steps that take one wrapping off a body each; a step that does not apply gives nothing. */

import { decodeBase64, fromUrlAlphabet, isStrictBase64, standardAlphabet } from '../base64.ts';
import { concatBytes } from '../bytes.ts';
import { parseJson } from '../json-reading.ts';
import { JsonNumber, isJsonObject } from '../json.ts';
import { fromUtf8 } from '../text.ts';
import { bytesOfHex, percentDecoded } from '../decoding.ts';
import type { Peeled, Step } from './envelope-deviations.ts';

const SHORTEST = 16;
/** Shorter texts are no envelope. */
const SHORTEST_TEXT = 24;
const VERSION = Uint8Array.of(1);

type Peel = (text: string) => readonly Peeled[];

/** A step that replaces text; it applies where the text changes. */
const replaced =
  (change: (text: string) => string | undefined): Peel =>
  (text) => {
    const changed = change(text);
    return changed === undefined || changed === text || changed === '' ? [] : [[changed]];
  };

const matched = (form: RegExp): Peel => replaced((text) => form.exec(text)?.[1]);

/** Bytes of hex digits that may have separators or prefixes. */
const printedHex = (text: string): Uint8Array | undefined => {
  const digits = text
    .trim()
    .replace(/^(?:0x|\\x)/i, '')
    .replace(/(?:\\x|\s|:|,\s*0x)/g, '');
  return digits.length >= 2 * SHORTEST ? bytesOfHex(digits) : undefined;
};

const asPeeled = (bytes: Uint8Array | undefined): readonly Peeled[] => (bytes === undefined ? [] : [[bytes]]);

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32(text: string): Uint8Array | undefined {
  if (!/^[A-Z2-7]{32,}=*$/.test(text)) return undefined;
  const bytes: number[] = [];
  let buffer = 0;
  let bits = 0;
  for (const sign of text.replace(/=+$/, '')) {
    buffer = ((buffer << 5) | BASE32.indexOf(sign)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((buffer >> bits) & 0xff);
    }
  }
  return Uint8Array.from(bytes);
}

const numberOf = (value: unknown): number => (value instanceof JsonNumber ? Number(value.text) : NaN);

function byteList(values: readonly unknown[]): Uint8Array | undefined {
  const numbers = values.map(numberOf);
  const areBytes =
    numbers.length >= SHORTEST && numbers.every((n) => Number.isInteger(n) && n >= -128 && n < 256);
  return areBytes ? Uint8Array.from(numbers) : undefined;
}

/** The texts in JSON, with the names that lead to them. */
function* textsIn(value: unknown, path: string, depth = 0): Generator<readonly [path: string, text: string]> {
  if (typeof value === 'string') yield [path, value];
  else if (depth < 4 && Array.isArray(value)) {
    for (const item of value) yield* textsIn(item, path === '' ? 'a list' : path, depth + 1);
  } else if (depth < 4 && isJsonObject(value)) {
    for (const [name, item] of Object.entries(value)) yield* textsIn(item, name, depth + 1);
  }
}

function* listsIn(value: unknown, depth = 0): Generator<readonly unknown[]> {
  if (Array.isArray(value)) yield value;
  if (depth >= 3 || !isJsonObject(value)) return;
  const members = Object.values(value);
  if (Object.keys(value).every((name, i) => name === String(i))) yield members;
  for (const item of members) yield* listsIn(item, depth + 1);
}

const jsonMembers: Peel = (text) => {
  if (!/^\s*[{[]/.test(text)) return [];
  const found: Peeled[] = [];
  for (const [name, inner] of textsIn(parseJson(text), '')) {
    if (inner.length >= SHORTEST_TEXT)
      found.push([inner, { member: /^[\w ]{1,30}$/.test(name) ? name : 'a member' }]);
  }
  return found;
};

/** One part that was encoded alone: base64 in either alphabet, or hex. */
function partBytes(text: string): Uint8Array | undefined {
  const hex = bytesOfHex(text);
  if (hex !== undefined) return hex;
  const standard = fromUrlAlphabet(text) ?? text;
  return decodeBase64(isStrictBase64(standard) ? standard : standard.replace(/=+$/, ''));
}

/** The parts joined; a version byte is put in front where the first part has none. */
function joinedParts(parts: readonly (Uint8Array | undefined)[]): readonly Peeled[] {
  const known = parts.filter((part) => part !== undefined);
  if (known.length < 2 || known.length !== parts.length) return [];
  const joined = concatBytes(...known);
  if (joined.length < SHORTEST) return [];
  const [first] = known;
  return first?.[0] === 1 && (first.length === 1 || first.length === 13)
    ? [[joined]]
    : [[concatBytes(VERSION, joined)]];
}

const ROLES = [
  /^v$|version/i,
  /iv|nonce|init/i,
  /ci?pher|data|payload|content|body|text|^ct?$|encrypted|message/i,
  /tag|mac|auth/i,
];

const jsonParts: Peel = (text) => {
  const value = /^\s*\{/.test(text) ? parseJson(text) : undefined;
  const members = [...textsIn(value, '')];
  if (members.length < 2) return [];
  const [, ...roles] = ROLES.map((role) => members.find(([name]) => role.test(name))?.[1]);
  return joinedParts(roles.filter((one) => one !== undefined).map(partBytes));
};

const separated: Peel = (text) => {
  const parts = text.trim().split(/[.:|,;$~\s]+/);
  return parts.length >= 2 && parts.length <= 5 ? joinedParts(parts.map(partBytes)) : [];
};

const paddedInside: Peel = (text) => {
  const parts = text.split(/(?<==)(?=[^=])/);
  return parts.length >= 2 && parts.length <= 4 ? joinedParts(parts.map(partBytes)) : [];
};

const numberLists: Peel = (text) => {
  const isList = /^\s*-?\d{1,3}\s*,/.test(text);
  const value = isList ? parseJson(`[${text}]`) : /^\s*[{[]/.test(text) ? parseJson(text) : undefined;
  return [...listsIn(value)].flatMap((list) => asPeeled(byteList(list)));
};

const formFields: Peel = (text) => {
  if (!/^[A-Za-z_][\w.[\]-]*=/.test(text)) return [];
  return text.split('&').flatMap((field) => {
    const value = field.slice(field.indexOf('=') + 1);
    const decoded = percentDecoded(value.replaceAll('+', ' ')) ?? value;
    const candidates = new Set([
      value,
      percentDecoded(value) ?? value,
      decoded,
      decoded.replaceAll(' ', '+'),
    ]);
    return value.length < SHORTEST_TEXT ? [] : [...candidates].map((one): Peeled => [one]);
  });
};

const entities: Readonly<Record<string, string>> = { '&plus;': '+', '&sol;': '/', '&equals;': '=' };

function unescaped(text: string): string {
  return text
    .replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/&#x([0-9a-f]{2});/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/&#(\d{2,3});/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/&[a-z]+;/g, (name) => entities[name] ?? name)
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\[nrt]/g, '')
    .replace(/\\(.)/g, '$1');
}

/** Bytes as a program prints them. */
function printedBytes(text: string): Uint8Array | undefined {
  const [, , inner] = /^b(['"])(.*)\1$/s.exec(text.trim()) ?? [];
  if (inner?.includes('\\') !== true) return undefined;
  const named: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, '\\': 92, "'": 39, '"': 34 };
  const bytes: number[] = [];
  for (const [, hex, sign, plain] of inner.matchAll(/\\x([0-9a-f]{2})|\\(.)|(.)/gis)) {
    bytes.push(
      hex !== undefined
        ? Number.parseInt(hex, 16)
        : sign !== undefined
          ? (named[sign] ?? 0)
          : (plain ?? '').charCodeAt(0),
    );
  }
  return Uint8Array.from(bytes);
}

/** The characters of Windows-1252 from 0x80 to 0x9f. */
const WINDOWS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

function latin1Bytes(text: string): Uint8Array | undefined {
  if (text.length < SHORTEST || !/[^\x20-\x7e\s]/.test(text)) return undefined;
  const codes = Array.from(text, (sign) => {
    const code = sign.charCodeAt(0);
    return code < 256 ? code : WINDOWS.includes(sign) ? 0x80 + WINDOWS.indexOf(sign) : 256;
  });
  return codes.every((code) => code < 256) ? Uint8Array.from(codes) : undefined;
}

/** Runs of base64 with something else around them. */
const longestRun: Peel = (text) => {
  const runs = text.match(/[A-Za-z0-9+/_-]{56,}={0,2}/g) ?? [];
  return runs
    .filter((run) => run.length < text.trim().length)
    .slice(0, 3)
    .map((run): Peeled => [run]);
};

/** Steps of texts, the likeliest first. */
export const textSteps: readonly Step<string>[] = [
  ['wrap_newline', replaced((text) => text.trim())],
  ['wrap_bom', matched(/^\ufeff(.*)$/s)],
  ['wrap_quotes', matched(/^\s*(?:"(?=.*"\s*$)|'(?=.*'\s*$)|`(?=.*`\s*$))(.*)["'`]\s*$/s)],
  ['wrap_lines', replaced((text) => (/\S\s*[\r\n]\s*\S/.test(text) ? text.replace(/\s+/g, '') : undefined))],
  ['wrap_url_alphabet', replaced((text) => (/^[\w=-]+$/.test(text) ? standardAlphabet(text) : undefined))],
  ['wrap_plus_lost', replaced((text) => (/^[\w/ =-]+$/.test(text) ? text.replaceAll(' ', '+') : undefined))],
  ['wrap_percent', replaced((text) => (text.includes('%') ? percentDecoded(text) : undefined))],
  ['wrap_form_field', formFields],
  ['wrap_json_member', jsonMembers],
  ['wrap_parts', (text) => [...jsonParts(text), ...separated(text), ...paddedInside(text)]],
  ['wrap_data_uri', matched(/^\s*data:[^,]{0,80},(.*)$/s)],
  ['wrap_armor', matched(/^\s*-----BEGIN[^-]*-----\s*(.*?)\s*-----END/s)],
  ['wrap_hex', (text) => asPeeled(printedHex(text))],
  ['wrap_numbers', numberLists],
  [
    'wrap_repr',
    (text) => [
      ...matched(/^\s*b'(.*)'\s*$/s)(text),
      ...matched(/^\s*b"(.*)"\s*$/s)(text),
      ...asPeeled(printedBytes(text)),
    ],
  ],
  [
    'wrap_escaped',
    replaced((text) => (/\\|&[#a-z]|=(?:[0-9A-F]{2}|\r?\n)/.test(text) ? unescaped(text) : undefined)),
  ],
  [
    'wrap_padding',
    replaced((text) =>
      /^[A-Za-z0-9+/]+=*$/.test(text) && !isStrictBase64(text) ? text.replace(/=+$/, '') : undefined,
    ),
  ],
  ['wrap_base32', (text) => asPeeled(base32(text.trim()))],
  ['wrap_latin1', (text) => asPeeled(latin1Bytes(text))],
  ['wrap_multipart', (text) => (/^\s*--\S+\r?\n/.test(text) ? longestRun(text) : [])],
  ['wrap_text_around', longestRun],
];

const utf16 = (bytes: Uint8Array): string | undefined => {
  const isLittle = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[1] === 0 && bytes[3] === 0);
  const isBig = (bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] === 0 && bytes[2] === 0);
  return isLittle || isBig ? new TextDecoder(isLittle ? 'utf-16le' : 'utf-16be').decode(bytes) : undefined;
};

/** Steps of bytes. */
export const binarySteps: readonly Step<Uint8Array>[] = [
  [
    'wrap_utf16',
    (bytes) => {
      const text = utf16(bytes);
      return text === undefined ? [] : [[text]];
    },
  ],
  [
    'wrap_latin1',
    (bytes) => {
      const text = fromUtf8(bytes);
      return text.includes('\ufffd') ? [] : asPeeled(latin1Bytes(text));
    },
  ],
];
