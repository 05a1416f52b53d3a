/**
 * Keeps changes in a Valkey or Redis server, for any number of instances. A log there is the truth: each instance follows
 * it and applies its entries in order. A write resolves when its own entry has come back and was applied.
 */

import type { Redis } from 'iovalkey';
import type { Entry } from '../state/changes.ts';
import type { Replica } from '../state/replica.ts';
import { type Store, StoreAway, type StoreHealth } from '../state/store.ts';
import { type Applied, Follower } from './follower.ts';
import { type Address, causeOf, openLink } from './link.ts';
import { PATIENCE_MS, type Pending, PendingChanges } from './pending.ts';
import { APPEND, type Keys, keysOf, run } from './scripts.ts';
import { type Known, Signs } from './signs.ts';
import { type SnapshotWork, saveSnapshot } from './snapshots.ts';
import { realTimers } from '../real-timers.ts';

interface ValkeyOptions {
  readonly address: Address;
  /** a name that no other instance has, or had */
  readonly instance: string;
  /** a text that no other store has: the mark of a store that begins empty */
  readonly epoch: string;
  /** after how many entries, at least, a snapshot is made */
  readonly snapshotEvery?: number;
}

const SNAPSHOT_EVERY = 1000;
const OBEYED_WITHIN_MS = 10_000;
const POLL_MS = 15;
const FAREWELL_MS = 200;

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => realTimers.setTimeout(resolve, ms).unref());

const isRefusal = (error: unknown): boolean => error instanceof Error && error.name === 'ReplyError';

class ValkeyStore implements Store {
  readonly kind = 'valkey';
  readonly #options: ValkeyOptions;
  readonly #replica: Replica;
  readonly #keys: Keys;
  readonly #writing: Redis;
  readonly #reading: Redis;
  readonly #follower: Follower;
  readonly #signs: Signs;
  readonly #pending = new PendingChanges();
  /** whether to start again from the snapshot, or to look whether that is needed */
  #next: 'restart' | 'look' | 'follow' = 'restart';
  #isSaving = false;
  #isClosed = false;

  constructor(options: ValkeyOptions, replica: Replica, writing: Redis, reading: Redis) {
    const { address, instance, epoch } = options;
    this.#options = options;
    this.#replica = replica;
    this.#keys = keysOf(address.prefix);
    this.#writing = writing;
    this.#reading = reading;
    const keys = this.#keys;
    const applied = (entry: Applied): void => {
      this.#noteApplied(entry);
    };
    this.#follower = new Follower({ keys, replica, applied });
    this.#signs = new Signs({
      ...{ client: writing, keys, instance, epoch },
      applied: () => this.#follower.seq,
      heard: (known) => {
        this.#hear(known);
      },
      tick: () => {
        this.#pending.giveUpOld();
      },
      isBack: () => {
        for (const one of this.#pending.all) this.#send(one);
      },
    });
    reading.on('close', () => {
      if (this.#next === 'follow') this.#next = 'look';
    });
  }

  get startedAt(): number | undefined {
    return this.#signs.known?.started;
  }

  /** Reads what the store holds. */
  async open(): Promise<void> {
    await this.#signs.sign();
    await this.#follower.restart(this.#work);
    this.#next = 'follow';
    this.#signs.start();
    void this.#follow();
  }

  append(entry: Entry): Promise<unknown> {
    if (this.#isClosed || !this.#signs.isUp) {
      return Promise.reject(new StoreAway('the store does not answer; nothing was changed'));
    }
    return this.#pending.add(JSON.stringify(entry), (one) => {
      this.#send(one);
    });
  }

  async obeyedByAll(): Promise<void> {
    const until = realTimers.elapsed() + OBEYED_WITHIN_MS;
    let target: number | undefined;
    for (;;) {
      const { seq, instances } = await this.#askAll();
      target ??= seq;
      const behind = [...instances].filter(([, applied]) => applied < (target ?? 0));
      if (behind.length === 0) return;
      if (realTimers.elapsed() > until) {
        const names = behind.map(([name]) => name).join(', ');
        throw new StoreAway(`made, but not applied within ${OBEYED_WITHIN_MS} ms by ${names}`);
      }
      await pause(POLL_MS);
    }
  }

  health(): StoreHealth {
    const { isUp, lag, known } = this.#signs;
    return { kind: this.kind, up: isUp, lag_ms: lag, instances: [...(known?.instances.keys() ?? [])] };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#signs.stop();
    if (this.#signs.isUp) {
      const farewell = this.#writing.hdel(this.#keys.instances, this.#options.instance);
      await Promise.race([farewell.catch(() => undefined), pause(FAREWELL_MS)]);
    }
    this.#writing.disconnect();
    this.#reading.disconnect();
    this.#pending.rejectAll(new StoreAway('the operator was closed; the change may have been made'));
  }

  get #work(): SnapshotWork {
    return { client: this.#writing, keys: this.#keys, instance: this.#options.instance };
  }

  async #askAll(): Promise<Known> {
    try {
      return await this.#signs.sign();
    } catch (error) {
      throw new StoreAway(`the store does not answer: ${causeOf(error)}`);
    }
  }

  /** Sends a change, the first time or after the connection was lost: the store adds it once. */
  #send({ number, text, since }: Pending): void {
    const { log, meta, last } = this.#keys;
    const { instance } = this.#options;
    const left = since + PATIENCE_MS - realTimers.elapsed();
    const deadline = Math.floor(this.#signs.serverNow + left);
    run(this.#writing, APPEND, [log, meta, last(instance)], [number, deadline, instance, text]).then(
      (done) => {
        if (done !== 'late') return;
        this.#pending.reject(number, new StoreAway('the store did not answer in time; nothing was changed'));
      },
      (error: unknown) => {
        // otherwise the connection was lost, and the change is sent again when there is one
        if (!isRefusal(error)) return;
        this.#pending.reject(number, new StoreAway(`the store refused the change: ${causeOf(error)}`));
      },
    );
  }

  #noteApplied({ by, number, outcome }: Applied): void {
    this.#signs.soon();
    if (by !== this.#options.instance) return;
    if ('error' in outcome) this.#pending.reject(number, outcome.error);
    else this.#pending.resolve(number, outcome.given);
  }

  #hear(known: Known): void {
    if (known.seq < this.#follower.seq) this.#next = 'restart';
    const entries = this.#follower.seq - known.snapshotSeq;
    const isDue =
      entries >= (this.#options.snapshotEvery ?? SNAPSHOT_EVERY) && known.bytes >= known.snapshotBytes;
    if (isDue && this.#next === 'follow' && !this.#isSaving) void this.#save(known);
  }

  async #save({ epoch, bytes }: Known): Promise<void> {
    this.#isSaving = true;
    try {
      await saveSnapshot(this.#work, this.#replica, { epoch, seq: this.#follower.seq, bytes });
    } catch {
      // made by the next instance that finds it due
    } finally {
      this.#isSaving = false;
    }
  }

  async #follow(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#step();
      } catch {
        // the connection was lost; it is made again in the background
        await pause(POLL_MS);
      }
    }
  }

  async #step(): Promise<void> {
    if (this.#next === 'look') {
      this.#next = (await this.#follower.isOnLog(this.#reading)) ? 'follow' : 'restart';
    }
    if (this.#next === 'restart') {
      await this.#follower.restart({ ...this.#work, client: this.#reading });
      this.#next = 'follow';
    }
    if (!(await this.#follower.step(this.#reading))) this.#next = 'restart';
  }
}

/**
 * Opens a store in a Valkey or Redis server, and brings the replica up to it.
 *
 * @throws StoreAway when it cannot be reached
 */
export async function openValkeyStore(options: ValkeyOptions, replica: Replica): Promise<Store> {
  const writing = await openLink(options.address);
  const reading = await openLink(options.address).catch((error: unknown) => {
    writing.disconnect();
    throw error;
  });
  const store = new ValkeyStore(options, replica, writing, reading);
  try {
    await store.open();
    return store;
  } catch (error) {
    await store.close();
    throw error instanceof StoreAway ? error : new StoreAway(`the store does not work: ${causeOf(error)}`);
  }
}
