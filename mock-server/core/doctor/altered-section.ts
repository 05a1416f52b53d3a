/**
 * Finds which characters of a token were altered. GCM's tag is linear in the ciphertext:
 *
 *   tag(C ^ d) = tag(C) ^ D(d)        D(d ^ e) = D(d) ^ D(e)
 *
 * so one seal per bit of the ciphertext gives D of every alteration, and the tag that came says which one was made.
 */

import type { Primitives } from '../primitives.ts';
import { concatBytes, xorBytes } from '../bytes.ts';

const TAG = 16;
const IV = 12;
/** Bits of a base64 character. */
const CHARACTER = 6;

/** The bits of a character of base64 that changed. */
export interface Alteration {
  /** its place in the text */
  readonly character: number;
  readonly bits: number;
}

const counterAt = (iv: Uint8Array, count: number): Uint8Array =>
  concatBytes(iv, Uint8Array.of(0, 0, 0, count));

/** The plaintext of a section, without a check of its tag. */
export function openUnchecked(primitives: Primitives, secret: Uint8Array, section: Uint8Array): Uint8Array {
  const end = Math.max(IV, section.length - TAG);
  return primitives.ctr(secret, counterAt(section.subarray(0, IV), 2), section.subarray(IV, end));
}

/** The tag of a message. */
function tagOf(
  primitives: Primitives,
  secret: Uint8Array,
  iv: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  return primitives.gcmSeal(secret, iv, plaintext).subarray(-TAG);
}

/** A difference of tags as the key of a map. */
const named = (difference: Uint8Array): string => String.fromCharCode(...difference);

/** For each bit of the section behind its IV, counted from there: how much it changes what the tag has to be. */
function differences(primitives: Primitives, secret: Uint8Array, section: Uint8Array): Uint8Array[] {
  const iv = section.subarray(0, IV);
  const plaintext = openUnchecked(primitives, secret, section);
  const tag = tagOf(primitives, secret, iv, plaintext);
  const ofBits: Uint8Array[] = [];
  for (let bit = 0; bit < plaintext.length * 8; bit++) {
    const mask = 0x80 >> (bit & 7);
    plaintext[bit >> 3] = (plaintext[bit >> 3] ?? 0) ^ mask;
    ofBits.push(xorBytes(tag, tagOf(primitives, secret, iv, plaintext)));
    plaintext[bit >> 3] = (plaintext[bit >> 3] ?? 0) ^ mask;
  }
  // a bit of the tag itself changes that bit
  for (let bit = 0; bit < TAG * 8; bit++) {
    const changed = new Uint8Array(TAG);
    changed[bit >> 3] = 0x80 >> (bit & 7);
    ofBits.push(changed);
  }
  return ofBits;
}

/** One alteration, or two, whose differences add up to `wrong`; undefined when no pair does. */
function pairOf(wrong: Uint8Array, found: ReadonlyMap<string, Alteration>): Alteration[] | undefined {
  const one = found.get(named(wrong));
  if (one !== undefined) return [one];
  for (const [difference, alteration] of found) {
    const bytes = Uint8Array.from(difference, (digit) => digit.charCodeAt(0));
    const other = found.get(named(xorBytes(wrong, bytes)));
    if (other !== undefined && other.character !== alteration.character) return [alteration, other];
  }
  return undefined;
}

/** Every alteration of one character from `first` on, a bit of the token, by the difference that it makes. */
function alterations(first: number, ofBits: readonly Uint8Array[]): Map<string, Alteration> {
  const found = new Map<string, Alteration>();
  const end = Math.ceil((first + ofBits.length) / CHARACTER);
  for (let character = Math.floor(first / CHARACTER); character < end; character++) {
    for (let bits = 1; bits < 1 << CHARACTER; bits++) {
      let sum: Uint8Array | undefined = new Uint8Array(TAG);
      for (let i = 0; i < CHARACTER && sum !== undefined; i++) {
        if ((bits & (0x20 >> i)) === 0) continue;
        const difference = ofBits[character * CHARACTER + i - first];
        sum = difference && xorBytes(sum, difference);
      }
      if (sum !== undefined) found.set(named(sum), { character, bits });
    }
  }
  return found;
}

/**
 * One or two characters that were altered behind the IV of a section, which begins at the byte `at` of a token;
 * undefined when other parts or more of them were.
 */
export function alteredCharacters(
  primitives: Primitives,
  secret: Uint8Array,
  section: Uint8Array,
  at: number,
): readonly Alteration[] | undefined {
  if (section.length < IV + TAG) return undefined;
  const iv = section.subarray(0, IV);
  const tag = tagOf(primitives, secret, iv, openUnchecked(primitives, secret, section));
  const wrong = xorBytes(tag, section.subarray(-TAG));
  return pairOf(wrong, alterations((at + IV) * 8, differences(primitives, secret, section)));
}
