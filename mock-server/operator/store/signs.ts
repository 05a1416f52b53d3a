/** Signs of life between an instance and its store: whether the store is there, what it holds, who else lives. */

import type { Redis } from 'iovalkey';
import { type Keys, SIGN, run } from './scripts.ts';
import { realTimers } from '../real-timers.ts';

/** What the store said last. */
export interface Known {
  readonly epoch: string;
  /** the last entry in the log */
  readonly seq: number;
  /** of the entries since the last snapshot */
  readonly bytes: number;
  readonly snapshotSeq: number;
  readonly snapshotBytes: number;
  /** the time of the first instance, in ms */
  readonly started: number;
  /** the last entry that each living instance has applied */
  readonly instances: ReadonlyMap<string, number>;
}

interface SignsOptions {
  readonly client: Redis;
  readonly keys: Keys;
  readonly instance: string;
  /** the epoch of a store that begins empty */
  readonly epoch: string;
  /** the last entry that is applied here */
  readonly applied: () => number;
  readonly heard: (known: Known) => void;
  /** called some times a second */
  readonly tick: () => void;
  /** called when the store is there again */
  readonly isBack: () => void;
}

const EVERY_MS = 250;
/** After an entry the others learn soon that it was applied here. */
const SOON_MS = 10;
/** An instance without a sign of life for so long is dead. */
const DEAD_AFTER_MS = 3000;
/** A store that does not answer for so long is away. */
const SILENT_MS = 2000;
/** And after so long its connection is made anew. */
const RECONNECT_MS = 6000;

function knownOf([, epoch = '', ...rest]: readonly string[]): Known {
  const [seq = 0, bytes = 0, snapshotSeq = 0, snapshotBytes = 0, started = 0] = rest.slice(0, 5).map(Number);
  const instances = new Map<string, number>();
  for (let i = 5; i < rest.length; i += 2) instances.set(rest[i] ?? '', Number(rest[i + 1]));
  return { epoch, seq, bytes, snapshotSeq, snapshotBytes, started, instances };
}

export class Signs {
  readonly #options: SignsOptions;
  #known: Known | undefined;
  #isUp = false;
  #inFlight: { readonly since: number; readonly answer: Promise<Known> } | undefined;
  /** the server's time minus `realTimers.elapsed`, in ms */
  #offset = 0;
  #syncedAt = realTimers.elapsed();
  #isSoon = false;
  #timers = new Set<NodeJS.Timeout>();
  #isStopped = false;

  constructor(options: SignsOptions) {
    this.#options = options;
    options.client.on('close', () => {
      this.#isUp = false;
    });
    options.client.on('ready', () => {
      this.#signQuietly();
    });
  }

  get known(): Known | undefined {
    return this.#known;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** The server's time in ms. */
  get serverNow(): number {
    return realTimers.elapsed() + this.#offset;
  }

  /** ms since everything was known to be applied here. */
  get lag(): number {
    const isSynced = this.#isUp && this.#options.applied() >= (this.#known?.seq ?? 0);
    return isSynced ? 0 : Math.round(realTimers.elapsed() - this.#syncedAt);
  }

  /** Begins to give signs of life. */
  start(): void {
    this.#after(EVERY_MS, () => {
      // what has come in the meantime is read before the store is called silent
      realTimers.setImmediate(() => {
        this.#checkSilence();
        this.#options.tick();
        this.#signQuietly();
        if (!this.#isStopped) this.start();
      });
    });
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) realTimers.clearTimeout(timer);
  }

  soon(): void {
    if (this.#isSoon || (this.#known?.instances.size ?? 0) < 2) return;
    this.#isSoon = true;
    this.#after(SOON_MS, () => {
      this.#isSoon = false;
      this.#signQuietly();
    });
  }

  /** Gives a sign of life, and learns what the store knows. One is on its way at a time. */
  sign(): Promise<Known> {
    this.#inFlight ??= { since: realTimers.elapsed(), answer: this.#ask() };
    return this.#inFlight.answer;
  }

  #after(ms: number, act: () => void): void {
    if (this.#isStopped) return;
    const timer = realTimers
      .setTimeout(() => {
        this.#timers.delete(timer);
        act();
      }, ms)
      .unref();
    this.#timers.add(timer);
  }

  #signQuietly(): void {
    // a store that does not answer is noted where it is asked
    this.sign().catch(() => undefined);
  }

  async #ask(): Promise<Known> {
    const { client, keys, instance, applied, epoch, heard, isBack } = this.#options;
    const since = realTimers.elapsed();
    try {
      const args = [instance, applied(), DEAD_AFTER_MS, epoch];
      const answer = (await run(client, SIGN, [keys.meta, keys.instances], args)) as string[];
      const known = knownOf(answer);
      this.#known = known;
      // behind the server's time by the way back of the answer, so that no deadline is later than it was meant
      this.#offset = Number(answer[0]) - realTimers.elapsed();
      if (applied() >= known.seq) this.#syncedAt = since;
      if (!this.#isUp) isBack();
      this.#isUp = true;
      heard(known);
      return known;
    } catch (error) {
      this.#isUp = false;
      throw error;
    } finally {
      this.#inFlight = undefined;
    }
  }

  #checkSilence(): void {
    const silent = this.#inFlight ? realTimers.elapsed() - this.#inFlight.since : 0;
    if (silent > SILENT_MS) this.#isUp = false;
    if (silent > RECONNECT_MS) this.#options.client.disconnect(true);
  }
}
