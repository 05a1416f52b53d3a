/** Texts of the hash doctor: how the normal form of an email or a phone was missed. */

import { cause } from './text.ts';

const email = (says: string, fix: string) => cause(says, fix, '2.1');
const phone = (says: string, fix: string) => cause(says, fix, '2.2');

/** The normal form of an email. */
export const emails = {
  text_case_kept: email(
    'the email was hashed without lower-casing it',
    'make A to Z lower case before hashing',
  ),
  text_upper_cased: email(
    '{what} was made upper case before hashing',
    'make A to Z lower case before hashing',
  ),
  text_unicode_lower_cased: email(
    'letters beyond A to Z were made lower case, which the operator keeps as they are',
    'make only A to Z lower case',
  ),
  text_not_trimmed: email(
    'the email was not trimmed: blanks at its {where} were hashed',
    'remove blanks before and behind the email before hashing',
  ),
  text_inner_blanks_kept: email(
    'blanks inside the local part were hashed',
    'remove every blank in front of the @ before hashing',
  ),
  text_trimmed_wrongly: email(
    '{what} was removed, which the operator keeps',
    'clean the identity once, where it is stored, and use the same text everywhere: the operator removes blanks (U+0020) only, in the local part and at the end',
  ),
  gmail_dots_kept: email(
    'the dots of a gmail.com address were kept',
    'remove the dots in front of the @ when the domain is gmail.com',
  ),
  gmail_plus_kept: email(
    'the plus sign of a gmail.com address and what follows it were kept',
    'remove everything from the + up to the @ when the domain is gmail.com',
  ),
  text_dots_removed: email(
    'dots were removed where they count: {what}',
    'remove dots only in front of the @, and only when the domain is gmail.com',
  ),
  text_plus_removed: email(
    'the plus sign was removed where it counts: {what}',
    'remove the + and what follows it only when the domain is gmail.com',
  ),
  gmail_rule_partial: email(
    'the rule of gmail.com was applied in part: {what}',
    'remove all dots of the local part, and everything from its first + on',
  ),
  gmail_rule_elsewhere: email(
    'the rule of gmail.com was applied to another domain: dots and plus signs were removed',
    'remove dots and plus signs only when the domain is exactly gmail.com',
  ),
  gmail_domain_changed: email(
    'the domain was changed: {what}',
    'keep the domain: googlemail.com and gmail.com are different to the operator',
  ),
  gmail_dot_added: email(
    'the value is the hash of the address with a dot in its local part, which does not count at gmail.com',
    'remove the dots in front of the @ when the domain is gmail.com',
  ),
  text_separator_cut: email(
    'the local part was cut at {what}, which counts as part of the name',
    'remove only what follows a +, and only when the domain is gmail.com',
  ),
  text_part_only: email('only a part of the email was hashed: {what}', 'hash the whole email'),
  text_at_replaced: email('the @ was replaced by {what}', 'hash the email with its @'),
  text_domain_changed: email('the domain was changed: {what}', 'keep the domain as it is, in lower case'),
  text_punycode: email(
    'the domain was converted: {what}',
    'hash the domain in the form in which you send it',
  ),
  text_display_name: email(
    'a display name was hashed with the email, as in Name <address>',
    'hash the bare address, without the name and the angle brackets',
  ),
  text_blanks_changed: email(
    'blanks were changed: {what}',
    'remove blanks before hashing, and put nothing there',
  ),
} as const;

/** The normal form of a phone. */
export const phones = {
  phone_plus_absent: phone(
    'the phone was hashed without its plus sign',
    'begin with +, then 10 to 15 digits',
  ),
  phone_prefix: phone('the phone began with {what}', 'begin with + and the country code'),
  phone_trunk_zero: phone(
    'the trunk zero of the phone was kept: a 0 between country code and number',
    'remove the 0 behind the country code',
  ),
  phone_trunk_zero_lost: phone(
    'a zero behind the country code was removed, which belongs to the number',
    'hash all digits of the phone as you send it',
  ),
  phone_other_code: phone('the country code was replaced by {what}', 'keep the country code of the phone'),
  phone_national: phone(
    'the national number was hashed: the country code was missing',
    'begin with + and the country code, without the trunk zero',
  ),
  phone_grouped: phone(
    'the phone was hashed with separators, as people write it: {what}',
    'remove blanks, dashes, dots, slashes and parentheses before hashing',
  ),
  phone_spreadsheet: phone(
    'the phone was hashed as a spreadsheet or a program writes a number: {what}',
    'keep phones as text, with their +, in every step from the source to the hash',
  ),
  phone_digits_cut: phone('only some digits of the phone were hashed: {what}', 'hash the + and all digits'),
  phone_extension: phone(
    'an extension was handled in another way: {what}',
    'remove the extension and its digits before hashing',
  ),
  phone_not_normal: phone(
    'the operator does not take the phone as it is typed; the value was computed from a phone in normal form, or from one that was changed on its way',
    'normalise the phone to + and 10 to 15 digits before you send or hash it',
  ),
} as const;
