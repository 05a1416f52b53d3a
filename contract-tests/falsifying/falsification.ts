/** A falsification: one thing in which the operator behind the proxy differs from a right one. */
import type { Exchange } from './exchange.ts';

/** Which run can notice it: a publisher with key, secret and key pair; all participants; only a run with the world's keys. */
export type Knowledge = 'publisher' | 'participants' | 'world';
export const levels: readonly Knowledge[] = ['publisher', 'participants', 'world'];

export interface Falsification {
  /** Unique: `theme/what@where`. */
  readonly id: string;
  readonly says: string;
  readonly seenBy: Knowledge;
  /** The profile of the operator that is falsified: `local` has v0 and v1 too. */
  readonly profile: 'current' | 'local';
  /** Changes the request, or answers it. */
  readonly request?: (exchange: Exchange) => void;
  /** Changes the answer. */
  readonly answer?: (exchange: Exchange) => void;
}
