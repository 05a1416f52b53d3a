/** Measures token generation against bare Fastify routes with requests and answers of the same size. */

import autocannon from 'autocannon';
import { sealRequest } from '../contract-tests/wire/index.ts';
import { type Server, bareArguments, mockArguments, startServer } from './processes.ts';
import { type Row, percent } from './report.ts';
import { alternate } from './rounds.ts';

const ROUNDS = 7;
const SECONDS = 2;
const CONNECTIONS = 32;
// enough requests in flight that the server is the bottleneck, not the load
const PIPELINING = 4;

interface Request {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly body?: string;
}

/** Keeps this process busy. If it slept between answers, waking it would count as time of a slow server. */
function stayAwake(): () => void {
  let awake = true;
  const turn = (): void => {
    if (awake) setImmediate(turn);
  };
  turn();
  return () => {
    awake = false;
  };
}

/**
 * Requests that a server answers in a second of its CPU time: the rate of one process on a core of its own. Other load
 * on the machine does not change it.
 */
export async function perCpuSecond(
  server: Server,
  { path, ...request }: Request,
  key: string,
): Promise<number> {
  const sleep = stayAwake();
  const before = await server.usage();
  const result = await autocannon({
    url: server.url + path,
    ...request,
    headers: { authorization: `Bearer ${key}` },
    connections: CONNECTIONS,
    pipelining: PIPELINING,
    duration: SECONDS,
  });
  const after = await server.usage();
  sleep();
  if (result.errors > 0 || result.non2xx > 0 || result.requests.total === 0) {
    throw new Error(`${path}: expected 200s only, got ${result.errors} errors, ${result.non2xx} others`);
  }
  return (result.requests.total / (after.cpuUs - before.cpuUs)) * 1_000_000;
}

async function bytesOf(server: Server, { path, ...request }: Request): Promise<number> {
  const headers = { authorization: `Bearer ${server.credential.key}` };
  const answer = await fetch(server.url + path, { ...request, headers });
  if (!answer.ok) throw new Error(`${path}: expected 200, got ${answer.status}`);
  return (await answer.arrayBuffer()).byteLength;
}

async function compare(what: string, bound: number, mock: Server, bare: Server, request: () => Request) {
  const { key } = mock.credential;
  const bareRequest = (): Request => {
    const { path, ...rest } = request();
    return { path: path.replace(/^[^?]*/, '/constant'), ...rest };
  };
  const rates = await alternate(ROUNDS, {
    bare: () => perCpuSecond(bare, bareRequest(), key),
    mock: () => perCpuSecond(mock, request(), key),
  });
  const perSecond = (rate: number): string => `${Math.round(rate)}/s`;
  const row: Row = {
    what,
    measured: rates.mock / rates.bare,
    bound,
    good: 'at least',
    print: percent,
    detail: `${perSecond(rates.mock)} against ${perSecond(rates.bare)}`,
  };
  return row;
}

export async function throughput(): Promise<Row[]> {
  const mock = await startServer(mockArguments());
  const v1 = (): Request => ({ path: '/v1/token/generate?email=user%40example.com', method: 'GET' });
  const v2 = (): Request => {
    const payload = Buffer.from(JSON.stringify({ email: 'user@example.com', optout_check: 1 }));
    const secret = Buffer.from(mock.credential.secret, 'base64');
    const body = sealRequest(secret, payload, { timestampMs: Date.now() }).toString('base64');
    return { path: '/v2/token/generate', method: 'POST', body };
  };
  const bare = await startServer(bareArguments(await bytesOf(mock, v1()), await bytesOf(mock, v2())));
  const rows = [
    await compare('GET /v1/token/generate, of a bare Fastify route', 0.22, mock, bare, v1),
    await compare('POST /v2/token/generate, of a bare Fastify route', 0.18, mock, bare, v2),
  ];
  await Promise.all([mock.stop(), bare.stop()]);
  return rows;
}
