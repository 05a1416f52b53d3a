/** The types of routes, calls and answers, which the endpoint families share. */

import type { IncomingHttpHeaders } from 'node:http';
import { writeJson } from '../core/json.ts';
import type { Client, Role } from '../operator/world/directory.ts';
import type { Deployment } from '../operator/deployment.ts';
import type { Facts, Reason } from '../core/reasons.ts';
import { type Exchange, explain } from '../operator/exchange.ts';
import type { JsonParts } from '../operator/map.ts';
import type { State } from '../operator/state/state.ts';
import type { World } from '../operator/world/schema.ts';
import type { Query } from './query.ts';

export interface Call {
  readonly deployment: Deployment;
  readonly state: State;
  readonly exchange: Exchange;
  /** all headers except the content type */
  readonly headers: IncomingHttpHeaders;
  /** the first content type of the request, as received */
  readonly contentType: string | undefined;
  /** whether any content type says that the body is binary */
  readonly isBinary: boolean;
  /** reading a query that is invalid throws OperatorError `query_broken` */
  readonly query: Query;
  readonly body: Uint8Array;
  /** whether the body was a multipart form, which the form decoder loses */
  readonly isLost: boolean;
  /** the client of the API key; on routes that require a client, an enabled one with a role of the route */
  readonly client: Client | undefined;
}

export interface Answer {
  readonly http: number;
  /** exact content type; no content type if absent */
  readonly type?: string;
  readonly body: string | Uint8Array;
  /** reason phrase; the usual one of the status if absent */
  readonly phrase?: string;
  /** the reason, unless it is recorded already */
  readonly reason?: Reason;
  readonly facts?: Facts;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** `required`: an enabled client with one of the roles. `optional`: the client of the key, if there is one. */
  readonly auth: 'required' | 'optional' | 'none';
  readonly roles: readonly Role[];
  /** 401 as JSON, or as the text `Unauthorized` (Protocol §6.1) */
  readonly unauthorized: 'json' | 'text';
  /** message of an unknown error; without one it is the text `Internal Server Error` */
  readonly failure?: string;
  /** whether an invalid query is an unknown error, not a bad request */
  readonly failsOnBrokenQuery?: boolean;
  /** whether the route exists in a world; it exists in every world if absent */
  readonly servedIn?: (world: World) => boolean;
  readonly handle: (call: Call) => Answer | Promise<Answer>;
}

export const contentTypes = {
  json: 'application/json',
  text: 'text/plain',
  binary: 'application/octet-stream',
  html: 'text/html; charset=utf-8',
} as const;

export const jsonAnswer = (value: unknown, http = 200): Answer => ({
  http,
  type: contentTypes.json,
  body: writeJson(value),
});

/** An outcome in plain JSON, as v1 sends it. */
export const wrappedAnswer = (outcome: Outcome): Answer => ({
  http: 200,
  type: contentTypes.json,
  body: wrapped(outcome),
});

/** Text without any content type: v0's plain answers and generic errors. */
export const textAnswer = (body: string, http = 200, reason?: Reason, facts?: Facts): Answer => ({
  http,
  body,
  ...(reason && { reason }),
  ...(facts && { facts }),
});

/** The result of an endpoint that does not refuse. A body that may be long is JSON already. */
export type Outcome =
  | { readonly status: 'success'; readonly body: unknown }
  | { readonly status: 'success'; readonly bodyJson: JsonParts }
  | { readonly status: 'optout' | 'insufficient_user_consent' };

export const success = (body: unknown): Outcome => ({ status: 'success', body });
/** The same for a body that is JSON already. */
export const successJson = (json: string): Outcome => ({ status: 'success', bodyJson: [json] });
/** The outcome for an opted-out user. Records the reason. */
export function optedOut({ exchange }: Call, reason: Reason): Outcome {
  explain(exchange, reason);
  return { status: 'optout' };
}

/** Parts of `{"body":…,"status":"success"}` around a body in parts. */
export const wrappedParts = (body: JsonParts): JsonParts => ['{"body":', ...body, ',"status":"success"}'];

/** JSON of `{"body":…,"status":…}`, or of the status alone (Protocol §6.6). */
export function wrapped(outcome: Outcome): string {
  if ('bodyJson' in outcome) return wrappedParts(outcome.bodyJson).join('');
  return writeJson(
    'body' in outcome ? { body: outcome.body, status: outcome.status } : { status: outcome.status },
  );
}
