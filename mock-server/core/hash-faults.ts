/** Why a text is not a SHA-256 in base64 or hex (Protocol §2.3). */

import { decodeBase64, standardAlphabet } from './base64.ts';
import type { IdentifierKind } from './identifier.ts';
import type { Fault } from './reasons.ts';
import { fromUtf8 } from './text.ts';

/** Hash algorithms by the length of their hashes in bytes. */
const ALGORITHMS: Readonly<Record<number, string>> = {
  16: 'MD5',
  20: 'SHA-1',
  28: 'SHA-224',
  32: 'SHA-256',
  48: 'SHA-384',
  64: 'SHA-512',
};

const HEX = /^[0-9a-fA-F]+$/;
const HASH_DIGITS = 44;
const HEX_DIGITS = 64;

/** No hash is written with more characters. */
const LONGEST = 200;

/** Whether a text may be base64 of a hash: it has letters of both cases and other characters, unlike most words. */
const isMixed = (text: string): boolean => /[a-z]/.test(text) && /[A-Z]/.test(text) && /[^A-Za-z]/.test(text);

/** The algorithm whose hashes look like the text; undefined when it does not look like a hash. */
export function algorithmOf(text: string): string | undefined {
  if (text.length > LONGEST) return undefined;
  const byHex = HEX.test(text) ? ALGORITHMS[text.length / 2] : undefined;
  if (byHex !== undefined || !isMixed(text)) return byHex;
  return ALGORITHMS[decodeBase64(standardAlphabet(text))?.length ?? 0];
}

/** The fault of an email or phone that came in place of a hash. */
function plainFault(kind: IdentifierKind, text: string): Fault | undefined {
  const got = text.includes('@') ? 'an email' : /^\+\d+$/.test(text) ? 'a phone' : undefined;
  return got && ['hash_is_identifier', { kind, got, expected: got === 'an email' ? 'email' : 'phone' }];
}

function writingFault(kind: IdentifierKind, text: string): Fault | undefined {
  if (/^["'].*["']$/s.test(text)) return ['hash_quoted', { kind }];
  if (/%[0-9A-Fa-f]{2}/.test(text)) return ['identifier_percent_encoded', { kind }];
  const isSpaced = text.includes(' ') && decodeBase64(text.replaceAll(' ', '+'))?.length === 32;
  if (isSpaced) return ['hash_plus_lost', { kind }];
  return /\s/.test(text) ? ['hash_white_space', { kind }] : undefined;
}

const isHexText = (bytes: Uint8Array): boolean => bytes.length === HEX_DIGITS && HEX.test(fromUtf8(bytes));

/** Why a hash is invalid. */
export function hashFault(kind: IdentifierKind, text: string): Fault {
  const { length } = text;
  const fault = plainFault(kind, text) ?? writingFault(kind, text);
  if (fault !== undefined) return fault;
  if (/^[\w-]{43}=?$/.test(text) && /[_-]/.test(text)) return ['hash_url_alphabet', { kind }];
  if (/^[A-Za-z0-9+/]{43}$/.test(text)) return ['hash_padding_absent', { kind }];
  if (isHexText(decodeBase64(text.slice(0, LONGEST)) ?? new Uint8Array(0))) return ['hash_of_hex', { kind }];
  const algorithm = algorithmOf(text);
  if (algorithm !== undefined && algorithm !== 'SHA-256') return ['hash_algorithm', { kind, algorithm }];
  if (length === HEX_DIGITS) return ['hash_not_hex', { kind }];
  return length === HASH_DIGITS ? ['hash_not_base64', { kind }] : ['hash_length', { kind, length }];
}
