/**
 * The identities that an operator treats specially (Protocol §1.4). They are recognised by first-level hash and type,
 * so their hash form and every spelling with the same normalised form count as well.
 */

import { EMAIL, type IdentityType, PHONE } from './identity-hash.ts';

/**
 * `validate`: never opted out; token/validate checks tokens of it. `optout`: opted out wherever opt-outs count.
 * `refresh-optout`: opted out only when its token is refreshed.
 */
export type TestIdentityKind = 'validate' | 'optout' | 'refresh-optout';

export interface TestIdentity {
  readonly kind: TestIdentityKind;
  readonly type: IdentityType;
  /** normalised email or phone */
  readonly identifier: string;
}

/**
 * Emails only, and none is opted out at generate: `optout@email.com` is opted out only at refresh (S15, S16). Operators
 * had these until October 2023.
 */
export const emailTestIdentities: readonly TestIdentity[] = [
  { kind: 'validate', type: EMAIL, identifier: 'validate@email.com' },
  { kind: 'refresh-optout', type: EMAIL, identifier: 'optout@email.com' },
];

/** Emails and phones of every kind. Operators have had these since October 2023. */
export const emailAndPhoneTestIdentities: readonly TestIdentity[] = [
  { kind: 'validate', type: EMAIL, identifier: 'validate@example.com' },
  { kind: 'validate', type: PHONE, identifier: '+12345678901' },
  { kind: 'optout', type: EMAIL, identifier: 'optout@example.com' },
  { kind: 'optout', type: PHONE, identifier: '+00000000000' },
  { kind: 'refresh-optout', type: EMAIL, identifier: 'refresh-optout@example.com' },
  { kind: 'refresh-optout', type: PHONE, identifier: '+00000000002' },
];
