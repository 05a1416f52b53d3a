/**
 * `npm run bench [part…]`: what the mock costs, as ratios to a bare Fastify app or to bare hashes of the same run.
 * Exits with 1 when a bound is missed. Parts: throughput, start, map, optOuts, hash.
 */

import { hash } from './hash.ts';
import { map } from './map.ts';
import { optOuts } from './opt-outs.ts';
import { type Row, isMet, table } from './report.ts';
import { start } from './start.ts';
import { throughput } from './throughput.ts';

const parts: Readonly<Record<string, () => Promise<Row[]>>> = { throughput, start, map, optOuts, hash };

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in parts));
if (unknown !== undefined) {
  process.stderr.write(`bench: expected parts out of ${Object.keys(parts).join(', ')}; got ${unknown}\n`);
  process.exit(2);
}

const rows: Row[] = [];
for (const [name, measure] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stderr.write(`measuring ${name}\n`);
  rows.push(...(await measure()));
}
process.stdout.write(`${table(rows)}\n`);
process.exit(rows.every(isMet) ? 0 : 1);
