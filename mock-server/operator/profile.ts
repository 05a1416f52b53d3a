/**
 * Profiles: how an operator of an era behaves (Protocol §12), as data. A profile is behaviour, a world is data.
 */

import type { AdvertisingTokenVersion } from '../core/advertising-token.ts';
import type { EnvelopeRules } from '../core/envelope.ts';
import { type TestIdentity, currentTestIdentities, seedTestIdentities } from '../core/test-identities.ts';

export const profileNames = ['local', 'seed-v1', 'v5.56', 'current'] as const;

export type ProfileName = (typeof profileNames)[number];

/** `v0`: unversioned routes; `encrypted`: v2 and v3. */
type RouteSet = 'v0' | 'v1' | 'encrypted';

export interface Profile {
  readonly name: ProfileName;
  readonly routes: readonly RouteSet[];
  /** shape of the unversioned `/token/*` answers */
  readonly unversionedTokens: 'v0' | 'v1';
  readonly testIdentities: readonly TestIdentity[];
  /** phone identifiers at all; a world may switch them off too */
  readonly phones: boolean;
  readonly advertisingTokenVersion: AdvertisingTokenVersion;
  /** whether the option `tokenVersion` may choose another */
  readonly choosesTokenVersion: boolean;
  /** whether the scope EUID exists */
  readonly euid: boolean;
  /** whether the embedded world has buckets of key material, for v4 raw UIDs */
  readonly keyBuckets: boolean;
  /** message of a v0/v1 batch map without a list: the usual one, or one of its own */
  readonly listMissing: 'usual' | 'exactly-one';
  /** whether `/token/refresh` also reads the parameter `token` */
  readonly refreshTokenAlias: boolean;
  /** whether on v0 and v1 an opt-out ends only the refresh chains that were started before it (S21) */
  readonly reEstablishes: boolean;
  /** an altered or truncated refresh token: refused as invalid, or an unknown error */
  readonly malformedRefreshToken: 'invalid' | 'unknown';
  /** v0/v1 batch map: whether invalid and opted-out items are listed */
  readonly listsUnmapped: boolean;
  /** v0 batch map items carry `bucket_id` */
  readonly bucketIdsInV0: boolean;
  /** v2 validate: the test identity only, or any identity with a token of the caller's own key */
  readonly validatesAnyIdentity: boolean;
  /** v2 generate looks at `optout_check` and `policy` (Protocol §8.1.4) */
  readonly optOutPolicy: boolean;
  /** TCF consent must include precise geolocation */
  readonly preciseGeolocation: boolean;
  readonly envelope: EnvelopeRules;
  /** `/v2/token/validate` goes through two CORS handlers, as its headers show (Protocol §6.3) */
  readonly doubleCorsOnValidate: boolean;
  /** a logout opts the identity out at once instead of through a service */
  readonly logoutOptsOut: boolean;
  /** bucket times are printed without a fraction of zero */
  readonly shortBucketTimes: boolean;
  /** how a logout tells the opt-out service (Protocol §8.4) */
  readonly optOutCall: 'GET' | 'POST';
}

const current: Profile = {
  name: 'current',
  routes: ['encrypted'],
  unversionedTokens: 'v0',
  testIdentities: currentTestIdentities,
  phones: true,
  advertisingTokenVersion: 4,
  choosesTokenVersion: false,
  euid: true,
  keyBuckets: true,
  listMissing: 'usual',
  refreshTokenAlias: false,
  reEstablishes: false,
  malformedRefreshToken: 'unknown',
  listsUnmapped: true,
  bucketIdsInV0: true,
  validatesAnyIdentity: true,
  optOutPolicy: false,
  preciseGeolocation: false,
  envelope: { namesPlainJson: true, base64Fallback: true },
  doubleCorsOnValidate: true,
  logoutOptsOut: false,
  shortBucketTimes: false,
  optOutCall: 'POST',
};

const v5_56: Profile = {
  ...current,
  name: 'v5.56',
  routes: ['v0', 'v1', 'encrypted'],
  keyBuckets: false,
  validatesAnyIdentity: false,
  optOutPolicy: true,
  preciseGeolocation: true,
  envelope: { namesPlainJson: false, base64Fallback: false },
  doubleCorsOnValidate: false,
  optOutCall: 'GET',
};

const seed: Profile = {
  ...v5_56,
  name: 'seed-v1',
  routes: ['v0', 'v1'],
  testIdentities: seedTestIdentities,
  phones: false,
  advertisingTokenVersion: 2,
  euid: false,
  listMissing: 'exactly-one',
  reEstablishes: true,
  malformedRefreshToken: 'invalid',
  listsUnmapped: false,
  bucketIdsInV0: false,
  shortBucketTimes: true,
};

const local: Profile = {
  ...current,
  name: 'local',
  routes: ['v0', 'v1', 'encrypted'],
  unversionedTokens: 'v1',
  choosesTokenVersion: true,
  testIdentities: [...seedTestIdentities, ...currentTestIdentities],
  refreshTokenAlias: true,
  reEstablishes: true,
  malformedRefreshToken: 'invalid',
  logoutOptsOut: true,
};

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  local,
  'seed-v1': seed,
  'v5.56': v5_56,
  current,
};
