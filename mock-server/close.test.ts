/** close(): requests in flight are answered, and no client can keep a connection open. */

import { type Socket, connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compose } from './compose.ts';
import type { Answer, Route } from './http/route.ts';
import { type MockOperator, startMockOperator } from './index.ts';
import { listen } from './listen.ts';

const PATIENCE_MS = 10_000;
const GRACE_MS = 2000;
/** More than the buffers between two sockets hold. */
const LARGE = 'x'.repeat(16 * 1024 * 1024);

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const map = (head: string): string => `POST /v1/identity/map HTTP/1.1\r\nHost: x\r\n${head}`;

/** Waits without timers, because a test may have replaced them. */
async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('expected more, in vain');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const clients = new Set<Client>();

/** A connection that never ends its own side. */
class Client {
  text = '';
  isEnded = false;
  readonly #socket: Socket;

  constructor(url: string, sent = '') {
    const { hostname, port } = new URL(url);
    this.#socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    this.#socket.setEncoding('latin1').on('data', (text: string) => (this.text += text));
    // an end, or a reset if the server had not read everything
    this.#socket.on('end', () => (this.isEnded = true)).on('error', () => (this.isEnded = true));
    if (sent !== '') this.write(sent);
    clients.add(this);
  }

  /** status codes of the answers so far */
  get statuses(): number[] {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
  }

  write(text: string): void {
    this.#socket.write(text);
  }

  stopReading(): void {
    this.#socket.pause();
  }

  readOn(): void {
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

const route = (path: string, handle: Route['handle']): Route => ({
  method: 'GET',
  path,
  auth: 'none',
  roles: [],
  unauthorized: 'text',
  handle,
});

/** An operator with a route that answers when the test asks it to, and one with a large answer. */
/** By the timers of the test, which may be fake ones; those of an operator are the machine's. */
function delay(act: () => void, ms: number): () => void {
  const timer = setTimeout(act, ms);
  return () => {
    clearTimeout(timer);
  };
}

async function withSlowRoute() {
  const asked: ((answer: Answer) => void)[] = [];
  const slow = route('/slow', () => new Promise((resolve) => asked.push(resolve)));
  const large = route('/large', () => ({ http: 200, body: LARGE }));
  const composed = await compose(
    {},
    { http: (honest) => ({ ...honest, routes: [...honest.routes, slow, large] }), delay },
  );
  const operator = await listen(composed);
  const answerSlow = (body = 'late'): void => asked.shift()?.({ http: 200, body });
  return { operator, asked, answerSlow };
}

/** When this is answered, the server has received everything that was sent before. */
async function roundTrip({ url }: MockOperator): Promise<void> {
  const client = new Client(url, get('/ops/healthcheck'));
  await until(() => client.statuses.length === 1);
}

function destroyClients(): void {
  for (const client of clients) client.destroy();
  clients.clear();
}
afterEach(destroyClients);

/** What a client sends, and how many answers come at once. */
const connections: readonly (readonly [what: string, sent: string, answers: number])[] = [
  ['has never sent a byte', '', 0],
  ['sent half of a request line', 'GET /ops', 0],
  ['sent half of a head', 'GET /ops/healthcheck HTTP/1.1\r\nHost: x\r\n', 0],
  ['sent a malformed request line', 'BAD\r\n\r\n', 1],
  ['sent a malformed request line after a good request', `${get('/ops/healthcheck')}BAD\r\n\r\n`, 2],
  ['sent half of a body', map('Content-Length: 100\r\n\r\n{"email'), 0],
  ['sent half of a chunk', map('Transfer-Encoding: chunked\r\n\r\n50\r\n{"email'), 0],
  ['waits for 100 Continue before its body', map('Expect: 100-continue\r\nContent-Length: 100\r\n\r\n'), 1],
  ['sent the start of a body that is too long', map('Content-Length: 9999999\r\n\r\n{"email'), 1],
  ['is kept alive', get('/ops/healthcheck'), 1],
  ['is kept alive after a 404', get('/nowhere'), 1],
  ['is kept alive after a HEAD', 'HEAD /ops/healthcheck HTTP/1.1\r\nHost: x\r\n\r\n', 1],
  ['is kept alive after a refusal', map('Content-Length: 2\r\n\r\n{}'), 1],
  ['sent half of a second head', `${get('/ops/healthcheck')}GET /ops`, 1],
  ['pipelined', get('/ops/healthcheck').repeat(3), 3],
  [
    'asked for an upgrade',
    'GET /ops/healthcheck HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
    1,
  ],
];

describe('a connection', () => {
  it('of any kind is ended, though its client does nothing', async () => {
    const { operator } = await withSlowRoute();
    const open = connections.map(([what, sent, answers]) => ({
      what,
      answers,
      client: new Client(operator.url, sent),
    }));
    const unread = new Client(operator.url);
    unread.stopReading();
    unread.write(get('/large'));
    await until(() => open.every(({ client, answers }) => client.statuses.length === answers));
    await roundTrip(operator);
    const closed = operator.close().then(() => 'closed');
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, 'open'));
    expect(await Promise.race([closed, late])).toBe('closed');
    await until(() => open.every(({ client }) => client.isEnded)).catch(() => undefined);
    expect(open.filter(({ client }) => !client.isEnded).map(({ what }) => what)).toEqual([]);
  });
});

describe('a request in flight', () => {
  let operator: MockOperator;
  let asked: readonly unknown[];
  let answerSlow: (body?: string) => void;
  beforeEach(async () => {
    ({ operator, asked, answerSlow } = await withSlowRoute());
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(async () => {
    vi.useRealTimers();
    destroyClients();
    while (asked.length > 0) answerSlow();
    await operator.close();
  });

  /** Begins to close after the server received what was sent. When it resolves, the grace period has begun. */
  async function closing() {
    await roundTrip(operator);
    const state = { isClosed: false };
    void operator.close().then(() => (state.isClosed = true));
    await until(() => vi.getTimerCount() > 0);
    return state;
  }

  it('is answered however long it takes, and then its connection is ended', async () => {
    const client = new Client(operator.url, get('/slow'));
    const silent = new Client(operator.url);
    await until(() => asked.length === 1);
    const state = await closing();
    vi.advanceTimersByTime(10 * GRACE_MS);
    await until(() => silent.isEnded);
    expect([client.isEnded, state.isClosed]).toEqual([false, false]);
    answerSlow();
    await until(() => client.isEnded && state.isClosed);
    expect(client.text).toMatch(/^HTTP\/1\.1 200 OK\r\n.*connection: close\r\n.*\r\n\r\nlate$/is);
  });

  it('is answered also when requests behind it on the same connection were answered before', async () => {
    const client = new Client(
      operator.url,
      get('/slow') + get('/nowhere') + map('Content-Length: 9999999\r\n\r\n'),
    );
    await until(() => asked.length === 1);
    const state = await closing();
    vi.advanceTimersByTime(GRACE_MS);
    answerSlow();
    await until(() => client.statuses.length === 3);
    expect(client.statuses).toEqual([200, 404, 413]);
    vi.advanceTimersByTime(GRACE_MS);
    await until(() => client.isEnded && state.isClosed);
  });

  it('is answered in the order in which it came over a connection, up to the last', async () => {
    const client = new Client(operator.url, get('/slow').repeat(3));
    await until(() => asked.length === 3);
    const state = await closing();
    for (const body of ['first', 'second', 'third']) answerSlow(body);
    await until(() => client.isEnded && state.isClosed);
    expect(client.text.match(/first|second|third|connection: \S+/gi)).toEqual([
      'Connection: keep-alive',
      'first',
      'Connection: keep-alive',
      'second',
      'connection: close',
      'third',
    ]);
  });

  it('is answered before a request that does not end is cut off behind it', async () => {
    const client = new Client(operator.url, get('/slow') + map('Content-Length: 100\r\n\r\n{"email'));
    await until(() => asked.length === 1);
    const state = await closing();
    vi.advanceTimersByTime(GRACE_MS);
    answerSlow();
    await until(() => client.text.endsWith('late'));
    vi.advanceTimersByTime(GRACE_MS);
    await until(() => client.isEnded && state.isClosed);
    expect(client.statuses).toEqual([200]);
  });

  it('is answered before a malformed request line behind it is', async () => {
    const client = new Client(operator.url, `${get('/slow')}BAD\r\n\r\n`);
    await until(() => asked.length === 1);
    const state = await closing();
    vi.advanceTimersByTime(GRACE_MS);
    answerSlow();
    await until(() => client.isEnded && state.isClosed);
    expect(client.statuses).toEqual([200, 400]);
  });

  it('is answered to the end, though the client has not read the answer yet', async () => {
    const client = new Client(operator.url);
    client.stopReading();
    client.write(get('/large'));
    const state = await closing();
    client.readOn();
    await until(() => client.text.length > LARGE.length);
    await until(() => client.text.endsWith(`\r\n\r\n${LARGE}`));
    vi.advanceTimersByTime(GRACE_MS);
    await until(() => client.isEnded && state.isClosed);
  });

  it('is answered, too, if it is complete within the grace period', async () => {
    const client = new Client(operator.url, map('Content-Length: 20\r\n\r\n{"email":['));
    const state = await closing();
    vi.advanceTimersByTime(GRACE_MS - 1);
    client.write('"a@b.c"  ]}');
    await until(() => client.isEnded && state.isClosed);
    expect(client.text).toMatch(/^HTTP\/1\.1 401 .*connection: close\r\n/is);
  });
});

describe('close', () => {
  it('is the same the second time, at once and later, and by the name that `await using` calls', async () => {
    const operator = await startMockOperator();
    new Client(operator.url, get('/ops/healthcheck'));
    await Promise.all([operator.close(), operator.close(), operator[Symbol.asyncDispose]()]);
    expect(await operator.close()).toBeUndefined();
  });

  it('may come straight after the start, before anything is asked', async () => {
    await (await startMockOperator()).close();
  });

  it('refuses connections that come after it', async () => {
    const { operator, asked, answerSlow } = await withSlowRoute();
    new Client(operator.url, get('/slow'));
    await until(() => asked.length === 1);
    const closed = operator.close();
    const { hostname, port } = new URL(operator.url);
    // up to then the kernel may take them
    const refused = async (): Promise<boolean> => {
      const socket = connect(Number(port), hostname);
      const isRefused = await once(socket, 'connect').then(
        () => false,
        () => true,
      );
      socket.destroy();
      return isRefused;
    };
    for (let isRefused = false; !isRefused;) isRefused = await refused();
    answerSlow();
    await closed;
  });
});
