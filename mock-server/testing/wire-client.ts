/** Sends valid and invalid requests over connections that are kept open, for tests that send thousands of them. */

import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';

export interface Sent {
  readonly method: string;
  /** path and query, not escaped any further */
  readonly target: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
}

interface Received {
  readonly status: number;
  readonly body: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** Sends one request; rejects after ten seconds without an answer. */
export function send(url: string, { method, target, headers = {}, body }: Sent): Promise<Received> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method, path: target, headers, timeout: 10_000 }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('latin1') }),
      );
    });
    sent.on('error', reject);
    sent.on('timeout', () => sent.destroy(new Error(`no answer to ${method} ${target}`)));
    sent.end(body);
  });
}

/**
 * Writes bytes to a new connection. Returns what came back until the server closed its side.
 *
 * @param ends whether this side is closed after the bytes
 */
export function sendBytes(url: string, bytes: Uint8Array, ends = true): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => {
      if (ends) socket.end(bytes);
      else socket.write(bytes);
    });
    socket.setTimeout(10_000, () => socket.destroy(new Error(`no end after ${bytes.length} bytes`)));
    socket.on('data', (part) => parts.push(part));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // the server may close before it has read everything
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => resolve(Buffer.concat(parts).toString('latin1')));
  });
}

/** Runs `count` steps, sixteen at a time. */
export async function inParallel(count: number, step: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await step(next++);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

/** Closes the connections that were kept open. */
export const closeConnections = (): void => agent.destroy();
