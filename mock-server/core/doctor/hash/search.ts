/**
 * Searches the steps from an identity to a value: text, encoding and hash are tried forwards, how the hash is written is
 * read backwards, and the two meet at the bytes of the hash. Paths with fewer mistakes are tried first.
 */

import type { Primitives } from '../../primitives.ts';
import { type Digest, digests, rightDigest } from './digests.ts';
import { type EncodingStep, encodeText, encodings } from './encodings.ts';
import type { Reading, Written } from './readings.ts';
import { withShortSha256 } from './short-sha256.ts';
import {
  NO_MISTAKE,
  type Source,
  type TextPath,
  type WrongText,
  type WrongTexts,
  neededSteps,
  textOf,
  wrongTexts,
} from './texts.ts';

/** What follows the text: encoding and hash. */
export interface Tail {
  readonly encoding?: EncodingStep;
  readonly digest: Digest;
  readonly rank: number;
}

export interface Path {
  readonly text: TextPath;
  readonly tail: Tail;
}

export interface Found {
  readonly path: Path;
  readonly written: readonly Written[];
  /** how many bytes the value has, where the hash was cut */
  readonly cut?: number;
}

/** Compares the hash of a candidate with the value. */
export interface Target {
  /** lengths of the hashes that the value may be */
  readonly accepts: (digest: Digest) => boolean;
  readonly compare: (hash: Uint8Array) => Omit<Found, 'path'> | undefined;
}

const SHORTEST_CUT = 12;
const LONGEST_HASH = 64;
/** Lengths of whole hashes, which are not taken for the start of a longer one. */
const HASH_LENGTHS: ReadonlySet<number> = new Set([20, 28, 32, 48, 64]);

function equal(hash: Uint8Array, bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (hash[i] !== bytes[i]) return false;
  return true;
}

/** The target of readings: a hash that one of them has, or begins with. */
export function targetOf(readings: readonly Reading[]): Target | undefined {
  const fit = readings.filter(({ bytes }) => bytes.length >= SHORTEST_CUT && bytes.length <= LONGEST_HASH);
  if (fit.length === 0) return undefined;
  const lengths = new Set(fit.map(({ bytes }) => bytes.length));
  const cuts = [...lengths].filter((length) => !HASH_LENGTHS.has(length));
  return {
    accepts: ({ length, rank }) => lengths.has(length) || (rank === 1 && cuts.some((cut) => cut < length)),
    compare(hash) {
      for (const { bytes, written } of fit) {
        if (bytes.length > hash.length || !equal(hash, bytes)) continue;
        return { written, ...(bytes.length < hash.length && { cut: bytes.length }) };
      }
      return undefined;
    },
  };
}

/** The hash that a tail makes of a text; undefined where its encoding makes no difference. */
export function hashOf(
  text: string,
  { encoding, digest }: Tail,
  primitives: Primitives,
): Uint8Array | undefined {
  const bytes = encoding ? encoding.change(text) : encodeText(text);
  return bytes && digest.hash(bytes, primitives);
}

/** What a constant is combined with. */
export const plainTails = (): Tail[] => [RIGHT, ...encoded, ...hashed].filter(({ rank }) => rank <= 1);

const RIGHT: Tail = { digest: rightDigest, rank: 0 };
const encoded: readonly Tail[] = encodings.map((encoding) => ({
  encoding,
  digest: rightDigest,
  rank: encoding.rank,
}));
const hashed: readonly Tail[] = digests.map((digest) => ({ digest, rank: digest.rank }));

/** The most that ranks may add up to, and that of three mistakes of which two or three are in the text. */
const MOST = 4;
const MOST_OF_THREE = 3;

const both: readonly Tail[] = encodings.flatMap((encoding) =>
  digests.flatMap((digest) => {
    const rank = encoding.rank + digest.rank;
    return rank <= MOST ? [{ encoding, digest, rank }] : [];
  }),
);

/** By the number of mistakes. */
const TAILS: readonly (readonly Tail[])[] = [[RIGHT], [...encoded, ...hashed], both];

/** Mistakes in the text first where there is one: it is the quickest to try. */
const ORDER = [1, 0, 2, 3];

/** Searches the paths from one identity; texts are computed when they are first needed. */
export class Search {
  readonly #primitives: Primitives;
  readonly #source: Source;
  readonly #texts: WrongTexts;
  readonly #rank: number;
  readonly #ranked: (readonly (readonly WrongText[])[])[] = [];

  /** @param rank the highest rank of a step that is tried */
  constructor(primitives: Primitives, source: Source, rank = MOST) {
    this.#primitives = withShortSha256(primitives);
    this.#source = source;
    this.#rank = rank;
    this.#texts = wrongTexts(source, rank);
  }

  /** The first path with so many mistakes before the hash is written. */
  find(mistakes: number, target: Target): Found | undefined {
    for (const ofText of ORDER.filter((count) => count <= mistakes)) {
      const most = mistakes === 3 && ofText > 1 ? MOST_OF_THREE : MOST;
      const tails = (TAILS[mistakes - ofText] ?? []).filter(
        ({ digest, rank }) => rank <= this.#rank && target.accepts(digest),
      );
      const texts = this.#byRank(ofText);
      for (let sum = 0; sum <= most; sum++) {
        for (const tail of tails) {
          for (const wrong of texts[sum - tail.rank] ?? []) {
            const found = this.#compare(wrong.text, tail, target);
            if (found) return { ...found, path: { text: wrong.path, tail } };
          }
        }
      }
    }
    return mistakes === 2 ? this.#findWide(target) : undefined;
  }

  /** The texts with so many mistakes in lists by their rank. */
  #byRank(mistakes: number): readonly (readonly WrongText[])[] {
    const known = this.#ranked[mistakes];
    if (known) return known;
    const own = { text: this.#source.base, path: NO_MISTAKE, rank: 0 };
    const texts = mistakes === 0 ? [own] : (this.#texts.byMistakes[mistakes - 1]?.() ?? []);
    const ranked = Array.from({ length: MOST + 1 }, (_, rank) =>
      texts.filter((wrong) => wrong.rank === rank),
    );
    this.#ranked[mistakes] = ranked;
    return ranked;
  }

  /** The texts of large families, which are not combined with other mistakes. */
  #findWide(target: Target): Found | undefined {
    if (!target.accepts(rightDigest)) return undefined;
    for (const { text, path } of this.#texts.wide()) {
      const found = this.#compare(text, RIGHT, target);
      if (found) return { ...found, path: { text: path, tail: RIGHT } };
    }
    return undefined;
  }

  /** Every path with one mistake that is usual, and its hash. */
  *usual(): Iterable<{ path: Path; hash: Uint8Array }> {
    const texts = this.#byRank(1)[1] ?? [];
    const wrongs: readonly (readonly [text: string, path: Path])[] = [
      ...texts.map(({ text, path }) => [text, { text: path, tail: RIGHT }] as const),
      ...plainTails().map((tail) => [this.#source.base, { text: NO_MISTAKE, tail }] as const),
    ];
    for (const [text, path] of wrongs) {
      const hash = hashOf(text, path.tail, this.#primitives);
      if (hash?.length === RIGHT.digest.length) yield { path, hash };
    }
  }

  /** Follows a path that was found for another identity. */
  follow({ text: path, tail }: Path, target: Target): Found | undefined {
    if (!target.accepts(tail.digest)) return undefined;
    const text = textOf(path, this.#source);
    const found = text === undefined ? undefined : this.#compare(text, tail, target);
    return found && { ...found, path: { text: neededSteps(path, this.#source), tail } };
  }

  #compare(text: string, tail: Tail, target: Target): Omit<Found, 'path'> | undefined {
    const hash = hashOf(text, tail, this.#primitives);
    return hash && target.compare(hash);
  }
}
