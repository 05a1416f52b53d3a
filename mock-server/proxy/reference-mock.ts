/**
 * A mock in this process that is sent the same requests as the target. Its reason explains the answer of the target
 * where both answers agree; where they do not, the difference is reported.
 */

import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { type Composed, compose } from '../compose.ts';
import type { MockOperatorOptions } from '../options.ts';
import type { Exchange } from '../operator/exchange.ts';
import { realTimers } from '../operator/real-timers.ts';
import { AnswerReader } from './answer-reader.ts';
import type { Translated } from './counterparts.ts';
import { PassedExchange } from './passed.ts';

/** ms that an answer may take */
const PATIENCE = 5000;

/** A request with the answer of the mock; the mock's own exchange has the reason. */
interface Asked {
  readonly exchange: Exchange;
  readonly passed: PassedExchange;
}

export class ReferenceMock {
  readonly #composed: Composed;
  readonly #observed: Exchange[];
  readonly #ahead: { ms: number };
  #last: Promise<unknown> = Promise.resolve();

  private constructor(composed: Composed, observed: Exchange[], ahead: { ms: number }) {
    this.#composed = composed;
    this.#observed = observed;
    this.#ahead = ahead;
  }

  /** @throws ConfigurationError when the options cannot work */
  static async open(options: MockOperatorOptions): Promise<ReferenceMock> {
    const observed: Exchange[] = [];
    const ahead = { ms: 0 };
    const composed = await compose(
      { ...options, admin: false, journal: 0 },
      { machine: () => Date.now() + ahead.ms, observe: (exchange) => observed.push(exchange) },
    );
    await composed.app.ready();
    return new ReferenceMock(composed, observed, ahead);
  }

  /** The composed mock; its world has the clients of the proxy. */
  get composed(): Composed {
    return this.#composed;
  }

  /**
   * Asks the mock, one request at a time. Undefined when it does not answer.
   *
   * @param aheadMs how far the clock of the target is ahead of that of this machine
   */
  ask(request: PassedExchange, translated: Translated, aheadMs: number): Promise<Asked | undefined> {
    const asked = this.#last.then(() => this.#ask(request, translated, aheadMs));
    this.#last = asked.catch(() => undefined);
    return asked;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#composed.app.close();
  }

  async #ask(
    { method, headers, isComplete }: PassedExchange,
    { target, body, bytes }: Translated,
    aheadMs: number,
  ): Promise<Asked | undefined> {
    this.#ahead.ms = aheadMs;
    this.#observed.length = 0;
    const passed = Object.assign(new PassedExchange(Date.now(), realTimers.elapsed()), {
      method,
      target,
      headers,
    });
    passed.body.add(Buffer.from(body));
    await this.#send(passed, bytes, isComplete);
    const exchange = this.#observed.at(-1);
    return exchange === undefined || passed.answer === undefined ? undefined : { exchange, passed };
  }

  async #send(asked: PassedExchange, bytes: Buffer, isComplete: boolean): Promise<void> {
    const [near, far] = duplexPair();
    const reader = new AnswerReader({
      oldest: () => asked,
      pass: () => undefined,
      answered: () => near.destroy(),
    });
    near.on('data', (part: Buffer) => reader.push(part));
    near.on('error', () => undefined);
    near.on('end', () => {
      reader.close();
      near.destroy();
    });
    far.on('error', () => undefined);
    const timer = realTimers.setTimeout(() => near.destroy(), PATIENCE);
    this.#composed.app.server.emit('connection', far);
    if (isComplete) near.write(bytes);
    else near.end(bytes);
    await once(near, 'close');
    realTimers.clearTimeout(timer);
    far.destroy();
  }
}
