/** An exchange that passed the proxy: the bytes kept of request and answer, when they came, and how it ended. */

/** Bytes that are kept of each body, and of each request with its head. Operators take bodies of 1 MiB. */
const MOST_KEPT = 2_097_152;

/** The first bytes of a body of any length. */
export class KeptBytes {
  #parts: Buffer[] = [];
  #length = 0;

  add(bytes: Buffer): void {
    const room = MOST_KEPT - Math.min(this.#length, MOST_KEPT);
    // a copy, because a part may lie in a buffer that is used again
    if (room > 0) this.#parts.push(Buffer.from(bytes.subarray(0, room)));
    this.#length += bytes.length;
  }

  /** How many bytes there were. */
  get length(): number {
    return this.#length;
  }

  get isWhole(): boolean {
    return this.#length <= MOST_KEPT;
  }

  get bytes(): Buffer {
    const joined = Buffer.concat(this.#parts);
    this.#parts = [joined];
    return joined;
  }
}

/** How an exchange may end without a complete answer. */
export type Broken =
  'target_unreachable' | 'target_untrusted' | 'target_reset' | 'target_closed' | 'client_gone';

export interface PassedAnswer {
  readonly status: number;
  /** names and values in turn */
  readonly headers: readonly string[];
  readonly body: KeptBytes;
  /** when its head came, in ms by a monotonic clock */
  readonly at: number;
}

/** A request with its answer; filled while their bytes pass. */
export class PassedExchange {
  /** `-` where it cannot be read */
  method = '-';
  /** request target; `-` where it cannot be read */
  target = '-';
  /** names and values in turn, as received */
  headers: readonly string[] = [];
  readonly body = new KeptBytes();
  /** the request as passed on, head and body */
  readonly bytes = new KeptBytes();
  /** whether the request is complete */
  isComplete = false;
  /** the last answer that came; those before it were interim ones */
  answer: PassedAnswer | undefined;
  broken: { readonly how: Broken; readonly code: string } | undefined;
  /** when it ended, in ms by a monotonic clock */
  endedAt = 0;

  /** ms since 1970 by the clock of this machine */
  readonly arrived: number;
  /** ms by a monotonic clock */
  readonly startedAt: number;

  constructor(arrived: number, startedAt: number) {
    this.arrived = arrived;
    this.startedAt = startedAt;
  }

  /** ms */
  get duration(): number {
    return this.endedAt - this.startedAt;
  }
}
