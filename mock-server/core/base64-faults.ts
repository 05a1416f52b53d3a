/** Why a text is not base64 in the form that the operator reads (Protocol §2.3). */

import { OperatorError, type OperatorErrorCode } from './operator-error.ts';
import type { Primitives } from './primitives.ts';
import type { Reason } from './reasons.ts';

type Test = (text: string) => boolean;

const matches =
  (form: RegExp): Test =>
  (text) =>
    form.test(text);

/** In order: the first that applies is the cause. Each test takes time linear in the text. */
const faults: readonly (readonly [test: Test, reason: Reason])[] = [
  [matches(/^$/), 'base64_empty'],
  // the two bytes that gzip begins with, decoded as UTF-8
  [matches(/^\x1f\ufffd/), 'base64_compressed'],
  [matches(/^\ufeff/), 'base64_byte_order_mark'],
  [matches(/^(?:\ufffd\ufffd)?\0?[\x20-\x7e]\0[\x20-\x7e]/), 'base64_utf16'],
  [matches(/^\s*[{[]/), 'base64_json'],
  [(text) => /^["']/.test(text.trimStart()) && /["']$/.test(text.trimEnd()), 'base64_quoted'],
  [matches(/[^\x20-\x7e\s]/), 'base64_binary'],
  [matches(/^[A-Za-z_][\w.-]{0,40}=[\w+/%-]{16}/), 'base64_form_field'],
  [matches(/%[0-9A-Fa-f]{2}/), 'base64_percent_encoded'],
  [(text) => text.trim().includes(' ') && !/[^A-Za-z0-9/ =]/.test(text), 'base64_plus_lost'],
  [matches(/\s/), 'base64_white_space'],
  [(text) => /[_-]/.test(text) && !/[^\w=-]/.test(text), 'base64_url_alphabet'],
  [matches(/^[A-Za-z0-9+/]*=*$/), 'base64_padding'],
];

/** Why the strict decoder refuses a text. */
export const base64Fault = (text: string): Reason =>
  faults.find(([test]) => test(text))?.[1] ?? 'base64_alphabet';

/**
 * Bytes of a text that has to be base64.
 *
 * @param what the name of the text in sentences
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
