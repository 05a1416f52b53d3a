/**
 * Measures identity map v3 with 5,000 emails against the hashes that it needs, both in CPU time, and the waits of other
 * clients.
 */

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sealRequest } from '../contract-tests/wire/index.ts';
import { nativePrimitives } from '../mock-server/native/primitives.ts';
import { defaultWorld } from '../mock-server/operator/world/embedded.ts';
import { Load, requestBytes } from './load.ts';
import {
  type Server,
  hashesScript,
  mockArguments,
  otherClientScript,
  startProcess,
  startServer,
} from './processes.ts';
import { type Row, times, unit } from './report.ts';
import { median, medians } from './rounds.ts';
import type { Sizes } from './settings.ts';

const EMAILS = 5000;
const REQUESTS = 2000;
const PERIODS = 20;
const REQUESTS_PER_PERIOD = 5;
const MIB = 1024 * 1024;

const someEmail = (i: number): string => `some.user.${i}.${randomBytes(4).toString('hex')}@example.com`;

/** The longest list, as elements of JSON, that fits into a body of 1 MiB with its envelope. */
function listAtTheLimit(element: (index: number) => unknown): unknown[] {
  const list: unknown[] = [];
  for (let size = 200; size < MIB; size += JSON.stringify(list.at(-1)).length + 1)
    list.push(element(list.length));
  return list.slice(0, -1);
}

const listsAtTheLimit = {
  emails: listAtTheLimit(someEmail),
  'short emails': listAtTheLimit(() => 'a@b.c'),
  // the most elements, and with the longest answer for their length
  digits: listAtTheLimit(() => 1),
};

/** The embedded world with text salts only, without previous salts. */
function textSaltWorld(): unknown {
  const now = Date.now();
  const world = defaultWorld({ seed: 'bench', scope: 'uid2', now, v4Buckets: false }, nativePrimitives);
  const buckets = world.salts.buckets.map((bucket) => ({
    ...bucket,
    previous_salt: null,
    previous_key: null,
  }));
  return { ...world, salts: { ...world.salts, buckets } };
}

function request({ key, secret }: Server, version: 'v2' | 'v3', list: readonly unknown[]): Buffer {
  const plain = Buffer.from(JSON.stringify({ email: list }));
  const body = sealRequest(Buffer.from(secret, 'base64'), plain, { timestampMs: Date.now() });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/octet-stream' };
  return requestBytes('POST', `/${version}/identity/map`, headers, body);
}

const emails = (): string[] => Array.from({ length: EMAILS }, (_, i) => someEmail(i));

/** CPU time of a map against that of three hashes of every email, which run in a process on the same core. */
async function againstHashes(what: string, bound: number, server: Server, sizes: Sizes): Promise<Row> {
  const load = await Load.open(server.url, 1);
  const hashing = startProcess([hashesScript, String(EMAILS)], true, true);
  await once(hashing, 'message');
  const ms = await medians(
    sizes.rounds,
    {
      hashes: async () => {
        const answer = once(hashing, 'message');
        hashing.send('hash');
        const [{ cpuUs }] = await answer;
        return cpuUs / 1000;
      },
      map: async () => {
        const asked = request(server, 'v3', emails());
        const before = await server.cpuUs();
        await load.ask(asked);
        return ((await server.cpuUs()) - before) / 1000;
      },
    },
    sizes.warming,
  );
  hashing.disconnect();
  load.close();
  return {
    what: `v3 map of ${EMAILS} emails, ${what}, of their hashes`,
    measured: ms.ratio('map', 'hashes'),
    bound,
    good: 'at most',
    print: times,
    detail: `${ms.map.toFixed(1)} ms against ${ms.hashes.toFixed(1)} ms`,
  };
}

/** The longest wait, in ms, of another client in a process of its own while something runs. */
async function longestWait(server: Server, run: () => Promise<unknown>): Promise<number> {
  const other = startProcess([otherClientScript, `${server.url}/ops/healthcheck`], true);
  await once(other, 'message');
  await run();
  const report = once(other, 'message');
  other.send('stop');
  const [{ longestMs }] = await report;
  return longestMs;
}

async function waits(
  what: string,
  bound: number,
  periods: number,
  server: Server,
  run: () => Promise<unknown>,
): Promise<Row> {
  const longest: number[] = [];
  for (let period = 0; period < periods; period++) longest.push(await longestWait(server, run));
  return {
    what: `longest wait of another client behind ${what}`,
    measured: Math.max(...longest),
    bound,
    good: 'at most',
    print: unit('ms'),
    detail: `median of ${periods} periods ${median(longest).toFixed(0)} ms`,
  };
}

/** Many requests in a row: memory, and the waits of another client. */
async function manyRequests(server: Server, { share }: Sizes): Promise<Row[]> {
  const load = await Load.open(server.url, 1);
  const memory: number[] = [];
  const periods = Math.ceil(PERIODS * share);
  const row = await waits(`${REQUESTS} maps of ${EMAILS}`, 100, periods, server, async () => {
    for (let done = 0; done < (REQUESTS / PERIODS) * share; done++) {
      await load.ask(request(server, 'v3', emails()));
    }
    memory.push((await server.rss()) / 1e6);
  });
  load.close();
  const third = Math.floor(memory.length / 3);
  const early = median(memory.slice(third, 2 * third + 1));
  const late = median(memory.slice(-third));
  const grown: Row = {
    what: `memory after ${REQUESTS} such requests, of that half-way`,
    measured: late / early,
    bound: 1.15,
    good: 'at most',
    print: times,
    detail: `${late.toFixed(0)} MB against ${early.toFixed(0)} MB`,
  };
  return [grown, row];
}

async function behindTheLimit(server: Server, { share }: Sizes): Promise<Row[]> {
  const load = await Load.open(server.url, 1);
  const rows: Row[] = [];
  for (const version of ['v2', 'v3'] as const) {
    for (const [name, list] of Object.entries(listsAtTheLimit)) {
      const run = async (): Promise<void> => {
        for (let i = 0; i < REQUESTS_PER_PERIOD * share; i++) await load.ask(request(server, version, list));
      };
      rows.push(await waits(`a ${version} map of 1 MiB of ${name}`, 50, Math.ceil(5 * share), server, run));
    }
  }
  load.close();
  return rows;
}

export async function map(sizes: Sizes): Promise<Row[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-bench-'));
  const world = path.join(folder, 'world.json');
  writeFileSync(world, JSON.stringify(textSaltWorld()));
  try {
    const plain = await startServer(mockArguments('--world', world));
    const embedded = await startServer(mockArguments());
    return [
      await againstHashes('text salts', 2.4, plain, sizes),
      await againstHashes('embedded world', 3.7, embedded, sizes),
      ...(await behindTheLimit(embedded, sizes)),
      ...(await manyRequests(embedded, sizes)),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
