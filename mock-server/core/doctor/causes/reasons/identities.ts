/** What mends refusals of identifiers and of lists of them. */

import type { identities as sentences } from '../../../sentences/identities.ts';
import type { Mending } from '../../cause.ts';

const HASH_FIX = 'Send base64 (44 characters) of the SHA-256 bytes of the normalized identifier';

export const identities: Readonly<Record<keyof typeof sentences, Mending>> = {
  identifier_absent: { fix: 'Send exactly one of {kinds}', section: '8' },
  identifier_misnamed: { fix: 'Rename {got} to {expected}', section: '8' },
  identifier_null: { fix: 'Leave {kind} out where it has no value', section: '8' },
  identifiers_several: { fix: 'Send only one of {kinds}', section: '8' },
  kind_not_read: { fix: 'Send another kind than {kind}', section: '8' },
  phones_off: { fix: 'Send an email, or set enable_phone_support of the world to true', section: '9' },
  identifier_not_text: { fix: 'Send {kind} as a JSON text', section: '8' },
  identifier_empty: { fix: 'Skip users without a value for {kind}', section: '8' },
  identifier_placeholder: { fix: 'Skip users without a value instead of sending {got}', section: '8' },
  identifier_percent_encoded: { fix: 'Percent-encode {kind} once', section: '8' },
  identifier_is_hash: { fix: 'Send the value as {kind}_hash', section: '2.3' },
  identifier_other_kind: { fix: 'Send the value as {expected}', section: '8' },
  email_without_at: { fix: 'Send a whole email address: name, @ and domain', section: '2.1' },
  email_with_two_ats: { fix: 'Send one email address, without a name or a second address', section: '2.1' },
  email_local_part_empty: {
    fix: 'Send a whole email address with something in front of its @',
    section: '2.1',
  },
  email_domain_empty: { fix: 'Send a whole email address with a domain behind its @', section: '2.1' },
  phone_without_plus: { fix: 'Send the phone as + with country code and number (E.164)', section: '2.2' },
  phone_with_00: { fix: 'Replace 00 at the beginning by +', section: '2.2' },
  phone_plus_lost: { fix: 'Write + as %2B in the query', section: '2.2' },
  phone_other_digits: { fix: 'Convert the digits to 0 to 9 of ASCII', section: '2.2' },
  phone_characters: { fix: 'Remove blanks, dashes, dots and brackets from the phone', section: '2.2' },
  phone_length: { fix: 'Send country code and number, 10 to 15 digits together', section: '2.2' },
  hash_is_identifier: { fix: 'Send the value as {expected}, or hash it', section: '2.3' },
  hash_quoted: { fix: 'Remove the quotes around the hash', section: '2.3' },
  hash_white_space: { fix: 'Trim the hash, and encode it without line breaks', section: '2.3' },
  hash_plus_lost: { fix: 'Write + as %2B in the query', section: '2.3' },
  hash_algorithm: { fix: 'Hash with SHA-256 instead of {algorithm}', section: '2.3' },
  hash_of_hex: { fix: 'Encode the 32 bytes of the hash in base64, not their hex digits', section: '2.3' },
  hash_padding_absent: { fix: 'Encode the hash with padding', section: '2.3' },
  hash_url_alphabet: { fix: 'Encode the hash with standard base64 instead of base64url', section: '2.3' },
  hash_length: { fix: HASH_FIX, section: '2.3' },
  hash_not_hex: { fix: HASH_FIX, section: '2.3' },
  hash_not_base64: { fix: HASH_FIX, section: '2.3' },

  list_absent: { fix: 'Send a list under one of {kinds}', section: '8.8' },
  list_misnamed: { fix: 'Rename {got} to {expected}', section: '8.8' },
  list_null: { fix: 'Leave {kind} out where it has no elements', section: '8.8' },
  lists_several: { fix: 'Send each list in a request of its own', section: '8.8' },
  list_not_an_array: { fix: 'Send {list} as a JSON list, also for one element', section: '8.8' },
  list_has_null: { fix: 'Leave users without a value out of {list}', section: '8.8' },
  member_unknown: { fix: 'Remove {member} from the request', section: '8' },
  element_not_text: { fix: 'Send each element of {list} as a JSON text', section: '8.8' },
};
