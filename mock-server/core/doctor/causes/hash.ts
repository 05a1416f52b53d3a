/** Why a hash is not that of the identity: the texts of the hash doctor. `{name}` stands for a fact of the case. */

import { emails, phones } from './normal-forms.ts';
import { cause } from './text.ts';

const supplied = (says: string, fix: string) => cause(says, fix, '2.3');
const any = (says: string, fix: string) => cause(says, fix, '2');

const BARE = 'hash the bare identity, with nothing before or behind it';
const AS_BYTES = 'hash the UTF-8 bytes of the text, without a byte order mark';
const AS_BASE64 = 'send base64 of the 32 bytes in the standard alphabet, with its padding: 44 characters';

/** Texts around and instead of an identity. */
const texts = {
  text_white_space: any(
    '{what} {where} the identity was hashed',
    'remove white space around the identity before hashing',
  ),
  text_no_break_blank: any(
    '{what} {where} the identity was hashed',
    'remove non-breaking blanks before hashing',
  ),
  text_invisible: any(
    'an invisible character was hashed: {what} {where} the identity',
    'remove zero width and control characters before hashing',
  ),
  text_byte_order_mark: any('a byte order mark {where} the identity was hashed', AS_BYTES),
  text_quoted: any('quotes were hashed with the identity: {what}', BARE),
  text_bracketed: any('brackets were hashed with the identity: {what}', BARE),
  text_json: any('the identity was hashed as JSON: {what}', BARE),
  text_prefixed: any('a prefix was hashed with the identity: {prefix}', BARE),
  text_suffixed: any('{what} behind the identity was hashed', BARE),
  text_repeated: any(
    'the identity was hashed more than once in one text, {what}',
    'hash one identity at a time',
  ),
  text_one_of_two: any(
    'the identity as typed holds several; {what} was hashed',
    'send and hash one identity at a time',
  ),
  text_taken_out: any(
    'the identity was hashed without {what}, which the operator keeps as part of it',
    'send the bare identity too, so that the operator takes the same text',
  ),
  text_escaped: any(
    'the identity was escaped before hashing: {what}',
    'hash the identity as it is, without escapes',
  ),
  text_unescaped: any('escapes of the identity were decoded: {what}', 'send the decoded identity too'),
  text_plus_lost: any(
    'a plus sign became {what}, as in a query where + means a blank',
    'write + as %2B in queries and forms',
  ),
  text_unicode_form: any(
    'the identity was converted to another Unicode form: {form}',
    'hash the text in the form in which you send it',
  ),
  text_accents_removed: any(
    'accents were removed from letters, or letters beyond ASCII: {what}',
    'keep the letters as they are',
  ),
  text_other_characters: any(
    'characters were replaced by others that look alike: {what}',
    'write digits, +, @ and dots in ASCII',
  ),
  text_reversed: any('the text was reversed', BARE),
} as const;

/** From text to bytes to hash. */
const digests = {
  encoded_utf16: any('the text was hashed in {encoding}, not in UTF-8', AS_BYTES),
  encoded_byte_order_mark: any('a byte order mark was hashed in front of the text ({encoding})', AS_BYTES),
  encoded_other: any('the text was hashed in {encoding}, not in UTF-8', AS_BYTES),
  encoded_utf8_twice: any('the text was encoded in UTF-8 twice before hashing', AS_BYTES),
  encoded_padded: any('more bytes than those of the text were hashed: {what}', AS_BYTES),
  digest_twice: any('the identity was hashed twice: SHA-256 of {of}', 'hash once'),
  digest_thrice: any('the identity was hashed three times: SHA-256 of {of}', 'hash once'),
  digest_of_other_hash: any('SHA-256 was computed of another hash: {of}', 'hash the identity itself'),
  digest_algorithm: supplied('the hash is {algorithm}', 'use SHA-256'),
  digest_keyed: any('the hash is keyed: {algorithm}', 'use SHA-256 without a key or a salt'),
  digest_salted: any(
    'a salt was hashed with the identity: {what}',
    'hash the identity alone; the operator adds its salts',
  ),
  digest_truncated: supplied('the hash was cut to {bytes} bytes', AS_BASE64),
  digest_absent: supplied(
    'the value is the identity itself, not its hash',
    'hash the identity, or send it as email or phone',
  ),
} as const;

/** How the hash is written. */
const writings = {
  written_url_alphabet: supplied(
    'the hash is base64 in the URL alphabet (- and _)',
    'use the standard alphabet (+ and /)',
  ),
  written_padding_absent: supplied('the padding of the base64 is missing', AS_BASE64),
  written_padding_extra: supplied('the base64 has more padding than it needs', AS_BASE64),
  written_base64_of_hex: supplied(
    'the value is base64 of the hex text of the hash, not of its bytes',
    AS_BASE64,
  ),
  written_base64_twice: supplied('the hash was encoded in base64 twice', AS_BASE64),
  written_hex_of_text: supplied('the value is hex of the text of the hash, not of its bytes', AS_BASE64),
  written_percent_encoded: supplied(
    'the hash is percent-encoded once too often',
    'send the hash itself: JSON needs no percent-encoding',
  ),
  written_plus_lost: supplied(
    'plus signs of the base64 became blanks',
    'write + as %2B in queries and forms',
  ),
  written_escaped: supplied('the hash is escaped: {what}', 'decode the escapes before sending'),
  written_quoted: supplied('the hash stands in quotes or brackets', 'send the hash without them'),
  written_white_space: supplied('the hash has white space {where}', 'remove white space from the hash'),
  written_prefix: supplied('the hash has a prefix: {prefix}', 'send the hash without a prefix'),
  written_separated: supplied('the bytes of the hash are separated: {what}', AS_BASE64),
  written_list: supplied('the hash is written as a list of bytes: {what}', AS_BASE64),
  written_raw: supplied('the bytes of the hash were taken for text: {what}', AS_BASE64),
  written_case_lost: supplied(
    'the base64 was made {what}, so that it is another hash',
    'keep upper and lower case of base64',
  ),
  written_decimal: supplied('the hash is written as a number: {what}', AS_BASE64),
  written_other_base: supplied('the hash is written in {what}', AS_BASE64),
  written_reversed: supplied('the bytes of the hash are in another order: {what}', AS_BASE64),
  written_zeros_lost: supplied(
    'zeros in front of hex digits were lost: {what}',
    'write two hex digits for each byte',
  ),
} as const;

/** Values that do not depend on the identity, and those that nothing explains. */
const values = {
  constant_text: any(
    'the value is the hash of {text}, the same for every user',
    'do not hash a missing value: leave the user out',
  ),
  constant_example: any(
    'the value is the hash of {text}, an example of the documentation',
    'hash the identity of the user',
  ),
  constant_value: supplied(
    'the value is {text}, which programs write for a missing value',
    'do not send a missing value: leave the user out',
  ),
  identity_invalid: any(
    'the operator calls the identity invalid: {reason}',
    'send an email with one @, or a phone of + and 10 to 15 digits',
  ),
  value_algorithm: supplied(
    'the value looks like {algorithm} ({bytes} bytes); SHA-256 has 32',
    'use SHA-256',
  ),
  value_length: supplied(
    'the value has {length} characters; base64 of SHA-256 has 44, hex has 64',
    AS_BASE64,
  ),
  value_unexplained: any(
    'no known mistake gives this value; it may be the hash of another identity',
    'compare the text that you hash, byte by byte, with the normal form of the operator',
  ),
} as const;

export const hashCauses = { ...emails, ...phones, ...texts, ...digests, ...writings, ...values } as const;

export type HashCauseId = keyof typeof hashCauses;
