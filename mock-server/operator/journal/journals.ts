/**
 * The journals of an operator: the common one lists all exchanges, that of a test id only its own. An entry keeps
 * references to what an exchange holds; everything else is computed when it is read.
 */

import type { Exchange, Passage, Wire } from '../exchange.ts';
import { realTimers } from '../real-timers.ts';
import { type Bounds, Journal, type Kept, type Tally } from '../state/journal.ts';
import type { Replica } from '../state/replica.ts';

const MEBIBYTE = 1_048_576;

/** Bounds in bytes: of the common journal, of that of a test id, and of those of all test ids together. */
const BYTES = { common: 16 * MEBIBYTE, own: 4 * MEBIBYTE, allOwn: 64 * MEBIBYTE } as const;

/** What an entry holds beside texts and bodies, about. */
const FIXED_BYTES = 1800;

/** Joins headers. No header has it, and a text of all of them is one object to keep in place of dozens. */
const BETWEEN = '\n';

/**
 * A body as it is kept: a short one lies in a buffer that it shares with others, all of which it would keep alive.
 */
const keptBody = (body: Uint8Array): Uint8Array | string =>
  body.byteLength === body.buffer.byteLength
    ? body
    : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');

const keptAnswer = (body: Uint8Array | string | undefined): Uint8Array | string | undefined =>
  typeof body === 'string' || body === undefined || body.byteLength === body.buffer.byteLength
    ? body
    : body.slice();

const NOTHING: Wire = { testId: '', target: '', headers: [], started: 0 };

/** An exchange as the journal keeps it. */
export class Recorded implements Kept {
  readonly id: number;
  readonly exchange: Exchange;
  readonly testId: string;
  /** the request target without the prefix of a test id */
  readonly target: string;
  /** of the request; a short one as text, a character a byte */
  readonly body: Uint8Array | string | undefined;
  readonly answerHeaders: Wire['answerHeaders'];
  readonly answerBody: Uint8Array | string | undefined;
  /** ms of the machine */
  readonly duration: number;
  readonly bytes: number;
  /** only of an exchange that passed a proxy */
  readonly passage: Passage | undefined;
  readonly #headers: string;

  constructor(id: number, exchange: Exchange) {
    const { wire = NOTHING, plainRequest, plainAnswer } = exchange;
    // a connection that is kept alive keeps its last exchange; an entry keeps what is shown of it
    exchange.wire = undefined;
    exchange.identity = undefined;
    this.id = id;
    this.exchange = exchange;
    this.testId = wire.testId;
    this.target = wire.target || exchange.path;
    this.body = wire.body && keptBody(wire.body);
    this.answerHeaders = wire.answerHeaders;
    this.answerBody = keptAnswer(wire.answerBody);
    this.duration = wire.started === 0 ? 0 : realTimers.elapsed() - wire.started;
    this.passage = wire.passage;
    this.#headers = wire.headers.join(BETWEEN);
    this.bytes =
      FIXED_BYTES +
      this.target.length +
      this.#headers.length +
      (plainRequest?.length ?? 0) +
      (plainAnswer?.length ?? 0) +
      this.requestBytes +
      this.answerBytes;
  }

  /** Of the request: names and values in turn, as received. */
  get headers(): readonly string[] {
    return this.#headers === '' ? [] : this.#headers.split(BETWEEN);
  }

  get requestBytes(): number {
    return this.body?.length ?? 0;
  }

  get answerBytes(): number {
    return this.answerBody?.length ?? 0;
  }
}

interface Own {
  readonly journal: Journal<Recorded>;
  readonly id: number;
}

export class Journals {
  /** entries that a journal holds at most */
  readonly limit: number;
  /** whether entries are shown without masking */
  readonly isPlain: boolean;
  readonly #common: Journal<Recorded>;
  readonly #own = new Map<string, Journal<Recorded>>();
  readonly #ownTotal: Tally = { entries: 0, bytes: 0 };
  /** the entries of all test ids by age; those that their journal no longer has may be among them */
  #ownByAge: Own[] = [];
  #ownHead = 0;
  readonly #replica: Replica;
  #lastId = 0;

  constructor(limit: number, isPlain: boolean, replica: Replica) {
    this.limit = limit;
    this.isPlain = isPlain;
    this.#replica = replica;
    this.#common = new Journal(this.#bounds(BYTES.common));
    replica.whenDeleted((testId) => {
      this.#delete(testId);
    });
  }

  /** The journal of a test id; '' for the common one. */
  of(testId: string): Journal<Recorded> {
    return testId === '' ? this.#common : this.#ownOf(testId);
  }

  /** The id of the newest entry of all journals; 0 if there was none. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Adds an exchange that is answered, or will never be. */
  record(exchange: Exchange): void {
    this.#lastId += 1;
    const entry = new Recorded(this.#lastId, exchange);
    this.#common.add(entry);
    if (entry.testId === '') return;
    const journal = this.#ownOf(entry.testId);
    journal.add(entry);
    this.#ownByAge.push({ journal, id: entry.id });
    this.#boundOwn();
  }

  /** Ends all waiting and following. */
  close(): void {
    this.#common.end();
    for (const journal of this.#own.values()) journal.end();
  }

  #bounds(bytes: number): Bounds {
    return { entries: this.limit, bytes };
  }

  #ownOf(testId: string): Journal<Recorded> {
    const known = this.#own.get(testId);
    if (known !== undefined) return known;
    this.#replica.keep(testId);
    const made = new Journal<Recorded>(this.#bounds(BYTES.own), this.#ownTotal);
    if (this.#common.isEnded) made.end();
    this.#own.set(testId, made);
    return made;
  }

  #delete(testId: string): void {
    const journal = this.#own.get(testId);
    this.#own.delete(testId);
    journal?.remove(() => true);
    journal?.end();
  }

  /** Drops the oldest entries of test ids until all together are within their bound. */
  #boundOwn(): void {
    while (this.#ownTotal.bytes > BYTES.allOwn) {
      const oldest = this.#ownByAge[this.#ownHead];
      if (oldest === undefined) return;
      this.#ownHead += 1;
      if (oldest.journal.oldestId === oldest.id) oldest.journal.dropOldest();
    }
    const waste = this.#ownByAge.length - this.#ownTotal.entries;
    if (waste <= this.#ownTotal.entries + 1000) return;
    this.#ownByAge = this.#ownByAge
      .slice(this.#ownHead)
      .filter(({ journal, id }) => journal.find(id) !== undefined);
    this.#ownHead = 0;
  }
}
