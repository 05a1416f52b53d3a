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
  /** @throws ContractError `unreachable` or `no_answer` */
  send(request: HttpRequest): Promise<Reply>;
  /** How many requests were sent again, because a kept-alive connection was closed during sending. */
  readonly resent: number;
  close(): void;
}

/** `url`: http or https; a path prefix is kept. */
export function createHttpClient(url: string, options: ClientOptions): HttpClient {
  const base = new URL(url);
  const { Agent } = base.protocol === 'https:' ? https : http;
  const kept = new Agent({ keepAlive: true, maxSockets: Math.max(options.concurrency, 1) });
  // Sends the same headers, on a new connection for each request.
  const fresh = new Agent({ keepAlive: true, maxFreeSockets: 0 });
  const gate = createGate(options.concurrency, options.rps);
  let resent = 0;
  const sendOnce = async (request: HttpRequest): Promise<Reply> => {
    const first = await exchange(base, kept, request, options.timeoutMs);
    if (!(first instanceof Broken)) return first;
    if (!first.wasIdle) throw first.error;
    resent++;
    const second = await exchange(base, fresh, request, options.timeoutMs);
    if (second instanceof Broken) throw second.error;
    return second;
  };
  return {
    send: (request) => waitOut429(() => gate(() => sendOnce(request))),
    get resent() {
      return resent;
    },
    close: () => {
      kept.destroy();
      fresh.destroy();
    },
  };
}

/** The outcome of a request without a complete answer. */
class Broken {
  readonly error: ContractError;
  /** A kept-alive connection was closed before a byte of the answer came: the server may not have read the request. */
  readonly wasIdle: boolean;

  constructor(error: ContractError, wasIdle = false) {
    this.error = error;
    this.wasIdle = wasIdle;
  }
}

/** Turns an error of a request into what it says about the target. */
function brokenBy(error: Error, base: URL, outgoing: http.ClientRequest, connection: Connection): Broken {
  if (error instanceof ContractError) return new Broken(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  if (!connection.isOpen) {
    const isPlain = code === 'EPROTO' || code.startsWith('ERR_SSL_');
    const what = isPlain ? 'does not answer in TLS' : 'cannot be reached';
    return new Broken(new ContractError('unreachable', `${base.origin} ${what}: ${code}`));
  }
  if (code.startsWith('HPE_')) {
    return new Broken(new ContractError('no_answer', `the answer is not HTTP: ${code}`));
  }
  const hasBytes = (outgoing.socket?.bytesRead ?? 0) > connection.bytesBefore;
  const when = hasBytes ? 'within the answer' : 'without an answer';
  const closed = new ContractError('no_answer', `the connection was closed ${when}: ${code}`);
  return new Broken(closed, outgoing.reusedSocket && !hasBytes);
}

/** The connection of a request. */
interface Connection {
  isOpen: boolean;
  /** Bytes of earlier answers. */
  bytesBefore: number;
}

function observeConnection(outgoing: http.ClientRequest, openEvent: string): Connection {
  const connection: Connection = { isOpen: false, bytesBefore: 0 };
  outgoing.on('socket', (socket) => {
    connection.isOpen = outgoing.reusedSocket;
    connection.bytesBefore = socket.bytesRead;
    if (connection.isOpen) return;
    socket.once(openEvent, () => {
      connection.isOpen = true;
    });
  });
  return connection;
}

/** Sends the request once and reads the whole answer. */
function exchange(
  base: URL,
  agent: http.Agent,
  request: HttpRequest,
  timeoutMs: number,
): Promise<Reply | Broken> {
  return new Promise((resolve) => {
    const sentAt = Date.now();
    const isSecure = base.protocol === 'https:';
    const body = request.body === undefined ? undefined : Buffer.from(request.body);
    const headers: Record<string, string> = { ...request.headers };
    if (body !== undefined) headers['content-length'] = String(body.length);
    const outgoing = (isSecure ? https : http).request({
      protocol: base.protocol,
      hostname: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port,
      agent,
      method: request.method,
      path: base.pathname.replace(/\/+$/, '') + request.path,
      headers,
    });
    const connection = observeConnection(outgoing, isSecure ? 'secureConnect' : 'connect');
    const fail = (error: Error): void => {
      resolve(brokenBy(error, base, outgoing, connection));
    };
    let isAnswered = false;
    outgoing.on('response', (incoming) => {
      isAnswered = true;
      incoming.on('error', fail);
      readReply(incoming, sentAt, resolve);
    });
    outgoing.setTimeout(timeoutMs, () => {
      outgoing.destroy(new ContractError('no_answer', `no answer within ${String(timeoutMs)} ms`));
    });
    // A server may answer 413 and close the connection while the body is still being written.
    outgoing.on('error', (error) => {
      if (!isAnswered) fail(error);
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

/** Waits as long as a 429 demands, three times. */
async function waitOut429(send: () => Promise<Reply>): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    const reply = await send();
    if (reply.status !== 429 || attempt > 3) return reply;
    await pause(Math.min(Number(reply.headers.get('retry-after')?.[0] ?? 1) || 1, 30) * 1000);
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
