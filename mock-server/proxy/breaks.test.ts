/** Connections that break, through a proxy: each side's end is passed on as such. */

import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { type MockOperator, startMockOperator } from '../index.ts';
import { get, post } from '../testing/caller.ts';
import { rawAnswer } from '../testing/raw-answers.ts';
import { proxyTo } from '../testing/proxy.ts';

let mock: MockOperator;
let proxy: Awaited<ReturnType<typeof proxyTo>>;
beforeAll(async () => {
  mock = await startMockOperator();
  proxy = await proxyTo(mock);
});
afterEach(() => mock.faults.clear());
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await mock.close();
});

const PATH = '/v1/token/generate';
const REQUEST = `GET ${PATH} HTTP/1.1\r\nHost: x\r\n\r\n`;

/** The code with which a connection fails, and what came before. */
async function failureOf(url: string, bytes = REQUEST): Promise<{ code: string; text: string }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const received: Buffer[] = [];
  let code = '';
  socket.on('data', (part) => received.push(part));
  socket.on('error', (error: NodeJS.ErrnoException) => (code = error.code ?? ''));
  socket.write(bytes);
  await new Promise((resolve) => socket.once('close', resolve));
  return { code, text: Buffer.concat(received).toString() };
}

/** A target of which a test decides what it does with a connection. */
async function ownTarget(act: (socket: Socket) => void) {
  const server = createServer(act);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const own = await proxyTo(mock, { target: new URL(`http://127.0.0.1:${port}`) });
  return {
    own,
    close: async (): Promise<void> => {
      await own[Symbol.asyncDispose]();
      server.close();
    },
  };
}

it('a reset before the answer', async () => {
  await mock.faults.add({ preset: 'reset' });
  expect(await failureOf(mock.url)).toEqual({ code: 'ECONNRESET', text: '' });
  expect(await failureOf(proxy.url)).toEqual({ code: 'ECONNRESET', text: '' });
  expect(await proxy.last()).toMatchObject({ path: PATH, status: null, reason: 'target_reset' });
  expect(proxy.log.at(-1)).toMatch(/^GET \/v1\/token\/generate cut off: the target reset the connection/);
});

it('a reset in the middle of the answer', async () => {
  await mock.faults.add({ preset: 'reset-midway' });
  const direct = await failureOf(mock.url);
  expect(direct.text).toMatch(/^HTTP\/1\.1 401 .*\r\n\r\n\{"status/s);
  const proxied = await failureOf(proxy.url);
  const withoutDate = (text: string): string => text.replace(/^date: .*\r\n/im, '');
  expect({ ...proxied, text: withoutDate(proxied.text) }).toEqual({
    ...direct,
    text: withoutDate(direct.text),
  });
  expect(await rawAnswer(proxy.url, PATH)).toMatchObject({ status: 401, isBroken: true });
  expect(await proxy.last()).toMatchObject({
    reason: expect.stringMatching(/^target_(?:reset|closed)$/) as string,
    status: null,
  });
});

it('a reset of the connection behind the first bytes', async () => {
  const half = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf';
  const { own, close } = await ownTarget((socket) => {
    socket.once('data', () => {
      socket.write(half);
      setTimeout(() => socket.resetAndDestroy(), 30);
    });
  });
  expect(await failureOf(own.url)).toEqual({ code: 'ECONNRESET', text: half });
  expect(await own.last()).toMatchObject({ reason: 'target_reset', status: null });
  await close();
});

it('an end in the middle of the answer', async () => {
  const cut = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf';
  const { own, close } = await ownTarget((socket) => socket.end(cut));
  expect(await failureOf(own.url)).toEqual({ code: '', text: cut });
  expect(await own.last()).toMatchObject({ reason: 'target_closed', status: null });
  await close();
});

it('a target that hangs, until the client goes away', async () => {
  await mock.faults.add({ hang: true });
  const signal = AbortSignal.timeout(300);
  const started = Date.now();
  expect(await rawAnswer(proxy.url, PATH, { signal })).toMatchObject({ isBroken: true });
  expect(Date.now() - started).toBeGreaterThan(250);
  await vi.waitFor(async () => {
    expect(await proxy.last()).toMatchObject({ reason: 'client_gone', status: null });
  });
  // the mock has seen its client go
  const hanging = await mock.journal.wait({ path: PATH }, { count: 1 });
  expect(hanging.at(-1)?.status).toBeNull();
});

it('a client that resets its connection resets that to the target', async () => {
  const codes: (string | undefined)[] = [];
  const { own, close } = await ownTarget((socket) => {
    socket.resume();
    socket.on('error', (error: NodeJS.ErrnoException) => codes.push(error.code));
  });
  const client = connect(Number(new URL(own.url).port), '127.0.0.1');
  client.write(REQUEST);
  await sleep(50);
  client.resetAndDestroy();
  await vi.waitFor(() => {
    expect(codes).toEqual(['ECONNRESET']);
  });
  await close();
});

it('a slow target', async () => {
  await mock.faults.add({ latency: 400 });
  const started = Date.now();
  expect(await rawAnswer(proxy.url, PATH)).toMatchObject({ status: 401, isBroken: false });
  expect(Date.now() - started).toBeGreaterThanOrEqual(395);
  const { duration_ms } = await proxy.last();
  expect(duration_ms).toBeGreaterThanOrEqual(395);
});

it('an answer that comes in pieces is passed on piece by piece', async () => {
  const pieces = ['HTTP/1.1 200 OK\r\nContent-Le', 'ngth: 6\r\n\r\nabc', 'def'];
  const { own, close } = await ownTarget((socket) => {
    socket.once('data', () => {
      for (const [at, piece] of pieces.entries()) setTimeout(() => socket.write(piece), 80 * at);
    });
    socket.on('error', () => undefined);
  });
  const client = connect(Number(new URL(own.url).port), '127.0.0.1');
  client.write(REQUEST);
  const times: number[] = [];
  let text = '';
  client.on('data', (part) => {
    times.push(Date.now());
    text += part.toString();
  });
  await vi.waitFor(() => {
    expect(text).toBe(pieces.join(''));
  });
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(100);
  client.destroy();
  await close();
});

it('a target that vanishes and comes back', async () => {
  const first = await startMockOperator();
  const port = Number(new URL(first.url).port);
  const own = await proxyTo(first);
  expect((await get(own.operator, PATH)).status).toBe(401);
  await first.close();
  expect(await failureOf(own.url)).toEqual({ code: 'ECONNRESET', text: '' });
  expect(await own.last()).toMatchObject({ reason: 'target_unreachable', status: null });
  expect(own.log.at(-1)).toMatch(/the target cannot be reached \(ECONNREFUSED\).*; check the host and port/);
  const second = await startMockOperator({ port });
  expect((await post(own.operator, '/v2/token/generate', { email: 'reader@example.com' })).status).toBe(200);
  expect(await own.last()).toMatchObject({ status: 200, reason: 'served' });
  await own[Symbol.asyncDispose]();
  await second.close();
});

it('a host that does not exist', async () => {
  const own = await proxyTo(mock, { target: new URL('http://operator.invalid') });
  expect(await failureOf(own.url)).toEqual({ code: 'ECONNRESET', text: '' });
  expect(await own.last()).toMatchObject({ reason: 'target_unreachable' });
  await own[Symbol.asyncDispose]();
});

it('control calls between requests on one connection are answered in their order', async () => {
  const answers: string[] = [];
  const client = connect(Number(new URL(proxy.url).port), '127.0.0.1');
  client.on('data', (part) => answers.push(part.toString()));
  client.write(`${REQUEST}${REQUEST}GET /__admin/health HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await once(client, 'close');
  const text = answers.join('');
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 401', 'HTTP/1.1 200']);
  expect(text).toMatch(/"up":true.*\}$/);
});

it('closes with open connections', async () => {
  const own = await proxyTo(mock);
  const client = connect(Number(new URL(own.url).port), '127.0.0.1');
  client.on('error', () => undefined);
  await once(client, 'connect');
  const gone = new Promise((resolve) => client.once('close', resolve));
  await own[Symbol.asyncDispose]();
  await gone;
});
