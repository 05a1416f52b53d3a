/** The three ways to write many identities: what a row holds, and how the row is written with its results. */

import { ConfigurationError } from '../../mock-server/options.ts';
import { wrong } from '../verify-input.ts';
import { type CsvRecord, delimiterOf, fieldsOf, written } from './csv.ts';

export interface Row {
  readonly identity: string;
  /** the hash that was computed elsewhere; undefined without a column of them */
  readonly expect: string | undefined;
}

/** What is added to a row: its hash, and with a column of hashes the cause. */
interface Results {
  readonly hash: string;
  readonly cause: string | undefined;
}

type Line = Pick<CsvRecord, 'raw' | 'lineEnd'>;

export interface Table {
  /** what is written in place of a header; undefined for a row */
  header(line: Line): string | undefined;
  /** undefined for a line that is empty */
  read(raw: string): Row | undefined;
  write(line: Line, results: Results): string;
}

interface Columns {
  readonly column: string | undefined;
  readonly expectColumn: string | undefined;
}

/** A name that the table does not have yet. */
const unused = (name: string, names: readonly string[]): string =>
  names.includes(name) ? `uid2_${name}` : name;

/** Lines of one identity each; the results follow as in CSV. */
const lines = (): Table => ({
  header: () => undefined,
  read: (raw) => (raw === '' ? undefined : { identity: raw, expect: undefined }),
  write: ({ raw, lineEnd }, { hash }) => `${written(raw, ',')},${hash}${lineEnd}`,
});

const NAMES = ['identity', 'identifier', 'email', 'mail', 'email_address', 'phone', 'phone_number'];

/** @throws ConfigurationError, naming `flag`, for a column that the header does not have */
function placeOf(flag: string, name: string, header: readonly string[]): number {
  const place = header.findIndex((one) => one === name);
  const byCase =
    place >= 0 ? place : header.findIndex((one) => one.trim().toLowerCase() === name.toLowerCase());
  if (byCase >= 0) return byCase;
  const number = /^[1-9]\d*$/.test(name) ? Number(name) - 1 : header.length;
  if (number < header.length) return number;
  throw wrong(flag, `one of ${header.join(', ')}, or a number up to ${header.length}`, name);
}

/** A column with a usual name. */
function usualColumn(header: readonly string[]): number {
  const place = header.findIndex((name) => NAMES.includes(name.trim().toLowerCase()));
  if (place >= 0) return place;
  throw new ConfigurationError(
    `--column: expected the column of the identities, one of ${header.join(', ')}; got nothing`,
  );
}

function csv({ column, expectColumn }: Columns): Table {
  let layout: { delimiter: string; identity: number; expect: number | undefined } | undefined;
  return {
    header({ raw, lineEnd }) {
      if (layout) return undefined;
      const delimiter = delimiterOf(raw);
      const names = fieldsOf(raw, delimiter);
      const identity = column === undefined ? usualColumn(names) : placeOf('--column', column, names);
      const expect = expectColumn === undefined ? undefined : placeOf('--expect-column', expectColumn, names);
      layout = { delimiter, identity, expect };
      const added = expect === undefined ? ['hash'] : ['hash', 'cause'];
      return [raw, ...added.map((name) => unused(name, names))].join(delimiter) + lineEnd;
    },
    read(raw) {
      if (raw === '' || !layout) return undefined;
      const fields = fieldsOf(raw, layout.delimiter);
      const expect = layout.expect === undefined ? undefined : (fields[layout.expect] ?? '');
      return { identity: fields[layout.identity] ?? '', expect };
    },
    write: ({ raw, lineEnd }, { hash, cause }) =>
      [raw, hash, ...(cause === undefined ? [] : [cause])].join(layout?.delimiter) + lineEnd,
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws ConfigurationError for a line that is not an object */
function parsed(raw: string, line: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    value = undefined;
  }
  if (isObject(value)) return value;
  throw new ConfigurationError(
    `FILE: expected an object of JSON on each line; got ${raw.slice(0, 40)} on line ${line}`,
  );
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

/** @throws ConfigurationError when an object has none of the usual members */
function usualMember(object: Record<string, unknown>, line: number): string {
  const name = Object.keys(object).find((one) => NAMES.includes(one.toLowerCase()));
  if (name !== undefined) return name;
  throw new ConfigurationError(
    `--column: expected the member of the identities, one of ${Object.keys(object).join(', ')} on line ${line}; got nothing`,
  );
}

function ndjson({ column, expectColumn }: Columns): Table {
  let names: readonly string[] = [];
  let line = 0;
  return {
    header: () => undefined,
    read(raw) {
      line += 1;
      if (raw.trim() === '') return undefined;
      const object = parsed(raw, line);
      names = Object.keys(object);
      const member = column ?? usualMember(object, line);
      if (!Object.hasOwn(object, member))
        throw wrong('--column', `one of ${names.join(', ')} on line ${line}`, member);
      return {
        identity: textOf(object[member]),
        expect: expectColumn === undefined ? undefined : textOf(object[expectColumn] ?? ''),
      };
    },
    write({ raw, lineEnd }, { hash, cause }) {
      const members = [
        [unused('hash', names), hash],
        ...(cause === undefined ? [] : [[unused('cause', names), cause]]),
      ];
      const added = members
        .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
        .join(',');
      const end = raw.lastIndexOf('}');
      return `${raw.slice(0, end).trimEnd()},${added}}${lineEnd}`;
    },
  };
}

export const formats = { lines, csv, ndjson } as const;

/** The format of a file, from its name, its first characters and the flags. */
export function formatOf(
  file: string,
  start: string,
  { column, expectColumn }: Columns,
): keyof typeof formats {
  if (/\.(csv|tsv)$/i.test(file)) return 'csv';
  if (/\.(ndjson|jsonl)$/i.test(file) || /^\s*\{/.test(start)) return 'ndjson';
  return column === undefined && expectColumn === undefined ? 'lines' : 'csv';
}
