/** The requests of the journal as they arrive: kept in order, shown in groups. */

import { readEvents } from '../admin/event-reader.ts';
import type { RequestSummary } from '../admin/calls/request-schema.ts';
import { Refusal, request } from './api.ts';
import { Store } from './store.ts';
import { messageFrom } from './text.ts';

/** A request with the text that a filter looks at. */
export interface Row extends RequestSummary {
  readonly searched: string;
}

type FeedState =
  | { readonly is: 'connecting' | 'live' }
  /** `why` for people */
  | { readonly is: 'lost' | 'off'; readonly why: string };

/** Requests that the page holds at most. */
const MOST = 20_000;
const DROPPED_AT_ONCE = 1000;
/** ms */
const SHOWN_EVERY = 30;
/** ms */
const RETRY_AFTER = 1000;

const rowOf = (summary: RequestSummary): Row => {
  const { method, path, status, client, reason, reason_text, fault, id } = summary;
  const parts = [method, path, status, client ?? '', reason, reason_text, fault ?? '', `#${id}`];
  return { ...summary, searched: parts.join(' ').toLowerCase() };
};

class Feed {
  readonly state = new Store<FeedState>({ is: 'connecting' });
  /** changes with every change of `rows` */
  readonly version = new Store(0);
  /** oldest first */
  rows: Row[] = [];
  #lastId = 0;
  #pending: Row[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = new AbortController();

  /** Reads on until `stop`. */
  async start(): Promise<void> {
    this.#stopped = new AbortController();
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        await this.#follow(signal);
      } catch (error) {
        if (signal.aborted) return;
        const status = error instanceof Refusal ? error.status : 0;
        if (status === 409) {
          this.state.set({ is: 'off', why: messageFrom(error) });
          return;
        }
        if (status === 401) return;
        this.state.set({
          is: 'lost',
          why: error instanceof Refusal ? error.message : 'the connection ended',
        });
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER));
    }
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Forgets all requests; those that come later are still shown. */
  clear(): void {
    this.rows = [];
    this.#pending = [];
    this.version.set(this.version.get() + 1);
  }

  /** Reads one connection. A journal whose newest id is lower than ours belongs to a restarted operator. */
  async #follow(signal: AbortSignal): Promise<void> {
    let after: number | undefined = this.#lastId === 0 ? 0 : undefined;
    for (;;) {
      const path = `requests/stream${after === undefined ? '' : `?after=${after}`}`;
      const { body } = await request(path, { signal });
      if (body === null) throw new Refusal(0, 'the operator sent no stream');
      const isRead = await this.#read(body, after === undefined);
      if (isRead) throw new Refusal(0, 'the connection ended');
      after = this.#lastId;
    }
  }

  /** Reads a stream to its end. Gives false where another stream has to be opened, from the last known id. */
  async #read(body: ReadableStream<Uint8Array>, looksFirst: boolean): Promise<boolean> {
    let isFirst = looksFirst;
    for await (const { event, id, data } of readEvents(body)) {
      if (isFirst && event === '' && id !== '') {
        isFirst = false;
        if (Number(id) !== this.#lastId) {
          if (Number(id) < this.#lastId) this.#begin();
          return false;
        }
      }
      this.state.set({ is: 'live' });
      if (event === 'request') this.#add(JSON.parse(data) as RequestSummary);
    }
    return true;
  }

  #begin(): void {
    this.#lastId = 0;
    this.clear();
  }

  #add(summary: RequestSummary): void {
    this.#lastId = Number(summary.id);
    this.#pending.push(rowOf(summary));
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#show();
    }, SHOWN_EVERY);
  }

  #show(): void {
    this.rows.push(...this.#pending);
    this.#pending = [];
    if (this.rows.length > MOST) this.rows = this.rows.slice(this.rows.length - MOST + DROPPED_AT_ONCE);
    this.version.set(this.version.get() + 1);
  }
}

export const feed = new Feed();
