/**
 * A connection of a client, with one of its own to the target, so that the target sees what it would see without a
 * proxy: the same bytes in the same order, the same pauses, the same end. Each side's end or reset is passed on to the
 * other.
 */

import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { realTimers } from '../operator/real-timers.ts';
import { AnswerReader } from './answer-reader.ts';
import type { Broken, PassedExchange } from './passed.ts';
import { RequestReader } from './request-reader.ts';

interface ConnectionOptions {
  /** host and port of the target, as `Host` names them */
  readonly host: string;
  /** Connects to the target. */
  connect(): Socket;
  /** Called with every exchange that is over. */
  observe(passed: PassedExchange): void;
  /** Takes over a connection, with bytes that begin with a control call. */
  control(client: Socket, bytes: Buffer): void;
}

/** Error codes of a certificate that is not accepted. */
const UNTRUSTED = /^(?:CERT_|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH)/;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';

/** Resets a connection, after what was written before is sent. */
function reset(socket: Socket): void {
  const end = (): void => {
    if (socket.destroyed) return;
    // a reset is one of TCP, which TLS does not hand out
    if (socket instanceof TLSSocket) socket.destroy();
    else socket.resetAndDestroy();
  };
  if (socket.writableLength === 0 || socket.connecting) end();
  else socket.write(Buffer.alloc(0), end);
}

/**
 * Makes a socket read what has come before it is destroyed because of a write that failed: the answer of a target that
 * refused the request before it was complete. Node destroys it at once, and drops what it reads after a failure.
 */
function readBeforeDestroyed(socket: Socket): void {
  const destroy = socket.destroy.bind(socket);
  const push = socket.push.bind(socket);
  let hasFailed = false;
  socket.push = (chunk, encoding) => {
    if (!hasFailed || chunk === null) return push(chunk, encoding);
    socket.emit('data', chunk);
    return true;
  };
  socket.destroy = (error) => {
    hasFailed = error !== undefined && 'syscall' in error && error.syscall === 'write';
    if (!hasFailed) return destroy(error);
    // between two immediates the event loop reads from sockets once
    realTimers.setImmediate(() => realTimers.setImmediate(() => destroy(error)));
    return socket;
  };
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #client: Socket;
  #target: Socket | undefined;
  #isConnected = false;
  /** requests that are not answered, oldest first */
  readonly #waiting: PassedExchange[] = [];
  /** bytes that begin with a control call, which comes after the answers before */
  #controlBytes: Buffer | undefined;
  /** bytes for the target that are not written yet */
  #outgoing: Buffer[] = [];
  readonly #requests: RequestReader;
  #answers: AnswerReader;

  constructor(client: Socket, options: ConnectionOptions) {
    this.#options = options;
    this.#client = client;
    client.setNoDelay(true);
    this.#requests = new RequestReader({
      host: options.host,
      pass: (bytes) => this.#outgoing.push(bytes),
      begun: (request) => this.#waiting.push(request),
    });
    this.#answers = this.#newAnswers();
    client.on('data', (bytes) => {
      const left = this.#requests.push(bytes);
      this.#flush();
      if (left !== undefined) this.#controlLater(left);
    });
    client.on('end', () => {
      this.#requests.close();
      this.#flush();
      this.#target?.end();
      if (this.#target === undefined) client.end();
    });
    client.on('error', () => undefined);
    client.on('close', (isFailed) => {
      this.#clientClosed(isFailed);
    });
  }

  /** Cuts both connections. */
  destroy(): void {
    this.#client.destroy();
    this.#target?.destroy();
  }

  #newAnswers(): AnswerReader {
    return new AnswerReader({
      oldest: () => this.#waiting[0],
      pass: (bytes) => {
        if (!this.#client.write(bytes)) this.#target?.pause();
      },
      answered: (request) => {
        this.#end(request);
        this.#controlIfIdle();
      },
    });
  }

  #end(request: PassedExchange, how?: Broken, code = ''): void {
    const place = this.#waiting.indexOf(request);
    if (place >= 0) this.#waiting.splice(place, 1);
    request.endedAt = realTimers.elapsed();
    if (how !== undefined) request.broken = { how, code };
    this.#options.observe(request);
  }

  #endAll(how: Broken, code = ''): void {
    for (const request of [...this.#waiting]) this.#end(request, how, code);
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#outgoing);
    this.#outgoing = [];
    if (bytes.length === 0 || this.#client.destroyed) return;
    this.#target ??= this.#connect();
    if (!this.#target.write(bytes)) this.#client.pause();
  }

  #connect(): Socket {
    const target = this.#options.connect();
    this.#isConnected = false;
    this.#answers = this.#newAnswers();
    target.setNoDelay(true);
    readBeforeDestroyed(target);
    target.once(target instanceof TLSSocket ? 'secureConnect' : 'connect', () => (this.#isConnected = true));
    target.on('data', (bytes) => {
      this.#client.cork();
      this.#answers.push(bytes);
      this.#client.uncork();
    });
    target.on('drain', () => {
      if (this.#controlBytes === undefined) this.#client.resume();
    });
    this.#client.on('drain', () => target.resume());
    target.on('end', () => {
      this.#answers.close();
      this.#endAll(this.#client.readableEnded ? 'client_gone' : 'target_closed');
      this.#client.end();
    });
    target.on('error', (error) => {
      this.#targetFailed(codeOf(error));
    });
    target.on('close', (isFailed) => {
      if (!isFailed && !target.readableEnded && this.#target === target) this.#targetFailed('closed');
    });
    return target;
  }

  #targetFailed(code: string): void {
    if (code === 'EPIPE') {
      // it ended its side before: what is still written to it is lost, as without a proxy
      this.#answers.close();
      this.#endAll('target_closed', code);
      this.#client.destroySoon();
      return;
    }
    const how = UNTRUSTED.test(code) ? 'target_untrusted' : 'target_unreachable';
    this.#endAll(this.#isConnected ? 'target_reset' : how, code);
    reset(this.#client);
  }

  #clientClosed(isFailed: boolean): void {
    const target = this.#target;
    this.#endAll('client_gone');
    if (target === undefined) return;
    if (isFailed || !this.#client.readableEnded) reset(target);
    else target.end();
  }

  #controlLater(bytes: Buffer): void {
    this.#client.pause();
    this.#controlBytes = bytes;
    this.#controlIfIdle();
  }

  /** Hands the connection over to a control call once all requests before it are answered. */
  #controlIfIdle(): void {
    if (this.#controlBytes === undefined || this.#waiting.length > 0) return;
    const target = this.#target;
    this.#target = undefined;
    target
      ?.removeAllListeners()
      .on('error', () => undefined)
      .destroy();
    this.#client.removeAllListeners();
    this.#options.control(this.#client, this.#controlBytes);
  }
}
