/** Ordered faults: departures from the protocol that a tester asks for. As data, and as a request sees them. */

/** A fault as it was ordered. Times are in ms. */
export interface OrderedFault {
  /** the preset that it was made of */
  readonly preset?: string | undefined;

  /** a glob for the path of the route: `*` stands for any characters, slashes too */
  readonly route?: string | undefined;
  readonly method?: 'GET' | 'POST' | 'OPTIONS' | undefined;
  /** name of the client whose API key the request carries */
  readonly client?: string | undefined;
  /** an address, phone number or hash of one, as a request carries it */
  readonly identity?: string | undefined;
  readonly test_id?: string | undefined;

  /** to how many requests it is applied; to any number if absent */
  readonly times?: number | undefined;
  /** how many matching requests are spared first */
  readonly after?: number | undefined;
  /** 0 to 1: to how many of the matching requests it is applied */
  readonly probability?: number | undefined;

  readonly latency?: number | { readonly min: number; readonly max: number } | undefined;
  readonly status?: number | undefined;
  /** a text, or a value that is sent as JSON */
  readonly body?: string | Record<string, unknown> | unknown[] | undefined;
  readonly headers?: Record<string, string | number> | undefined;
  readonly reset?: 'before' | 'after' | undefined;
  readonly hang?: true | undefined;

  /** how many bytes of the body are left; half of them if true */
  readonly cut?: number | true | undefined;
  readonly garbled?: true | undefined;
  readonly content_type?: string | undefined;
  readonly nonce?: 'wrong' | undefined;
  readonly tag?: 'bad' | undefined;
  /** what is added to the time in the envelope of an answer */
  readonly skew?: number | undefined;
  readonly token?: 'expired' | 'foreign' | undefined;
  readonly optout?: true | undefined;
}

/** A fault as a replica keeps it. */
export interface KeptFault {
  readonly id: string;
  readonly fault: OrderedFault;
  /** how many requests it matched while it was not used up */
  readonly hits: number;
  /** to how many of them it was applied */
  readonly applied: number;
  /** a text that its chances are drawn from */
  readonly seed: string;
}

/** A fault in the list of a state. */
export interface ListedFault extends KeptFault {
  /** to how many more it will be applied; null for any number */
  readonly left: number | null;
}

export type FaultChange =
  /** gives the ids of the faults */
  | { readonly how: 'add'; readonly faults: readonly OrderedFault[]; readonly seed: string }
  /** gives how many were removed */
  | { readonly how: 'remove'; readonly id: string }
  | { readonly how: 'clear' | 'reset' }
  /** the faults of a snapshot, in place of all others */
  | { readonly how: 'restore'; readonly kept: readonly KeptFault[]; readonly lastId: number }
  /** a request matches the fault; gives the number of the hit, from 1, or 0 when the fault spares the request */
  | { readonly how: 'hit'; readonly id: string };

/** A fault that a request may meet, and the state that it belongs to. */
export interface MetFault extends ListedFault {
  /** '' for the common state */
  readonly testId: string;
}

/** The faults of a state. A write resolves when every request sees it. */
export interface Faults {
  /** its own ones, in the order in which they were ordered */
  list(): readonly ListedFault[];
  /** those that its requests may meet, which are not used up: its own ones, then the common ones */
  met(): readonly MetFault[];
  /** Adds faults, all or none. Gives their ids. */
  add(faults: readonly OrderedFault[]): Promise<readonly string[]>;
  /** Whether there was such a fault. */
  remove(id: string): Promise<boolean>;
  clear(): Promise<void>;
  /** The same; the next id is `f1` again. */
  reset(): Promise<void>;
  /**
   * Counts a request that matches a fault.
   *
   * @returns the number of the hit, from 1; 0 when the fault spares the request
   * @throws StoreAway
   */
  hit(fault: MetFault): Promise<number>;
}
