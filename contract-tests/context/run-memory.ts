/** What the scenarios of one run share: facts that were established before the first, and answers asked for once. */
import type { Keys } from '../wire/index.ts';
import type { Caller } from '../target/credentials.ts';

/**
 * Whether token/validate of v2 says of any identity if a token is one of it (Protocol §8.3.3): for sites with a key
 * of their own; for test identities only, as in v5.56; or not in a way that can be used.
 */
export type PersonCheckState = 'works' | 'unauthorised' | 'test identities' | 'not served' | 'unreliable';

export interface PersonCheck {
  readonly state: PersonCheckState;
  /** The state in one sentence, for the report. */
  readonly says: string;
  /** The publisher that may ask. */
  readonly caller: Caller | undefined;
  /** Nothing else tells whose a token is: there is no world, and no keys together with an identity map. */
  readonly isNeeded: boolean;
}

/** Established by several askings before the scenarios run, and frozen. */
export interface Facts {
  /** Milliseconds by which the operator's clock is ahead of ours. */
  readonly clockAhead: number;
  /** Keys that the key endpoints of any generation give to the given callers, by id. */
  readonly keys: Keys;
  readonly personCheck: PersonCheck;
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
