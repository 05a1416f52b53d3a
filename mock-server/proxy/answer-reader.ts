/** Reads the answers of a connection, in the order of its requests. */

import { realTimers } from '../operator/real-timers.ts';
import { type Framing, MessageReader, framingOf } from './message-reader.ts';
import { KeptBytes, type PassedExchange } from './passed.ts';

const STATUS = /^HTTP\/1\.[01] (\d{3})(?: .*)?$/;
const SWITCHED = 101;

interface AnswerReading {
  /** the request that is to be answered next */
  oldest(): PassedExchange | undefined;
  pass(bytes: Buffer): void;
  /** The oldest request is answered. */
  answered(request: PassedExchange): void;
}

export class AnswerReader extends MessageReader {
  readonly #to: AnswerReading;
  #status = 0;
  #body = new KeptBytes();

  constructor(to: AnswerReading) {
    super();
    this.#to = to;
  }

  protected start(line: string): 'read' | 'opaque' {
    const [, status] = STATUS.exec(line) ?? [];
    if (status === undefined) return 'opaque';
    this.#status = Number(status);
    return 'read';
  }

  protected header(_name: string, _value: string, line: Buffer): Buffer {
    return line;
  }

  protected head(headers: readonly string[]): Framing {
    const request = this.#to.oldest();
    const status = this.#status;
    this.#body = new KeptBytes();
    if (request !== undefined) {
      request.answer = { status, headers, body: this.#body, at: realTimers.elapsed() };
    }
    if (status === SWITCHED) return { by: 'opaque' };
    const hasNone = request?.method === 'HEAD' || status < 200 || status === 204 || status === 304;
    return hasNone ? { by: 'none' } : (framingOf(headers) ?? { by: 'close' });
  }

  protected pass(bytes: Buffer): void {
    this.#to.pass(bytes);
  }

  protected body(bytes: Buffer): void {
    this.#body.add(bytes);
  }

  protected end(): void {
    const request = this.#to.oldest();
    if (request !== undefined && this.#status >= 200) this.#to.answered(request);
  }
}
