/**
 * `npm run bench [part…]`: what the mock costs, as ratios to a bare Fastify app or to bare hashes of the same run. Exits
 * with 1 when a bound is missed.
 */

import { parseArgs } from 'node:util';
import { moveToLoadCore } from './cores.ts';
import { optOuts, sites, workers } from './growth.ts';
import { hash } from './hash.ts';
import { map } from './map.ts';
import { stopAll } from './processes.ts';
import { type Row, isMet, table } from './report.ts';
import { throughput } from './routes.ts';
import { type Peer, type Sizes, smallSizes, usualSizes } from './settings.ts';
import { start } from './start.ts';

type Part = (sizes: Sizes, peer: Peer | undefined, route: string | undefined) => Promise<Row[]>;

const parts: Readonly<Record<string, Part>> = { throughput, start, map, optOuts, sites, workers, hash };

const HELP = `npm run bench -- [options] [part…]

Measures the built mock (npm run build). Needs Linux, and at least two cores that are idle.

Parts, all of them unless named:
  throughput  every route: CPU time against a bare Fastify route, p50 and p99 at 32 connections
  start       time to the first answer, in a process of its own and in this one; memory at rest and under load
  map         v3 maps of 5,000 against their hashes; waits of other clients; memory
  optOuts     a million opt-outs against ten
  sites       10,000 sites against ten
  workers     two workers against one process, and against two mocks side by side
  hash        the command hash --file

Options:
  --route TEXT               only routes of throughput whose name holds the text
  --rounds N                 slices of each contender (default ${usualSizes.rounds})
  --small                    tiny sizes, to see that it works; the figures say nothing
  --peer URL                 also ask another operator with the same API; its rows stand beside those of the mock
  --peer-key KEY             its API key, with every role
  --peer-secret SECRET       the client secret of that key
  --peer-subscription ID     for client-generate; not measured without it
  --peer-public-key KEY      the server's public key of that subscription
  --help
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    route: { type: 'string' },
    rounds: { type: 'string' },
    small: { type: 'boolean', default: false },
    peer: { type: 'string' },
    'peer-key': { type: 'string', default: '' },
    'peer-secret': { type: 'string', default: '' },
    'peer-subscription': { type: 'string' },
    'peer-public-key': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

function fail(message: string): never {
  process.stderr.write(`bench: ${message}\n`);
  process.exit(2);
}

function peerOf(): Peer | undefined {
  const {
    peer: url,
    'peer-key': key,
    'peer-secret': secret,
    'peer-subscription': subscriptionId,
    'peer-public-key': publicKey,
  } = values;
  if (url === undefined) return undefined;
  if (key === '' || secret === '') fail('expected --peer-key and --peer-secret beside --peer');
  const clientSide =
    subscriptionId === undefined || publicKey === undefined ? undefined : { subscriptionId, publicKey };
  return { url, key, secret, clientSide };
}

function sizesOf(): Sizes {
  const sizes = values.small ? smallSizes : usualSizes;
  const rounds = Number(values.rounds ?? sizes.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    fail(`--rounds: expected a number from 1; got ${values.rounds}`);
  return { ...sizes, rounds };
}

if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const unknown = positionals.find((name) => !(name in parts));
if (unknown !== undefined) fail(`expected parts out of ${Object.keys(parts).join(', ')}; got ${unknown}`);
if (process.platform !== 'linux') fail(`expected Linux, which tells CPU times; got ${process.platform}`);
const [sizes, peer] = [sizesOf(), peerOf()];
moveToLoadCore();

const rows: Row[] = [];
for (const [name, measure] of Object.entries(parts)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  process.stderr.write(`measuring ${name}\n`);
  try {
    rows.push(...(await measure(sizes, peer, values.route)));
  } finally {
    await stopAll();
  }
}
process.stdout.write(`${table(rows)}\n`);
process.exit(values.small || rows.every(isMet) ? 0 : 1);
