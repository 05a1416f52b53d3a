/**
 * A closed loop of HTTP/1.1 requests over keep-alive connections, without pipelining: each connection sends its next
 * request once it has the answer to the last. Plain sockets, so that the load costs less than the server.
 */

import { once } from 'node:events';
import { type Socket, connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = /\r\ncontent-length: (\d+)/i;
const OK = ' 200 ';

/** An HTTP request as bytes. */
export function requestBytes(
  method: 'GET' | 'POST',
  target: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array = new Uint8Array(0),
): Buffer {
  const length = method === 'POST' ? { 'content-length': body.length } : {};
  const lines = Object.entries({ host: 'localhost', ...headers, ...length }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`), body]);
}

interface Answer {
  readonly isOk: boolean;
  readonly body: Buffer;
}

/** Reads the answers of one connection. Calls `done` with each. */
function readAnswers(socket: Socket, done: (answer: Answer) => void): void {
  let parts: Buffer[] = [];
  let received = 0;
  let needed = 0;
  socket.on('data', (chunk: Buffer) => {
    parts.push(chunk);
    received += chunk.length;
    if (received < needed) return;
    const whole = parts.length === 1 ? chunk : Buffer.concat(parts);
    parts = [whole];
    const end = whole.indexOf(HEAD_END);
    if (end < 0) return;
    const start = end + HEAD_END.length;
    const head = whole.toString('latin1', 0, end);
    needed = start + Number(LENGTH.exec(head)?.[1] ?? 0);
    if (received < needed) return;
    parts = [];
    received = needed = 0;
    done({ isOk: head.includes(OK), body: whole.subarray(start) });
  });
}

export class Load {
  readonly #sockets: Socket[] = [];
  /** what each connection does with its next answer */
  readonly #answered: ((answer: Answer) => void)[] = [];

  static async open(url: string, connections: number): Promise<Load> {
    const load = new Load();
    const { hostname, port } = new URL(url);
    for (let index = 0; index < connections; index++) {
      const socket = connect(Number(port || 80), hostname).setNoDelay();
      await once(socket, 'connect');
      readAnswers(socket, (answer) => load.#answered[index]?.(answer));
      load.#sockets.push(socket);
    }
    return load;
  }

  /**
   * Sends every request once, and waits for all answers, which must be 200.
   *
   * @returns the time of each, in ms
   */
  run(requests: readonly Buffer[]): Promise<number[]> {
    const times: number[] = [];
    let sent = 0;
    return new Promise((resolve, reject) => {
      this.#sockets.forEach((socket, index) => {
        let since = 0;
        const next = (): void => {
          const request = requests[sent];
          if (request === undefined) return;
          sent += 1;
          since = performance.now();
          socket.write(request);
        };
        this.#answered[index] = ({ isOk, body }) => {
          times.push(performance.now() - since);
          if (!isOk) reject(new Error(`expected 200, got ${body.toString('utf8', 0, 300)}`));
          else if (times.length === requests.length) resolve(times);
          else next();
        };
        next();
      });
    });
  }

  /** The body of the answer to a request. */
  ask(request: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#answered[0] = ({ isOk, body }) => {
        if (isOk) resolve(body);
        else reject(new Error(`expected 200, got ${body.toString('utf8', 0, 300)}`));
      };
      this.#sockets[0]?.write(request);
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
