/** An identifier under the member that names its kind becomes an identity (Protocol §2). */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { implementations } from '../testing/primitives.ts';
import { identify, identifyNamed } from './identifier.ts';
import { hashIdentifier, readIdentityHash } from './identity-hash.ts';
import { normalizeEmail, normalizePhone } from './normalize.ts';

const rules = { normalizeEmail, normalizePhone, hashIdentifier, readIdentityHash };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');
const [EMAIL_HASH, PHONE_HASH] = [sha256('user@example.com'), sha256('+12345678901')];

describe.each(implementations)('on %s', (_name, primitives) => {
  const named = (members: Parameters<typeof identifyNamed>[0]) => identifyNamed(members, rules, primitives);

  it.each([
    ['email', ' User@Example.com', { type: 0, hash: EMAIL_HASH }],
    ['email_hash', EMAIL_HASH, { type: 0, hash: EMAIL_HASH }],
    ['phone', '+12345678901', { type: 1, hash: PHONE_HASH }],
    ['phone_hash', Buffer.from(PHONE_HASH, 'base64').toString('hex'), { type: 1, hash: PHONE_HASH }],
    ['email', '+12345678901', undefined],
    ['email_hash', 'user@example.com', undefined],
    ['phone', 'user@example.com', undefined],
    ['phone_hash', '+12345678901', undefined],
  ] as const)('%s %j', (kind, value, identity) => {
    expect(identify(kind, value, rules, primitives)).toEqual(identity);
    expect(named({ [kind]: value })).toEqual(identity);
  });

  it('an email counts before its hash, that before a phone, and that before its hash', () => {
    const [email, email_hash, phone] = ['a@example.com', EMAIL_HASH, '+12345678901'];
    expect(named({ phone_hash: EMAIL_HASH, phone, email_hash, email })?.hash).toBe(sha256('a@example.com'));
    expect(named({ phone_hash: EMAIL_HASH, phone, email_hash })).toEqual({ type: 0, hash: EMAIL_HASH });
    expect(named({ phone_hash: EMAIL_HASH, phone })).toEqual({ type: 1, hash: PHONE_HASH });
    expect(named({ phone_hash: EMAIL_HASH })).toEqual({ type: 1, hash: EMAIL_HASH });
  });

  it('an empty value is invalid, and an object without members has no identity', () => {
    expect(named({ email: '', phone: '+12345678901' })).toBeUndefined();
    expect(named({ email: undefined })).toBeUndefined();
    expect(named({})).toBeUndefined();
  });
});
