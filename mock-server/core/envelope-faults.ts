/**
 * Why an envelope is refused (Protocol §7.3), judged by its bytes and by the opened plaintext. No other keys or ciphers
 * are tried.
 */

import { base64Fault } from './base64-faults.ts';
import { decodeBase64, isStrictBase64 } from './base64.ts';
import { ByteReader } from './bytes.ts';
import { type JsonObject, isJsonObject } from './json.ts';
import { parseJson, parseJsonObject } from './json-reading.ts';
import type { Fault } from './reasons.ts';
import { fromUtf8 } from './text.ts';

const VERSION = 1;
export const SHORTEST_ENVELOPE = 45;
const STAMP_LENGTH = 16;
const OBJECT = 0x7b;
const BYTE_ORDER_MARK = '\ufeff';
const LONGEST_IDENTIFIER = 320;

const WHAT = { what: 'the body' } as const;

/** Whether a text is base64 that may be an envelope. */
export const isEnvelopeText = (text: string): boolean =>
  text.length >= SHORTEST_ENVELOPE / 0.75 &&
  decodeBase64(text.slice(0, 4))?.[0] === VERSION &&
  isStrictBase64(text);

/** The fault of a body that is a JSON object. */
function jsonFault(json: JsonObject): Fault {
  const holdsEnvelope = Object.values(json).some(
    (value) => typeof value === 'string' && isEnvelopeText(value),
  );
  return [holdsEnvelope ? 'envelope_in_json' : 'body_plain_json'];
}

/**
 * Why a text is not the base64 of an envelope.
 *
 * @param json the object, if the text is a JSON object
 */
export function textFault(text: string, json: JsonObject | undefined): Fault {
  if (json !== undefined) return jsonFault(json);
  const reason = base64Fault(text);
  return reason === 'base64_binary' && text.charCodeAt(0) === VERSION
    ? ['body_binary_untyped']
    : [reason, WHAT];
}

/** The first 16 bytes of an envelope in hex. If hex was read as base64, those 32 characters became 24 bytes. */
const HEX = /^01[0-9a-f]{30}/i;
const HEX_BYTES = 24;

/**
 * Why bytes are not an envelope: too short, or of another version.
 *
 * @param binary whether the body was raw bytes, not base64
 */
export function headFault(bytes: Uint8Array, binary: boolean, json: JsonObject | undefined): Fault {
  if (json !== undefined) return jsonFault(json);
  const [version = 0, second] = bytes;
  if (version === 0x1f && second === 0x8b) return ['base64_compressed', { ...WHAT, version }];
  const text = fromUtf8(bytes);
  if (isEnvelopeText(text)) {
    return [binary ? 'envelope_text_as_binary' : 'envelope_encoded_twice', { version }];
  }
  if (HEX.test(binary ? text : btoa(String.fromCharCode(...bytes.subarray(0, HEX_BYTES)))))
    return ['envelope_hex', { version }];
  if (bytes.length < SHORTEST_ENVELOPE) {
    return ['envelope_too_short', { length: bytes.length, minimum: SHORTEST_ENVELOPE }];
  }
  return [version === 0x31 ? 'envelope_version_character' : 'envelope_version', { version }];
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const HALF_HOUR_MS = 30 * MINUTE_MS;
/** The farthest time zones are 14 hours from UTC. */
const FARTHEST_ZONE_MS = 14 * 60 * MINUTE_MS;

/** Other units of time, with the factor that converts them to ms. */
const units: readonly (readonly [unit: string, toMs: number])[] = [
  ['seconds', 1000],
  ['microseconds', 1e-3],
  ['nanoseconds', 1e-6],
];

/** The offset of a time zone in ms, if two times differ by about that offset. */
function zoneOf(distance: number): number | undefined {
  const zone = Math.round(distance / HALF_HOUR_MS) * HALF_HOUR_MS;
  const isZone = zone !== 0 && Math.abs(zone) <= FARTHEST_ZONE_MS && Math.abs(distance - zone) < MINUTE_MS;
  return isZone ? zone : undefined;
}

/**
 * Why a timestamp is refused. Other readings of the bytes in front of the payload are tried: one that gives a time near
 * the clock is the cause.
 *
 * @param plain the opened envelope
 * @param now ms
 */
export function timestampFault(plain: Uint8Array, now: number): Fault {
  const int64 = (bytes: Uint8Array): number => new ByteReader(bytes).int64();
  const isNear = (ms: number): boolean => Math.abs(ms - now) < DAY_MS;
  const timestamp = int64(plain);
  if (plain[0] === OBJECT && parseJsonObject(fromUtf8(plain)) !== undefined) return ['timestamp_absent'];
  const unit = units.find(([, toMs]) => isNear(timestamp * toMs));
  if (unit !== undefined) return ['timestamp_unit', { unit: unit[0] }];
  if (isNear(int64(Uint8Array.from(plain.subarray(0, 8)).reverse()))) return ['timestamp_little_endian'];
  if (isNear(int64(plain.subarray(8, STAMP_LENGTH)))) return ['timestamp_after_nonce'];
  if (isNear(new ByteReader(plain).int32() * 1000)) return ['timestamp_four_bytes'];
  const distance = timestamp - now;
  const zone = zoneOf(distance);
  if (zone !== undefined) return ['timestamp_local_time', { hours: zone / (2 * HALF_HOUR_MS) }];
  const seconds = Math.round(Math.abs(distance) / 1000);
  return [distance < 0 ? 'timestamp_past' : 'timestamp_future', { seconds }];
}

const LONGEST_NONCE = 32;

/** The length of the nonce, judged by where the JSON begins; undefined when it is the usual one or no JSON is found. */
function otherNonce(plain: Uint8Array): number | undefined {
  for (let length = 0; length <= LONGEST_NONCE; length++) {
    const at = 8 + length;
    if (at === STAMP_LENGTH || plain[at] !== OBJECT) continue;
    if (parseJsonObject(fromUtf8(plain.subarray(at))) !== undefined) return length;
  }
  return undefined;
}

/**
 * Why the content of an envelope is not a JSON object.
 *
 * @param plain the opened envelope, with timestamp and nonce
 */
export function envelopePayloadFault(plain: Uint8Array): Fault {
  const text = fromUtf8(plain.subarray(STAMP_LENGTH));
  const length = text.startsWith(BYTE_ORDER_MARK) ? undefined : otherNonce(plain);
  return length === undefined ? payloadFault(text, parseJson(text)) : ['nonce_length', { length }];
}

/**
 * Why a sealed payload is not a JSON object.
 *
 * @param value the parsed JSON, undefined when it is invalid
 */
export function payloadFault(text: string, value: unknown): Fault {
  if (value === null) return ['payload_null'];
  if (typeof value === 'string' && isJsonObject(parseJson(value))) return ['payload_encoded_twice'];
  if (value !== undefined) return ['payload_not_an_object'];
  if (text.startsWith(BYTE_ORDER_MARK)) return ['payload_byte_order_mark'];
  if (/^(?:\ufffd\ufffd)?\0?[\x20-\x7e]\0/.test(text)) return ['payload_utf16'];
  if (/^[A-Za-z_]\w*=/.test(text)) return ['payload_form'];
  const isBare = text.length <= LONGEST_IDENTIFIER && /^(?:[^\s{}"']+@[^\s{}"']+|\+\d+)$/.test(text);
  return [isBare ? 'payload_bare' : 'payload_not_json'];
}
