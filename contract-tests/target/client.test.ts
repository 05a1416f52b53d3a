import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpClient, type HttpClient } from './client.ts';

let server: Server | undefined;
let client: HttpClient | undefined;

async function serve(
  listener: RequestListener,
  over: { timeoutMs?: number; concurrency?: number; rps?: number } = {},
): Promise<HttpClient> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  client = createHttpClient(`http://127.0.0.1:${String(port)}`, {
    timeoutMs: 2000,
    concurrency: 1,
    rps: 0,
    ...over,
  });
  return client;
}

afterEach(async () => {
  client?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

describe('the client of the suite', () => {
  it('keeps repeated headers, empty headers and every byte', async () => {
    const http = await serve((request, response) => {
      response.setHeader('x-two', ['a', 'b']);
      response.end(
        Buffer.concat([
          Buffer.from([0, 255]),
          Buffer.from(`${request.url ?? ''} ${JSON.stringify(request.headers.origin)}`),
        ]),
      );
    });
    const reply = await http.send({ method: 'GET', path: '//a?b=%zz', headers: { origin: '' } });
    expect(reply.headers.get('x-two')).toEqual(['a', 'b']);
    expect([...reply.body.subarray(0, 2)]).toEqual([0, 255]);
    expect(reply.body.subarray(2).toString()).toBe('//a?b=%zz ""');
  });

  it('sends one request at a time, or as many as allowed', async () => {
    for (const concurrency of [1, 3]) {
      let running = 0;
      let most = 0;
      const http = await serve(
        (_, response) => {
          most = Math.max(most, ++running);
          setTimeout(() => {
            running--;
            response.end();
          }, 20);
        },
        { concurrency },
      );
      await Promise.all(Array.from({ length: 6 }, () => http.send({ method: 'GET', path: '/' })));
      expect(most).toBe(concurrency);
      http.close();
      server?.closeAllConnections();
    }
  });

  it('keeps the given rate', async () => {
    const http = await serve((_, response) => response.end(), { concurrency: 4, rps: 50 });
    const started = Date.now();
    await Promise.all(Array.from({ length: 6 }, () => http.send({ method: 'GET', path: '/' })));
    expect(Date.now() - started).toBeGreaterThanOrEqual(95);
  });

  it('waits as long as retry-after demands', async () => {
    let asked = 0;
    const http = await serve((_, response) => {
      response.writeHead(asked++ === 0 ? 429 : 200, { 'retry-after': '1' }).end();
    });
    expect((await http.send({ method: 'GET', path: '/' })).status).toBe(200);
    expect(asked).toBe(2);
  });

  it('has one code for a target without connection and another for one without answer', async () => {
    const nobody = createHttpClient('http://127.0.0.1:1', { timeoutMs: 500, concurrency: 1, rps: 0 });
    await expect(nobody.send({ method: 'GET', path: '/' })).rejects.toThrow(
      expect.objectContaining({ code: 'unreachable' }),
    );
    const hanging = await serve(() => undefined, { timeoutMs: 100 });
    await expect(hanging.send({ method: 'GET', path: '/' })).rejects.toThrow(
      expect.objectContaining({ code: 'no_answer' }),
    );
    hanging.close();
    const breaking = await serve((request) => request.socket.destroy());
    await expect(breaking.send({ method: 'GET', path: '/' })).rejects.toThrow(
      expect.objectContaining({ code: 'no_answer' }),
    );
  });

  it('reads an answer that comes before the whole body is sent', async () => {
    const http = await serve((_, response) => {
      response.writeHead(413, { connection: 'close' }).end('Request Too Long');
    });
    const reply = await http.send({ method: 'POST', path: '/', body: 'A'.repeat(3_000_000) });
    expect([reply.status, reply.body.toString()]).toEqual([413, 'Request Too Long']);
  });
});
