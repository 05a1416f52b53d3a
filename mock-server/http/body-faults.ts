/** Why a body was not read, when the cause is not its text but how it was sent, such as its content type. */

import { isStrictBase64 } from '../core/base64.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Fault } from '../core/reasons.ts';
import { fromUtf8 } from '../core/text.ts';
import { charsetOf } from './charset.ts';
import { type Call, contentTypes } from './route.ts';

function bodyFault(
  { body, contentType = '', isLost }: Call,
  { reason, code }: OperatorError,
): Fault | undefined {
  if (isLost) return ['body_multipart'];
  if (body.length === 0) return ['body_empty'];
  if (reason === 'body_binary_untyped') {
    const isBinary = contentType.toLowerCase().startsWith(contentTypes.binary);
    return isBinary ? ['body_binary_parameter'] : undefined;
  }
  const charset = charsetOf(contentType);
  const isUnread =
    code === 'body_not_base64' || code === 'refresh_wrapper_not_base64' || reason === 'base64_binary';
  return isUnread && charset !== undefined && isStrictBase64(fromUtf8(body))
    ? ['body_charset', { charset }]
    : undefined;
}

/** The error of reading a body, with a more exact reason when the cause is how the body was sent. */
export const explainBodyError = (call: Call, error: unknown): unknown =>
  error instanceof OperatorError ? error.because(bodyFault(call, error)) : error;
