/** Opted-out identities: those in the world, and the changes since (Protocol §8.2, §8.11). */

export interface OptOut {
  /** first-level hash, base64 */
  readonly flh: string;
  /** the raw UID (base64) under which optout/status finds the opt-out */
  readonly rawUid: string;
  /** ms */
  readonly since: number;
}

/** The opt-outs in a world. They are part of its deployment. */
export interface OptOutIndex {
  readonly byHash: ReadonlyMap<string, OptOut>;
  readonly byRawUid: ReadonlyMap<string, OptOut>;
}

export function indexOptOuts(optOuts: readonly OptOut[]): OptOutIndex {
  const byHash = new Map(optOuts.map((optOut) => [optOut.flh, optOut]));
  return { byHash, byRawUid: new Map([...byHash.values()].map((optOut) => [optOut.rawUid, optOut])) };
}

/**
 * The changes to the world's opt-outs. A read takes the world's opt-outs as an argument, so that a request sees those
 * of its own deployment. A write resolves when every read of this process sees it.
 */
export interface OptOuts {
  /** ms; undefined when the identity is not opted out */
  since(flh: string, world: OptOutIndex): number | undefined;
  /** ms by raw UID text; undefined when it is not opted out */
  sinceOf(rawUid: string, world: OptOutIndex): number | undefined;
  /** all opt-outs */
  list(world: OptOutIndex): OptOut[];
  /** Adds an opt-out; it replaces an earlier one of the same identity. */
  add(optOut: OptOut): Promise<void>;
  remove(flh: string): Promise<void>;
  /** Removes every opt-out, those of the world too. */
  clear(): Promise<void>;
  /** Drops all changes: the world's opt-outs count again. */
  reset(): Promise<void>;
}
