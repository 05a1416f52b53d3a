/**
 * Searches for what a sender did wrong, over wrapping x layout x cipher x key, fewest deviations first. An attempt succeeds
 * where a tag is right, or where the plaintext cannot be there by accident: a time near the clock, or JSON.
 */

import type { Primitives } from '../primitives.ts';
import { utf8 } from '../primitives.ts';
import { concatBytes } from '../bytes.ts';
import { gcmPlain, isTagOf, openGcm, streamCiphers, taggedCiphers, unpadded } from './envelope-ciphers.ts';
import type { Deviation } from './envelope-deviations.ts';
import type { Key } from './envelope-keys.ts';
import { type Frame, type Layout, cut, sealedOf, taggedLayouts, taglessLayouts } from './envelope-layouts.ts';
import { type PlainReading, readPlain } from './envelope-plain.ts';
import { timeFilter } from './envelope-times.ts';
import type { Unwrapped } from './envelope-wrappings.ts';

/** How a body was opened. */
export interface Opened {
  /** from the outside to the inside; those of the plaintext are in `reading` */
  readonly deviations: readonly Deviation[];
  readonly key: Key;
  readonly iv: Uint8Array;
  readonly plain: Uint8Array;
  readonly reading: PlainReading;
}

interface Search {
  readonly primitives: Primitives;
  readonly candidates: readonly Unwrapped[];
  /** fewest deviations first */
  readonly keys: readonly Key[];
  /** ms */
  readonly now: number;
  /** reads a plaintext */
  readonly read?: (plain: Uint8Array, now: number) => PlainReading;
  /** texts that may have been used as additional data, beside the usual ones */
  readonly names: readonly string[];
}

const MOST = 3;
const BLOCK = 16;
const LONG_HEAD = 48;
const MOST_PRINTABLE = 13;
/** Lengths of tags that a cipher can be told to make; any other was cut off. */
const TAG_LENGTHS: ReadonlySet<number> = new Set([4, 8, 12, 13, 14, 15]);
/** Altered keys are tried with layouts of up to this many deviations. */
const MOST_WITH_ALTERED_KEY = 1;
/** Bits of a time that shows that a key is right. */
const SURE_TIME = 36;
const GCM_IV = 12;

/** Bytes with blanks behind them, up to a block. */
const padded = (bytes: Uint8Array): Uint8Array =>
  concatBytes(bytes, new Uint8Array(BLOCK - bytes.length).fill(0x20));

/** Whether 16 bytes look like text, or like text in UTF-16. */
function isTexty(bytes: Uint8Array, at: number): boolean {
  let printable = 0;
  let zeros = 0;
  for (let i = at; i < at + BLOCK; i++) {
    const byte = bytes[i] ?? 0xff;
    if (byte >= 0x20 && byte < 0x7f) printable += 1;
    else if (byte === 0) zeros += 1;
  }
  return printable >= MOST_PRINTABLE || (zeros >= 6 && printable + zeros >= BLOCK - 2);
}

class EnvelopeSearch {
  readonly #search: Search;
  readonly #isTime: (bytes: Uint8Array, at: number) => boolean;
  readonly #keys: readonly (readonly Key[])[];
  /** whether the head of a plaintext is likely, by key and places of IV and ciphertext */
  readonly #heads = new Map<Key, Map<string, boolean>>();
  readonly #buffers = new Map<ArrayBufferLike, number>();
  readonly #frames = new Map<Unwrapped, Map<readonly Layout[], Frame[]>>();

  constructor(search: Search) {
    this.#search = search;
    this.#isTime = timeFilter(search.now);
    this.#keys = [0, 1, 2, 3].map((cost) =>
      search.keys.filter(({ deviations }) => deviations.length === cost),
    );
  }

  run(): Opened | undefined {
    for (let level = 0; level <= MOST; level++) {
      const found = [...this.#atLevel(level)];
      const [best] = found.sort(
        (a, b) =>
          Number(b.reading.isSure) - Number(a.reading.isSure) ||
          Number(b.reading.isJson) - Number(a.reading.isJson) ||
          a.reading.deviations.length - b.reading.deviations.length,
      );
      if (best) return best;
    }
    return undefined;
  }

  *#atLevel(level: number): Generator<Opened> {
    for (const candidate of this.#search.candidates) {
      const left = level - candidate.deviations.length;
      if (left < 0) continue;
      yield* this.#tagged(candidate, left);
      if (left > 0) yield* this.#tagless(candidate, left);
    }
  }

  #framesOf(candidate: Unwrapped, layouts: readonly Layout[]): readonly Frame[] {
    const ofCandidate = this.#frames.get(candidate) ?? new Map<readonly Layout[], Frame[]>();
    this.#frames.set(candidate, ofCandidate);
    const known = ofCandidate.get(layouts);
    if (known) return known;
    const frames = layouts.flatMap((layout) => cut(candidate.bytes, layout) ?? []);
    ofCandidate.set(layouts, frames);
    return frames;
  }

  /** Keys of a cost. Altered ones are tried with few layouts, as almost any other bytes than sealed ones would be. */
  #keysFor({ deviations }: Frame, cost: number): readonly Key[] {
    const keys = this.#keys[cost] ?? [];
    return deviations.length <= MOST_WITH_ALTERED_KEY ? keys : keys.filter(({ isSecret }) => isSecret);
  }

  *#tagged(candidate: Unwrapped, left: number): Generator<Opened> {
    for (const frame of this.#framesOf(candidate, taggedLayouts)) {
      const forKey = left - frame.deviations.length;
      const outer = [...candidate.deviations, ...frame.deviations];
      for (const key of this.#keysFor(frame, forKey)) {
        const plain = this.#openGcm(frame, key);
        if (plain) yield this.#opened(outer, frame, key, plain);
      }
      for (const key of this.#keysFor(frame, forKey - 1)) {
        const [plain, deviation] = this.#openOther(frame, key) ?? [];
        if (plain && deviation) yield this.#opened([...outer, deviation], frame, key, plain);
      }
    }
  }

  /**
   * Whether the plaintext of GCM begins as one that is sealed. An IV of another length than 12 takes longer, and is
   * tried less.
   */
  #begins({ iv, ciphertext, deviations }: Frame, key: Key): boolean {
    const isTried =
      iv.length === GCM_IV ||
      (iv.length === BLOCK && (key.isSecret || deviations.length <= 1)) ||
      (key.isSecret && deviations.length <= 1);
    if (!isTried) return false;
    const heads = this.#heads.get(key) ?? new Map<string, boolean>();
    this.#heads.set(key, heads);
    // many layouts have their IV and ciphertext at the same places
    const buffer = this.#buffers.get(iv.buffer) ?? this.#buffers.size;
    this.#buffers.set(iv.buffer, buffer);
    const place = `${buffer} ${iv.byteOffset} ${iv.length} ${ciphertext.byteOffset}`;
    const known = heads.get(place);
    if (known !== undefined) return known;
    const head = gcmPlain(key.aes, iv, ciphertext.subarray(0, key.isSecret ? LONG_HEAD : BLOCK));
    const begins = this.#isLikely(head);
    heads.set(place, begins);
    return begins;
  }

  #opened(outer: readonly Deviation[], { iv }: Frame, key: Key, plain: Uint8Array): Opened {
    const { read = readPlain, now } = this.#search;
    return { deviations: [...outer, ...key.deviations], key, iv, plain, reading: read(plain, now) };
  }

  #openGcm(frame: Frame, key: Key): Uint8Array | undefined {
    const { iv } = frame;
    const { aes } = key;
    const isFirst = key.isSecret && iv.length === GCM_IV && frame.deviations.length <= 1;
    if (!isFirst && !this.#begins(frame, key)) return undefined;
    const isUsual = iv.length === 12 && aes.key.length === 32;
    return isUsual
      ? this.#search.primitives.gcmOpen(aes.key, iv, sealedOf(frame))
      : openGcm(aes.key, iv, sealedOf(frame));
  }

  /** Opens what has a wrong tag: because of additional data, another cipher, or an alteration. */
  #openOther(frame: Frame, key: Key): readonly [plain: Uint8Array, deviation: Deviation] | undefined {
    const { aes } = key;
    const { iv } = frame;
    if (key.isSecret && frame.deviations.every(([id]) => id === 'version_missing')) {
      for (const [deviation, open] of taggedCiphers) {
        const plain = open(aes.key, iv, sealedOf(frame));
        if (plain) return [plain, deviation];
      }
    }
    if (!this.#begins(frame, key)) return undefined;
    const plain = gcmPlain(aes, iv, frame.ciphertext);
    if (plain === undefined || isTagOf(aes, iv, plain, frame.tag)) return undefined;
    const { read = readPlain, now } = this.#search;
    const reading = read(plain, now);
    const isBroken = reading.bits >= SURE_TIME && /^\s*\{/.test(reading.text ?? '');
    if (!reading.isSure && !isBroken) return undefined;
    const guess = this.#aadOf(frame, key, plain);
    if (guess !== undefined) return [plain, ['aad_set', { what: `: ${guess}` }]];
    return [plain, reading.isSure ? ['aad_set', { what: ', or the tag was altered' }] : ['altered']];
  }

  /** The usual additional data that makes the tag right. */
  #aadOf({ iv, ...frame }: Frame, { aes }: Key, plain: Uint8Array): string | undefined {
    const version = Uint8Array.of(1);
    const guesses: readonly (readonly [name: string, aad: Uint8Array])[] = [
      ['the version byte', version],
      ['the IV', iv],
      ['version and IV', concatBytes(version, iv)],
      ['IV and version', concatBytes(iv, version)],
      ['the time', plain.subarray(0, 8)],
      ['the nonce', plain.subarray(8, 16)],
      ['time and nonce', plain.subarray(0, 16)],
      ...this.#search.names.map(
        (name) => [/^[\w ./:-]{1,24}$/.test(name) ? name : 'a key or secret', utf8(name)] as const,
      ),
    ];
    const sealed = sealedOf({ iv, ...frame });
    return guesses.find(([, aad]) => openGcm(aes.key, iv, sealed, aad) !== undefined)?.[0];
  }

  *#tagless(candidate: Unwrapped, left: number): Generator<Opened> {
    for (const { deviations, stream, ivLengths, pads, isSlow } of streamCiphers) {
      for (const ivLength of ivLengths) {
        for (const frame of this.#framesOf(candidate, taglessLayouts(ivLength))) {
          const forKey = left - frame.deviations.length - deviations.length;
          for (const key of this.#keysFor(frame, forKey)) {
            if (isSlow && !key.isSecret) continue;
            const head = stream(
              key.aes,
              frame.iv,
              frame.ciphertext.subarray(0, key.isSecret ? LONG_HEAD : BLOCK),
            );
            if (!this.#isLikely(head)) continue;
            const whole = stream(key.aes, frame.iv, frame.ciphertext);
            if (whole === undefined) continue;
            const outer = [...candidate.deviations, ...frame.deviations];
            const opened = this.#opened(
              [...outer, ...deviations],
              frame,
              key,
              pads ? unpadded(whole) : whole,
            );
            const fixed = deviations[0]?.[0] === 'tag_missing' ? this.#withTag(opened, outer, frame) : opened;
            if (fixed.reading.isSure) yield fixed;
          }
        }
      }
    }
  }

  /** Tells a missing tag from a short one, and from an envelope that was cut off. */
  #withTag(opened: Opened, outer: readonly Deviation[], frame: Frame): Opened {
    const { plain, key } = opened;
    const { deviations } = opened.reading;
    if (deviations.some(([id]) => id === 'text_cut')) {
      const kept = deviations.filter(([id]) => id !== 'text_cut');
      return {
        ...opened,
        deviations: [...outer, ['truncated'], ...key.deviations],
        reading: { ...opened.reading, deviations: kept },
      };
    }
    for (let bytes = BLOCK - 1; bytes > 0; bytes--) {
      const shorter = plain.subarray(0, -bytes);
      if (!isTagOf(key.aes, frame.iv, shorter, frame.ciphertext.subarray(-bytes))) continue;
      if (bytes < 4 && !readPlain(shorter, this.#search.now).isSure) continue;
      const deviation: Deviation = TAG_LENGTHS.has(bytes) ? ['tag_short', { bytes }] : ['truncated'];
      return this.#opened([...outer, deviation], frame, key, shorter);
    }
    return opened;
  }

  #isLikely(head: Uint8Array | undefined): boolean {
    if (head === undefined) return false;
    if (this.#isTime(head, 0) || this.#isTime(head, 8)) return true;
    if (head.length > BLOCK && (this.#isTime(head, 4) || this.#isTime(head, 12) || this.#isTime(head, 16)))
      return true;
    for (let at = 0; at + BLOCK <= head.length; at += 8) if (isTexty(head, at)) return true;
    return head.length >= 8 && head.length < BLOCK && isTexty(padded(head), 0);
  }
}

/** What opens a body with the fewest deviations, up to three; undefined when nothing does. */
export const searchEnvelope = (search: Search): Opened | undefined => new EnvelopeSearch(search).run();
