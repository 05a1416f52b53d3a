/** Values that are the identity itself, readable or in base64 or hex. */

import { decodeBase64 } from '../../base64.ts';
import { fromUtf8 } from '../../text.ts';
import type { Written } from './readings.ts';
import { normalForm } from './normal-form.ts';
import type { Source } from './texts.ts';

const ABSENT: Written = { cause: 'digest_absent' };

const HEX = /^(?:[0-9a-f]{2})+$/i;

/** The text that base64 or hex stands for. */
function inside(value: string): readonly [text: string, written: Written] | undefined {
  if (HEX.test(value)) {
    const bytes = Uint8Array.from({ length: value.length / 2 }, (_, i) =>
      parseInt(value.slice(2 * i, 2 * i + 2), 16),
    );
    return [fromUtf8(bytes), { cause: 'written_hex_of_text' }];
  }
  const bytes = decodeBase64(value.replaceAll('-', '+').replaceAll('_', '/'));
  return bytes && [fromUtf8(bytes), { cause: 'written_base64_twice' }];
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
  return found && isIdentity(found[0]) ? [ABSENT] : undefined;
}
