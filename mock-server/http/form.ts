/**
 * The form decoder. The body of a POST with a form type goes through it as well as to the handler. The operator does
 * not use the decoded fields, but it answers a body that the decoder refuses with 400, before authentication. The
 * decoder refuses
 * - a name that is empty, blank or has a broken escape, unless it ends the body without `=`;
 * - a value of more than 8192 bytes; a CR without LF in a value; a broken escape in a value that does not end the body;
 * - more than 256 fields, not counting the one that ends the body;
 * - more than 1024 bytes that it cannot decode yet: a long name without `=`, bytes after a line end, a multipart body
 *   without its delimiter.
 *
 * The last rule depends on how many bytes the operator reads from the connection at once. The lengths here are those of
 * a request that arrives in one piece on a new connection. Parts of a multipart body are not checked.
 */

import { charsetOf, isKnownCharset } from './charset.ts';

const URL_ENCODED = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data';

const MAX_FIELDS = 256;
const MAX_VALUE_BYTES = 8192;
const MAX_UNDECODED_BYTES = 1024;

const READS_BYTES = [2048, 32_768, 65_536] as const;
const MAX_CHUNK_BYTES = 8192;

const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const CR = 0x0d;
const LF = 0x0a;

const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
const BLANK = /^(?:[ \t\n\v\f\r+]|%(?:09|0[abcd]|20))*$/i;

type Decoder = { readonly delimiter: string } | 'fields' | 'broken';

/** What happens to a form: its body reaches the handler, is lost, is refused, or the decoder itself fails. */
type FormOutcome = 'kept' | 'lost' | 'refused' | 'broken';

export function isForm(contentType: string): boolean {
  const type = contentType.toLowerCase();
  return type.startsWith(URL_ENCODED) || type.startsWith(MULTIPART);
}

/** The delimiter of a `boundary` parameter; undefined when it names none. */
function delimiterOf(parameter: string): string | undefined {
  const [, boundary = ''] = /=(.*)$/s.exec(parameter) ?? [];
  const bare = boundary.startsWith('"') ? boundary.trim().replace(/^"(.*)"$/s, '$1') : boundary;
  return bare === '' || bare === '"' ? undefined : `--${bare}`;
}

/** The decoder of a content type. A multipart type without a boundary, or not in lower case, is decoded as fields. */
function decoderOf(contentType: string): Decoder {
  if (!contentType.startsWith(MULTIPART)) return 'fields';
  const [, first = '', ...rest] = contentType.split(';');
  const parameters = [first.trim(), rest.join(';').trim()];
  const boundary = parameters.find((parameter) => parameter.toLowerCase().startsWith('boundary'));
  if (boundary === undefined) return 'fields';
  const charset = charsetOf(contentType);
  const delimiter = delimiterOf(boundary);
  return delimiter === undefined || (charset !== undefined && !isKnownCharset(charset))
    ? 'broken'
    : { delimiter };
}

/** The ends of the pieces in which the operator reads a body, by the length of the head in front of it. */
export function chunkEnds(headBytes: number, bodyBytes: number): number[] {
  const ends: number[] = [];
  let read = 0;
  let end = 0;
  for (let turn = 0; end < bodyBytes; turn += 1) {
    read += READS_BYTES[Math.min(turn, READS_BYTES.length - 1)] ?? 0;
    const until = Math.min(bodyBytes, read - headBytes);
    while (end < until) {
      end = Math.min(until, end + MAX_CHUNK_BYTES);
      ends.push(end);
    }
  }
  return ends;
}

const isBadName = (name: string): boolean => BLANK.test(name) || BROKEN_ESCAPE.test(name);
const isBadValue = (value: string): boolean => value.length > MAX_VALUE_BYTES || BROKEN_ESCAPE.test(value);

/** Decodes the fields of a body piece by piece. One character stands for one byte. */
class Fields {
  readonly #body: string;
  #at = 0;
  /** start of the name or value that is being read */
  #start = 0;
  #state: 'name' | 'value' | 'over' = 'name';
  #fields = 0;

  constructor(body: string) {
    this.#body = body;
  }

  /** Decodes up to the end of a piece; false once the body is refused. */
  readTo(end: number): boolean {
    while (this.#at < end && this.#state !== 'over') {
      const byte = this.#body.charCodeAt(this.#at);
      if (byte === CR && this.#state === 'value' && this.#at + 1 === end) break;
      if (!this.#take(byte)) return false;
      this.#at += 1;
    }
    if (this.#state !== 'value') return end - this.#start <= MAX_UNDECODED_BYTES;
    return this.#at - this.#start <= MAX_VALUE_BYTES;
  }

  #take(byte: number): boolean {
    if (this.#state === 'name') {
      if (byte === EQUALS) return this.#endName('value');
      if (byte === AMPERSAND)
        return this.#at === this.#start ? this.#next('name') : this.#endField(isBadName);
      return true;
    }
    if (byte === AMPERSAND) return this.#endField(isBadValue);
    if (byte === CR && this.#body.charCodeAt(this.#at + 1) !== LF) return false;
    if (byte === CR || byte === LF) return this.#endField(isBadValue, 'over');
    return true;
  }

  #text(): string {
    return this.#body.slice(this.#start, this.#at);
  }

  #next(state: 'name' | 'value' | 'over'): true {
    if (state === 'over' && this.#body.charCodeAt(this.#at) === CR) this.#at += 1;
    this.#start = this.#at + 1;
    this.#state = state;
    return true;
  }

  #endName(state: 'value'): boolean {
    return !isBadName(this.#text()) && this.#next(state);
  }

  #endField(isBad: (text: string) => boolean, state: 'name' | 'over' = 'name'): boolean {
    this.#fields += 1;
    return !isBad(this.#text()) && this.#fields <= MAX_FIELDS && this.#next(state);
  }
}

function passesFields(body: string, ends: readonly number[]): boolean {
  const fields = new Fields(body);
  return ends.every((end) => fields.readTo(end));
}

/** A delimiter counts only if a line end or two dashes follow it. */
const AFTER_DELIMITER = /\r?\n|--/y;

function passesParts(body: string, delimiter: string, ends: readonly number[]): boolean {
  const found = body.indexOf(delimiter);
  AFTER_DELIMITER.lastIndex = found + delimiter.length;
  const decoded = found >= 0 && AFTER_DELIMITER.test(body) ? AFTER_DELIMITER.lastIndex : Infinity;
  return ends.every((end) => end <= MAX_UNDECODED_BYTES || end >= decoded);
}

/**
 * What happens to a body of a form type.
 *
 * @param headBytes length of the request's head
 */
export function readForm(contentType: string, body: Uint8Array, headBytes: number): FormOutcome {
  const decoder = decoderOf(contentType);
  if (decoder === 'broken') return 'broken';
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  const ends = chunkEnds(headBytes, text.length);
  const passes = decoder === 'fields' ? passesFields(text, ends) : passesParts(text, decoder.delimiter, ends);
  if (!passes) return 'refused';
  return contentType.toLowerCase().startsWith(MULTIPART) ? 'lost' : 'kept';
}
