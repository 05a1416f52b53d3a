/**
 * The tokens of JSON as the operator's parser takes them. Comments are white space, and hold no control characters but
 * tabs and line ends; a number has up to 1,000 digits, those of its exponent counted.
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
/** The bit in which small letters differ from capital ones. */
const SMALL = 0x20;

const ESCAPED_STRING = /"[^"\\\0-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\0-\x1f]*)*"/y;
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f]/;
const LINE_END = /[\r\n]|$/g;
const WORDS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

/** Thrown where a text turns out to be no JSON. */
export class NotJson extends Error {}

export class JsonTokens {
  readonly text: string;
  /** where the next token begins, or white space in front of it */
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Goes to the next token and gives its first character; NaN at the end. */
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
      if (end < from) throw new NotJson();
    } else if (this.text.startsWith('//', this.at)) {
      LINE_END.lastIndex = from;
      end = LINE_END.exec(this.text)?.index ?? from;
    } else throw new NotJson();
    if (CONTROL.test(this.text.slice(from, end))) throw new NotJson();
    this.at = end;
  }

  /** The text of a string, whose quote is the next character. */
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
      // NaN, at the end of the text, is not greater either
      if (!(code >= SPACE)) throw new NotJson();
    }
  }

  #escapedString(): string {
    ESCAPED_STRING.lastIndex = this.at;
    const [found] = ESCAPED_STRING.exec(this.text) ?? [];
    if (found === undefined) throw new NotJson();
    this.at += found.length;
    return String(JSON.parse(found));
  }

  /** A number, `true`, `false` or `null`. */
  scalar(): JsonNumber | boolean | null {
    const code = this.text.charCodeAt(this.at);
    if (code === MINUS || (code >= ZERO && code <= NINE)) return this.#number();
    for (const [word, value] of WORDS) {
      if (!this.text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return value;
    }
    throw new NotJson();
  }

  #number(): JsonNumber {
    const from = this.at;
    let isWhole = true;
    if (this.text.charCodeAt(from) === MINUS) this.at += 1;
    const hasLeadingZero = this.text.charCodeAt(this.at) === ZERO;
    let digits = this.#digits();
    if (hasLeadingZero && digits > 1) throw new NotJson();
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
    if (digits > MAX_DIGITS) throw new NotJson();
    return new JsonNumber(this.text.slice(from, this.at), isWhole);
  }

  /** Goes past digits, of which there has to be one at least, and counts them. */
  #digits(): number {
    const { text, at: from } = this;
    let at = from;
    while (text.charCodeAt(at) >= ZERO && text.charCodeAt(at) <= NINE) at += 1;
    if (at === from) throw new NotJson();
    this.at = at;
    return at - from;
  }
}
