/** What fixes refusals of identifiers and of lists of them. */

import type { identities as sentences } from '../../../sentences/identities.ts';
import type { Fix } from '../../cause.ts';

const HASH_FIX = 'send base64 (44 characters) of the SHA-256 bytes of the normalized identifier';

export const identities: Readonly<Record<keyof typeof sentences, Fix>> = {
  identifier_absent: { fix: 'send exactly one of {kinds}', section: '8' },
  identifier_misnamed: { fix: 'rename {got} to {expected}', section: '8' },
  identifier_null: { fix: 'leave {kind} out where it has no value', section: '8' },
  identifiers_several: { fix: 'send only one of {kinds}', section: '8' },
  kind_not_read: { fix: 'send another kind than {kind}', section: '8' },
  phones_off: { fix: 'send an email, or set enable_phone_support of the world to true', section: '9' },
  identifier_not_text: { fix: 'send {kind} as a JSON text', section: '8' },
  identifier_empty: { fix: 'skip users without a value for {kind}', section: '8' },
  identifier_placeholder: { fix: 'skip users without a value instead of sending {got}', section: '8' },
  identifier_percent_encoded: { fix: 'percent-encode {kind} once', section: '8' },
  identifier_is_hash: { fix: 'send the value as {kind}_hash', section: '2.3' },
  identifier_other_kind: { fix: 'send the value as {expected}', section: '8' },
  email_without_at: { fix: 'send a whole email address: name, @ and domain', section: '2.1' },
  email_with_two_ats: { fix: 'send one email address, without a name or a second address', section: '2.1' },
  email_local_part_empty: {
    fix: 'send a whole email address with something in front of its @',
    section: '2.1',
  },
  email_domain_empty: { fix: 'send a whole email address with a domain behind its @', section: '2.1' },
  phone_without_plus: { fix: 'send the phone as + with country code and number (E.164)', section: '2.2' },
  phone_with_00: { fix: 'replace 00 at the beginning by +', section: '2.2' },
  phone_plus_lost: { fix: 'write + as %2B in the query', section: '2.2' },
  phone_other_digits: { fix: 'convert the digits to 0 to 9 of ASCII', section: '2.2' },
  phone_characters: { fix: 'remove blanks, dashes, dots and brackets from the phone', section: '2.2' },
  phone_length: { fix: 'send country code and number, 10 to 15 digits together', section: '2.2' },
  hash_is_identifier: { fix: 'send the value as {expected}, or hash it', section: '2.3' },
  hash_quoted: { fix: 'remove the quotes around the hash', section: '2.3' },
  hash_white_space: { fix: 'trim the hash, and encode it without line breaks', section: '2.3' },
  hash_plus_lost: { fix: 'write + as %2B in the query', section: '2.3' },
  hash_algorithm: { fix: 'hash with SHA-256 instead of {algorithm}', section: '2.3' },
  hash_of_hex: { fix: 'encode the 32 bytes of the hash in base64, not their hex digits', section: '2.3' },
  hash_padding_absent: { fix: 'encode the hash with padding', section: '2.3' },
  hash_url_alphabet: { fix: 'encode the hash with standard base64 instead of base64url', section: '2.3' },
  hash_length: { fix: HASH_FIX, section: '2.3' },
  hash_not_hex: { fix: HASH_FIX, section: '2.3' },
  hash_not_base64: { fix: HASH_FIX, section: '2.3' },

  list_absent: { fix: 'send a list under one of {kinds}', section: '8.8' },
  list_misnamed: { fix: 'rename {got} to {expected}', section: '8.8' },
  list_null: { fix: 'leave {kind} out where it has no elements', section: '8.8' },
  lists_several: { fix: 'send each list in a request of its own', section: '8.8' },
  list_not_an_array: { fix: 'send {list} as a JSON list, also for one element', section: '8.8' },
  list_has_null: { fix: 'leave users without a value out of {list}', section: '8.8' },
  member_unknown: { fix: 'remove {member} from the request', section: '8' },
  element_not_text: { fix: 'send each element of {list} as a JSON text', section: '8.8' },
};
