/** `uid2-mock hash --file`: many identities, as they arrive. Rows go to standard output, totals to standard error. */

import { createReadStream } from 'node:fs';
import type { Cause } from '../../mock-server/core/doctor/cause.ts';
import { HashDoctor } from '../../mock-server/core/doctor/hash-doctor.ts';
import { nativePrimitives } from '../../mock-server/native/primitives.ts';
import type { Io } from '../io.ts';
import { wrong } from '../verify-input.ts';
import type { HashFlags } from './flags.ts';
import { type CsvRecord, Records } from './csv.ts';
import { diagnosisJson } from './single.ts';
import { type Row, type Table, formatOf, formats } from './tables.ts';
import { Totals } from './totals.ts';

const PIECE = 256 * 1024;

/** @throws ConfigurationError when the file cannot be read */
async function* piecesOf(file: string): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const piece of createReadStream(file, { highWaterMark: PIECE })) yield piece as Uint8Array;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw wrong('--file', 'a file that can be read, or - for standard input', `${file} (${code})`);
  }
}

/**
 * Refuses UTF-16, whose bytes would be hashed as another text, without an error.
 *
 * @throws ConfigurationError for a byte order mark of UTF-16
 */
function checkEncoding([first, second]: Uint8Array, file: string): void {
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isUtf16) throw wrong('--file', 'text in UTF-8', `UTF-16 (a byte order mark) in ${file}`);
}

/** Decodes and hashes rows, one piece of the file at a time. */
class RowHasher {
  readonly #doctor = new HashDoctor(nativePrimitives);
  readonly #flags: HashFlags;
  readonly #totals: Totals;
  readonly #table: Table;

  constructor(flags: HashFlags, table: Table, totals: Totals) {
    this.#flags = flags;
    this.#table = table;
    this.#totals = totals;
  }

  /** What is printed for a record. */
  printed(line: Omit<CsvRecord, 'fields'>): string {
    const header = this.#table.header(line);
    if (header !== undefined) return this.#flags.json ? '' : header;
    const row = this.#table.read(line.raw);
    if (!row) return '';
    return this.#flags.json ? this.#json(row) : this.#table.write(line, this.#results(row));
  }

  #results({ identity, expect }: Row): { hash: string; cause: string | undefined } {
    const kind = this.#flags.kind ?? this.#doctor.kindOf(identity);
    const hash = this.#doctor.hash(kind, identity);
    if (expect === undefined || this.#doctor.isRight(expect, hash)) {
      this.#totals.count(hash !== undefined);
      return { hash: hash ?? '', cause: expect === undefined ? undefined : '' };
    }
    return { hash: hash ?? '', cause: this.#totals.countWrong(this.#doctor.causes(kind, identity, expect)) };
  }

  #json({ identity, expect }: Row): string {
    const diagnosis = this.#doctor.diagnose(identity, { expect, kind: this.#flags.kind, near: false });
    const { expected, normalized } = diagnosis;
    if (expected && !expected.matches) this.#totals.countWrong(expected.causes satisfies readonly Cause[]);
    else this.#totals.count(normalized !== null);
    return diagnosisJson(diagnosis);
  }
}

/**
 * Hashes every row of a file, and prints the table with the results.
 *
 * @throws ConfigurationError for a file that cannot be read, and for columns that it does not have
 */
export async function hashMany(file: string, flags: HashFlags, io: Io): Promise<void> {
  const pieces = file === '-' ? io.input() : piecesOf(file);
  const decoder = new TextDecoder();
  const totals = new Totals(io);
  const columns = { column: flags.column, expectColumn: flags.expectColumn };
  let records: Records | undefined;
  let hasher: RowHasher | undefined;

  const hashPiece = (text: string, isLast: boolean): string => {
    const format = flags.format ?? formatOf(file, text, columns);
    records ??= new Records(format === 'csv');
    hasher ??= new RowHasher(flags, formats[format](columns), totals);
    const out: string[] = [];
    for (const record of records.push(text)) out.push(hasher.printed(record));
    if (isLast) for (const record of records.end()) out.push(hasher.printed(record));
    return out.join('');
  };

  for await (const piece of pieces) {
    if (records === undefined) checkEncoding(piece, file);
    const out = hashPiece(decoder.decode(piece, { stream: true }), false);
    if (out !== '') io.out(out);
    if (!(await io.drained?.()) && io.drained) return;
    totals.showProgress();
  }
  const out = hashPiece(decoder.decode(), true);
  if (out !== '') io.out(out);
  totals.print();
  io.exitCode = totals.isRight ? 0 : 1;
}
