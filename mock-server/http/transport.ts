/**
 * How a generation of the API carries requests and answers: v1 in plain JSON, v2 and v3 in the envelope. An endpoint
 * is written once against the payload it reads and the outcome it gives.
 */

import { type JsonObject, isJsonObject } from '../core/json.ts';
import { parseJsonBytes } from '../core/json-reading.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Reason } from '../core/reasons.ts';
import type { Client } from '../operator/world/directory.ts';
import { readAsText } from './charset.ts';
import { isForm } from './form.ts';
import { type Answer, type Call, type Outcome, contentTypes, wrapped } from './route.ts';

/** The client of a route that requires one. */
export function clientOf(call: Call): Client {
  if (call.client === undefined) throw new OperatorError('unauthorized', 'header_absent');
  return call.client;
}

/** Body of a v0 or v1 POST as a JSON object. */
export function plainPayload(call: Call): JsonObject {
  const payload = parseJsonBytes(call.body);
  if (!isJsonObject(payload)) throw new OperatorError('unknown', plainFault(call, payload));
  return payload;
}

function plainFault({ body, contentType = '' }: Call, payload: unknown): Reason {
  if (body.length === 0) return isForm(contentType) ? 'body_multipart' : 'body_empty';
  if (payload === undefined) return 'body_not_json';
  return payload === null ? 'body_null' : 'body_not_an_object';
}

/** Sealed bytes in the form the request came in: raw, or as base64 text. */
export function sealedAnswer(call: Call, sealed: Uint8Array, binary: boolean): Answer {
  return binary
    ? { http: 200, type: contentTypes.binary, body: sealed }
    : { http: 200, type: contentTypes.text, body: call.deployment.primitives.toBase64(sealed) };
}

export type EncryptedHandler = (
  call: Call,
  payload: JsonObject | undefined,
  client: Client,
) => Outcome | Promise<Outcome>;

/** An endpoint of the encrypted API: opens the request, seals the outcome with the request's nonce. */
export function encrypted(handler: EncryptedHandler): (call: Call) => Answer | Promise<Answer> {
  return (call) => {
    const { rules, primitives, profile } = call.deployment;
    const { clock } = call.state;
    const client = clientOf(call);
    const { isBinary } = call;
    const opened = rules.openRequest(
      isBinary ? call.body : readAsText(call.body, call.contentType),
      isBinary,
      client.secret,
      clock.now(),
      profile.envelope,
      primitives,
    );
    call.exchange.payload = opened.payload;
    const seal = (outcome: Outcome): Answer => {
      const plain = Buffer.from(wrapped(outcome));
      const iv = primitives.randomBytes(12);
      const sealed = rules.sealResponse(plain, opened.nonce, clock.now(), client.secret, iv, primitives);
      return sealedAnswer(call, sealed, opened.binary);
    };
    const outcome = handler(call, opened.payload, client);
    return outcome instanceof Promise ? outcome.then(seal) : seal(outcome);
  };
}
