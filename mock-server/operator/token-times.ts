/** Lifetimes, and the times of a token pair (Protocol §5.6, §9). All in ms. */

export interface Lifetimes {
  readonly identity: number;
  readonly refresh: number;
  readonly refreshAfter: number;
}

interface TokenTimes {
  readonly identityExpires: number;
  readonly refreshExpires: number;
  readonly refreshFrom: number;
}

/** The times of tokens issued at `now`. */
export function tokenTimes(now: number, lifetimes: Lifetimes): TokenTimes {
  return {
    identityExpires: now + lifetimes.identity,
    refreshExpires: now + lifetimes.refresh,
    refreshFrom: now + lifetimes.refreshAfter,
  };
}
