/**
 * Opens bodies that were received or sent, to show what is in them (Protocol §7). Nothing is refused here: what does not
 * open stays closed.
 *
 *   request:           0x01 | IV (12) | GCM of  timestamp ms (8) | nonce (8) | JSON  | tag (16)
 *   answer:            IV (12) | GCM of  server time ms (8) | nonce (8) | JSON  | tag (16)
 *   answer to refresh: IV (12) | GCM of the JSON alone | tag (16)
 */

import { ByteReader } from './bytes.ts';
import type { Primitives } from './primitives.ts';
import { fromUtf8 } from './text.ts';

export interface Opened {
  /** ms since 1970 by the clock of the side that sealed it; undefined where the envelope has no time */
  readonly time: number | undefined;
  readonly nonce: Uint8Array | undefined;
  /** UTF-8; empty where the envelope has no JSON */
  readonly json: Uint8Array;
  /** whether it came as bytes, not as base64 text */
  readonly isBinary: boolean;
}

const IV = 12;
const STAMP = 16;
const VERSION = 1;

/** The bytes of a sealed body: of base64 text where it is one. */
function sealedBytes(body: Uint8Array, primitives: Primitives): { bytes: Uint8Array; isBinary: boolean } {
  const decoded = primitives.fromBase64(fromUtf8(body).trim());
  return decoded === undefined || decoded.length === 0
    ? { bytes: body, isBinary: true }
    : { bytes: decoded, isBinary: false };
}

function opened(plain: Uint8Array | undefined, isStamped: boolean, isBinary: boolean): Opened | undefined {
  if (plain === undefined) return undefined;
  if (!isStamped) return { time: undefined, nonce: undefined, json: plain, isBinary };
  if (plain.length < STAMP) return undefined;
  const reader = new ByteReader(plain);
  return { time: reader.int64(), nonce: reader.take(8), json: reader.rest(), isBinary };
}

/** Opens the body of a request with the secret of its client (32 bytes); undefined when it does not open. */
export function openRequestBody(
  body: Uint8Array,
  secret: Uint8Array,
  primitives: Primitives,
): Opened | undefined {
  const { bytes, isBinary } = sealedBytes(body, primitives);
  if (bytes[0] !== VERSION) return undefined;
  const plain = primitives.gcmOpen(secret, bytes.subarray(1, 1 + IV), bytes.subarray(1 + IV));
  return opened(plain, true, isBinary);
}

/** @param isStamped whether time and nonce stand in front of the JSON */
export function openAnswerBody(
  body: Uint8Array,
  key: Uint8Array,
  isStamped: boolean,
  primitives: Primitives,
): Opened | undefined {
  const { bytes, isBinary } = sealedBytes(body, primitives);
  if (bytes.length <= IV) return undefined;
  const plain = primitives.gcmOpen(key, bytes.subarray(0, IV), bytes.subarray(IV));
  return opened(plain, isStamped, isBinary);
}
