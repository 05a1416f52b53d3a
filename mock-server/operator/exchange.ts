/**
 * One record per request. The stage that learns something writes it: the gate, authentication, the transport, the use
 * case, the sender. The log reads it; nothing computes a cause a second time.
 */

import type { JsonObject } from '../core/json.ts';
import { type Facts, type Reason, shownFacts } from '../core/reasons.ts';
import type { Located } from './identity.ts';
import type { Client } from './world/directory.ts';

export interface Exchange {
  /** ms, by the operator's clock */
  readonly arrived: number;
  readonly method: string;
  /** path as it came, without the query */
  readonly path: string;
  /** path of the route that serves the request */
  route?: string;
  /** the client that the API key names, enabled or not */
  client?: Client | undefined;
  /** the opened payload of an envelope */
  payload?: JsonObject | undefined;
  /** the identity as it was read */
  identity?: Located;
  /** why the answer is what it is */
  reason: Reason;
  /** what the sentence of the reason tells of the case */
  facts: Facts;
  /** HTTP status of the answer */
  status?: number;
  /** ms, by the operator's clock */
  answered?: number;
}

const NO_FACTS: Facts = {};

export const newExchange = (arrived: number, method: string, path: string): Exchange => ({
  arrived,
  method,
  path,
  reason: 'served',
  facts: NO_FACTS,
});

/** Writes down why the answer is what it is; of several reasons the last one counts. */
export function explain(exchange: Exchange, reason: Reason, facts: Facts = NO_FACTS): void {
  exchange.reason = reason;
  exchange.facts = shownFacts(facts);
}
