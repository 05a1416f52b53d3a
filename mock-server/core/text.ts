/**
 * Decodes bytes to text as the operator's runtime and its JSON parser do, including invalid UTF-8.
 *
 *   runtime:  U+FFFD for malformed bytes, as usual; an encoded surrogate (ED A0..BF 80..BF) becomes only one
 *   parser:   the lead byte gives the length, and every resulting number is accepted; UTF-16 and UTF-32 as well
 */

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const MALFORMED = '\ufffd';
const BYTE_ORDER_MARK = '\ufeff';
const SURROGATE_LEAD = 0xed;

const isContinuation = (byte: number | undefined): byte is number => ((byte ?? 0) & 0xc0) === 0x80;

/** Decodes UTF-8 with replacement characters. A byte order mark stays: the operator treats it as part of the text. */
export function fromUtf8(bytes: Uint8Array): string {
  const text = decoder.decode(bytes);
  return text.includes(MALFORMED) ? withSurrogates(bytes) : text;
}

function withSurrogates(bytes: Uint8Array): string {
  let text = '';
  let from = 0;
  for (let at = bytes.indexOf(SURROGATE_LEAD); at !== -1; at = bytes.indexOf(SURROGATE_LEAD, at + 1)) {
    if (((bytes[at + 1] ?? 0) & 0xe0) !== 0xa0) continue;
    text += decoder.decode(bytes.subarray(from, at)) + MALFORMED;
    from = at + (isContinuation(bytes[at + 2]) ? 3 : 2);
  }
  return text + decoder.decode(bytes.subarray(from));
}

const strict = new TextDecoder('utf-8', { fatal: true });

/** Text of JSON bytes, without a byte order mark; undefined when they are in no encoding that the parser knows. */
export function fromJsonBytes(bytes: Uint8Array): string | undefined {
  const wide = wideEncoding(bytes);
  if (wide) return wide(bytes);
  try {
    return strict.decode(bytes);
  } catch {
    return fromLooseUtf8(bytes);
  }
}

/** Decodes invalid UTF-8 as the parser does; undefined when the parser refuses the bytes. */
function fromLooseUtf8(bytes: Uint8Array): string | undefined {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at++] ?? 0;
    const more =
      lead < 0x80 ? 0 : lead >> 5 === 6 ? 1 : lead >> 4 === 14 ? 2 : lead >> 3 === 30 ? 3 : undefined;
    if (more === undefined) return undefined;
    let code = more === 0 ? lead : lead & (0x3f >> more);
    for (let i = 0; i < more; i++) {
      const next = bytes[at++];
      if (!isContinuation(next)) return undefined;
      code = (code << 6) | (next & 0x3f);
    }
    text += looseCharacter(code, more);
  }
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

/**
 * The character of a code. A code below 0x80 in several bytes becomes an escape: the parser takes it as text, even a
 * quote or a control character.
 */
function looseCharacter(code: number, more: number): string {
  if (more === 3) {
    const rest = code - 0x10000;
    return String.fromCharCode(0xd800 | (rest >> 10), 0xdc00 | (rest & 0x3ff));
  }
  return more > 0 && code < 0x80 ? `\\u${code.toString(16).padStart(4, '0')}` : String.fromCharCode(code);
}

type Decode = (bytes: Uint8Array) => string | undefined;

const utf16 =
  (littleEndian: boolean): Decode =>
  (bytes) =>
    new TextDecoder(littleEndian ? 'utf-16le' : 'utf-16be').decode(bytes);

const utf32 =
  (littleEndian: boolean): Decode =>
  (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length % 4 !== 0) return undefined;
    let text = '';
    for (let at = 0; at < bytes.length; at += 4) {
      const code = view.getUint32(at, littleEndian);
      if (code > 0x10ffff) return undefined;
      if (at > 0 || code !== 0xfeff) text += String.fromCodePoint(code);
    }
    return text;
  };

/**
 * The decoder for UTF-16 or UTF-32, chosen by the places of zero bytes or by the byte FE, which UTF-8 has not. Undefined
 * for UTF-8. Where the places are those of no encoding, no decoder gives JSON.
 */
function wideEncoding([a, b, c, d]: Uint8Array): Decode | undefined {
  if (a === 0 && b === 0) return utf32(false);
  if (c === 0 && d === 0) return utf32(true);
  if (a === 0 || a === 0xfe) return utf16(false);
  if (b === 0 || b === 0xfe) return utf16(true);
  return undefined;
}
