/** Whether the person of a refresh token is opted out in a world: in its list, or as a test identity (Protocol §1.4). */

import { hashIdentifier, readIdentityHash } from '../identity-hash.ts';
import { normalizeEmail, normalizePhone } from '../normalize.ts';
import type { Primitives } from '../primitives.ts';
import { firstLevelHash } from '../salts.ts';
import { type TestIdentity, emailAndPhoneTestIdentities, emailTestIdentities } from '../test-identities.ts';
import type { DoctorOptOut, DoctorWorld } from './doctor-world.ts';

/** The test identities of profiles where they differ from those of `current`. */
const TEST_IDENTITIES: Readonly<Record<string, readonly TestIdentity[]>> = {
  'seed-v1': emailTestIdentities,
  local: [...emailTestIdentities, ...emailAndPhoneTestIdentities],
};

const hashOf = (normalized: string | undefined, primitives: Primitives): string | undefined =>
  normalized === undefined ? undefined : hashIdentifier(normalized, primitives);

/** The identity hash of an entry, in base64. */
function identityHash(
  { email, phone, email_hash, phone_hash }: DoctorOptOut,
  primitives: Primitives,
): string | undefined {
  if (email !== undefined) return hashOf(normalizeEmail(email), primitives);
  if (phone !== undefined) return hashOf(normalizePhone(phone), primitives);
  return readIdentityHash(email_hash ?? phone_hash ?? '', primitives);
}

interface Person {
  /** first-level hash */
  readonly flh: string;
  readonly type: 0 | 1;
}

/** Whether a person is opted out, as a test identity of the profile or in the list of the world. */
export function isOptedOutInWorld(
  { flh, type }: Person,
  { primitives, profile }: { primitives: Primitives; profile: string },
  { salts, opted_out_identities }: DoctorWorld,
): boolean {
  const flhOf = (hash: string | undefined): string | undefined =>
    hash === undefined || salts === undefined
      ? undefined
      : firstLevelHash(hash, salts.first_level, primitives);
  const ofTest = (TEST_IDENTITIES[profile] ?? emailAndPhoneTestIdentities).find(
    (one) => one.type === type && flhOf(hashIdentifier(one.identifier, primitives)) === flh,
  );
  if (ofTest !== undefined) return ofTest.kind !== 'validate';
  return (opted_out_identities ?? []).some((one) => {
    const isPhone = one.phone !== undefined || one.phone_hash !== undefined;
    return isPhone === (type === 1) && (one.first_level_hash ?? flhOf(identityHash(one, primitives))) === flh;
  });
}
