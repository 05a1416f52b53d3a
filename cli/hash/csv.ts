/**
 * Reads CSV as it arrives (RFC 4180): fields in quotes may hold delimiters, line ends and doubled quotes. The text of a
 * record is kept, so that it can be written again unchanged.
 */

import { ConfigurationError } from '../../mock-server/options.ts';

export interface CsvRecord {
  /** the record as it was written, without its line end */
  readonly raw: string;
  readonly lineEnd: string;
  readonly fields: readonly string[];
}

const LONGEST_RECORD = 1 << 20;
const QUOTE = 34;

/** The end of the record that begins at `from`: the place of its line feed; -1 when it is not complete. */
function endOfRecord(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  const quote = text.indexOf('"', from);
  if (quote < 0 || (end >= 0 && end < quote)) return end;
  let isQuoted = false;
  for (let at = quote; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isQuoted = !isQuoted;
    else if (code === 10 && !isQuoted) return at;
  }
  return -1;
}

/** A field without its quotes. */
const unquoted = (field: string): string =>
  field.startsWith('"') ? field.replace(/"$/, '').slice(1).replaceAll('""', '"') : field;

/** The fields of a record. */
export function fieldsOf(raw: string, delimiter: string): string[] {
  if (!raw.includes('"')) return raw.split(delimiter);
  const fields: string[] = [];
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at <= raw.length; at++) {
    const code = raw.charCodeAt(at);
    if (code === QUOTE) isQuoted = !isQuoted;
    if (at < raw.length && (isQuoted || raw[at] !== delimiter)) continue;
    fields.push(unquoted(raw.slice(from, at)));
    from = at + 1;
  }
  return fields;
}

/** A field as it is written. */
export const written = (field: string, delimiter: string): string =>
  /["\r\n]/.test(field) || field.includes(delimiter) ? `"${field.replaceAll('"', '""')}"` : field;

const DELIMITERS = [',', ';', '\t', '|'];

/** The delimiter of a header: the one that it has most of. */
export function delimiterOf(header: string): string {
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** Splits text that arrives in pieces into records or lines. */
export class Records {
  readonly #end: (text: string, from: number) => number;
  #rest = '';
  #count = 0;

  /** @param isCsv whether line ends in quotes belong to a record */
  constructor(isCsv: boolean) {
    this.#end = isCsv ? endOfRecord : (text, from) => text.indexOf('\n', from);
  }

  /**
   * The records that are complete.
   *
   * @throws ConfigurationError for a record that does not end
   */
  *push(piece: string): Iterable<Omit<CsvRecord, 'fields'>> {
    const text = this.#rest + piece;
    let from = 0;
    for (let end = this.#end(text, 0); end >= 0; end = this.#end(text, from)) {
      const isCrlf = text.charCodeAt(end - 1) === 13 && end > from;
      this.#count++;
      yield { raw: text.slice(from, isCrlf ? end - 1 : end), lineEnd: isCrlf ? '\r\n' : '\n' };
      from = end + 1;
    }
    this.#rest = text.slice(from);
    if (this.#rest.length > LONGEST_RECORD) {
      throw new ConfigurationError(
        `FILE: expected records of at most ${LONGEST_RECORD} characters; record ${this.#count + 1} is longer, is a quote missing?`,
      );
    }
  }

  /** What remains without a line end. */
  *end(): Iterable<Omit<CsvRecord, 'fields'>> {
    if (this.#rest !== '') yield { raw: this.#rest, lineEnd: '\n' };
    this.#rest = '';
  }
}
