/** Measures `uid2-mock hash --file` in rows per second of CPU time: without hashes to compare, with right and with wrong ones. */

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../cli/run.ts';
import type { Row } from './report.ts';
import { median } from './rounds.ts';
import type { Sizes } from './settings.ts';

const ROUNDS = 5;
const MANY = 400_000;
const FEW = 20_000;

const base64 = (text: string): string => createHash('sha256').update(text).digest('base64');

/** What a table is measured with: its rows, and how the hashes in it were computed. */
const tables = {
  'without hashes to compare': { rows: MANY, bound: 200_000, theirs: undefined },
  'with right hashes': {
    rows: MANY,
    bound: 200_000,
    theirs: (i: number) => base64(`username${i}@gmail.com`),
  },
  'with wrong hashes': { rows: FEW, bound: 2_000, theirs: (i: number) => base64(`user.name${i}@gmail.com`) },
} as const;

type Table = Omit<(typeof tables)[keyof typeof tables], 'rows'> & { readonly rows: number };

function write(file: string, { rows, theirs }: Table): void {
  const lines = Array.from({ length: rows }, (_, i) => `${i},User.Name${i}@Gmail.com,${theirs?.(i) ?? ''}`);
  writeFileSync(file, `id,email,theirs\n${lines.join('\n')}\n`);
}

/** Rows that the command hashes in a second of CPU time. */
async function rate(file: string, { rows, theirs }: Table): Promise<number> {
  let length = 0;
  const io = {
    environment: {},
    out: (text: string) => (length += text.length),
    error: () => undefined,
    input: () => ReadableStream.from<Uint8Array>([]),
    progressColumns: undefined,
    colour: false,
    stopped: () => Promise.resolve(),
    exitCode: 0,
  };
  const before = process.cpuUsage();
  await run(['hash', '--file', file, ...(theirs ? ['--expect-column', 'theirs'] : [])], io);
  const { user, system } = process.cpuUsage(before);
  if (length < rows * 44) throw new Error(`hash: expected ${rows} hashes, got ${length} characters`);
  return (rows / (user + system)) * 1_000_000;
}

export async function hash({ share }: Sizes): Promise<Row[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-bench-'));
  const rows: Row[] = [];
  for (const [name, whole] of Object.entries(tables)) {
    const table = { ...whole, rows: Math.ceil(whole.rows * share) };
    const file = path.join(folder, 'table.csv');
    write(file, table);
    await rate(file, table);
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round++) rates.push(await rate(file, table));
    rows.push({
      what: `hash --file ${name}, rows in a second of a core`,
      measured: median(rates),
      bound: table.bound,
      good: 'at least',
      print: (value) => `${Math.round(value)}/s`,
      detail: `${table.rows} rows, ${ROUNDS} rounds`,
    });
  }
  rmSync(folder, { recursive: true });
  return rows;
}
