/** Connections that hang: their requests do not end, or they read nothing of the answer. */

import { type Socket, connect } from 'node:net';
import type { Dice } from './random.ts';

const HOST = 'Host: localhost\r\n';
/** How often one of them sends a byte. */
const DRIP_MS = 10;

/** The beginnings of their requests; `drip` is what they go on with, a character at a time. */
const kinds: readonly { readonly begin: string; readonly drip?: string }[] = [
  { begin: '' },
  { begin: 'POST /v2/token/generate HTTP/1.1\r\n', drip: 'X: y\r\n' },
  { begin: `POST /v2/token/generate HTTP/1.1\r\n${HOST}Content-Length: 9000\r\n\r\n`, drip: 'A' },
  { begin: `POST /__admin/clock HTTP/1.1\r\n${HOST}Content-Length: 9000\r\n\r\n`, drip: ' ' },
  { begin: `PUT /__admin/world HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`, drip: '1\r\n \r\n' },
  {
    begin: `POST /__admin/optouts/import HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`,
    drip: '1\r\n\n\r\n',
  },
  { begin: `GET /__admin/requests?wait=2m&count=900&path=/never HTTP/1.1\r\n${HOST}\r\n` },
  { begin: `GET /__admin/requests?wait=1m&client=Nobody HTTP/1.1\r\n${HOST}X-UID2-Test-Id: slow\r\n\r\n` },
  { begin: `GET /ops/healthcheck HTTP/1.1\r\n${HOST}\r\n` },
];
const STREAM = `GET /__admin/requests/stream HTTP/1.1\r\n${HOST}\r\n`;
/** Every event is written to every stream, so that these are few. */
const STREAM_ONE_IN = 100;

interface Slow {
  readonly socket: Socket;
  readonly drip: string;
  sent: number;
}

export class SlowConnections {
  readonly #url: URL;
  readonly #dice: Dice;
  readonly #open = new Set<Slow>();
  #timer: NodeJS.Timeout | undefined;
  #reopens = true;

  constructor(url: string, dice: Dice) {
    this.#url = new URL(url);
    this.#dice = dice;
  }

  get count(): number {
    return this.#open.size;
  }

  /** Resolves when so many are connected. One that the operator ends is opened again. */
  async open(count: number): Promise<void> {
    for (let opened = 0; opened < count; opened += 1) await this.#connect();
    this.#timer = setInterval(() => {
      this.#drip();
    }, DRIP_MS);
  }

  /** Leaves those closed that the operator ends from now on. */
  stopOpening(): void {
    this.#reopens = false;
  }

  async close(): Promise<void> {
    this.stopOpening();
    clearInterval(this.#timer);
    const closed = [...this.#open].map(
      ({ socket }) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    for (const { socket } of this.#open) socket.destroy();
    await Promise.all(closed);
  }

  #connect(): Promise<void> {
    const { begin, drip = '' } = this.#dice.oneIn(STREAM_ONE_IN) ? { begin: STREAM } : this.#dice.pick(kinds);
    return new Promise((resolve) => {
      const socket = connect(Number(this.#url.port), this.#url.hostname, () => {
        if (begin !== '') socket.write(begin);
        resolve();
      });
      const slow: Slow = { socket, drip, sent: 0 };
      this.#open.add(slow);
      // what the operator answers is not read
      socket.pause();
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#open.delete(slow);
        if (this.#reopens) void this.#connect();
        resolve();
      });
    });
  }

  #drip(): void {
    if (this.#open.size === 0) return;
    const slow = this.#dice.pick([...this.#open]);
    if (slow.drip === '') return;
    slow.socket.write(slow.drip.charAt(slow.sent % slow.drip.length));
    slow.sent += 1;
  }
}
