/**
 * How a generation of the API carries requests and answers: v1 in plain JSON, v2 and v3 in the envelope. An endpoint is
 * written once: it reads a payload and gives an outcome.
 */

import { type JsonObject, isJsonObject } from '../core/json.ts';
import { JsonReading } from '../core/json-reading.ts';
import type { OpenedRequest } from '../core/envelope.ts';
import { jsonBodyFault } from '../core/json-faults.ts';
import { OperatorError } from '../core/operator-error.ts';
import { fromJsonBytes } from '../core/text.ts';
import { noteOpened, noteSealed } from '../operator/exchange.ts';
import type { JsonParts } from '../operator/map.ts';
import { inTurns, nextTurn, readInTurns, slicesInTurns } from '../operator/turns.ts';
import type { Client } from '../operator/world/directory.ts';
import { explainBodyError } from './body-faults.ts';
import { readAsText } from './charset.ts';
import { type Answer, type Call, type Outcome, contentTypes, wrapped, wrappedParts } from './route.ts';

/** The client of a route that requires one. */
export function clientOf(call: Call): Client {
  if (call.client === undefined) throw new OperatorError('unauthorized', 'header_absent');
  return call.client;
}

type Sealing = Generator<Uint8Array, void>;

/** An answer of at least this many parts is made in turns. */
const LONG = 32;

/** Body of a v0 or v1 POST as a JSON object. */
export async function plainPayload(call: Call): Promise<JsonObject> {
  const reading = new JsonReading(fromJsonBytes(call.body) ?? '');
  await readInTurns(reading);
  const { value } = reading;
  if (isJsonObject(value)) return value;
  throw explainBodyError(call, new OperatorError('unknown', ...jsonBodyFault(call.body, value)));
}

/** UTF-8 of a text in parts, made in turns where it is long. */
async function bytesOf(parts: JsonParts): Promise<Uint8Array[]> {
  const buffers: Buffer[] = [];
  await slicesInTurns(parts, (slice) => buffers.push(Buffer.from(slice.join(''))));
  return buffers;
}

/** JSON without an envelope, as v0 and v1 send it. */
export const plainAnswer = async (parts: JsonParts): Promise<Answer> => ({
  http: 200,
  type: contentTypes.json,
  body: Buffer.concat(await bytesOf(parts)),
});

/** Sealed bytes in the form of the request: raw, or as base64 text. */
export function sealedAnswer(call: Call, sealed: Uint8Array, binary: boolean): Answer {
  return binary
    ? { http: 200, type: contentTypes.binary, body: sealed }
    : { http: 200, type: contentTypes.text, body: call.deployment.primitives.toBase64(sealed) };
}

type EncryptedHandler = (
  call: Call,
  payload: JsonObject | undefined,
  client: Client,
) => Outcome | Promise<Outcome>;

function openBody(call: Call, { secret }: Client): OpenedRequest {
  const { isBinary, body, contentType } = call;
  const { rules, primitives, profile } = call.deployment;
  try {
    const given = isBinary ? body : readAsText(body, contentType);
    const now = call.state.clock.envelopeNow();
    const opened = rules.openRequest(given, isBinary, secret, now, profile.envelope, primitives);
    noteOpened(call.exchange, opened.json, secret, given === body);
    return opened;
  } catch (error) {
    throw explainBodyError(call, error);
  }
}

/** An endpoint of the encrypted API: opens the request, seals the outcome with the request's nonce. */
export function encrypted(handler: EncryptedHandler): (call: Call) => Answer | Promise<Answer> {
  return (call) => {
    const client = clientOf(call);
    const opened = openBody(call, client);
    const answered = (): Answer | Promise<Answer> => {
      const { payload } = opened;
      const outcome = handler(call, payload, client);
      return outcome instanceof Promise
        ? outcome.then((late) => answerTo(call, opened, client, late))
        : answerTo(call, opened, client, outcome);
    };
    return opened.reading === undefined ? answered() : readInTurns(opened.reading).then(answered);
  };
}

/** The outcome of a request, sealed; a long one in turns. */
function answerTo(
  call: Call,
  { nonce, binary }: OpenedRequest,
  client: Client,
  outcome: Outcome,
): Answer | Promise<Answer> {
  const { rules, primitives } = call.deployment;
  const seal = (json: readonly Uint8Array[]): Sealing => {
    const iv = primitives.iv(client.secret, 12);
    return rules.sealResponse(json, nonce, call.state.clock.now(), client.secret, iv, primitives);
  };
  if ('bodyJson' in outcome && outcome.bodyJson.length >= LONG) {
    const parts = wrappedParts(outcome.bodyJson);
    noteSealed(call.exchange, parts, client.secret, true);
    return sealInTurns(call, seal, parts, binary);
  }
  const json = wrapped(outcome);
  noteSealed(call.exchange, [json], client.secret, true);
  return sealedAnswer(call, joined([...seal([Buffer.from(json)])]), binary);
}

const joined = (parts: readonly Uint8Array[]): Uint8Array =>
  parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);

async function sealInTurns(
  call: Call,
  seal: (json: readonly Uint8Array[]) => Sealing,
  parts: JsonParts,
  binary: boolean,
): Promise<Answer> {
  const sealing = seal(await bytesOf(parts));
  const sealed: Uint8Array[] = [];
  await inTurns(() => {
    const { value } = sealing.next();
    if (value) sealed.push(value);
    return !value;
  });
  await nextTurn();
  const whole = joined(sealed);
  await nextTurn();
  const { body, ...answer } = sealedAnswer(call, whole, binary);
  if (typeof body !== 'string') return { ...answer, body };
  await nextTurn();
  // Node would convert a text to bytes once more, all at once with the headers
  return { ...answer, body: Buffer.from(body, 'latin1') };
}
