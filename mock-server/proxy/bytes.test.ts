/** The bytes of both directions, through a proxy and without one. */

import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealRequest } from '../../contract-tests/wire/index.ts';
import { type MockOperator, startMockOperator } from '../index.ts';
import { companyOf } from '../testing/caller.ts';
import { proxyTo } from '../testing/proxy.ts';
import { serveProxy } from './serve-proxy.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const PATIENCE_MS = 4000;

/** Sends parts of a request, one after the other, and gives the bytes that come until the server ends. */
async function rawExchange(url: string, parts: readonly (string | Uint8Array)[], ends: boolean) {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  const received: Buffer[] = [];
  let failure = '';
  socket.on('data', (bytes) => received.push(bytes));
  socket.on('error', (error: NodeJS.ErrnoException) => (failure = error.code ?? ''));
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  const end = new Promise((resolve) => socket.once('close', resolve));
  socket.on('end', () => socket.end());
  for (const part of parts) {
    if (socket.destroyed) break;
    socket.write(part);
    if (parts.length > 1) await sleep(1);
  }
  if (ends) socket.end();
  await end;
  return {
    text: Buffer.concat(received)
      .toString('latin1')
      .replace(/^Date: .*\r\n/gim, ''),
    failure,
  };
}

describe('what a mock answers', () => {
  let direct: MockOperator;
  let behind: MockOperator;
  let proxy: Awaited<ReturnType<typeof proxyTo>>;
  beforeAll(async () => {
    const options = { profile: 'local', now: NOW, deterministic: 'bytes' } as const;
    direct = await startMockOperator(options);
    behind = await startMockOperator(options);
    proxy = await proxyTo(behind);
  });
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    await direct.close();
    await behind.close();
  });

  const key = (): string => companyOf(direct).key;
  const request = (line: string, headers: readonly string[] = [], body = ''): string =>
    [line, 'Host: x', `Authorization: Bearer ${key()}`, ...headers, '', body].join('\r\n');
  const last = 'Connection: close';
  const sealed = (payload: unknown): string =>
    sealRequest(Buffer.from(companyOf(direct).secret, 'base64'), Buffer.from(JSON.stringify(payload)), {
      timestampMs: NOW,
      nonce: Buffer.alloc(8, 7),
    }).toString('base64');
  const post = (path: string, body: string, headers: readonly string[] = [last]): string =>
    request(`POST ${path} HTTP/1.1`, [...headers, `Content-Length: ${body.length}`], body);
  const generate = '/v1/token/generate?email=reader%40example.com';
  const emails = (count: number): string =>
    sealed({ email: Array.from({ length: count }, (_, at) => `reader${at}@example.com`) });
  const inChunks = (body: string, size: number): string =>
    [...body.matchAll(new RegExp(`.{1,${size}}`, 'gs'))]
      .map(([part]) => `${part.length.toString(16)}\r\n${part}\r\n`)
      .join('');

  type Row = [name: string, bytes: () => string, ends?: boolean];
  const requests: Row[] = [
    ['v0', () => request('GET /token/generate?email=reader%40example.com HTTP/1.1', [last])],
    ['v1', () => request(`GET ${generate} HTTP/1.1`, [last])],
    ['v1 map', () => post('/v1/identity/map', JSON.stringify({ email: ['reader@example.com'] }))],
    ['v2 generate', () => post('/v2/token/generate', sealed({ email: 'reader@example.com' }))],
    ['v2 map', () => post('/v2/identity/map', emails(3))],
    ['v3 map', () => post('/v3/identity/map', sealed({ email: ['reader@example.com'] }))],
    ['v2 buckets', () => post('/v2/identity/buckets', sealed({ since_timestamp: '2026-01-01T00:00:00' }))],
    ['v2 keys', () => post('/v2/key/sharing', sealed({}))],
    ['v2 bidstream', () => post('/v2/key/bidstream', sealed({}))],
    ['v2 refresh of no token', () => post('/v2/token/refresh', 'nonsense')],
    ['client-generate of no JSON', () => post('/v2/token/client-generate', '{')],
    ['a refusal', () => post('/v2/token/generate', 'bm9uc2Vuc2U=')],
    ['no key', () => `GET ${generate} HTTP/1.1\r\nHost: x\r\n${last}\r\n\r\n`],
    ['an unknown path', () => request('GET /nope HTTP/1.1', [last])],
    ['a wrong method', () => request('PUT /v2/token/generate HTTP/1.1', [last])],
    ['HEAD', () => request('HEAD /ops/healthcheck HTTP/1.1', [last])],
    ['HEAD before GET', () => request('HEAD /nope HTTP/1.1') + request('GET /nope HTTP/1.1', [last])],
    [
      'a preflight',
      () =>
        request('OPTIONS /v2/token/client-generate HTTP/1.1', [
          'Origin: https://example.com',
          'Access-Control-Request-Method: POST',
          last,
        ]),
    ],
    ['an origin', () => request(`GET ${generate} HTTP/1.1`, ['Origin: https://example.com', last])],
    ['HTTP/1.0', () => request('GET /ops/healthcheck HTTP/1.0')],
    ['HTTP/1.0 without a host', () => 'GET /ops/healthcheck HTTP/1.0\r\n\r\n'],
    ['no host', () => `GET /ops/healthcheck HTTP/1.1\r\n${last}\r\n\r\n`],
    ['an invalid host', () => `GET /ops/healthcheck HTTP/1.1\r\nHost: a b\r\n${last}\r\n\r\n`],
    ['two hosts', () => `GET /ops/healthcheck HTTP/1.1\r\nHost: a\r\nHost: b\r\n${last}\r\n\r\n`],
    ['an empty line before', () => `\r\n${request('GET /ops/healthcheck HTTP/1.1', [last])}`],
    ['an absolute target', () => request('GET http://x/ops/healthcheck HTTP/1.1', [last])],
    ['an asterisk', () => request('OPTIONS * HTTP/1.1', [last])],
    ['keep-alive', () => request('GET /nope HTTP/1.1').repeat(3) + request('GET /nope HTTP/1.1', [last])],
    [
      'a pipeline of many kinds',
      () =>
        [
          post('/v2/token/generate', sealed({ email: 'reader@example.com' }), []),
          request(`GET ${generate} HTTP/1.1`),
          request('HEAD /ops/healthcheck HTTP/1.1'),
          post('/v2/identity/map', emails(20), []),
          request('GET /ops/healthcheck HTTP/1.1', [last]),
        ].join(''),
    ],
    ['a long body', () => post('/v2/identity/map', emails(5000))],
    ['a body that is too long', () => post('/v2/identity/map', 'A'.repeat(1_500_000))],
    [
      'chunks with extensions and a trailer',
      () =>
        request('POST /v2/identity/map HTTP/1.1', ['Transfer-Encoding: chunked', last]) +
        `${inChunks(emails(50), 700).replace('\r\n', ';name=value\r\n')}0\r\nX-Trailer: 1\r\n\r\n`,
    ],
    [
      'chunks, then another request',
      () =>
        `${request('POST /v2/identity/map HTTP/1.1', ['transfer-encoding: Chunked']) + inChunks(emails(9), 100)}0\r\n\r\n${request('GET /nope HTTP/1.1', [last])}`,
    ],
    ['an expectation', () => post('/v2/identity/map', emails(1), ['Expect: 100-continue', last])],
    ['another expectation', () => post('/v2/identity/map', emails(1), ['Expect: x', last])],
    [
      'both lengths',
      () =>
        request(
          'POST /v2/identity/map HTTP/1.1',
          ['Transfer-Encoding: chunked', 'Content-Length: 3', last],
          '0\r\n\r\n',
        ),
    ],
    ['an invalid length', () => request('POST /v2/identity/map HTTP/1.1', ['Content-Length: -1', last], 'A')],
    [
      'two lengths',
      () => request('POST /nope HTTP/1.1', ['Content-Length: 1', 'Content-Length: 1', last], 'A'),
    ],
    [
      'a body cut off',
      () => request('POST /v2/identity/map HTTP/1.1', ['Content-Length: 9', last], 'A'),
      true,
    ],
    ['a head cut off', () => 'GET /ops/healthcheck HTTP/1.1\r\nHost: x', true],
    ['a line cut off', () => 'GET /ops/health', true],
    [
      'a chunk of no size',
      () => request('POST /nope HTTP/1.1', ['Transfer-Encoding: chunked', last], 'xyz\r\n'),
    ],
    [
      'a longer body than said',
      () => request('POST /nope HTTP/1.1', ['Content-Length: 1'], 'ABCDEF\r\n\r\n'),
    ],
    ['no request', () => 'nonsense\r\n\r\n'],
    ['an invalid method', () => request('GE\u0001T / HTTP/1.1')],
    ['another version', () => request('GET / HTTP/3.0')],
    ['HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['TLS', () => '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'],
    ['a folded header', () => request('GET /nope HTTP/1.1', ['X-A: 1', ' 2', last])],
    ['a header without a name', () => request('GET /nope HTTP/1.1', [': 1', last])],
    ['bare line feeds', () => request('GET /nope HTTP/1.1', [last]).replaceAll('\r\n', '\n')],
    ['headers that are too long', () => request('GET /nope HTTP/1.1', [`X-A: ${'a'.repeat(20_000)}`, last])],
    ['a line that is too long', () => `GET /${'a'.repeat(40_000)} HTTP/1.1\r\n\r\n`],
    ['headers in latin-1', () => request('GET /nope HTTP/1.1', ['X-Amzn-Trace-Id: \u00e9\u00ff', last])],
    ['an upgrade', () => request('GET /nope HTTP/1.1', ['Upgrade: websocket', 'Connection: upgrade']), true],
  ];

  it.each(requests.map(([name, ...rest]) => ({ name, rest })))(
    'is the same through the proxy: $name',
    async ({ rest: [bytesOf, ends = false] }) => {
      const bytes = Buffer.from(bytesOf(), 'latin1');
      const [plain, proxied] = await Promise.all(
        [direct.url, proxy.url].map((url) => rawExchange(url, [bytes], ends)),
      );
      expect(plain?.text).not.toBe('');
      expect(proxied).toEqual(plain);
    },
  );

  it('is none for CONNECT, as without the proxy', async () => {
    const bytes = request('CONNECT x:80 HTTP/1.1', [last]);
    const none = { text: '', failure: '' };
    expect(await rawExchange(direct.url, [bytes], false)).toEqual(none);
    expect(await rawExchange(proxy.url, [bytes], false)).toEqual(none);
  });

  it('is the same for requests that come in single bytes', async () => {
    const text = post('/v2/token/generate', sealed({ email: 'reader@example.com' }));
    const parts = [...text].map((character) => Buffer.from(character, 'latin1'));
    const [plain, proxied] = await Promise.all(
      [direct.url, proxy.url].map((url) => rawExchange(url, parts, false)),
    );
    expect(plain?.text).toMatch(/^HTTP\/1\.1 200 /);
    expect(proxied).toEqual(plain);
  });
});

describe('what a target receives', () => {
  const received: Buffer[] = [];
  const target = createServer((socket: Socket) => {
    socket.on('data', (bytes) => received.push(bytes));
    socket.on('end', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
    socket.on('error', () => undefined);
  });
  let proxy: Awaited<ReturnType<typeof serveProxy>>;
  beforeAll(async () => {
    await once(target.listen(0, '127.0.0.1'), 'listening');
    proxy = await serveProxy({
      target: new URL(`http://127.0.0.1:${(target.address() as AddressInfo).port}`),
      port: 0,
      clients: [{ key: 'UID2-C-L-1001-key' }],
      profile: 'current',
      compares: false,
      log: () => undefined,
    });
  });
  afterAll(async () => {
    await proxy.close();
    target.close();
  });

  const word = fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(...'abXY-z09') });
  const name = word.filter(
    (text) => !/^(?:host|content-length|transfer-encoding|expect)$/i.test(text) && !text.startsWith('-'),
  );
  const value = fc.string({ maxLength: 12, unit: fc.constantFrom(...'abc XYZ:,;"=\u00e9\t') });
  const blank = fc.constantFrom('', ' ', '  ', '\t');
  const header = fc.tuple(name, blank, value).map((parts) => `${parts[0]}:${parts[1]}${parts[2]}`);
  const body = fc.oneof(
    fc.constant({ head: [] as string[], text: '' }),
    fc.string({ unit: 'binary', maxLength: 60 }).map((unit) => {
      const text = Buffer.from(unit).toString('latin1');
      return { head: [`content-LENGTH: ${text.length}`], text };
    }),
    fc
      .array(fc.string({ minLength: 1, maxLength: 9, unit: fc.constantFrom(...'ab\r\n0;') }))
      .map((chunks) => ({
        head: ['Transfer-Encoding:chunked'],
        text: `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`,
      })),
  );
  const message = fc
    .tuple(
      fc.constantFrom('GET', 'POST', 'PATCH', 'x-y'),
      word,
      fc.array(header, { maxLength: 6 }),
      fc.nat(6),
      body,
    )
    .map(([method, path, headers, place, { head, text }]) => {
      const lines = [...headers.slice(0, place), 'HoSt:  a.example:1 ', ...headers.slice(place), ...head];
      return [`${method} /${path}?q=%zz HTTP/1.1`, ...lines, '', text].join('\r\n');
    });

  it('are the bytes that were sent, but for Host', async () => {
    const { host } = new URL(`http://127.0.0.1:${(target.address() as AddressInfo).port}`);
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(400), { maxLength: 4 }),
        async (messages, cuts) => {
          received.length = 0;
          const bytes = Buffer.from(messages.join(''), 'latin1');
          const places = [0, ...cuts.sort((a, b) => a - b).filter((at) => at < bytes.length), bytes.length];
          const parts = places.slice(1).map((end, at) => bytes.subarray(places[at], end));
          await rawExchange(proxy.url, parts, true);
          const got = Buffer.concat(received).toString('latin1');
          expect(got).toBe(messages.join('').replaceAll('HoSt:  a.example:1 ', `HoSt:  ${host} `));
        },
      ),
      { numRuns: 150, seed: 11 },
    );
  });
});
