import { expect, it } from 'vitest';
import { EMAIL, PHONE } from './identity-hash.ts';
import { type TestIdentity, currentTestIdentities, seedTestIdentities } from './test-identities.ts';

const of = (identities: readonly TestIdentity[], type: number, kind: string): string[] =>
  identities.filter((one) => one.type === type && one.kind === kind).map(({ identifier }) => identifier);

it('the test identities are those of Protocol §1.4, and no others', () => {
  expect(of(seedTestIdentities, EMAIL, 'validate')).toEqual(['validate@email.com']);
  expect(of(seedTestIdentities, EMAIL, 'refresh-optout')).toEqual(['optout@email.com']);
  expect(seedTestIdentities).toHaveLength(2);
  expect(of(currentTestIdentities, EMAIL, 'validate')).toEqual(['validate@example.com']);
  expect(of(currentTestIdentities, PHONE, 'validate')).toEqual(['+12345678901']);
  expect(of(currentTestIdentities, EMAIL, 'optout')).toEqual(['optout@example.com']);
  expect(of(currentTestIdentities, PHONE, 'optout')).toEqual(['+00000000000']);
  expect(of(currentTestIdentities, EMAIL, 'refresh-optout')).toEqual(['refresh-optout@example.com']);
  expect(of(currentTestIdentities, PHONE, 'refresh-optout')).toEqual(['+00000000002']);
  expect(currentTestIdentities).toHaveLength(6);
});
