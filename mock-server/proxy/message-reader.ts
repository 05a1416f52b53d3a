/**
 * Follows the messages of one direction of an HTTP/1.1 connection (RFC 9112): where a head ends, how long the body is,
 * where the next message begins. Every byte goes to `pass` as soon as its meaning is known: a line once it is complete,
 * a body at once. What is not certain to be framed as read here makes the rest of the connection opaque: its bytes are
 * passed on, and nothing is read of them.
 */

/** How the end of a body is found. */
export type Framing =
  | { readonly by: 'none' }
  | { readonly by: 'length'; readonly length: number }
  | { readonly by: 'chunks' }
  | { readonly by: 'close' }
  | { readonly by: 'opaque' };

type State =
  'start' | 'head' | 'counted' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' | 'closing' | 'opaque';

/** Bytes of the longest line that is waited for; Node has the same limit for a whole head. */
const LONGEST_LINE = 16_384;
const LF = 0x0a;
const NO_BYTES = Buffer.alloc(0);

const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/s;
const CHUNK_SIZE = /^([0-9a-fA-F]{1,12})(?:[ \t]*;.*)?$/;

/** The values of a header. */
export const valuesOf = (headers: readonly string[], name: string): string[] =>
  headers.filter((_, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === name);

/** Calls its abstract methods with the parts of each message, in the order of the bytes. */
export abstract class MessageReader {
  #state: State = 'start';
  /** bytes of a line that is not complete */
  #held: Buffer = NO_BYTES;
  #headers: string[] = [];
  /** bytes that a body or chunk still has */
  #left = 0;
  /** whether the head has a line that other readers may take for something else */
  #isOdd = false;

  /** A start line without its line end. `stop` leaves it unread; `opaque` passes on the rest of the connection. */
  protected abstract start(line: string): 'read' | 'opaque' | 'stop';
  /** The bytes to pass on for a header line. */
  protected abstract header(name: string, value: string, line: Buffer): Buffer;
  /** The head is complete. Headers are names and values in turn. */
  protected abstract head(headers: readonly string[], isOdd: boolean): Framing;
  protected abstract pass(bytes: Buffer): void;
  /** Bytes of a body, without the sizes of chunks. */
  protected abstract body(bytes: Buffer): void;
  /** The message is complete. */
  protected abstract end(): void;

  /** Reads bytes. Returns those that are left when `start` has stopped; undefined when all are read. */
  push(given: Buffer): Buffer | undefined {
    let bytes = this.#held.length === 0 ? given : Buffer.concat([this.#held, given]);
    this.#held = NO_BYTES;
    while (bytes.length > 0) {
      const read = this.#isOfLines() ? this.#line(bytes) : this.#bytes(bytes);
      if (read === 'stop') return bytes;
      if (read === 0) {
        this.#hold(bytes);
        return undefined;
      }
      bytes = bytes.subarray(read);
    }
    return undefined;
  }

  /** The connection ends: passes on what is held. */
  close(): void {
    const held = this.#held;
    this.#held = NO_BYTES;
    if (held.length > 0) this.pass(held);
    if (this.#state === 'closing') this.#finish();
  }

  /** Passes on the rest of the connection unread. */
  goOpaque(): void {
    this.#state = 'opaque';
  }

  #isOfLines(): boolean {
    return this.#state !== 'counted' && this.#state !== 'chunk' && !this.#isEndless();
  }

  #isEndless(): boolean {
    return this.#state === 'closing' || this.#state === 'opaque';
  }

  /** Keeps an incomplete line, unless the bytes cannot be one. */
  #hold(bytes: Buffer): void {
    const isOver = bytes.length > LONGEST_LINE;
    if (isOver || (this.#state === 'start' && !isTextStart(bytes))) {
      this.goOpaque();
      this.pass(bytes);
    } else this.#held = bytes;
  }

  #bytes(bytes: Buffer): number {
    const part = this.#isEndless() ? bytes : bytes.subarray(0, this.#left);
    this.pass(part);
    if (this.#state !== 'opaque') this.body(part);
    if (this.#isEndless()) return part.length;
    this.#left -= part.length;
    if (this.#left > 0) return part.length;
    if (this.#state === 'chunk') this.#state = 'chunk-end';
    else this.#finish();
    return part.length;
  }

  /** Reads a line. Returns how many bytes it has; 0 when it is not complete. */
  #line(bytes: Buffer): number | 'stop' {
    const end = bytes.indexOf(LF) + 1;
    if (end === 0) return 0;
    const line = bytes.subarray(0, end);
    const text = line.toString('latin1').replace(/\r?\n$/, '');
    const isPlain = line.length === text.length + 2 && !text.includes('\r');
    if (this.#state === 'start') return this.#startLine(line, text, isPlain);
    if (this.#state === 'head') this.#headLine(line, text, isPlain);
    else this.#chunkLine(line, text, isPlain);
    return end;
  }

  #startLine(line: Buffer, text: string, isPlain: boolean): number | 'stop' {
    // an empty line in front of a message is ignored (RFC 9112, 2.2)
    if (text !== '') {
      const how = isPlain ? this.start(text) : 'opaque';
      if (how === 'stop') return how;
      this.#state = how === 'read' ? 'head' : 'opaque';
      this.#headers = [];
      this.#isOdd = false;
    }
    this.pass(line);
    return line.length;
  }

  #headLine(line: Buffer, text: string, isPlain: boolean): void {
    if (!isPlain) this.#isOdd = true;
    if (text !== '') {
      const [, name, value = ''] = FIELD.exec(text) ?? [];
      if (name === undefined) this.#isOdd = true;
      else this.#headers.push(name, value);
      this.pass(name === undefined ? line : this.header(name, value, line));
      return;
    }
    this.pass(line);
    this.#begin(this.head(this.#headers, this.#isOdd));
  }

  #begin(framing: Framing): void {
    if (framing.by === 'none') this.#finish();
    else if (framing.by === 'length') {
      this.#left = framing.length;
      this.#state = 'counted';
      if (framing.length === 0) this.#finish();
    } else if (framing.by === 'chunks') this.#state = 'chunk-size';
    else this.#state = framing.by === 'close' ? 'closing' : 'opaque';
  }

  #chunkLine(line: Buffer, text: string, isPlain: boolean): void {
    this.pass(line);
    if (!isPlain) this.goOpaque();
    else if (this.#state === 'chunk-size') this.#chunkSize(text);
    else if (text === '') {
      if (this.#state === 'trailer') this.#finish();
      else this.#state = 'chunk-size';
    } else if (this.#state !== 'trailer') this.goOpaque();
  }

  #chunkSize(text: string): void {
    const [, size] = CHUNK_SIZE.exec(text) ?? [];
    if (size === undefined) {
      this.goOpaque();
      return;
    }
    this.#left = Number.parseInt(size, 16);
    this.#state = this.#left === 0 ? 'trailer' : 'chunk';
  }

  #finish(): void {
    this.#state = 'start';
    this.end();
  }
}

/** Whether bytes may be the beginning of a start line; those of a TLS handshake may not. */
const isTextStart = (bytes: Buffer): boolean =>
  bytes.every((byte) => (byte >= 0x20 && byte !== 0x7f) || byte === 0x0d);

/** The framing that headers give a message that may have a body; undefined when they give none. */
export function framingOf(headers: readonly string[]): Framing | undefined {
  const codings = valuesOf(headers, 'transfer-encoding');
  const lengths = valuesOf(headers, 'content-length');
  if (codings.length > 0) {
    const isChunked = codings.length === 1 && codings[0]?.toLowerCase() === 'chunked';
    return isChunked && lengths.length === 0 ? { by: 'chunks' } : { by: 'opaque' };
  }
  const [length] = lengths;
  if (length === undefined) return undefined;
  if (lengths.length > 1 || !/^\d{1,15}$/.test(length)) return { by: 'opaque' };
  return { by: 'length', length: Number(length) };
}
