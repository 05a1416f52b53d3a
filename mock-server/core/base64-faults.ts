/** What is wrong with a text that is not the base64 which the operator reads (Protocol §2.3). */

import { OperatorError, type OperatorErrorCode } from './operator-error.ts';
import type { Primitives } from './primitives.ts';
import type { Reason } from './reasons.ts';

/** In order: the first that applies is the cause. */
const faults: readonly (readonly [form: RegExp, reason: Reason])[] = [
  [/^$/, 'base64_empty'],
  [/^\s*[{[]/, 'base64_json'],
  [/^\s*["'].*["']\s*$/s, 'base64_quoted'],
  [/[^\x20-\x7e\s]/, 'base64_binary'],
  [/%[0-9A-Fa-f]{2}/, 'base64_percent_encoded'],
  [/\s/, 'base64_white_space'],
  [/^[A-Za-z0-9_-]*[_-][A-Za-z0-9_-]*={0,2}$/, 'base64_url_alphabet'],
  [/^[A-Za-z0-9+/]*=*$/, 'base64_padding'],
];

/** Why the strict decoder refuses a text. */
export const base64Fault = (text: string): Reason =>
  faults.find(([form]) => form.test(text))?.[1] ?? 'base64_alphabet';

/**
 * Bytes of a text that has to be base64.
 *
 * @param what the text, as a sentence names it
 * @throws OperatorError of the code given
 */
export function readBase64(
  text: string,
  what: string,
  code: OperatorErrorCode,
  primitives: Primitives,
): Uint8Array {
  const bytes = primitives.fromBase64(text);
  if (bytes === undefined) throw new OperatorError(code, base64Fault(text), { what });
  return bytes;
}
