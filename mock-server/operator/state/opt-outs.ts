/** Opted-out identities: those in the world, and the changes since (Protocol §8.2, §8.11). */

import { HashMap } from '../../core/hash-map.ts';

export interface OptOut {
  /** first-level hash, base64; undefined when only the raw UID is known */
  readonly flh?: string | undefined;
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
  const byHash = new HashMap<OptOut>();
  for (const one of optOuts) if (one.flh !== undefined) byHash.set(one.flh, one);
  return { byHash, byRawUid: new Map([...byHash.values()].map((optOut) => [optOut.rawUid, optOut])) };
}

export type OptOutChange =
  | { readonly how: 'add'; readonly optOuts: readonly OptOut[] }
  | ({ readonly how: 'remove' } & Removal)
  | { readonly how: 'clear' | 'reset' };

/** Which opt-out is removed: by first-level hash, by raw UID where only that is known, or by both. */
export interface Removal {
  readonly flh?: string | undefined;
  readonly rawUid?: string | undefined;
}

/**
 * The opt-outs that a request sees. A read takes the world's opt-outs as an argument, so that a request sees those of
 * its own deployment. A write resolves when every read of this process sees it.
 */
export interface OptOuts {
  /** ms; undefined when the identity is not opted out */
  since(flh: string, world: OptOutIndex): number | undefined;
  /** ms by raw UID text; undefined when it is not opted out */
  sinceOf(rawUid: string, world: OptOutIndex): number | undefined;
  /** whether some opt-out is known by its raw UID only */
  hasBareRawUids(): boolean;
  count(world: OptOutIndex): number;
  list(world: OptOutIndex): Iterable<OptOut>;
  /** Adds opt-outs; each replaces an earlier one of the same identity. */
  add(...optOuts: readonly OptOut[]): Promise<void>;
  remove(removed: Removal): Promise<void>;
  /** Removes every opt-out, those of the world too. */
  clear(): Promise<void>;
  /** Drops all changes: the opt-outs of the world, or for a test id the common ones, count again. */
  reset(): Promise<void>;
}
