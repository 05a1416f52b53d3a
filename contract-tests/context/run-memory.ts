/** What the scenarios of one run share: values seen before, against which later ones are checked. */

export interface RunMemory {
  /** Answers that are asked for once per run, by name. */
  once: Map<string, Promise<unknown>>;
  /** Random values (hex or text): none may come twice in a run. */
  random: Set<string>;
  /** Values that stay the same for the whole run, such as raw UIDs, by name. */
  constants: Map<string, string>;
  /** Milliseconds from refresh_from to identity_expires, and from there to refresh_expires, of the first tokens. */
  lifetimes: readonly number[] | undefined;
  /** Milliseconds by which the operator's clock was ahead of ours in the first answer that had its time. */
  clockAhead: number | undefined;
  /** Keys that the key endpoints returned to any caller, by id. */
  keys: Map<number, Buffer>;
}

export const createRunMemory = (): RunMemory => ({
  once: new Map(),
  random: new Set(),
  constants: new Map(),
  lifetimes: undefined,
  clockAhead: undefined,
  keys: new Map(),
});

/** Calls `ask` once per run for a name; later callers get the same promise. */
export function askOnce<T>(memory: RunMemory, name: string, ask: () => Promise<T>): Promise<T> {
  const found = memory.once.get(name) ?? ask();
  memory.once.set(name, found);
  return found as Promise<T>;
}

/** The value that the run first saw under this name, which is `value` for the first call. */
export function firstSeen(memory: RunMemory, name: string, value: string): string {
  const known = memory.constants.get(name) ?? value;
  memory.constants.set(name, known);
  return known;
}
