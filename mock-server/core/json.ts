/**
 * JSON as the operator's parser takes it, and as it prints a value where a text is wanted (Protocol §7.3, §8).
 *
 *   read:  of equal names the last counts; comments are white space; at most 1,000 levels of nesting and 1,000
 *          characters of a number
 *   print: lists as [a, b], objects as {name=value}, strings without quotes, null as null; whole numbers digit by
 *          digit, others as the shortest decimal of a double: 1.0, 0.001, 1.0E-4, 1.0E7
 */

import { fromUtf8Strict } from './primitives.ts';

/** Values are strings, booleans, null, {@link JsonNumber}, lists and objects of the same. */
export interface JsonObject {
  readonly [key: string]: unknown;
}

/** A number as it was written: JavaScript's would not tell 1.0 from 1, and end at 2^53. */
export class JsonNumber {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  get #isWhole(): boolean {
    return /^-?\d+$/.test(this.#source);
  }

  get text(): string {
    return this.#isWhole ? BigInt(this.#source).toString() : doubleText(Number(this.#source));
  }

  /** As a 32-bit integer: of whole numbers the low bits, others cut off and held within the range. */
  get int32(): number {
    if (this.#isWhole) return Number(BigInt.asIntN(32, BigInt(this.#source)));
    return Math.trunc(Math.min(Math.max(Number(this.#source), -(2 ** 31)), 2 ** 31 - 1));
  }

  /** As a 64-bit integer, cut off; undefined beyond. */
  get int64(): bigint | undefined {
    if (this.#isWhole) return int64Of(BigInt(this.#source));
    const value = Math.trunc(Number(this.#source));
    return Number.isFinite(value) ? int64Of(BigInt(value)) : undefined;
  }
}

/** The number itself when it has 64 bits, undefined beyond. */
export const int64Of = (value: bigint): bigint | undefined =>
  BigInt.asIntN(64, value) === value ? value : undefined;

function doubleText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const size = Math.abs(value);
  if (size === 0) return `${sign}0.0`;
  if (size >= 1e-3 && size < 1e7) return `${sign}${size}${Number.isInteger(size) ? '.0' : ''}`;
  // where one digit would do, the nearest decimal of two is what is printed
  const shortest = size.toExponential();
  const [digits = '', power] = (shortest.includes('.') ? shortest : size.toExponential(1)).split('e');
  return `${sign}${digits}E${Number(power)}`;
}

/** The text the operator reads a value as where it expects one; undefined for null and what is absent. */
export function jsonText(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : printed(value);
}

function printed(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(printed).join(', ')}]`;
  if (!isJsonObject(value)) return String(value);
  return `{${Object.entries(value)
    .map(([name, member]) => `${name}=${printed(member)}`)
    .join(', ')}}`;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)
  );
}

/** Whether a value holds nothing but texts, and so is the same however it was read. */
function isPlain(value: unknown): boolean {
  const isScalar = (member: unknown): boolean => typeof member !== 'object' && typeof member !== 'number';
  if (!isJsonObject(value)) return false;
  return Object.values(value).every(
    (member) => isScalar(member) || member === null || (Array.isArray(member) && member.every(isScalar)),
  );
}

/** The value a JSON text holds; undefined when it is none. */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // comments are what the operator's parser takes beyond the standard
    return text.includes('/') ? new JsonReader(text).whole() : undefined;
  }
  return isPlain(value) ? value : new JsonReader(text).whole();
}

/** The JSON object a text holds; undefined for anything else. */
export function parseJsonObject(text: string): JsonObject | undefined {
  const value = parseJson(text);
  return isJsonObject(value) ? value : undefined;
}

/** The value of JSON that is read from bytes, which have to be UTF-8 and may begin with a byte order mark. */
export function parseJsonBytes(bytes: Uint8Array): unknown {
  const text = fromUtf8Strict(bytes);
  return text === undefined ? undefined : parseJson(text);
}

const MAX_DEPTH = 1000;
const MAX_NUMBER_LENGTH = 1000;
const SPACE = /[ \t\r\n]*(?:(?:\/\*[^]*?\*\/|\/\/[^\r\n]*)[ \t\r\n]*)*/y;
const STRING = /"[^"\\\0-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\0-\x1f]*)*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

class NotJson extends Error {}

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The one value of the text; undefined when it is no JSON or something follows. */
  whole(): unknown {
    try {
      const value = this.#value(0);
      return this.#at === this.#text.length ? value : undefined;
    } catch (error) {
      if (error instanceof NotJson) return undefined;
      throw error;
    }
  }

  #take(token: RegExp): string | undefined {
    token.lastIndex = this.#at;
    const [found] = token.exec(this.#text) ?? [];
    this.#at += found?.length ?? 0;
    return found;
  }

  #takes(character: string): boolean {
    const isNext = this.#text[this.#at] === character;
    if (isNext) this.#at += 1;
    this.#take(SPACE);
    return isNext;
  }

  #string(): string {
    const found = this.#take(STRING);
    if (found === undefined) throw new NotJson();
    return String(JSON.parse(found));
  }

  /** A value with the space around it. */
  #value(depth: number): unknown {
    this.#take(SPACE);
    const value = this.#bare(depth);
    this.#take(SPACE);
    return value;
  }

  #bare(depth: number): unknown {
    const first = this.#text[this.#at] ?? '';
    if (first === '"') return this.#string();
    if (first === '{' || first === '[') {
      if (depth === MAX_DEPTH) throw new NotJson();
      return first === '{' ? this.#object(depth + 1) : this.#list(depth + 1);
    }
    const word = this.#take(WORD);
    if (word !== undefined) return WORDS.get(word);
    const number = this.#take(NUMBER);
    if (number === undefined || number.length > MAX_NUMBER_LENGTH) throw new NotJson();
    return new JsonNumber(number);
  }

  #list(depth: number): unknown[] {
    const items: unknown[] = [];
    this.#takes('[');
    if (this.#takes(']')) return items;
    do items.push(this.#value(depth));
    while (this.#takes(','));
    if (!this.#takes(']')) throw new NotJson();
    return items;
  }

  #object(depth: number): JsonObject {
    const members = new Map<string, unknown>();
    this.#takes('{');
    if (this.#takes('}')) return {};
    do {
      const name = this.#string();
      this.#take(SPACE);
      if (!this.#takes(':')) throw new NotJson();
      members.set(name, this.#value(depth));
    } while (this.#takes(','));
    if (!this.#takes('}')) throw new NotJson();
    return Object.fromEntries(members);
  }
}
