/**
 * Big-endian reader and writer. Every multi-byte integer of the protocol is big endian (Protocol, preamble);
 * int64 fields hold milliseconds and are read as numbers, exact up to 2^53.
 */

import { writeBase64 } from './base64.ts';

/** Thrown by {@link ByteReader} when the bytes end before the field does; decoders turn it into their own error. */
export class OutOfBytes extends Error {}

const TWO_32 = 0x1_0000_0000;
const TWO_63 = 2 ** 63;
const encoder = new TextEncoder();

export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset: number;

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes;
    this.#offset = offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** One unsigned byte. */
  uint8(): number {
    const value = this.#bytes[this.#offset];
    if (value === undefined) throw new OutOfBytes(`expected 1 byte at ${this.#offset}, got 0`);
    this.#offset += 1;
    return value;
  }

  /** Four bytes, signed. */
  int32(): number {
    return (this.uint8() << 24) | (this.uint8() << 16) | (this.uint8() << 8) | this.uint8();
  }

  /** Eight bytes, signed; beyond 2^53 the number is rounded. */
  int64(): number {
    const high = this.int32();
    return high * TWO_32 + (this.int32() >>> 0);
  }

  /** The next `length` bytes, not a copy. */
  take(length: number): Uint8Array {
    if (length < 0 || length > this.remaining) {
      throw new OutOfBytes(`expected ${length} bytes at ${this.#offset}, got ${this.remaining}`);
    }
    this.#offset += length;
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }

  rest(): Uint8Array {
    return this.take(this.remaining);
  }
}

export class ByteWriter {
  /** the whole buffer; its first `length` bytes are written */
  readonly bytes: Uint8Array;
  #offset = 0;

  /** @param capacity how many bytes will be written at most */
  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  /** How many bytes were written. */
  get length(): number {
    return this.#offset;
  }

  /** The written bytes, not a copy: valid until the next `rewind`. */
  get written(): Uint8Array {
    return this.bytes.subarray(0, this.#offset);
  }

  /** Drops the bytes after the first `length` ones, so that the writer can be used again. */
  rewind(length = 0): this {
    this.#offset = length;
    return this;
  }

  uint8(value: number): this {
    this.bytes[this.#offset++] = value;
    return this;
  }

  int32(value: number): this {
    const at = this.#offset;
    this.bytes[at] = value >>> 24;
    this.bytes[at + 1] = value >>> 16;
    this.bytes[at + 2] = value >>> 8;
    this.bytes[at + 3] = value;
    this.#offset = at + 4;
    return this;
  }

  /**
   * Eight bytes, signed. The largest value reads as 2^63, because numbers are rounded, and is written as itself again.
   */
  int64(value: number): this {
    if (value >= TWO_63) return this.int32(0x7fffffff).int32(-1);
    return this.int32(Math.floor(value / TWO_32)).int32(value % TWO_32);
  }

  put(bytes: Uint8Array): this {
    this.bytes.set(bytes, this.#offset);
    this.#offset += bytes.length;
    return this;
  }

  /** The bytes of padded base64. Returns whether the text is such; if not, nothing is written. */
  base64(text: string): boolean {
    const end = writeBase64(text, 0, this.bytes, this.#offset);
    if (end !== undefined) this.#offset = end;
    return end !== undefined;
  }

  /** Text in UTF-8. */
  text(text: string): this {
    this.#offset += encoder.encodeInto(text, this.bytes.subarray(this.#offset)).written;
    return this;
  }

  /** `length` zero bytes. */
  skip(length: number): this {
    this.bytes.fill(0, this.#offset, this.#offset + length);
    this.#offset += length;
    return this;
  }
}

/** The parts, one after the other. */
export function concatBytes(...parts: Uint8Array[]): Uint8Array {
  const writer = new ByteWriter(parts.reduce((length, part) => length + part.length, 0));
  for (const part of parts) writer.put(part);
  return writer.bytes;
}

/** The exclusive or of two byte strings, as long as the first; a shorter second one counts as filled up with zeros. */
export function xorBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = (a[i] ?? 0) ^ (b[i] ?? 0);
  return out;
}
