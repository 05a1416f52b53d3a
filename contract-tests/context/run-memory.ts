/** What the scenarios of one run share: facts that were established before the first, and answers asked for once. */
import type { Keys } from '../wire/index.ts';

/** Established by several askings before the scenarios run, and frozen. */
export interface Facts {
  /** Milliseconds by which the operator's clock is ahead of ours. */
  readonly clockAhead: number;
  /** Keys that the key endpoints of any generation give to the given callers, by id. */
  readonly keys: Keys;
}

export interface RunMemory {
  readonly facts: Facts;
  /** Answers that are asked for once per run, by name. */
  readonly once: Map<string, Promise<unknown>>;
}

/** Calls `ask` once per run for a name; later callers get the same promise. */
export function askOnce<T>(memory: RunMemory, name: string, ask: () => Promise<T>): Promise<T> {
  const found = memory.once.get(name) ?? ask();
  memory.once.set(name, found);
  return found as Promise<T>;
}
