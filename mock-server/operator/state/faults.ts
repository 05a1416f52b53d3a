/** Ordered faults: departures from the protocol that a tester asks for. */

/** A fault as it was ordered. */
export interface OrderedFault {
  readonly id: string;
}

export type FaultChange =
  | { readonly how: 'add'; readonly faults: readonly object[] }
  | { readonly how: 'remove'; readonly ids: readonly string[] }
  | { readonly how: 'clear' }
  /** a request matches the fault; gives how many did before it */
  | { readonly how: 'hit'; readonly id: string };
