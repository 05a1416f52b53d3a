/** Token pairs: issued on generate, client-side generate and refresh alike (Protocol §5.6, §8.1). */

import { advertisingTokenIvLength } from '../core/advertising-token.ts';
import { JsonNumber, type JsonObject } from '../core/json.ts';
import { absentMember } from '../core/member-faults.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Reason } from '../core/reasons.ts';
import { refreshTokenIvLength } from '../core/refresh-token.ts';
import type { Client } from './world/directory.ts';
import type { Deployment } from './deployment.ts';
import { type Located, identify, locate, rawUidOf } from './identity.ts';
import { isRefused, optOutReason, optOutSince } from './opt-out.ts';
import type { State } from './state/state.ts';

/** Bit 0 is always set; bit 1 client-side generated; bit 2 the token of an opted-out identity (Protocol §5.7). */
export const privacyBits = { ordinary: 1, clientSide: 3, optedOut: 5 } as const;

/** All times in ms. */
export interface IssuedTokens {
  readonly advertisingToken: string;
  readonly refreshToken: string;
  readonly identityExpires: number;
  readonly refreshExpires: number;
  readonly refreshFrom: number;
}

interface Issue {
  readonly siteId: number;
  readonly privacyBits: number;
  /** ms; when the user was first seen */
  readonly established: number;
  /** ms */
  readonly now: number;
  /** of the token that is refreshed */
  readonly publisherIds?: Uint8Array | undefined;
}

/**
 * Issues an advertising and a refresh token for an identity.
 *
 * @throws OperatorError `no_active_key`
 */
export function issueTokens(deployment: Deployment, located: Located, issue: Issue): IssuedTokens {
  const { rules, primitives, directory, world, scope, profile } = deployment;
  const times = rules.tokenTimes(issue.now, deployment.lifetimes);
  const master = rules.operatorKey(directory, 'master', world, issue.now);
  const site = rules.siteKey(directory, world, issue.siteId, issue.now);
  const refresh = rules.operatorKey(directory, 'refresh', world, issue.now);
  const { siteId, privacyBits, established, now: created, publisherIds } = issue;
  const { type } = located.identity;
  const { advertisingTokenVersion: version, refreshTokenVersion } = profile;
  const ivLength = advertisingTokenIvLength(version);
  // members are listed: this runs for every request, and spreading an object costs as much as a cipher
  const advertisingToken = rules.encodeAdvertisingToken(
    version,
    {
      scope,
      type,
      siteId,
      privacyBits,
      established,
      refreshed: created,
      created,
      expires: times.identityExpires,
      rawUid: rawUidOf(deployment, located),
      publisherIds,
    },
    { master, site },
    { outer: primitives.iv(master.secret, ivLength), inner: primitives.iv(site.secret, ivLength) },
    primitives,
  );
  const refreshToken = rules.encodeRefreshToken(
    refreshTokenVersion,
    {
      scope,
      type,
      siteId,
      privacyBits,
      established,
      created,
      expires: times.refreshExpires,
      flh: located.flh,
      publisherIds,
    },
    refresh,
    primitives.iv(refresh.secret, refreshTokenIvLength(refreshTokenVersion)),
    primitives,
  );
  const { identityExpires, refreshExpires, refreshFrom } = times;
  return { advertisingToken, refreshToken, identityExpires, refreshExpires, refreshFrom };
}

/** Generate of v0 and v1, which do not check opt-outs (Protocol §8.1.2). */
export function generate(
  deployment: Deployment,
  state: State,
  located: Located,
  client: Client,
): IssuedTokens {
  const now = state.clock.now();
  const since = deployment.profile.endsOnlyOlderChains ? optOutSince(deployment, state, located) : undefined;
  // a chain that begins in the millisecond of an opt-out counts as later: users log in again after an opt-out
  const established = since === now ? now + 1 : now;
  return issueTokens(deployment, located, {
    siteId: client.siteId,
    privacyBits: privacyBits.ordinary,
    established,
    now,
  });
}

const POLICIES = ['optout_check', 'policy'];

/** Sites whose oldest client was made on or after this second must ask for the opt-out check. */
const POLICY_REQUIRED_FROM = Date.UTC(2023, 8, 1) / 1000;

/**
 * Whether the caller asked for opted-out identities to be refused (Protocol §8.1.4).
 *
 * @throws OperatorError `policy_invalid`, `policy_required`, `unknown` (not a number)
 */
function readOptOutPolicy(deployment: Deployment, payload: JsonObject, client: Client): boolean {
  const name = 'optout_check' in payload ? 'optout_check' : 'policy';
  const policy = name in payload ? payload[name] : new JsonNumber('0');
  if (!(policy instanceof JsonNumber))
    throw new OperatorError('unknown', 'policy_not_a_number', { member: name });
  const value = policy.int32;
  if (value !== 0 && value !== 1) {
    throw new OperatorError('policy_invalid', 'policy_value', { member: name, value });
  }
  const since = deployment.directory.siteSince.get(client.siteId) ?? 0;
  if (value === 0 && since >= POLICY_REQUIRED_FROM) {
    const reasons = { absent: 'policy_required', misnamed: 'member_misnamed' } as const;
    throw new OperatorError('policy_required', ...absentMember(Object.keys(payload), POLICIES, reasons));
  }
  return value === 1;
}

const OPTED_OUT_STAND_INS = { 0: ['email', 'optout@unifiedid.com'], 1: ['phone', '+00000000001'] } as const;

/**
 * Generate of v2: a reason in place of tokens when the identity is opted out. Under the policy rules of 5.56, an old
 * site that did not ask for the check gets tokens of a stand-in identity instead.
 */
export function generateUnlessOptedOut(
  deployment: Deployment,
  state: State,
  located: Located,
  client: Client,
  payload: JsonObject,
): IssuedTokens | Reason {
  const refuses = !deployment.profile.optOutPolicy || readOptOutPolicy(deployment, payload, client);
  if (!isRefused(deployment, state, located)) return generate(deployment, state, located, client);
  if (refuses || deployment.world.optout_tokens_disabled) return optOutReason(located);
  const [kind, value] = OPTED_OUT_STAND_INS[located.identity.type];
  const standIn = identify(deployment, kind, value);
  if (standIn === undefined) throw new Error(`stand-in: expected a valid ${kind}`);
  const now = state.clock.now();
  const issue = { siteId: client.siteId, privacyBits: privacyBits.optedOut, established: now, now };
  return issueTokens(deployment, locate(deployment, standIn), issue);
}

interface WrappedTokens extends IssuedTokens {
  /** 32 bytes */
  readonly responseKey: Uint8Array;
}

/** Wraps the refresh token for v2 and client-generate (Protocol §5.5). */
export function wrapTokens(deployment: Deployment, tokens: IssuedTokens, now: number): WrappedTokens {
  const { rules, primitives, directory, world, scope } = deployment;
  const responseKey = primitives.randomBytes(32);
  const key = rules.operatorKey(directory, 'refresh', world, now);
  const wrapped = { refreshToken: tokens.refreshToken, responseKey };
  const iv = primitives.iv(key.secret, 12);
  const refreshToken = rules.wrapRefreshToken(wrapped, scope, key, iv, primitives);
  const { advertisingToken, identityExpires, refreshExpires, refreshFrom } = tokens;
  return { advertisingToken, refreshToken, identityExpires, refreshExpires, refreshFrom, responseKey };
}
