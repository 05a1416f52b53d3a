/** Values that are the identity itself, readable or in base64 or hex. */

import { decodeBase64, standardAlphabet } from '../../base64.ts';
import { fromUtf8 } from '../../text.ts';
import { bytesOfHex } from '../../decoding.ts';
import type { Written } from './readings.ts';
import { normalForm } from './normal-form.ts';
import type { Source } from './texts.ts';

const ABSENT: Written = { cause: 'digest_absent' };

/** The text that base64 or hex stands for. */
function inside(value: string): string | undefined {
  const bytes = bytesOfHex(value) ?? decodeBase64(standardAlphabet(value));
  return bytes && fromUtf8(bytes);
}

/** The mistakes of a value that is not hashed; undefined when it is not this identity. */
export function unhashed(source: Source, value: string): Written[] | undefined {
  const isIdentity = (text: string): boolean =>
    text !== '' &&
    (text === source.identity ||
      text === source.base ||
      normalForm(source.kind, text.trim()) === source.base);
  if (isIdentity(value)) return [ABSENT];
  const found = inside(value);
  return found !== undefined && isIdentity(found) ? [ABSENT] : undefined;
}
