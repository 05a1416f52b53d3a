/** What the scenarios of one run share: facts established before the first scenario, and answers that are requested once. */
import type { Keys } from '../wire/index.ts';
import type { Caller } from '../target/credentials.ts';

/**
 * Whether token/validate of v2 tells if a token belongs to an identity (Protocol §8.3.3). `works`: for any identity, if
 * the site has a key of its own; `test identities`: for those only, as in v5.56; the others: not in a usable way.
 */
export type PersonCheckState = 'works' | 'unauthorised' | 'test identities' | 'not served' | 'unreliable';

export interface PersonCheck {
  readonly state: PersonCheckState;
  /** The state in one sentence, for the report. */
  readonly says: string;
  /** The publisher that may ask. */
  readonly caller: Caller | undefined;
  /** Only token/validate can tell whose a token is: there is no world, and no keys together with an identity map. */
  readonly isNeeded: boolean;
}

/** Established by several requests before the scenarios run; they do not change afterwards. */
export interface Facts {
  /** Milliseconds by which the operator's clock is ahead of ours. */
  readonly clockAhead: number;
  /** Keys that the key endpoints of any generation give to the given callers, by id. */
  readonly keys: Keys;
  readonly personCheck: PersonCheck;
}

export interface RunMemory {
  readonly facts: Facts;
  /** Answers that are requested once per run, by name. */
  readonly once: Map<string, Promise<unknown>>;
}

/** Calls `ask` once per run for a name; later callers get the same promise. */
export function askOnce<T>(memory: RunMemory, name: string, ask: () => Promise<T>): Promise<T> {
  const found = memory.once.get(name) ?? ask();
  memory.once.set(name, found);
  return found as Promise<T>;
}
