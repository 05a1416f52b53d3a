/** Measures identity map v3 with 5,000 emails against the hashes that it needs, and the waits of other clients. */

import { hash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openResponse, sealRequest } from '../contract-tests/wire/index.ts';
import { nativePrimitives } from '../mock-server/native/primitives.ts';
import { defaultWorld } from '../mock-server/operator/world/embedded.ts';
import { type Server, mockArguments, otherClientScript, startProcess, startServer } from './processes.ts';
import { type Row, times, unit } from './report.ts';
import { alternate, median } from './rounds.ts';

const EMAILS = 5000;
const ROUNDS = 41;
const PASSES = 4;
const REQUESTS = 2000;
const REQUESTS_PER_SAMPLE = 100;
const PERIODS = 5;
const REQUESTS_PER_PERIOD = 5;
const MIB = 1024 * 1024;

const emails = Array.from(
  { length: EMAILS },
  (_, i) => `some.user.${i}.${randomBytes(4).toString('hex')}@example.com`,
);
const payload = Buffer.from(JSON.stringify({ email: emails }));
const hashLength = 44;
const saltLength = 44;
const salted = 'x'.repeat(hashLength + saltLength);

/**
 * The time of the three hashes of every email, in ms. The mean of several passes, which together take as long as a map.
 */
function measureHashes(): number {
  const start = performance.now();
  for (let pass = 0; pass < PASSES; pass++) {
    for (const email of emails) {
      hash('sha256', email, 'base64');
      hash('sha256', salted, 'base64');
      hash('sha256', salted, 'base64');
    }
  }
  return (performance.now() - start) / PASSES;
}

const agent = new http.Agent({ keepAlive: true });

async function post(url: string, headers: http.OutgoingHttpHeaders, body: Buffer): Promise<Buffer> {
  const request = http.request(url, { method: 'POST', headers, agent });
  request.end(body);
  const [answer] = await once(request, 'response');
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part);
  return Buffer.concat(parts);
}

/** One request and its whole answer, opened, with the time it took in ms. */
async function measureRequest({ url, credential }: Server, path: string, plain: Buffer) {
  const secret = Buffer.from(credential.secret, 'base64');
  const body = sealRequest(secret, plain, { timestampMs: Date.now() });
  const headers = {
    authorization: `Bearer ${credential.key}`,
    'content-type': 'application/octet-stream',
  };
  const start = performance.now();
  const sealed = await post(url + path, headers, body);
  const ms = performance.now() - start;
  return { ms, body: JSON.parse(openResponse(secret, sealed).payload.toString()).body };
}

async function measureMap(server: Server): Promise<number> {
  const { ms, body } = await measureRequest(server, '/v3/identity/map', payload);
  if (body.email.length !== EMAILS) throw new Error('identity map: expected an item for every email');
  return ms;
}

/** As many elements as fit into a body of 1 MiB with its envelope. */
function listAtTheLimit(element: (index: number) => unknown): Buffer {
  const list: unknown[] = [];
  for (let size = 200; size < MIB; size += JSON.stringify(list.at(-1)).length + 1)
    list.push(element(list.length));
  return Buffer.from(JSON.stringify({ email: list.slice(0, -1) }));
}

const listsAtTheLimit = {
  emails: listAtTheLimit((i) => `some.user.${i}.${randomBytes(4).toString('hex')}@example.com`),
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

async function againstHashes(what: string, bound: number, server: Server): Promise<Row> {
  const ms = await alternate(ROUNDS, {
    hashes: async () => measureHashes(),
    map: () => measureMap(server),
  });
  return {
    what: `v3 map of ${EMAILS} emails, ${what}, of their hashes`,
    measured: ms.map / ms.hashes,
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

/** The waits of another client while maps of the longest allowed body are answered. */
async function behindTheLimit(
  server: Server,
  version: 'v2' | 'v3',
  elements: keyof typeof listsAtTheLimit,
): Promise<Row> {
  const plain = listsAtTheLimit[elements];
  const waits: number[] = [];
  for (let period = 0; period < PERIODS; period++) {
    waits.push(
      await longestWait(server, async () => {
        for (let i = 0; i < REQUESTS_PER_PERIOD; i++) {
          await measureRequest(server, `/${version}/identity/map`, plain);
        }
      }),
    );
  }
  return {
    what: `longest wait of another client behind a ${version} map of 1 MiB of ${elements}`,
    measured: Math.max(...waits),
    bound: 50,
    good: 'at most',
    print: unit('ms'),
    detail: `median of ${PERIODS} periods ${median(waits).toFixed(0)} ms`,
  };
}

/** Many requests in a row: memory, and the waits of another client. */
async function manyRequests(server: Server): Promise<Row[]> {
  const memory: number[] = [];
  const waits: number[] = [];
  for (let done = 0; done < REQUESTS; done += REQUESTS_PER_SAMPLE) {
    waits.push(
      await longestWait(server, async () => {
        for (let i = 0; i < REQUESTS_PER_SAMPLE; i++) await measureMap(server);
      }),
    );
    memory.push((await server.usage()).rss / MIB);
  }
  const third = Math.floor(memory.length / 3);
  const early = median(memory.slice(third, 2 * third));
  const late = median(memory.slice(-third));
  return [
    {
      what: `memory after ${REQUESTS} such requests, of that half-way`,
      measured: late / early,
      bound: 1.15,
      good: 'at most',
      print: times,
      detail: `${late.toFixed(0)} MiB against ${early.toFixed(0)} MiB`,
    },
    {
      what: 'longest wait of another client meanwhile',
      measured: Math.max(...waits),
      bound: 100,
      good: 'at most',
      print: unit('ms'),
      detail: `median of ${waits.length} periods ${median(waits).toFixed(0)} ms`,
    },
  ];
}

export async function map(): Promise<Row[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-bench-'));
  const world = path.join(folder, 'world.json');
  writeFileSync(world, JSON.stringify(textSaltWorld()));
  const plain = await startServer(mockArguments('--world', world));
  const embedded = await startServer(mockArguments());
  try {
    return [
      await againstHashes('text salts', 4, plain),
      await againstHashes('embedded world', 9, embedded),
      await behindTheLimit(embedded, 'v2', 'emails'),
      await behindTheLimit(embedded, 'v3', 'emails'),
      await behindTheLimit(embedded, 'v2', 'short emails'),
      await behindTheLimit(embedded, 'v2', 'digits'),
      await behindTheLimit(embedded, 'v3', 'digits'),
      ...(await manyRequests(embedded)),
    ];
  } finally {
    await Promise.all([plain.stop(), embedded.stop()]);
    rmSync(folder, { recursive: true });
  }
}
