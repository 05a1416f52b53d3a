/** The changes of this process that are not applied yet. */

import { StoreAway } from '../state/store.ts';
import { realTimers } from '../real-timers.ts';

export interface Pending {
  readonly number: number;
  /** the entry as JSON */
  readonly text: string;
  /** when it was given, in ms of `realTimers.elapsed` */
  readonly since: number;
  readonly resolve: (given: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A change that is not applied after so many ms is given up. */
export const PATIENCE_MS = 5000;

export class PendingChanges {
  readonly #waiting = new Map<number, Pending>();
  #last = 0;

  /** Those that wait, the oldest first. */
  get all(): readonly Pending[] {
    return [...this.#waiting.values()];
  }

  /** Adds a change; `send` gets it with its number. The promise is settled by one of the functions below. */
  add(text: string, send: (pending: Pending) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const pending = { number: (this.#last += 1), text, since: realTimers.elapsed(), resolve, reject };
      this.#waiting.set(pending.number, pending);
      send(pending);
    });
  }

  resolve(number: number, given: unknown): void {
    this.#waiting.get(number)?.resolve(given);
    this.#waiting.delete(number);
  }

  reject(number: number, error: unknown): void {
    this.#waiting.get(number)?.reject(error);
    this.#waiting.delete(number);
  }

  /** Gives up those that wait too long. They may have been made: nobody knows what a store did before it went away. */
  giveUpOld(): void {
    const before = realTimers.elapsed() - PATIENCE_MS;
    for (const { number, since } of this.all) {
      if (since > before) return;
      this.reject(number, new StoreAway('the store did not answer in time; the change may have been made'));
    }
  }

  rejectAll(error: Error): void {
    for (const { number } of this.all) this.reject(number, error);
  }
}
