/**
 * Hashes as a table keeps them: 32 bytes as eight words of 32 bits, 33 bytes with one word more. A text that is not
 * canonical base64 of 32 or 33 bytes is no key, and equals none.
 */

import { BASE64_ALPHABET } from '../../core/base64.ts';

/** Words of a key: 32 bytes, then the length of the key and its byte 33. */
export const KEY_WORDS = 9;

/** The word 8 of a key of 33 bytes is its last byte and this bit; that of a key of 32 bytes is 0. */
const HAS_33 = 0x100;
const TEXT_LENGTH = 44;
const GROUPS = 11;
const LAST_GROUP = TEXT_LENGTH - 4;
const PADDING = '='.charCodeAt(0);

const SEXTETS = new Int8Array(256).fill(-1);
for (let i = 0; i < BASE64_ALPHABET.length; i++) SEXTETS[BASE64_ALPHABET.charCodeAt(i)] = i;

const sextet = (code: number): number => (code < 256 ? (SEXTETS[code] ?? -1) : -1);

/** The 24 bits of four characters; negative when one is not of the alphabet. */
const group = (text: string, at: number): number =>
  (sextet(text.charCodeAt(at)) << 18) |
  (sextet(text.charCodeAt(at + 1)) << 12) |
  (sextet(text.charCodeAt(at + 2)) << 6) |
  sextet(text.charCodeAt(at + 3));

/** The last group with its padding; negative when it is invalid or has bits that no byte needs. */
function paddedGroup(text: string): number {
  const bits =
    (sextet(text.charCodeAt(LAST_GROUP)) << 12) |
    (sextet(text.charCodeAt(LAST_GROUP + 1)) << 6) |
    sextet(text.charCodeAt(LAST_GROUP + 2));
  return bits < 0 || (bits & 3) !== 0 ? -1 : bits << 6;
}

const groups = new Int32Array(GROUPS);

/**
 * Reads a text into `key`.
 *
 * @param key KEY_WORDS words
 * @returns whether the text is a key
 */
export function readKey(text: string, key: Int32Array): boolean {
  if (text.length !== TEXT_LENGTH) return false;
  const isPadded = text.charCodeAt(TEXT_LENGTH - 1) === PADDING;
  let valid = 0;
  for (let i = 0; i < GROUPS; i++) {
    const bits = isPadded && i === GROUPS - 1 ? paddedGroup(text) : group(text, 4 * i);
    valid |= bits;
    groups[i] = bits;
  }
  if (valid < 0) return false;
  for (let word = 0, from = 0; from < GROUPS; word += 3, from += 4) pack(key, word, from);
  key[8] = isPadded ? 0 : HAS_33 | ((groups[GROUPS - 1] ?? 0) & 0xff);
  return true;
}

/** Four groups of 24 bits as three words of 32; the last three groups as two. */
function pack(key: Int32Array, word: number, from: number): void {
  const a = groups[from] ?? 0;
  const b = groups[from + 1] ?? 0;
  const c = groups[from + 2] ?? 0;
  key[word] = (a << 8) | (b >>> 16);
  key[word + 1] = (b << 16) | (c >>> 8);
  if (from + 3 < GROUPS) key[word + 2] = (c << 24) | (groups[from + 3] ?? 0);
}

const bytes = Buffer.alloc(33);

/** The base64 text of a key that stands at `from` in `words`. */
export function keyText(words: Int32Array, from: number): string {
  for (let i = 0; i < 8; i++) bytes.writeInt32BE(words[from + i] ?? 0, 4 * i);
  const last = words[from + 8] ?? 0;
  bytes[32] = last & 0xff;
  return bytes.toString('base64', 0, (last & HAS_33) === 0 ? 32 : 33);
}

/** 32 bits that depend on every bit of a key. */
export function hashOf(key: Int32Array): number {
  let hash = 0;
  for (let i = 0; i < KEY_WORDS; i++) {
    hash = Math.imul(hash ^ (key[i] ?? 0), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
