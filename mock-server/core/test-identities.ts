/**
 * The identities an operator treats specially (Protocol §1.4), by era. They are recognised by first-level hash and
 * type, so the hash form and every spelling that normalises to one count as well.
 */

import { EMAIL, type IdentityType, PHONE } from './identity-hash.ts';

/**
 * `validate`: never opted out, and what token/validate is for. `optout`: opted out wherever opt-outs count.
 * `refresh-optout`: opted out only when its token is refreshed.
 */
export type TestIdentityKind = 'validate' | 'optout' | 'refresh-optout';

export interface TestIdentity {
  readonly kind: TestIdentityKind;
  readonly type: IdentityType;
  /** normalised email or phone */
  readonly identifier: string;
}

/** Until October 2023. `optout@email.com` yields tokens and is opted out on refresh only (S15, S16). */
export const seedTestIdentities: readonly TestIdentity[] = [
  { kind: 'validate', type: EMAIL, identifier: 'validate@email.com' },
  { kind: 'refresh-optout', type: EMAIL, identifier: 'optout@email.com' },
];

/** Since October 2023. */
export const currentTestIdentities: readonly TestIdentity[] = [
  { kind: 'validate', type: EMAIL, identifier: 'validate@example.com' },
  { kind: 'validate', type: PHONE, identifier: '+12345678901' },
  { kind: 'optout', type: EMAIL, identifier: 'optout@example.com' },
  { kind: 'optout', type: PHONE, identifier: '+00000000000' },
  { kind: 'refresh-optout', type: EMAIL, identifier: 'refresh-optout@example.com' },
  { kind: 'refresh-optout', type: PHONE, identifier: '+00000000002' },
];
