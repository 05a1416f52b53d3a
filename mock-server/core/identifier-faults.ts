/** What is wrong with an identifier that the operator calls invalid (Protocol §2). */

import type { IdentifierKind } from './identifier.ts';
import type { Facts, Reason } from './reasons.ts';

type Fault = readonly [reason: Reason, facts?: Facts];

const HASH = /^(?:[A-Za-z0-9+/_-]{43}=?|[0-9a-fA-F]{64})$/;

function emailFault(email: string): Fault {
  const [local = '', ...domains] = email.split('@');
  if (domains.length === 0)
    return HASH.test(email) ? ['identifier_is_hash', { kind: 'email' }] : ['email_without_at'];
  if (domains.length > 1) return ['email_with_two_ats'];
  return local.trim() === '' || domains.join('').trim() !== ''
    ? ['email_local_part_empty']
    : ['email_domain_empty'];
}

function phoneFault(phone: string): Fault {
  if (HASH.test(phone)) return ['identifier_is_hash', { kind: 'phone' }];
  if (!phone.startsWith('+')) return ['phone_without_plus'];
  const digits = phone.slice(1);
  return /^\d*$/.test(digits) ? ['phone_length', { digits: digits.length }] : ['phone_characters'];
}

function hashFault(kind: IdentifierKind, hash: string): Fault {
  const plain = kind === 'email_hash' ? 'email' : 'phone';
  if (hash.includes('@') || /^\+\d+$/.test(hash)) return ['hash_is_identifier', { kind, plain }];
  if (hash.length === 64) return ['hash_not_hex'];
  if (/^[A-Za-z0-9_-]{43}=?$/.test(hash) && /[_-]/.test(hash)) return ['hash_url_alphabet'];
  if (/^[A-Za-z0-9+/]{43}$/.test(hash)) return ['hash_padding_absent'];
  return hash.length === 44 ? ['hash_not_base64'] : ['hash_length', { length: hash.length }];
}

/** Why an identifier is invalid. */
export function identifierFault(kind: IdentifierKind, text: string): Fault {
  if (kind === 'email') return emailFault(text);
  return kind === 'phone' ? phoneFault(text) : hashFault(kind, text);
}
