import { expect, it } from 'vitest';
import { EMAIL, PHONE } from './identity-hash.ts';
import { type TestIdentity, emailAndPhoneTestIdentities, emailTestIdentities } from './test-identities.ts';

const of = (identities: readonly TestIdentity[], type: number, kind: string): string[] =>
  identities.filter((one) => one.type === type && one.kind === kind).map(({ identifier }) => identifier);

it('the test identities are those of Protocol §1.4, and no others', () => {
  expect(of(emailTestIdentities, EMAIL, 'validate')).toEqual(['validate@email.com']);
  expect(of(emailTestIdentities, EMAIL, 'refresh-optout')).toEqual(['optout@email.com']);
  expect(emailTestIdentities).toHaveLength(2);
  expect(of(emailAndPhoneTestIdentities, EMAIL, 'validate')).toEqual(['validate@example.com']);
  expect(of(emailAndPhoneTestIdentities, PHONE, 'validate')).toEqual(['+12345678901']);
  expect(of(emailAndPhoneTestIdentities, EMAIL, 'optout')).toEqual(['optout@example.com']);
  expect(of(emailAndPhoneTestIdentities, PHONE, 'optout')).toEqual(['+00000000000']);
  expect(of(emailAndPhoneTestIdentities, EMAIL, 'refresh-optout')).toEqual(['refresh-optout@example.com']);
  expect(of(emailAndPhoneTestIdentities, PHONE, 'refresh-optout')).toEqual(['+00000000002']);
  expect(emailAndPhoneTestIdentities).toHaveLength(6);
});
