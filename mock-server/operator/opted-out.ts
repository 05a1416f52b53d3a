/** Who is opted out: test identities, and the store of real opt-outs (Protocol §1.4, §8.2, §8.11). */

import type { TestIdentityKind } from '../core/test-identities.ts';

interface OptOut {
  /** ms */
  readonly since: number;
  readonly rawUid: string;
}

/** Opt-outs by first-level hash (base64), with the raw UID under which optout/status finds them. */
export class OptOutStore {
  readonly #byHash = new Map<string, OptOut>();
  readonly #byRawUid = new Map<string, OptOut>();

  add(flh: string, optOut: OptOut): void {
    this.remove(flh);
    this.#byHash.set(flh, optOut);
    this.#byRawUid.set(optOut.rawUid, optOut);
  }

  remove(flh: string): void {
    const optOut = this.#byHash.get(flh);
    if (optOut === undefined) return;
    this.#byHash.delete(flh);
    this.#byRawUid.delete(optOut.rawUid);
  }

  clear(): void {
    this.#byHash.clear();
    this.#byRawUid.clear();
  }

  /** ms, undefined when not opted out */
  since(flh: string): number | undefined {
    return this.#byHash.get(flh)?.since;
  }

  /** ms by raw UID text, undefined when not opted out */
  sinceOf(rawUid: string): number | undefined {
    return this.#byRawUid.get(rawUid)?.since;
  }
}

/** Whether generate and map refuse an identity. */
export function isOptedOut(kind: TestIdentityKind | undefined, since: number | undefined): boolean {
  return kind === undefined ? since !== undefined : kind === 'optout';
}

/**
 * Whether a refresh ends in an opt-out. `established` (ms) is given where only newer opt-outs count, so that
 * logging in again starts a new chain (S21).
 */
export function endsChain(
  kind: TestIdentityKind | undefined,
  since: number | undefined,
  established: number | undefined,
): boolean {
  if (kind !== undefined) return kind !== 'validate';
  return since !== undefined && (established === undefined || since >= established);
}
