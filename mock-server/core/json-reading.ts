/**
 * Reads JSON as the operator's parser does (Protocol §7.3, §8), in steps, so that a long text need not be read at once.
 *
 *   read:   of a repeated name the last value counts, at the place of the first
 *   limits: 1,000 levels of nesting, 50,000 characters a name
 *   bytes:  UTF-8, UTF-16 or UTF-32, recognised by a byte order mark or by the places of zero bytes
 */

import { type JsonObject, JsonNumber, isJsonObject, keepOrder } from './json.ts';
import { JsonTokens, InvalidJson } from './json-tokens.ts';
import { fromJsonBytes } from './text.ts';

const MAX_DEPTH = 1000;
const MAX_NAME_LENGTH = 50_000;
/** Lists of at least LONG_LIST characters are read in chunks of at most CHUNK characters. */
const LONG_LIST = 1000;
const CHUNK = 65_536;

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const SLASH = 0x2f;
const COLON = 0x3a;
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

/** A list or object that is not closed yet; `name` is the name of the next value of an object. */
interface Open {
  readonly list: unknown[] | undefined;
  /** whether all elements of the list may be texts */
  mayBeTexts: boolean;
  readonly members: Record<string, unknown>;
  name: string;
  /** names in their order; recorded once a name looks like an index */
  names: string[] | undefined;
}

type Expected = 'value' | 'value or end' | 'name' | 'name or end' | 'more' | 'nothing';

export class JsonReading {
  readonly #tokens: JsonTokens;
  #expected: Expected = 'value';
  readonly #open: Open[] = [];
  #value: unknown;

  constructor(text: string) {
    this.#tokens = new JsonTokens(text);
  }

  /** The value of the text, after it was read to its end; undefined when the JSON is invalid. */
  get value(): unknown {
    return this.#value;
  }

  /** Reads about that many characters more. Returns whether the end was reached. */
  advance(characters = Infinity): boolean {
    const until = this.#tokens.at + characters;
    try {
      while (this.#expected !== 'nothing') {
        if (this.#tokens.at > until) return false;
        this.#step();
      }
    } catch (error) {
      if (!(error instanceof InvalidJson)) throw error;
      this.#expected = 'nothing';
      this.#value = undefined;
    }
    return true;
  }

  #step(): void {
    const code = this.#tokens.peek();
    switch (this.#expected) {
      case 'value or end':
        if (code === LIST_END) this.#end(code);
        else this.#readValue(code);
        break;
      case 'value':
        this.#readValue(code);
        break;
      case 'name or end':
        if (code === OBJECT_END) this.#end(code);
        else this.#readName(code);
        break;
      case 'name':
        this.#readName(code);
        break;
      default:
        this.#readMore(code);
    }
  }

  #readValue(code: number): void {
    if (code === LIST) this.#begin([], 'value or end');
    else if (code === OBJECT) this.#begin(undefined, 'name or end');
    else if (code !== QUOTE) this.#give(this.#scalar());
    else if (!this.#readTexts()) this.#give(this.#tokens.string());
  }

  #scalar(): unknown {
    const value = this.#tokens.scalar();
    // a comment must not follow a number that is the whole text
    const isAll = this.#open.length === 0 && value instanceof JsonNumber;
    if (isAll && this.#tokens.text.charCodeAt(this.#tokens.at) === SLASH) throw new InvalidJson();
    return value;
  }

  /**
   * Reads many texts of a long list at once by `JSON.parse`, which is several times faster. Identity map has such
   * lists. Only lists directly inside the outermost object are tried, each until it turns out to have another element.
   */
  #readTexts(): boolean {
    const open = this.#open.at(-1);
    if (!open?.list || !open.mayBeTexts) return false;
    const { text, at } = this.#tokens;
    const end = text.indexOf(']', at);
    if (end === -1) throw new InvalidJson();
    if (end - at < LONG_LIST) return false;
    const until = end - at <= CHUNK ? end : lastCommaAfterText(text, at + CHUNK);
    const texts = until > at ? textsOf(text.slice(at, until)) : undefined;
    open.mayBeTexts = texts !== undefined;
    if (texts === undefined) return false;
    for (const item of texts) open.list.push(item);
    this.#tokens.at = until;
    this.#expected = 'more';
    return true;
  }

  #begin(list: unknown[] | undefined, expected: Expected): void {
    if (this.#open.length === MAX_DEPTH) throw new InvalidJson();
    const mayBeTexts = this.#open.length === 1;
    this.#open.push({ list, mayBeTexts, members: {}, name: '', names: undefined });
    this.#tokens.at += 1;
    this.#expected = expected;
  }

  /** Closes the innermost list or object. */
  #end(code: number): void {
    const open = this.#open.pop();
    if (open === undefined || code !== (open.list ? LIST_END : OBJECT_END)) throw new InvalidJson();
    this.#tokens.at += 1;
    if (open.names) keepOrder(open.members, open.names);
    this.#give(open.list ?? open.members);
  }

  #readName(code: number): void {
    const open = this.#open.at(-1);
    if (code !== QUOTE || open === undefined) throw new InvalidJson();
    open.name = this.#tokens.string();
    if (open.name.length > MAX_NAME_LENGTH || this.#tokens.peek() !== COLON) throw new InvalidJson();
    this.#tokens.at += 1;
    this.#expected = 'value';
  }

  /** Reads a comma, the end of the innermost list or object, or the end of the text. */
  #readMore(code: number): void {
    const open = this.#open.at(-1);
    if (open === undefined) {
      if (this.#tokens.at < this.#tokens.text.length) throw new InvalidJson();
      this.#expected = 'nothing';
    } else if (code === COMMA) {
      this.#tokens.at += 1;
      this.#expected = open.list ? 'value' : 'name';
    } else this.#end(code);
  }

  /** Adds a value to the innermost list or object; without one it is the value of the text. */
  #give(value: unknown): void {
    this.#expected = 'more';
    const open = this.#open.at(-1);
    if (open === undefined) this.#value = value;
    else if (open.list) open.list.push(value);
    else putMember(open, value);
  }
}

/** The last comma before `place` that follows a quote. It may also be inside a text. */
function lastCommaAfterText(text: string, place: number): number {
  for (let comma = text.lastIndexOf(',', place); comma > place - CHUNK;) {
    let before = comma - 1;
    while (text.charCodeAt(before) <= SPACE) before -= 1;
    if (text.charCodeAt(before) === QUOTE) return comma;
    comma = text.lastIndexOf(',', before);
  }
  return -1;
}

/** The elements between the brackets of a list, if all of them are texts. */
function textsOf(items: string): string[] | undefined {
  try {
    const list: unknown = JSON.parse(`[${items}]`);
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}

const LOOKS_LIKE_INDEX = /^\d/;

function putMember(open: Open, value: unknown): void {
  const { members, name } = open;
  if (open.names === undefined && LOOKS_LIKE_INDEX.test(name)) open.names = Object.keys(members);
  if (open.names && !Object.hasOwn(members, name)) open.names.push(name);
  if (name === '__proto__') Object.defineProperty(members, name, { value, enumerable: true, writable: true });
  else members[name] = value;
}

/** The value a JSON text holds; undefined when it is invalid. */
export function parseJson(text: string): unknown {
  const reading = new JsonReading(text);
  reading.advance();
  return reading.value;
}

/** The JSON object a text holds; undefined for anything else. */
export function parseJsonObject(text: string): JsonObject | undefined {
  const value = parseJson(text);
  return isJsonObject(value) ? value : undefined;
}

/** The value of JSON in bytes; undefined when it is invalid. */
export function parseJsonBytes(bytes: Uint8Array): unknown {
  const text = fromJsonBytes(bytes);
  return text === undefined ? undefined : parseJson(text);
}
