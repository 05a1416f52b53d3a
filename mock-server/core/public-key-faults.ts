/** Why a public key of client-side generation is refused (Protocol §8.5). */

import { base64Fault } from './base64-faults.ts';
import { decodeBase64 } from './base64.ts';
import type { Fault } from './reasons.ts';

const PREFIX = /^(?:UID2|EUID)-[A-Z]-[A-Z]-/;

/** Length of a point by its first byte: compressed, or with both coordinates. */
const POINT_LENGTHS: Readonly<Record<number, number>> = { 2: 33, 3: 33, 4: 65 };

/** Why a text is not a public key in base64 of DER. */
export function publicKeyFault(text: string): Fault {
  if (PREFIX.test(text)) return ['cstg_public_key_prefix'];
  if (text.includes('-----BEGIN')) return ['cstg_public_key_pem'];
  const bytes = decodeBase64(text);
  if (text === '' || bytes === undefined) return [base64Fault(text), { what: 'public_key' }];
  const isPoint = POINT_LENGTHS[bytes[0] ?? 0] === bytes.length;
  return [isPoint ? 'cstg_public_key_point' : 'cstg_public_key_form'];
}
