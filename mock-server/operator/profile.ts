/**
 * Profiles: the rules in which operators differ (Protocol §12), as data. A profile is behaviour, a world is data. Code
 * asks for a rule, never for the name of the profile.
 */

import type { AdvertisingTokenVersion } from '../core/advertising-token.ts';
import type { EnvelopeVariant } from '../core/envelope.ts';
import { envelopeEras } from '../core/envelope-messages.ts';
import { type ProfileName, profileNames } from '../core/profile-names.ts';
import type { RefreshTokenVersion } from '../core/refresh-token.ts';
import {
  type TestIdentity,
  emailAndPhoneTestIdentities,
  emailTestIdentities,
} from '../core/test-identities.ts';

export { type ProfileName, profileNames };

/** `v0`: unversioned routes; `encrypted`: v2 and v3. */
type RouteSet = 'v0' | 'v1' | 'encrypted';

export interface Profile {
  readonly name: ProfileName;
  readonly routes: readonly RouteSet[];
  /** the shape in which the unversioned routes `/token/*` answer */
  readonly unversionedTokens: 'v0' | 'v1';
  readonly testIdentities: readonly TestIdentity[];
  /** whether phone identifiers are read; a world may switch them off too */
  readonly phones: boolean;
  readonly advertisingTokenVersion: AdvertisingTokenVersion;
  readonly refreshTokenVersion: RefreshTokenVersion;
  /** whether the option `tokenVersion` may change the two versions */
  readonly allowsTokenVersion: boolean;
  /** whether the scope EUID exists */
  readonly euid: boolean;
  /** whether some buckets of the embedded world have keys, for v4 raw UIDs, in place of salts */
  readonly keyBuckets: boolean;
  /** how v1 map words its refusal of a request without a list */
  readonly listMissing: 'usual' | 'exactly-one';
  /** how v1 map refuses a request with several lists */
  readonly severalLists: 'list_missing' | 'list_ambiguous';
  /** whether `/token/refresh` also reads the parameter `token` */
  readonly refreshTokenAlias: boolean;
  /** whether on v0 and v1 an opt-out ends only the refresh chains that began before it (S21) */
  readonly endsOnlyOlderChains: boolean;
  /** the refusal of an altered or truncated refresh token: invalid, or an unknown error */
  readonly malformedRefreshToken: 'invalid' | 'unknown';
  /** whether a map of lists gives raw UIDs to opted-out identities */
  readonly mapsOptedOut: boolean;
  /** whether a map of lists lists the identifiers that it does not map */
  readonly listsUnmapped: boolean;
  /** whether items of a v0 map carry `bucket_id` */
  readonly bucketIdsInV0: boolean;
  /** v2 validate: any identity, with a token of the caller's own key; or the test identity only */
  readonly validatesAnyIdentity: boolean;
  /** whether v2 generate reads `optout_check` and `policy` (Protocol §8.1.4) */
  readonly optOutPolicy: boolean;
  /** whether TCF consent must include precise geolocation */
  readonly preciseGeolocation: boolean;
  readonly envelope: EnvelopeVariant;
  /** whether refusals of envelopes give details and link to the documentation (Protocol §7.3) */
  readonly detailedEnvelopeErrors: boolean;
  /** whether `/v2/token/validate` passes two CORS handlers, as its headers show (Protocol §6.3) */
  readonly doubleCorsOnValidate: boolean;
  /** whether a path with an invalid escape is refused before CORS (Protocol §6.4) */
  readonly refusesPathBeforeCors: boolean;
  /** whether a logout opts the identity out at once, not through a service */
  readonly logoutOptsOut: boolean;
  /** whether bucket times are printed without a fraction of zero */
  readonly shortBucketTimes: boolean;
  /** how a logout calls the opt-out service (Protocol §8.4) */
  readonly optOutCall: 'GET' | 'POST';
  /** whether a browser that asks for `/` is sent to the inspector page */
  readonly opensPage: boolean;
}

const current: Profile = {
  name: 'current',
  routes: ['encrypted'],
  unversionedTokens: 'v0',
  testIdentities: emailAndPhoneTestIdentities,
  phones: true,
  advertisingTokenVersion: 4,
  refreshTokenVersion: 3,
  allowsTokenVersion: false,
  euid: true,
  keyBuckets: true,
  listMissing: 'usual',
  severalLists: 'list_missing',
  refreshTokenAlias: false,
  endsOnlyOlderChains: false,
  malformedRefreshToken: 'unknown',
  mapsOptedOut: false,
  listsUnmapped: true,
  bucketIdsInV0: true,
  validatesAnyIdentity: true,
  optOutPolicy: false,
  preciseGeolocation: false,
  envelope: envelopeEras.detailed.variant,
  detailedEnvelopeErrors: envelopeEras.detailed.detailed,
  doubleCorsOnValidate: true,
  refusesPathBeforeCors: true,
  logoutOptsOut: false,
  shortBucketTimes: false,
  optOutCall: 'POST',
  opensPage: false,
};

const v5_56: Profile = {
  ...current,
  name: 'v5.56',
  routes: ['v0', 'v1', 'encrypted'],
  keyBuckets: false,
  validatesAnyIdentity: false,
  optOutPolicy: true,
  preciseGeolocation: true,
  envelope: envelopeEras.terse.variant,
  detailedEnvelopeErrors: envelopeEras.terse.detailed,
  doubleCorsOnValidate: false,
  refusesPathBeforeCors: false,
  optOutCall: 'GET',
};

const seed: Profile = {
  ...v5_56,
  name: 'seed-v1',
  routes: ['v0', 'v1'],
  testIdentities: emailTestIdentities,
  phones: false,
  advertisingTokenVersion: 2,
  refreshTokenVersion: 2,
  euid: false,
  listMissing: 'exactly-one',
  severalLists: 'list_ambiguous',
  endsOnlyOlderChains: true,
  malformedRefreshToken: 'invalid',
  mapsOptedOut: true,
  listsUnmapped: false,
  bucketIdsInV0: false,
  shortBucketTimes: true,
};

const local: Profile = {
  ...current,
  name: 'local',
  routes: ['v0', 'v1', 'encrypted'],
  unversionedTokens: 'v1',
  allowsTokenVersion: true,
  testIdentities: [...emailTestIdentities, ...emailAndPhoneTestIdentities],
  refreshTokenAlias: true,
  endsOnlyOlderChains: true,
  malformedRefreshToken: 'invalid',
  logoutOptsOut: true,
  opensPage: true,
};

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  local,
  'seed-v1': seed,
  'v5.56': v5_56,
  current,
};
