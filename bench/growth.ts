/** Measures what many opt-outs, many sites and workers cost: memory, and CPU time of a v1 generate. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nativePrimitives } from '../mock-server/native/primitives.ts';
import { defaultWorld } from '../mock-server/operator/world/embedded.ts';
import { Load } from './load.ts';
import { type Server, mockArguments, startServer } from './processes.ts';
import { type Row, megabytes, percent } from './report.ts';
import { requestsOf } from './requests.ts';
import { medians } from './rounds.ts';
import type { Sizes } from './settings.ts';

const OPT_OUTS = [10, 1_000_000] as const;
const SITES = [10, 10_000] as const;
const REQUESTS = 600;
const CONNECTIONS = 32;

/** Measures the CPU time of a v1 generate, in us. */
type Generating = () => Promise<number>;

/** @param sharing how many servers share the requests and connections */
async function generating(server: Server, { share }: Sizes, sharing = 1): Promise<Generating> {
  const load = await Load.open(server.url, CONNECTIONS / sharing);
  const { 'v1 generate': make } = await requestsOf(server, load);
  const count = Math.ceil((REQUESTS * share) / sharing);
  let person = 0;
  return async () => {
    if (make === undefined) throw new Error('expected requests for v1 generate');
    const requests = Array.from({ length: count }, () => make((person += 1)));
    const before = await server.cpuUs();
    await load.run(requests);
    return ((await server.cpuUs()) - before) / count;
  };
}

/** Servers that share the requests, at the same time. */
async function generatingTogether(servers: readonly Server[], sizes: Sizes): Promise<Generating> {
  const all = await Promise.all(servers.map((server) => generating(server, sizes, servers.length)));
  return async () => {
    const us = await Promise.all(all.map((measure) => measure()));
    return us.reduce((sum, one) => sum + one) / us.length;
  };
}

const speedRow = (what: string, measured: number, bound: number, us: number, ofUs: number): Row => ({
  what,
  measured,
  bound,
  good: 'at least',
  print: percent,
  detail: `${us.toFixed(0)} us against ${ofUs.toFixed(0)} us`,
});

/** Compares two servers: the speed of the second, of that of the first. */
async function compare(
  what: string,
  bound: number,
  first: Server,
  second: Server,
  sizes: Sizes,
): Promise<Row> {
  const turns = { few: await generating(first, sizes), many: await generating(second, sizes) };
  const found = await medians(sizes.rounds, turns, sizes.warming);
  return speedRow(what, found.ratio('few', 'many'), bound, found.many, found.few);
}

const memoryRow = (what: string, bytes: number, bound: number, detail = ''): Row => ({
  what,
  measured: bytes,
  bound,
  good: 'at most',
  print: megabytes,
  detail,
});

async function* lines(count: number): AsyncGenerator<Uint8Array, void> {
  for (let first = 0; first < count; first += 1000) {
    const some = Array.from({ length: Math.min(1000, count - first) }, (_, index) => first + index);
    yield Buffer.from(some.map((one) => `{"email":"person-${one}@example.com","at":${one}}\n`).join(''));
  }
}

/** Starts a mock with opt-outs. Gives how long their import took, in s. */
async function startWith(count: number): Promise<{ server: Server; seconds: number }> {
  const server = await startServer(mockArguments('--journal', '0'));
  const since = performance.now();
  const answer = await fetch(`${server.url}/__admin/optouts/import`, {
    method: 'POST',
    body: ReadableStream.from(lines(count)),
    duplex: 'half',
  });
  if (!answer.ok) throw new Error(`import: expected 200, got ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
  return { server, seconds: (performance.now() - since) / 1000 };
}

export async function optOuts(sizes: Sizes): Promise<Row[]> {
  const [few, many] = [await startWith(OPT_OUTS[0]), await startWith(OPT_OUTS[1] * sizes.share)];
  const grown = (await many.server.rss()) - (await few.server.rss());
  const row = await compare(
    'v1 generate with a million opt-outs, of that with ten',
    0.9,
    few.server,
    many.server,
    sizes,
  );
  const imported = `imported in ${many.seconds.toFixed(1)} s`;
  return [row, memoryRow('memory of a million opt-outs, in MB', grown, 250e6, imported)];
}

/** The embedded world with further sites, each with a client, a keyset and a key. */
function worldOf(count: number): unknown {
  const now = Date.now();
  const world = defaultWorld({ seed: 'bench', scope: 'uid2', now, v4Buckets: true }, nativePrimitives);
  const [client, site] = [world.clients[0], world.sites[0]];
  const further = Array.from({ length: count }, (_, index) => 100_000 + index);
  return {
    ...world,
    sites: [...world.sites, ...further.map((id) => ({ ...site, id, name: `site ${id}`, domain_names: [] }))],
    clients: [
      ...world.clients,
      ...further.map((id) => ({ ...client, name: `client ${id}`, site_id: id, key: `UID2-C-L-${id}-key` })),
    ],
  };
}

export async function sites(sizes: Sizes): Promise<Row[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-bench-'));
  const startOf = (count: number): Promise<Server> => {
    const file = path.join(folder, `${count}.json`);
    writeFileSync(file, JSON.stringify(worldOf(count)));
    return startServer(mockArguments('--world', file));
  };
  try {
    const [few, many] = [await startOf(SITES[0]), await startOf(Math.ceil(SITES[1] * sizes.share))];
    const grown = (await many.rss()) - (await few.rss());
    const row = await compare('v1 generate with 10,000 sites, of that with ten', 0.9, few, many, sizes);
    return [row, memoryRow('memory of 10,000 sites, in MB', grown, 150e6)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function workers(sizes: Sizes): Promise<Row[]> {
  const start = (...flags: string[]): Promise<Server> => startServer(mockArguments(...flags), false);
  const turns = {
    one: await generating(await start(), sizes),
    workers: await generating(await start('--workers', '2'), sizes),
    apart: await generatingTogether([await start(), await start()], sizes),
  };
  // each process compiles its code for itself
  const found = await medians(sizes.rounds, turns, 4 * sizes.warming);
  const row = (than: string, of: 'one' | 'apart', bound: number): Row => {
    const what = `v1 generate a CPU second, two workers of ${than}`;
    return speedRow(what, found.ratio(of, 'workers'), bound, found.workers, found[of]);
  };
  // beside the load on two cores, any two processes are slower than one
  return [row('one process', 'one', 0.7), row('two mocks side by side', 'apart', 0.85)];
}
