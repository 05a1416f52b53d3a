/**
 * Measures every route: CPU time of the server for a request against a bare Fastify route with bodies of the same
 * lengths, and p50 and p99 of the time to an answer. With `--peer URL` the same requests go to another operator, in turns.
 */

import { Load } from './load.ts';
import { type Server, bareArguments, mockArguments, startServer } from './processes.ts';
import { type Row, milliseconds, percent } from './report.ts';
import { type Make, type RouteName, requestsOf } from './requests.ts';
import type { Peer, Sizes } from './settings.ts';
import { median, quantile, ratioOf } from './rounds.ts';

const CONNECTIONS = 32;

/** Share of the throughput of a bare route that a route must keep, and how many requests a slice has. */
const routes: Readonly<Record<RouteName, { readonly bound: number; readonly requests: number }>> = {
  'v1 generate': { bound: 0.48, requests: 600 },
  'v2 generate': { bound: 0.32, requests: 600 },
  'v1 refresh': { bound: 0.3, requests: 600 },
  'v2 refresh': { bound: 0.2, requests: 600 },
  'v1 validate': { bound: 0.4, requests: 600 },
  'v2 validate': { bound: 0.25, requests: 600 },
  'v2 map of 1': { bound: 0.35, requests: 600 },
  'v3 map of 1': { bound: 0.35, requests: 600 },
  'v2 map of 100': { bound: 0.1, requests: 100 },
  'v3 map of 100': { bound: 0.1, requests: 100 },
  'v2 map of 5000': { bound: 0.06, requests: 4 },
  'v3 map of 5000': { bound: 0.04, requests: 4 },
  'key/sharing': { bound: 0.3, requests: 300 },
  'client-generate': { bound: 0.09, requests: 200 },
};

/** An operator or a bare server, and what was measured of it. */
interface Contender {
  readonly load: Load;
  readonly make: Make;
  /** CPU time so far in us; undefined for a server that runs elsewhere */
  readonly cpu: (() => Promise<number>) | undefined;
  /** us a request, a slice each */
  readonly cpuUs: number[];
  /** requests a second, a slice each */
  readonly perSecond: number[];
  /** ms of all requests */
  readonly times: number[];
}

const contender = (load: Load, make: Make, cpu?: () => Promise<number>): Contender => ({
  load,
  make,
  cpu,
  cpuUs: [],
  perSecond: [],
  times: [],
});

let person = 0;

async function slice({ load, make, cpu, ...measured }: Contender, requests: number): Promise<void> {
  const all = Array.from({ length: requests }, () => make((person += 1)));
  const [before, since] = [await cpu?.(), performance.now()];
  const times = await load.run(all);
  const seconds = (performance.now() - since) / 1000;
  const after = await cpu?.();
  if (before !== undefined && after !== undefined) measured.cpuUs.push((after - before) / requests);
  measured.perSecond.push(requests / seconds);
  measured.times.push(...times);
}

/** Lets contenders take turns. The first slices, in which servers are compiled, do not count. */
async function takeTurns(contenders: readonly Contender[], requests: number, sizes: Sizes): Promise<void> {
  for (let round = 0; round < sizes.rounds + sizes.warming; round++) {
    for (const one of contenders) {
      await slice(one, requests);
      if (round >= sizes.warming) continue;
      one.cpuUs.length = one.perSecond.length = one.times.length = 0;
    }
  }
}

const latency = ({ times }: Contender): string =>
  `p50 ${milliseconds(quantile(times, 0.5))}, p99 ${milliseconds(quantile(times, 0.99))}`;

const rowOf = (name: RouteName, mock: Contender, bare: Contender): Row => ({
  what: `${name}, of a bare Fastify route`,
  measured: ratioOf(bare.cpuUs, mock.cpuUs),
  bound: routes[name].bound,
  good: 'at least',
  print: percent,
  detail: `${median(mock.cpuUs).toFixed(0)} us against ${median(bare.cpuUs).toFixed(0)} us; ${latency(mock)}`,
});

const peerRow = (name: RouteName, mock: Contender, peer: Contender): Row => ({
  what: `${name}, requests a second, of the peer`,
  measured: ratioOf(mock.perSecond, peer.perSecond),
  bound: undefined,
  good: 'at least',
  print: percent,
  detail: `${median(peer.perSecond).toFixed(0)}/s; ${latency(peer)}; here ${latency(mock)}`,
});

/** A bare server whose answer is as long as that of the mock, and a request to it as long as that to the mock. */
async function startBare(make: Make, answerLength: number): Promise<{ server: Server; make: Make }> {
  const server = await startServer(bareArguments(answerLength, answerLength));
  return {
    server,
    make: (one) =>
      Buffer.from(
        make(one)
          .toString('latin1')
          .replace(/^(GET|POST) [^ ?]*/, '$1 /constant'),
        'latin1',
      ),
  };
}

const connectionsFor = (requests: number): number => Math.min(CONNECTIONS, requests);

/** Measures the routes whose names hold a text. */
export async function throughput(sizes: Sizes, peer: Peer | undefined, filter = ''): Promise<Row[]> {
  const mock = await startServer(mockArguments());
  const asked = await requestsOf(mock, await Load.open(mock.url, 1));
  const peerAsked = peer && (await requestsOf(peer, await Load.open(peer.url, 1)));
  const rows: Row[] = [];
  for (const name of Object.keys(routes) as RouteName[]) {
    const make = asked[name];
    if (make === undefined || !name.includes(filter)) continue;
    const requests = Math.max(1, Math.round(routes[name].requests * sizes.share));
    const load = await Load.open(mock.url, connectionsFor(requests));
    const bare = await startBare(make, (await load.ask(make(0))).length);
    const ours = contender(load, make, () => mock.cpuUs());
    const others = [
      contender(await Load.open(bare.server.url, connectionsFor(requests)), bare.make, () =>
        bare.server.cpuUs(),
      ),
    ];
    const peerMake = peerAsked?.[name];
    if (peer !== undefined && peerMake !== undefined)
      others.push(contender(await Load.open(peer.url, connectionsFor(requests)), peerMake));
    await takeTurns([ours, ...others], requests, sizes);
    const [bareOnes, peers] = others;
    if (bareOnes !== undefined) rows.push(rowOf(name, ours, bareOnes));
    if (peers !== undefined) rows.push(peerRow(name, ours, peers));
    for (const { load: open } of [ours, ...others]) open.close();
    await bare.server.stop();
  }
  return rows;
}
