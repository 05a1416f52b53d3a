/**
 * One record per request. The gate, authentication, the transport, the use case and the sender write what they learn.
 * The log reads it; nothing computes a cause a second time.
 */

import { openAnswerBody, openRequestBody } from '../core/opening.ts';
import type { Primitives } from '../core/primitives.ts';
import { type Facts, type Reason, shownFacts } from '../core/reasons.ts';
import { fromUtf8 } from '../core/text.ts';
import type { Located } from './identity.ts';
import type { Client } from './world/directory.ts';

/** What a proxy learnt of an exchange with the operator behind it. */
export interface Passage {
  /** base URL of the operator */
  readonly target: string;
  /** how far its clock is ahead of that of this machine, in ms; `by` says from what that was read */
  readonly targetClock:
    { readonly ms: number; readonly within: number; readonly by: 'envelope' | 'date' } | undefined;
  /** how far the clock of the client is ahead of that of this machine, in ms */
  readonly clientClock: { readonly ms: number } | undefined;
  /** in what the operator departs from a mock; undefined when they were not compared */
  readonly departures: readonly string[] | undefined;
}

/** An exchange on the wire, for the journal. */
export interface Wire {
  readonly testId: string;
  /** the request target without the prefix of a test id */
  readonly target: string;
  /** of the request: names and values in turn, as received */
  readonly headers: readonly string[];
  /** of the request */
  body?: Uint8Array | undefined;
  answerHeaders?: object | undefined;
  answerBody?: string | Uint8Array | undefined;
  /** ms of the machine since some moment */
  readonly started: number;
  /** only of an exchange that passed a proxy */
  readonly passage?: Passage;
}

export interface Exchange {
  /** ms, by the operator's clock */
  readonly arrived: number;
  readonly method: string;
  /** path as sent, without the query */
  readonly path: string;
  /** path of the route that serves the request */
  route: string | undefined;
  /** the client that the API key names, enabled or not */
  client: Client | undefined;
  /** JSON of a sealed request that cannot be opened with `requestKey` */
  plainRequest: string | undefined;
  /** the key that opens the request; undefined unless it is sealed and was opened */
  requestKey: Uint8Array | undefined;
  /** JSON of a sealed answer that cannot be opened with `answerKey` */
  plainAnswer: string | undefined;
  /** the key that opens the answer; undefined unless it is sealed */
  answerKey: Uint8Array | undefined;
  /** whether time and nonce stand in front of the JSON of the sealed answer */
  isAnswerStamped: boolean;
  /** the identity that the identifier names */
  identity: Located | undefined;
  /** why the answer is what it is */
  reason: Reason;
  /** values for the sentence of the reason */
  facts: Facts;
  /** the ordered fault that was applied: its preset, or its id */
  fault: string | undefined;
  /** HTTP status of the answer */
  status: number | undefined;
  /** ms, by the operator's clock */
  answered: number | undefined;
  /** undefined unless a journal records the exchange */
  wire: Wire | undefined;
}

const NO_FACTS: Facts = {};

// with all members from the start, so that every exchange has one shape
export const newExchange = (arrived: number, method: string, path: string): Exchange => ({
  arrived,
  method,
  path,
  route: undefined,
  client: undefined,
  plainRequest: undefined,
  requestKey: undefined,
  plainAnswer: undefined,
  answerKey: undefined,
  isAnswerStamped: false,
  identity: undefined,
  reason: 'served',
  facts: NO_FACTS,
  fault: undefined,
  status: undefined,
  answered: undefined,
  wire: undefined,
});

/** Records why the answer is what it is. The last reason counts. */
export function explain(exchange: Exchange, reason: Reason, facts: Facts = NO_FACTS): void {
  exchange.reason = reason;
  exchange.facts = shownFacts(facts);
}

/**
 * Notes with what an answer is sealed. Its JSON is not kept: whoever wants it opens the answer, unless a fault may have
 * spoilt that.
 *
 * @param json of the answer, in parts
 */
export function noteSealed(
  exchange: Exchange,
  json: readonly string[],
  key: Uint8Array,
  isStamped: boolean,
): void {
  if (exchange.fault !== undefined) exchange.plainAnswer = json.join('');
  exchange.answerKey = key;
  exchange.isAnswerStamped = isStamped;
}

/**
 * Notes with what a request was opened. Its JSON is not kept: whoever wants it opens the request again, unless its text
 * was decoded by a charset.
 *
 * @param isAsReceived whether what was opened are the bytes that were received
 */
export function noteOpened(
  exchange: Exchange,
  json: string | undefined,
  key: Uint8Array,
  isAsReceived: boolean,
): void {
  if (!isAsReceived) exchange.plainRequest = json;
  exchange.requestKey = key;
}

/** JSON of a sealed request; undefined when the request is not sealed, or was not opened. */
export function openedRequest(
  { plainRequest, requestKey }: Exchange,
  body: Uint8Array,
  primitives: Primitives,
): string | undefined {
  if (plainRequest !== undefined || requestKey === undefined) return plainRequest;
  const opened = openRequestBody(body, requestKey, primitives);
  return opened && fromUtf8(opened.json);
}

/** JSON of a sealed answer; undefined when the answer is not sealed, or does not open. */
export function openedAnswer(
  { plainAnswer, answerKey, isAnswerStamped }: Exchange,
  body: Uint8Array,
  primitives: Primitives,
): string | undefined {
  if (plainAnswer !== undefined || answerKey === undefined) return plainAnswer;
  const opened = openAnswerBody(body, answerKey, isAnswerStamped, primitives);
  return opened && fromUtf8(opened.json);
}
