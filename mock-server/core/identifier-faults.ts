/** Why the operator calls an identifier invalid (Protocol §2). */

import { algorithmOf, hashFault } from './hash-faults.ts';
import { type IdentifierKind, identifierKinds } from './identifier.ts';
import type { Fault } from './reasons.ts';

/** Texts that programs write for a missing value. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  'null',
  'undefined',
  'none',
  'nil',
  'nan',
  '[object object]',
]);

const isPhone = (text: string): boolean => text.length < 40 && /^\+?[\d\s().-]{7,}$/.test(text);

function emailFault(email: string): Fault {
  const [local = '', ...domains] = email.split('@', 3);
  if (domains.length === 0) {
    if (isPhone(email))
      return ['identifier_other_kind', { kind: 'email', got: 'a phone', expected: 'phone' }];
    if (algorithmOf(email) !== undefined) return ['identifier_is_hash', { kind: 'email' }];
    return email.includes('%40') ? ['identifier_percent_encoded', { kind: 'email' }] : ['email_without_at'];
  }
  if (domains.length > 1) return ['email_with_two_ats'];
  return local.trim() === '' || domains.join('').trim() !== ''
    ? ['email_local_part_empty']
    : ['email_domain_empty'];
}

function phoneFault(phone: string): Fault {
  if (phone.includes('@')) {
    return ['identifier_other_kind', { kind: 'phone', got: 'an email', expected: 'email' }];
  }
  if (!isPhone(phone) && algorithmOf(phone) !== undefined) return ['identifier_is_hash', { kind: 'phone' }];
  if (/^%2b/i.test(phone)) return ['identifier_percent_encoded', { kind: 'phone' }];
  if (/^ \d+$/.test(phone)) return ['phone_plus_lost'];
  if (/^00\d/.test(phone)) return ['phone_with_00'];
  if (/(?!\d)\p{Nd}/u.test(phone)) return ['phone_other_digits'];
  if (!phone.startsWith('+')) return ['phone_without_plus'];
  const digits = phone.slice(1);
  return /^\d*$/.test(digits) ? ['phone_length', { digits: digits.length }] : ['phone_characters'];
}

/** Why an identifier is invalid. */
export function identifierFault(kind: IdentifierKind, text: string): Fault {
  if (text.trim() === '') return ['identifier_empty', { kind }];
  const word = text.trim().toLowerCase();
  if (PLACEHOLDERS.has(word)) return ['identifier_placeholder', { kind, got: word }];
  if (kind === 'email') return emailFault(text);
  return kind === 'phone' ? phoneFault(text) : hashFault(kind, text);
}

/**
 * The fault of an identifier whose kind is not read; undefined when the request has no such identifier.
 *
 * @param kinds the kinds that are read
 * @param phones whether phone identifiers are read anywhere
 */
export function unreadFault(
  names: readonly string[],
  kinds: readonly IdentifierKind[],
  phones: boolean,
): Fault | undefined {
  const kind = identifierKinds.find((one) => !kinds.includes(one) && names.includes(one));
  return kind && [phones ? 'kind_not_read' : 'phones_off', { kind }];
}
