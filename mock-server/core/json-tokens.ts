/**
 * Reads the tokens of JSON as the operator's parser does. Comments are white space; they contain no control characters
 * except tabs and line ends. A number has up to 1,000 digits, including those of its exponent.
 */

import { JsonNumber } from './json.ts';

const MAX_DIGITS = 1000;

const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const ZERO = 0x30;
const NINE = 0x39;
const EXPONENT = 0x45;
const BACKSLASH = 0x5c;
/** The bit that differs between upper-case and lower-case letters. */
const SMALL = 0x20;

const ESCAPED_STRING = /"[^"\\\0-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\0-\x1f]*)*"/y;
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f]/;
const LINE_END = /[\r\n]|$/g;
const WORDS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

/** Thrown for invalid JSON. */
export class InvalidJson extends Error {}

export class JsonTokens {
  readonly text: string;
  /** position of the next token, or of white space in front of it */
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Moves to the next token and returns its first character; NaN at the end. */
  peek(): number {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code === SLASH) this.#skipComment();
      else if (code === SPACE || code === LINE_FEED || code === RETURN || code === TAB) this.at += 1;
      else return code;
    }
  }

  #skipComment(): void {
    const from = this.at + 2;
    let end = from;
    if (this.text.startsWith('/*', this.at)) {
      end = this.text.indexOf('*/', from) + 2;
      if (end < from) throw new InvalidJson();
    } else if (this.text.startsWith('//', this.at)) {
      LINE_END.lastIndex = from;
      end = LINE_END.exec(this.text)?.index ?? from;
    } else throw new InvalidJson();
    if (CONTROL.test(this.text.slice(from, end))) throw new InvalidJson();
    this.at = end;
  }

  /** Reads a string, whose quote is the next character. */
  string(): string {
    const { text } = this;
    const from = this.at + 1;
    for (let at = from; ; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.at = at + 1;
        return text.slice(from, at);
      }
      if (code === BACKSLASH) return this.#escapedString();
      // also true for NaN, which stands for the end of the text
      if (!(code >= SPACE)) throw new InvalidJson();
    }
  }

  #escapedString(): string {
    ESCAPED_STRING.lastIndex = this.at;
    const [found] = ESCAPED_STRING.exec(this.text) ?? [];
    if (found === undefined) throw new InvalidJson();
    this.at += found.length;
    return String(JSON.parse(found));
  }

  /** Reads a number, `true`, `false` or `null`. */
  scalar(): JsonNumber | boolean | null {
    const code = this.text.charCodeAt(this.at);
    if (code === MINUS || (code >= ZERO && code <= NINE)) return this.#number();
    for (const [word, value] of WORDS) {
      if (!this.text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return value;
    }
    throw new InvalidJson();
  }

  #number(): JsonNumber {
    const from = this.at;
    let isWhole = true;
    if (this.text.charCodeAt(from) === MINUS) this.at += 1;
    const hasLeadingZero = this.text.charCodeAt(this.at) === ZERO;
    let digits = this.#digits();
    if (hasLeadingZero && digits > 1) throw new InvalidJson();
    if (this.text.charCodeAt(this.at) === DOT) {
      isWhole = false;
      this.at += 1;
      digits += this.#digits();
    }
    if ((this.text.charCodeAt(this.at) & ~SMALL) === EXPONENT) {
      isWhole = false;
      this.at += 1;
      const sign = this.text.charCodeAt(this.at);
      if (sign === PLUS || sign === MINUS) this.at += 1;
      digits += this.#digits();
    }
    if (digits > MAX_DIGITS) throw new InvalidJson();
    return new JsonNumber(this.text.slice(from, this.at), isWhole);
  }

  /** Skips digits, at least one, and returns how many. */
  #digits(): number {
    const { text, at: from } = this;
    let at = from;
    while (text.charCodeAt(at) >= ZERO && text.charCodeAt(at) <= NINE) at += 1;
    if (at === from) throw new InvalidJson();
    this.at = at;
    return at - from;
  }
}
