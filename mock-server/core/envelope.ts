/**
 * The envelope of the encrypted API (Protocol §7).
 *
 *   request:  0x01 | IV (12) | GCM(client secret) of  timestamp ms (8) | nonce (8) | JSON  | tag (16)
 *   response: IV (12) | GCM(client secret) of  server time ms (8) | nonce (8) | JSON  | tag (16)
 *   answers to a refresh and to client-generate: IV (12) | GCM of the JSON alone | tag (16)
 */

import { ByteReader, ByteWriter, concatBytes } from './bytes.ts';
import { type JsonObject, isJsonObject } from './json.ts';
import { JsonReading, parseJsonObject } from './json-reading.ts';
import {
  SHORTEST_ENVELOPE,
  envelopePayloadFault,
  headFault,
  payloadFault,
  textFault,
  timestampFault,
} from './envelope-faults.ts';
import { OperatorError, type OperatorErrorCode } from './operator-error.ts';
import type { Fault } from './reasons.ts';
import type { Primitives } from './primitives.ts';
import { fromUtf8 } from './text.ts';

const VERSION = 1;
const NONCE_LENGTH = 8;
/** The JSON of an envelope of up to this many bytes is read at once. */
const SHORT = 32_768;

export interface OpenedRequest {
  readonly timestamp: number;
  readonly nonce: Uint8Array;
  /**
   * undefined when the envelope has no JSON at all, which is legal. A long payload is read to its end when it is asked
   * for.
   *
   * @throws OperatorError `payload_not_json` where there is a `reading`
   */
  readonly payload: JsonObject | undefined;
  /** the text of the payload */
  readonly json: string | undefined;
  /** only of a long payload: to be advanced step by step before `payload` is read */
  readonly reading?: JsonReading;
  /** whether the body was raw bytes; the answer is then raw bytes too */
  readonly binary: boolean;
}

/** The rules of envelopes that differ between profiles. */
export interface EnvelopeVariant {
  /** whether unencrypted JSON has an error of its own (Protocol §7.3, `UNENC`) */
  readonly namesPlainJson: boolean;
  /** whether base64 text is read under application/octet-stream (Protocol §7.3, fallback) */
  readonly base64Fallback: boolean;
}

/** The refusal of a body that is not an envelope. Unencrypted JSON has an error of its own if the variant names it. */
function bodyError(
  code: OperatorErrorCode,
  text: string,
  variant: EnvelopeVariant,
  faultOf: (json: JsonObject | undefined) => Fault,
): OperatorError {
  const json = parseJsonObject(text);
  const isNamed = variant.namesPlainJson && json !== undefined;
  return new OperatorError(isNamed ? 'body_unencrypted_json' : code, ...faultOf(json));
}

/** Whether a client's timestamp is outside the accepted window; both in ms (Protocol §7.3, step 6). */
export function isOutsideWindow(timestamp: number, now: number): boolean {
  return Math.abs(Math.trunc(Math.floor((now - timestamp) / 1000) / 60)) > 1;
}

/**
 * Opens a request body.
 *
 * @param body the received bytes
 * @param binary whether the content type was exactly application/octet-stream
 * @param now ms
 * @throws OperatorError `body_*`, `timestamp_out_of_window`, `payload_not_json`, in the order of Protocol §7.3
 */
export function openRequest(
  body: Uint8Array,
  binary: boolean,
  secret: Uint8Array,
  now: number,
  variant: EnvelopeVariant,
  primitives: Primitives,
): OpenedRequest {
  if (body.length === 0) throw new OperatorError('body_missing', 'body_empty');
  if (!binary) return openText(fromUtf8(body), secret, now, variant, primitives);
  try {
    return openBytes(body, true, secret, now, variant, primitives);
  } catch (error) {
    const decoded = variant.base64Fallback ? primitives.fromBase64(fromUtf8(body)) : undefined;
    if (decoded === undefined) throw error;
    return openBytes(decoded, false, secret, now, variant, primitives);
  }
}

function openText(
  body: string,
  secret: Uint8Array,
  now: number,
  variant: EnvelopeVariant,
  primitives: Primitives,
): OpenedRequest {
  const bytes = primitives.fromBase64(body);
  if (bytes === undefined) {
    throw bodyError('body_not_base64', body, variant, (json) => textFault(body, json));
  }
  return openBytes(bytes, false, secret, now, variant, primitives);
}

function openBytes(
  bytes: Uint8Array,
  binary: boolean,
  secret: Uint8Array,
  now: number,
  variant: EnvelopeVariant,
  primitives: Primitives,
): OpenedRequest {
  if (bytes.length < SHORTEST_ENVELOPE) {
    throw bodyError('body_too_short', fromUtf8(bytes), variant, (json) => headFault(bytes, binary, json));
  }
  if (bytes[0] !== VERSION) {
    throw bodyError('body_wrong_version', fromUtf8(bytes), variant, (json) => headFault(bytes, binary, json));
  }
  const plain = primitives.gcmOpen(secret, bytes.subarray(1, 13), bytes.subarray(13));
  if (plain === undefined) throw new OperatorError('body_undecryptable', 'envelope_tag');
  const reader = new ByteReader(plain);
  const timestamp = reader.int64();
  const nonce = reader.take(NONCE_LENGTH);
  if (isOutsideWindow(timestamp, now)) {
    throw new OperatorError('timestamp_out_of_window', ...timestampFault(plain, now));
  }
  if (reader.remaining === 0) return { timestamp, nonce, payload: undefined, json: undefined, binary };
  const json = fromUtf8(reader.rest());
  const reading = new JsonReading(json);
  if (plain.length <= SHORT) {
    const payload = payloadOf(reading, () => envelopePayloadFault(plain));
    return { timestamp, nonce, payload, json, binary };
  }
  return new LongRequest({ timestamp, nonce, json, binary }, reading);
}

/**
 * A request whose payload is read to its end when it is asked for. As an object literal it would have a hidden class of its
 * own, because of the accessor, and its payload would stay in memory with that until all memory is collected.
 */
class LongRequest implements OpenedRequest {
  readonly timestamp: number;
  readonly nonce: Uint8Array;
  readonly json: string;
  readonly reading: JsonReading;
  readonly binary: boolean;

  constructor(
    { timestamp, nonce, json, binary }: Pick<LongRequest, 'timestamp' | 'nonce' | 'json' | 'binary'>,
    reading: JsonReading,
  ) {
    this.timestamp = timestamp;
    this.nonce = nonce;
    this.json = json;
    this.reading = reading;
    this.binary = binary;
  }

  get payload(): JsonObject {
    // the text is kept anyway; the opened bytes are not
    return payloadOf(this.reading, (value) => payloadFault(this.json, value));
  }
}

/** Reads JSON to its end. */
function payloadOf(reading: JsonReading, faultOf: (value: unknown) => Fault): JsonObject {
  reading.advance();
  const { value } = reading;
  if (isJsonObject(value)) return value;
  throw new OperatorError('payload_not_json', ...faultOf(value));
}

/** Scratch buffer for the plaintext of a short answer, valid until the next call. */
const scratch = new ByteWriter(4096);

/**
 * Seals an answer: the server time and the nonce of the request stand in front of the JSON. The answer is yielded in
 * parts; a short one is a single part.
 *
 * @param json UTF-8, in parts
 * @param now ms
 * @param iv 12 bytes
 */
export function* sealResponse(
  json: readonly Uint8Array[],
  nonce: Uint8Array,
  now: number,
  secret: Uint8Array,
  iv: Uint8Array,
  primitives: Primitives,
): Generator<Uint8Array, void> {
  const [only] = json;
  const head = scratch.rewind().int64(now).put(nonce);
  if (only !== undefined && json.length === 1 && head.length + only.length <= scratch.bytes.length) {
    yield sealWithKey(head.put(only).written, secret, iv, primitives);
    return;
  }
  const sealer = primitives.gcmSealer(secret, iv);
  yield concatBytes(iv, sealer.seal(head.written));
  for (const part of json) yield sealer.seal(part);
  yield sealer.end();
}

/** `IV | ciphertext | tag` of the bytes alone, without time and nonce: answers to a refresh and to client-generate. */
export function sealWithKey(
  plain: Uint8Array,
  key: Uint8Array,
  iv: Uint8Array,
  primitives: Primitives,
): Uint8Array {
  return concatBytes(iv, primitives.gcmSeal(key, iv, plain));
}
