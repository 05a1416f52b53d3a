/** Causes that the token inspector finds beside the reasons of the operator. `{what}` is what the text is. */

import type { CauseText } from '../cause.ts';

const AS_RECEIVED = 'keep and send the token exactly as it was received';

export const tokenCauses = {
  token_padding: {
    says: '{what} has padding where its form has none, or lacks it',
    fix: AS_RECEIVED,
    section: '5.2',
  },
  token_in_json: {
    says: '{what} is a member of JSON, and the whole JSON was taken for it',
    fix: 'read the member of the answer, and send its value alone',
    section: '5.6',
  },
  token_after_word: {
    says: '{what} has a word such as Bearer or the name of a field in front of it',
    fix: 'send the value alone',
    section: '5.6',
  },
  token_placeholder: {
    says: 'the text is {got}, which programs make of a missing value',
    fix: 'check that the token was stored and read under one name',
    section: '5.6',
  },
  token_cut: {
    says: '{what} is cut off after {length} characters',
    fix: 'keep the whole token: compare the length of the column, cookie or variable that holds it with that of the answer',
    section: '5.6',
  },
  token_elided: {
    says: '{what} was shortened for display, with dots in place of characters',
    fix: 'copy the token from the answer, not from a log or a page that shortens it',
    section: '5.6',
  },
  token_html: {
    says: '{what} has the entities of HTML in it',
    fix: 'decode the text of the page before its value is used',
    section: '5.6',
  },
  token_escaped: {
    says: '{what} has the backslashes of a JSON or shell text in it',
    fix: 'decode the JSON text before its value is used',
    section: '5.6',
  },
  token_encoded_twice: {
    says: '{what} is encoded in base64 twice',
    fix: 'send the text of the answer; it is base64 already',
    section: '5',
  },
  token_in_hex: {
    says: '{what} is written in hex digits',
    fix: 'keep the token as the text that the answer has, not as bytes',
    section: '5',
  },
  token_upper_case: {
    says: '{what} is all in upper case',
    fix: 'keep the letter case of the token',
    section: '5',
  },
  token_characters_altered: {
    says: '{what} was altered at character {characters} of its text; with it put right the token opens',
    fix: AS_RECEIVED,
    section: '5',
  },
  token_character_added: {
    says: '{what} has a character too many',
    fix: AS_RECEIVED,
    section: '5',
  },
  token_with_more: {
    says: '{what} has other characters in front of it or behind it',
    fix: 'send the token alone',
    section: '5',
  },
  token_version_unknown: {
    says: '{what} has the length of a token, but not the first bytes of one',
    fix: AS_RECEIVED,
    section: '5',
  },
  token_of_other_operator: {
    says: '{what} names the key {key_id}, which is known here, but was sealed with another secret: it was issued by another operator or environment, or it was altered',
    fix: 'use tokens of the operator that issued them, and generate new ones after a change of operator or world',
    section: '4.2',
  },
  advertising_token_expired: {
    says: 'the advertising token expired {ago} ago by this clock; the operator decodes it, but who bids with it must not',
    fix: 'refresh the token at refresh_from, or generate a new one once identity_expires has passed',
    section: '5.6',
  },
  token_from_future: {
    says: '{what} was created {ahead} ahead of this clock',
    fix: 'compare the clocks of the operator and of the machine that reads the token',
    section: '5.6',
  },
  opted_out_in_world: {
    says: 'the user of the token has opted out, so a refresh gives no new token',
    fix: 'remove the tokens of this user, and do not ask again',
    section: '8.2',
  },
  status_asked_with_token: {
    says: 'an advertising token came in place of a raw UID; the answer is silently an empty list',
    fix: 'send the raw UIDs of identity/map, or those in decrypted tokens',
    section: '8.11',
  },
  token_is_identifier: {
    says: 'the text is {got}, not a token',
    fix: 'send the identifier to token/generate or identity/map, and use what comes back',
    section: '5',
  },
  map_r_as_milliseconds: {
    says: 'r of the v3 map is in seconds, and was taken for milliseconds: it means {right}, not a day of January 1970',
    fix: 'multiply r by 1000 before it is read as milliseconds',
    section: '8.9',
  },
  private_key_shown: {
    says: 'the text is a private key of client-side generation, which stays with the operator',
    fix: 'give pages and apps the public key, which begins with {prefix}-X-',
    section: '8.5',
  },
  public_key_form: {
    says: 'the public key is {got}; integrators are given its prefix and base64 of DER (SubjectPublicKeyInfo)',
    fix: 'use the text as it was issued, with its prefix',
    section: '8.5',
  },
} as const satisfies Readonly<Record<string, CauseText>>;
