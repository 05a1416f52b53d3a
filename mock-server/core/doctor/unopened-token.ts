/** Why a text with the form of a token does not open with the keys of a world: proved where the repaired token opens. */

import { BASE64_ALPHABET, decodeBase64, standardAlphabet } from '../base64.ts';
import { ByteReader } from '../bytes.ts';
import { OperatorError } from '../operator-error.ts';
import type { Primitives } from '../primitives.ts';
import { type FindSecret, VERSION_2 } from '../token-format.ts';
import { fromUtf8 } from '../text.ts';
import { type Alteration, alteredCharacters, openUnchecked } from './altered-section.ts';
import { type OpenedToken, type TokenKind, openToken } from './token-facts.ts';

interface Opening {
  readonly primitives: Primitives;
  readonly findSecret: FindSecret;
}

/** A token that opens; undefined when it does not, or holds what no operator writes. */
export function opened(
  kind: TokenKind,
  text: string,
  { findSecret, primitives }: Opening,
): OpenedToken | undefined {
  try {
    const token = openToken(kind, text, findSecret, primitives);
    return isPlausible(token, primitives) ? token : undefined;
  } catch (error) {
    if (error instanceof OperatorError) return undefined;
    throw error;
  }
}

const FIRST_TOKEN = Date.UTC(2015, 0);
const LAST_TOKEN = Date.UTC(2200, 0);

const isTime = (ms: number): boolean => ms >= FIRST_TOKEN && ms <= LAST_TOKEN;

/** V2 tokens have no tag: altered ones may decrypt to anything. */
function isPlausible({ kind, token }: OpenedToken, primitives: Primitives): boolean {
  if (token.version !== 2) return true;
  const id = kind === 'advertising' ? token.rawUid : token.flh;
  const length = primitives.fromBase64(id)?.length;
  return (length === 32 || length === 33) && isTime(token.expires) && token.privacyBits < 256;
}

const bytesOf = (text: string): Uint8Array | undefined =>
  decodeBase64(standardAlphabet(text).replace(/=+$/, ''));

/** The GCM section of a token of version 3 or 4, or of a wrapper, and the key that it names. */
interface Sealed {
  readonly keyId: number;
  readonly section: Uint8Array;
  /** byte at which the section begins */
  readonly at: number;
}

function sealedPart(kind: TokenKind, bytes: Uint8Array): Sealed | undefined {
  const at = kind === 'wrapped' ? 5 : 6;
  if (bytes.length < at + 28) return undefined;
  return { keyId: new ByteReader(bytes, at - 4).int32(), section: bytes.subarray(at), at };
}

/** Whether a key opens the beginning of a section, whatever its end is. */
function beginsRight(
  kind: TokenKind,
  secret: Uint8Array,
  section: Uint8Array,
  primitives: Primitives,
): boolean {
  const plaintext = openUnchecked(primitives, secret, section);
  if (kind === 'wrapped') return fromUtf8(plaintext).startsWith('{"refresh_r');
  if (plaintext.length < 16) return false;
  const reader = new ByteReader(plaintext);
  return [reader.int64(), reader.int64()].every(isTime);
}

const URL_ALPHABET = BASE64_ALPHABET.replace('+', '-').replace('/', '_');

/** Of tokens of version 4. */
const URL_LENGTHS: readonly number[] = [218, 219];

/** The text with the bits of some characters changed back; undefined where one of them is no base64. */
function repaired(text: string, alterations: readonly Alteration[]): string | undefined {
  const alphabet = URL_LENGTHS.includes(text.length) ? URL_ALPHABET : BASE64_ALPHABET;
  const characters = [...text];
  for (const { character, bits } of alterations) {
    const at = alphabet.indexOf(characters[character] ?? '');
    if (at < 0) return undefined;
    characters[character] = alphabet.charAt(at ^ bits);
  }
  return characters.join('');
}

interface Repaired {
  /** places in the text, counted from 1 */
  readonly characters: readonly number[];
  readonly token: OpenedToken;
}

function tried(
  kind: TokenKind,
  text: string,
  alterations: readonly Alteration[],
  opening: Opening,
): Repaired | undefined {
  const right = repaired(text, alterations);
  const token = right === undefined ? undefined : opened(kind, right, opening);
  return (
    token && { token, characters: alterations.map(({ character }) => character + 1).sort((a, b) => a - b) }
  );
}

/** Characters of head and IV: the tag does not cover the head, and another IV alters the whole plaintext. */
const HEAD = 24;

/** The token with one of its first characters put right, by trying. */
function byTrying(kind: TokenKind, text: string, length: number, opening: Opening): Repaired | undefined {
  for (let character = 0; character < length; character++) {
    for (let bits = 1; bits < 64; bits++) {
      const found = tried(kind, text, [{ character, bits }], opening);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Whether the key that a token names opens its first bytes, as with a token that was cut off. */
export function isBeginning(kind: TokenKind, text: string, { primitives, findSecret }: Opening): boolean {
  const bytes = bytesOf(text.slice(0, text.length - (text.length % 4)));
  const sealed = bytes && sealedPart(kind, bytes);
  const secret = sealed && findSecret(sealed.keyId);
  return (
    sealed !== undefined && secret !== undefined && beginsRight(kind, secret, sealed.section, primitives)
  );
}

/** What is known of a token that does not open. */
export interface Unopened {
  readonly keyId?: number;
  /** whether the world has the key that the token names */
  readonly isKeyKnown?: boolean;
  /** whether that key opens the first bytes */
  readonly beginsRight?: boolean;
  readonly repaired?: Repaired | undefined;
}

/** Compares a token that does not open with the key that it names, and tries to repair it. */
export function examineUnopened(kind: TokenKind, text: string, opening: Opening): Unopened {
  const { primitives, findSecret } = opening;
  const bytes = bytesOf(text);
  // tokens of version 2 have no tag that could tell the place
  if (bytes?.[0] === VERSION_2) return { repaired: byTrying(kind, text, text.length, opening) };
  const sealed = bytes && sealedPart(kind, bytes);
  if (sealed === undefined) return {};
  const { keyId, section, at } = sealed;
  const secret = findSecret(keyId);
  const isRight = secret !== undefined && beginsRight(kind, secret, section, primitives);
  const alterations = isRight ? alteredCharacters(primitives, secret, section, at) : undefined;
  const found = alterations && tried(kind, text, alterations, opening);
  return {
    keyId,
    isKeyKnown: secret !== undefined,
    beginsRight: isRight,
    repaired: found ?? byTrying(kind, text, HEAD, opening),
  };
}
