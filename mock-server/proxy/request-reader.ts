/** Reads the requests of a connection, names the target in their `Host`, and stops in front of control calls. */

import { isAdminTarget } from '../http/admin-gate.ts';
import { isValidHost } from '../http/host.ts';
import { realTimers } from '../operator/real-timers.ts';
import { type Framing, MessageReader, framingOf } from './message-reader.ts';
import { PassedExchange } from './passed.ts';

const START = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP\/1\.[01]$/;

interface RequestReading {
  /** host and port of the target, as `Host` names them */
  readonly host: string;
  pass(bytes: Buffer): void;
  /** A request begins. */
  begun(request: PassedExchange): void;
}

export class RequestReader extends MessageReader {
  readonly #to: RequestReading;
  /** the request that is not complete yet */
  #present: PassedExchange | undefined;

  constructor(to: RequestReading) {
    super();
    this.#to = to;
  }

  protected start(line: string): 'read' | 'opaque' | 'stop' {
    const [, method, target] = START.exec(line) ?? [];
    if (target !== undefined && isAdminTarget(target)) return 'stop';
    const request = this.#begin();
    if (method === undefined || target === undefined || method === 'CONNECT') return 'opaque';
    request.method = method;
    request.target = target;
    return 'read';
  }

  /** An invalid host is passed on: the target refuses it. */
  protected header(name: string, value: string, line: Buffer): Buffer {
    if (name.toLowerCase() !== 'host' || !isValidHost(value)) return line;
    const text = line.toString('latin1');
    const place = text.indexOf(value, name.length + 1);
    return Buffer.from(text.slice(0, place) + this.#to.host + text.slice(place + value.length), 'latin1');
  }

  protected head(headers: readonly string[], isOdd: boolean): Framing {
    if (this.#present) this.#present.headers = headers;
    return isOdd ? { by: 'opaque' } : (framingOf(headers) ?? { by: 'none' });
  }

  protected pass(bytes: Buffer): void {
    // an empty line in front of a request belongs to it
    const request = this.#present ?? this.#begin();
    request.bytes.add(bytes);
    this.#to.pass(bytes);
  }

  protected body(bytes: Buffer): void {
    this.#present?.body.add(bytes);
  }

  protected end(): void {
    if (this.#present) this.#present.isComplete = true;
    this.#present = undefined;
  }

  #begin(): PassedExchange {
    if (this.#present?.method === '-') return this.#present;
    const request = new PassedExchange(Date.now(), realTimers.elapsed());
    this.#present = request;
    this.#to.begun(request);
    return request;
  }
}
