/**
 * Keeps changes in the primary process of several workers. The primary orders the entries, keeps a replica for workers
 * that start later, and sends every entry to every worker. A channel keeps the order of its messages.
 */

import type { Entry } from '../state/changes.ts';
import type { Replica } from '../state/replica.ts';
import { snapshotOf } from '../state/snapshot.ts';
import { createStates } from '../state/states.ts';
import { type Store, StoreAway, type StoreHealth } from '../state/store.ts';
import { nextTurn } from '../turns.ts';
import { PendingChanges } from './pending.ts';
import { realTimers } from '../real-timers.ts';

/** From a worker to the primary, or back. */
export type StoreMessage =
  | { readonly of: 'store'; readonly kind: 'hello' }
  | { readonly of: 'store'; readonly kind: 'append'; readonly number: number; readonly text: string }
  | { readonly of: 'store'; readonly kind: 'rebuild'; readonly entry: Entry }
  | {
      readonly of: 'store';
      readonly kind: 'entry';
      readonly by: string;
      readonly number: number;
      readonly entry: Entry;
    }
  | { readonly of: 'store'; readonly kind: 'ready'; readonly name: string }
  | { readonly of: 'store'; readonly kind: 'instances'; readonly names: readonly string[] }
  /** whether all workers obey: asked by one, passed on to all, and back */
  | { readonly of: 'store'; readonly kind: 'ask' | 'ping' | 'pong' | 'obeyed'; readonly number: number };

/** One end of the way between a worker and the primary. */
export interface Channel {
  send(message: StoreMessage): void;
  receive(act: (message: StoreMessage) => void): void;
}

export const isStoreMessage = (message: unknown): message is StoreMessage =>
  typeof message === 'object' && message !== null && 'of' in message && message.of === 'store';

interface Worker {
  readonly name: string;
  readonly channel: Channel;
  /** entries that came while it is sent the snapshot */
  backlog: StoreMessage[] | undefined;
}

interface Question {
  readonly asker: Worker;
  readonly number: number;
  readonly open: Set<Worker>;
}

/** The primary's part. */
export class PrimaryLog {
  readonly #replica: Replica;
  readonly #workers = new Set<Worker>();
  readonly #questions = new Map<number, Question>();
  #lastQuestion = 0;

  private constructor(replica: Replica) {
    this.#replica = replica;
  }

  static async create(wall: () => number): Promise<PrimaryLog> {
    return new PrimaryLog((await createStates({ wall })).replica);
  }

  /**
   * Serves a worker.
   *
   * @returns what to call when it is gone
   */
  attach(name: string, channel: Channel): () => void {
    const worker: Worker = { name, channel, backlog: [] };
    channel.receive((message) => {
      this.#take(worker, message);
    });
    return () => {
      this.#workers.delete(worker);
      for (const [id, question] of this.#questions) this.#answer(id, question, worker);
      this.#tellInstances();
    };
  }

  #take(worker: Worker, message: StoreMessage): void {
    if (message.kind === 'hello') void this.#begin(worker);
    if (message.kind === 'append') this.#append(worker, message.number, JSON.parse(message.text) as Entry);
    if (message.kind === 'ask') this.#ask(worker, message.number);
    if (message.kind === 'pong') this.#answer(message.number, this.#questions.get(message.number), worker);
  }

  async #begin(worker: Worker): Promise<void> {
    this.#workers.add(worker);
    for (const entry of snapshotOf(this.#replica)) {
      worker.channel.send({ of: 'store', kind: 'rebuild', entry });
      await nextTurn();
    }
    for (const message of worker.backlog ?? []) worker.channel.send(message);
    worker.backlog = undefined;
    worker.channel.send({ of: 'store', kind: 'ready', name: worker.name });
    this.#tellInstances();
  }

  #append(by: Worker, number: number, entry: Entry): void {
    try {
      this.#replica.apply(entry);
    } catch {
      // the worker finds the same error
    }
    for (const worker of this.#workers) {
      this.#send(worker, { of: 'store', kind: 'entry', by: by.name, number, entry });
    }
  }

  #send(worker: Worker, message: StoreMessage): void {
    if (worker.backlog) worker.backlog.push(message);
    else worker.channel.send(message);
  }

  #ask(asker: Worker, number: number): void {
    const id = (this.#lastQuestion += 1);
    this.#questions.set(id, { asker, number, open: new Set(this.#workers) });
    for (const worker of this.#workers) this.#send(worker, { of: 'store', kind: 'ping', number: id });
  }

  #answer(id: number, question: Question | undefined, worker: Worker): void {
    question?.open.delete(worker);
    if (question?.open.size !== 0) return;
    this.#questions.delete(id);
    question.asker.channel.send({ of: 'store', kind: 'obeyed', number: question.number });
  }

  #tellInstances(): void {
    const names = [...this.#workers].map(({ name }) => name);
    for (const worker of this.#workers) this.#send(worker, { of: 'store', kind: 'instances', names });
  }
}

const OBEYED_WITHIN_MS = 10_000;

/** A worker's part. */
class PrimaryStore implements Store {
  readonly kind = 'primary';
  readonly #channel: Channel;
  readonly #replica: Replica;
  readonly #pending = new PendingChanges();
  readonly #questions = new Map<number, () => void>();
  #lastQuestion = 0;
  #instances: readonly string[] = [];
  #name = '';

  constructor(channel: Channel, replica: Replica) {
    this.#channel = channel;
    this.#replica = replica;
  }

  /** Brings the replica up to that of the primary. */
  open(): Promise<void> {
    return new Promise((ready) => {
      this.#channel.receive((message) => {
        this.#take(message);
        if (message.kind === 'ready') ready();
      });
      this.#channel.send({ of: 'store', kind: 'hello' });
    });
  }

  append(entry: Entry): Promise<unknown> {
    return this.#pending.add(JSON.stringify(entry), ({ number, text }) => {
      this.#channel.send({ of: 'store', kind: 'append', number, text });
    });
  }

  async obeyedByAll(): Promise<void> {
    const number = (this.#lastQuestion += 1);
    await new Promise<void>((resolve, reject) => {
      const timer = realTimers.setTimeout(() => {
        reject(new StoreAway(`made, but not applied within ${OBEYED_WITHIN_MS} ms by every worker`));
      }, OBEYED_WITHIN_MS);
      this.#questions.set(number, () => {
        realTimers.clearTimeout(timer);
        resolve();
      });
      this.#channel.send({ of: 'store', kind: 'ask', number });
    }).finally(() => this.#questions.delete(number));
  }

  health(): StoreHealth {
    return { kind: this.kind, up: true, lag_ms: 0, instances: this.#instances };
  }

  async close(): Promise<void> {
    this.#pending.rejectAll(new StoreAway('the operator was closed; the change may have been made'));
  }

  #take(message: StoreMessage): void {
    if (message.kind === 'rebuild') this.#replica.apply(message.entry);
    if (message.kind === 'entry') this.#apply(message.by, message.number, message.entry);
    if (message.kind === 'ready') this.#name = message.name;
    if (message.kind === 'instances') this.#instances = message.names;
    if (message.kind === 'obeyed') this.#questions.get(message.number)?.();
    if (message.kind !== 'ping') return;
    this.#channel.send({ of: 'store', kind: 'pong', number: message.number });
  }

  #apply(by: string, number: number, entry: Entry): void {
    try {
      const given = this.#replica.apply(entry);
      if (by === this.#name) this.#pending.resolve(number, given);
    } catch (error) {
      if (by === this.#name) this.#pending.reject(number, error);
    }
  }
}

/** Opens the store of a worker, and brings its replica up to that of the primary. */
export async function openPrimaryStore(channel: Channel, replica: Replica): Promise<Store> {
  const store = new PrimaryStore(channel, replica);
  await store.open();
  return store;
}
