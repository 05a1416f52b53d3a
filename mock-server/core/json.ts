/**
 * Converts JSON values to texts and numbers as the operator does, and writes JSON as it does (Protocol §8).
 *
 *   as texts: lists as [a, b], objects as {name=value}, strings without quotes, null as null; whole numbers digit by
 *             digit, others as the shortest decimal of a double: 1.0, 0.001, 1.0E-4, 1.0E7
 *   written:  compact; control characters as \b \t \n \f \r or with capital hex digits; lone surrogates as `?`
 */

/** Values are strings, booleans, null, {@link JsonNumber}, lists and objects of the same. */
export interface JsonObject {
  readonly [key: string]: unknown;
}

const WHOLE = /^-?\d+$/;

/**
 * A number as it was written. A JavaScript number does not keep the difference of 1.0 and 1, and is inexact beyond
 * 2^53.
 */
export class JsonNumber {
  readonly #source: string;
  readonly #isWhole: boolean;

  constructor(source: string, isWhole = WHOLE.test(source)) {
    this.#source = source;
    this.#isWhole = isWhole;
  }

  get text(): string {
    if (!this.#isWhole) return doubleText(Number(this.#source));
    return this.#source === '-0' ? '0' : this.#source;
  }

  /** As a 32-bit integer: the low bits of a whole number; any other number is truncated and limited to the range. */
  get int32(): number {
    if (this.#isWhole) return Number(BigInt.asIntN(32, BigInt(this.#source)));
    return Math.trunc(Math.min(Math.max(Number(this.#source), -(2 ** 31)), 2 ** 31 - 1));
  }

  /** As a 64-bit integer, truncated; undefined beyond the range. */
  get int64(): bigint | undefined {
    if (this.#isWhole) return int64Of(BigInt(this.#source));
    const value = Math.trunc(Number(this.#source));
    return Number.isFinite(value) ? int64Of(BigInt(value)) : undefined;
  }
}

/** The number itself when it fits into 64 bits, otherwise undefined. */
export const int64Of = (value: bigint): bigint | undefined =>
  BigInt.asIntN(64, value) === value ? value : undefined;

function doubleText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const size = Math.abs(value);
  if (size === 0) return `${sign}0.0`;
  if (size >= 1e-3 && size < 1e7) return `${sign}${size}${Number.isInteger(size) ? '.0' : ''}`;
  // at least two digits are printed: where one would do, the nearest decimal of two
  const shortest = size.toExponential();
  const [digits = '', power] = (shortest.includes('.') ? shortest : size.toExponential(1)).split('e');
  return `${sign}${digits}E${Number(power)}`;
}

/** The text that the operator reads from a value; undefined for null and for a missing value. */
export function jsonText(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : printed(value);
}

function printed(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(printed).join(', ')}]`;
  if (!isJsonObject(value)) return String(value);
  const names = orders.get(value) ?? Object.keys(value);
  return `{${names.map((name) => `${name}=${printed(value[name])}`).join(', ')}}`;
}

/** The order of names in objects where a name looks like an index: JavaScript moves such names to the front. */
const orders = new WeakMap<JsonObject, readonly string[]>();

export function keepOrder(object: JsonObject, names: readonly string[]): void {
  orders.set(object, names);
}

const ESCAPE = /\\(?:u([0-9a-f]{4})|.)/g;

/** JSON of a value as the operator writes it. */
export function writeJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!json.includes('\\u')) return json;
  return json.replace(ESCAPE, (escape, code?: string) => {
    if (code === undefined) return escape;
    return code.startsWith('d') ? '?' : `\\u${code.toUpperCase()}`;
  });
}

export function isJsonObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)
  );
}
