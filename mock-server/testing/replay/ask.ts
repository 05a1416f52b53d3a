/** Sends one HTTP request on a new connection. Path, headers and body are sent as they are. */
import { request as httpRequest } from 'node:http';
import type { WireRequest } from './request.ts';

const patience = 10_000;

export interface RawAnswer {
  status: number;
  /** By lower-case name; the values of a repeated header are joined by ", ". */
  headers: Map<string, string>;
  body: Buffer;
}

function headerMap(raw: string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]?.toLowerCase() ?? '';
    const value = raw[index + 1] ?? '';
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

/**
 * Resolves once the whole answer is there.
 * @throws Error when the connection breaks before, or after ten seconds of silence.
 */
export function ask(origin: string, request: WireRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  const { method, target: path, body } = request;
  const length = body === undefined && method !== 'POST' ? {} : { 'Content-Length': body?.length ?? 0 };
  return new Promise((resolve, reject) => {
    const headers = { ...length, ...request.headers };
    const sent = httpRequest({ hostname, port, method, path, headers, agent: false, timeout: patience });
    sent.on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const status = answer.statusCode ?? 0;
        resolve({ status, headers: headerMap(answer.rawHeaders), body: Buffer.concat(chunks) });
      });
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${patience} ms`)));
    sent.on('error', reject);
    sent.end(body);
  });
}
