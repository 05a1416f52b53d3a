/** Faults of plain bodies (Protocol §8.5, §8.7). */

import { isEnvelopeText } from './envelope-faults.ts';
import type { Fault } from './reasons.ts';
import { fromUtf8 } from './text.ts';

/**
 * Why a body is not a JSON object.
 *
 * @param value the parsed JSON, undefined when it is invalid
 */
export function jsonBodyFault(body: Uint8Array, value: unknown): Fault {
  if (body.length === 0) return ['body_empty'];
  if (value === null) return ['body_null'];
  if (value !== undefined) return ['body_not_an_object'];
  if (body[0] === 0x1f && body[1] === 0x8b) return ['body_compressed'];
  const text = fromUtf8(body);
  if (isEnvelopeText(text)) return ['body_is_envelope'];
  return [/^[A-Za-z_][\w.[\]-]*=/.test(text) ? 'body_form' : 'body_not_json'];
}
