/** The suite's HTTP client: every byte as it came, without redirects and cookies. */
import http from 'node:http';
import https from 'node:https';
import { ContractError } from '../spec/contract-error.ts';

/** A request, as it is sent. */
export interface HttpRequest {
  method: string;
  /** Path and query, as sent. */
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

export interface Reply {
  status: number;
  /** Names in lower case; the values of a repeated header in order. */
  headers: ReadonlyMap<string, readonly string[]>;
  body: Buffer;
  /** Milliseconds of this machine's clock. */
  sentAt: number;
  receivedAt: number;
}

export interface ClientOptions {
  timeoutMs: number;
  /** Requests at the same time. */
  concurrency: number;
  /** Requests per second; 0 for no limit. */
  rps: number;
}

export interface HttpClient {
  send(request: HttpRequest): Promise<Reply>;
  close(): void;
}

const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const DROPPED = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_CONSTANT']);

const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** `url`: http or https; a path prefix is kept. */
export function createHttpClient(url: string, options: ClientOptions): HttpClient {
  const base = new URL(url);
  const module = base.protocol === 'https:' ? https : http;
  const agent = new module.Agent({ keepAlive: true, maxSockets: Math.max(options.concurrency, 1) });
  const gate = createGate(options.concurrency, options.rps);
  return {
    send: (request) =>
      persist(() => gate(() => exchange(base, agent, request, options.timeoutMs)), base.origin),
    close: () => agent.destroy(),
  };
}

/** Sends the request once and reads the whole answer. */
function exchange(base: URL, agent: http.Agent, request: HttpRequest, timeoutMs: number): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sentAt = Date.now();
    const body = request.body === undefined ? undefined : Buffer.from(request.body);
    const headers: Record<string, string> = { ...request.headers };
    if (body !== undefined) headers['content-length'] = String(body.length);
    let answered = false;
    const outgoing = (base.protocol === 'https:' ? https : http).request(
      {
        protocol: base.protocol,
        hostname: base.hostname.replace(/^\[|\]$/g, ''),
        port: base.port,
        agent,
        method: request.method,
        path: base.pathname.replace(/\/+$/, '') + request.path,
        headers,
      },
      (incoming) => {
        answered = true;
        incoming.on('error', reject);
        readReply(incoming, sentAt, resolve);
      },
    );
    outgoing.setTimeout(timeoutMs, () => {
      outgoing.destroy(new ContractError('no_answer', `no answer within ${String(timeoutMs)} ms`));
    });
    // A server may answer 413 and close the connection while the body is still being written.
    outgoing.on('error', (error) => {
      if (!answered) reject(error);
    });
    outgoing.end(body);
  });
}

function readReply(incoming: http.IncomingMessage, sentAt: number, done: (reply: Reply) => void): void {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    done({
      status: incoming.statusCode ?? 0,
      headers: readHeaders(incoming.rawHeaders),
      body: Buffer.concat(chunks),
      sentAt,
      receivedAt: Date.now(),
    });
  });
}

/** Waits out a 429, and sends again when the server closed a kept-alive connection as it was used. */
async function persist(send: () => Promise<Reply>, origin: string): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    try {
      const reply = await send();
      if (reply.status !== 429 || attempt > 3) return reply;
      await pause(Math.min(Number(reply.headers.get('retry-after')?.[0] ?? 1) || 1, 30) * 1000);
    } catch (error) {
      const code = errorCode(error);
      if (UNREACHABLE.has(code))
        throw new ContractError('unreachable', `${origin} cannot be reached: ${code}`);
      if (!DROPPED.has(code)) throw error;
      if (attempt > 2)
        throw new ContractError('no_answer', `the connection was closed without an answer: ${code}`);
    }
  }
}

function readHeaders(raw: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), raw[i + 1] ?? '']);
  }
  return headers;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function createGate(concurrency: number, rps: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  let nextStart = 0;
  return async (task) => {
    if (running >= Math.max(concurrency, 1)) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      if (rps > 0) {
        const now = Date.now();
        const start = Math.max(now, nextStart);
        nextStart = start + 1000 / rps;
        if (start > now) await pause(start - now);
      }
      return await task();
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}
