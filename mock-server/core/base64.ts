/**
 * Base64 as the operator reads it (Protocol §2.3): standard alphabet only, no white space; padding may be absent
 * altogether but must be exact when present; unused trailing bits are dropped.
 */

/** The standard alphabet: the character of each 6-bit value. */
export const BASE64_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const STRICT = /^[A-Za-z0-9+/]*={0,2}$/;
const SEXTETS = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) SEXTETS[BASE64_ALPHABET.charCodeAt(i)] = i;

/** Whether the operator's decoder accepts the text. */
export function isStrictBase64(text: string): boolean {
  if (!STRICT.test(text)) return false;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return padding === 0 ? text.length % 4 !== 1 : text.length % 4 === 0;
}

/** The 6-bit value of one base64 character of an accepted text. */
export function sextet(text: string, index: number): number {
  return SEXTETS[text.charCodeAt(index)] ?? -1;
}

/** Bytes of a strictly valid text, undefined otherwise. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (!isStrictBase64(text)) return undefined;
  const padded = text.padEnd(Math.ceil(text.length / 4) * 4, '=');
  const groups = new Uint8Array((padded.length / 4) * 3);
  return groups.slice(0, writeBase64(padded, 0, groups, 0));
}

/**
 * Writes the bytes of padded base64, from a character on that begins a group of four up to another one or the end. It
 * needs no memory of its own, which the hot path would notice.
 *
 * @returns where the bytes end; undefined when the text is not padded base64
 */
export function writeBase64(
  text: string,
  from: number,
  out: Uint8Array,
  start: number,
  until = text.length,
): number | undefined {
  const padding = paddingBefore(text, until);
  const digits = until - padding;
  let all = until % 4 === 0 ? 0 : -1;
  let at = start;
  for (let i = from; i < digits; i += 4) {
    const a = sextet(text, i);
    const b = sextet(text, i + 1);
    const c = i + 2 < digits ? sextet(text, i + 2) : 0;
    const d = i + 3 < digits ? sextet(text, i + 3) : 0;
    all |= a | b | c | d;
    out[at] = (a << 2) | (b >> 4);
    out[at + 1] = (b << 4) | (c >> 2);
    out[at + 2] = (c << 6) | d;
    at += 3;
  }
  return all < 0 ? undefined : at - padding;
}

const PADDING = '='.charCodeAt(0);

function paddingBefore(text: string, end: number): 0 | 1 | 2 {
  if (text.charCodeAt(end - 1) !== PADDING) return 0;
  return text.charCodeAt(end - 2) === PADDING ? 2 : 1;
}

/** The text with `+` and `/` in place of the `-` and `_` of the URL alphabet. */
export const standardAlphabet = (text: string): string => text.replaceAll('-', '+').replaceAll('_', '/');

/** A text of the URL alphabet rewritten in the standard one; undefined when it holds `+` or `/`. */
export function fromUrlAlphabet(text: string): string | undefined {
  return /[+/]/.test(text) ? undefined : standardAlphabet(text);
}
