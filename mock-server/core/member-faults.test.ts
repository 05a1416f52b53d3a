/** Names of members that are taken for a misspelling, and those that a sentence shows. */

import { describe, expect, it } from 'vitest';
import { absentMember, misnamedMember, shownName } from './member-faults.ts';

const identifiers = ['email', 'email_hash', 'phone', 'phone_hash'];
const others = ['token', 'since_timestamp', 'advertising_ids'];
const expected = [...identifiers, ...others];

describe('a name', () => {
  it.each([
    ['Email', 'email'],
    ['e-mail', 'email'],
    ['mail', 'email'],
    ['emails', 'email'],
    ['email_address', 'email'],
    ['emailHash', 'email_hash'],
    ['email_hashes', 'email_hash'],
    ['hashed_email', 'email_hash'],
    ['email_sha256', 'email_hash'],
    ['phones', 'phone'],
    ['phoneNumber', 'phone'],
    ['hashedPhones', 'phone_hash'],
    ['phone_number_hashes', 'phone_hash'],
    ['advertising_token', 'token'],
    ['since', 'since_timestamp'],
    ['sinceTimestamps', 'since_timestamp'],
    ['advertising_id', 'advertising_ids'],
    ['raw_uids', 'advertising_ids'],
  ])('%s means %s', (got, meant) => {
    expect(misnamedMember(['policy', got], expected)).toEqual({ got, expected: meant });
  });

  it.each(['email', 'advertising_ids', 'policy', 'ema', 'email_ha', 'uid', ''])(
    '%j means no other',
    (got) => {
      expect(misnamedMember([got], expected)).toBeUndefined();
    },
  );

  it.each(['a', '_', 'Email_1', 'a12345b67890', 'a'.repeat(30)])('%s is shown', (name) => {
    expect(shownName(name)).toBe(name);
  });

  it.each(['', '1a', ' a', 'a b', 'a@b', 'é', 'a123456', 'a'.repeat(31)])('%j is not shown', (name) => {
    expect(shownName(name)).toBe('(an unusual name)');
  });
});

it('a request without an expected member lacks all of them, unless one is misspelt', () => {
  const reasons = { absent: 'token_absent', misnamed: 'member_misnamed' } as const;
  expect(absentMember(['policy'], identifiers, reasons)).toEqual([
    'token_absent',
    { kinds: 'email, email_hash, phone, phone_hash' },
  ]);
  expect(absentMember(['policy', 'Phone'], identifiers, reasons)).toEqual([
    'member_misnamed',
    { got: 'Phone', expected: 'phone' },
  ]);
});
