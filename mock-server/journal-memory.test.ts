/** The memory of an operator does not grow with the number of requests that its journal has seen. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inWords, scaled } from './testing/scale.ts';

const REQUESTS = scaled(1_000_000);
/** Until the journals are full, and what is compiled and cached on the way is there. */
const WARM_UP = 12_000;
const SAMPLES = 40;
const BATCH = 100;

interface Started {
  readonly url: string;
  readonly key: string;
}

/** A request of the common state or of one of three test ids: answers, refusals and paths without a route. */
function requestText(index: number, key: string): string {
  const prefix = index % 4 === 0 ? '' : `/__test/${index % 4}`;
  const path = ['/v1/token/generate', '/v1/token/generate', '/v1/identity/map', '/nowhere'][(index % 7) % 4];
  const authorization = index % 5 === 0 ? '' : `Authorization: Bearer ${key}\r\n`;
  return `GET ${prefix}${path}?email=user${index}%40example.com HTTP/1.1\r\nHost: x\r\n${authorization}\r\n`;
}

/** Sends requests in batches over one connection. */
class Sender {
  readonly #socket: Socket;
  readonly #key: string;
  #answers = 0;
  #sent = 0;

  constructor({ url, key }: Started) {
    const { hostname, port } = new URL(url);
    this.#key = key;
    this.#socket = connect(Number(port), hostname).setEncoding('latin1');
    let rest = '';
    this.#socket.on('data', (text: string) => {
      const parts = (rest + text).split('HTTP/1.1 ');
      this.#answers += parts.length - 1;
      // the beginning of the next head may come with the next data
      rest = (parts.at(-1) ?? '').slice(-8);
    });
  }

  async send(count: number): Promise<void> {
    for (const end = this.#sent + count; this.#sent < end;) {
      const batch = Array.from({ length: Math.min(BATCH, end - this.#sent) }, (_, place) =>
        requestText(this.#sent + place, this.#key),
      );
      this.#sent += batch.length;
      this.#socket.write(batch.join(''));
      while (this.#answers < this.#sent) await once(this.#socket, 'data');
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}

describe('an operator with its journal on', () => {
  let child: ChildProcess;
  let started: Started;
  beforeAll(async () => {
    child = fork(fileURLToPath(new URL('testing/measured-operator.ts', import.meta.url)), {
      execArgv: ['--expose-gc', '--import', 'tsx'],
    });
    [started] = (await once(child, 'message')) as [Started];
  });
  afterAll(async () => {
    const exit = once(child, 'exit');
    child.disconnect();
    await exit;
  });

  /** Bytes in use after everything that is not needed is gone. */
  async function usedBytes(): Promise<number> {
    const answer = once(child, 'message');
    child.send('measure');
    const [{ bytes }] = (await answer) as [{ bytes: number }];
    return bytes;
  }

  it(`uses no more memory after ${inWords(REQUESTS)} requests`, async () => {
    const sender = new Sender(started);
    await sender.send(WARM_UP);
    const used: number[] = [];
    for (let sample = 0; sample < SAMPLES; sample++) {
      await sender.send(Math.ceil(REQUESTS / SAMPLES));
      used.push(await usedBytes());
    }
    sender.close();
    const state = JSON.parse(await (await fetch(`${started.url}/__admin/state`)).text());
    expect(state.journal.entries).toBe(1000);
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    const ratio = mean(used.slice(SAMPLES / 2)) / mean(used.slice(0, SAMPLES / 2));
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.05);
  }, 1_800_000);
});
