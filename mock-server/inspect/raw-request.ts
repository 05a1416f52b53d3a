/** Sends a request as it is given, odd headers included, and reads the whole answer. */

import { connect } from 'node:net';

export interface RawRequest {
  readonly method: string;
  /** path and query */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

export interface RawAnswer {
  readonly status: number;
  /** by name in lower case; of a repeated header the last */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const PATIENCE_MS = 20_000;

function written({ method, target, headers, body }: RawRequest, host: string): Buffer {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const own: (readonly [string, string])[] = [];
  if (!names.has('host')) own.push(['Host', host]);
  if (method !== 'GET' || body.length > 0) own.push(['Content-Length', String(body.length)]);
  // lengths of the given headers are those of another transport of the same body
  const kept = headers.filter(([name]) => !/^(?:content-length|transfer-encoding|connection)$/i.test(name));
  const lines = [...own, ...kept, ['Connection', 'close'] as const].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`), body]);
}

function unchunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    const length = Number.parseInt(body.toString('latin1', at, end), 16);
    if (end < 0 || !(length > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
}

function readAnswer(received: Buffer): RawAnswer {
  const end = received.indexOf('\r\n\r\n');
  const [first = '', ...lines] = received.toString('latin1', 0, Math.max(end, 0)).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const body = received.subarray(end + 4);
  return {
    status: Number(first.split(' ', 2)[1]),
    headers,
    body: headers['transfer-encoding'] === 'chunked' ? unchunked(body) : body,
  };
}

/**
 * Resolves once the answer is there and the connection has ended.
 *
 * @param url of the operator, http
 */
export function sendRaw(url: string, request: RawRequest): Promise<RawAnswer> {
  const { hostname, port, host } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.setTimeout(PATIENCE_MS, () =>
      socket.destroy(new Error(`expected an answer within ${PATIENCE_MS} ms`)),
    );
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error) => {
      // a refusal may come before the whole body was taken
      if (chunks.length === 0) reject(error);
    });
    socket.on('close', () => {
      if (chunks.length > 0) resolve(readAnswer(Buffer.concat(chunks)));
      else reject(new Error('expected an answer; the connection ended without one'));
    });
    socket.write(written(request, host));
  });
}
