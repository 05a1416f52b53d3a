/** Checking that a token belongs to an identity (Protocol §8.3). */

import { type DecodedAdvertisingToken } from '../core/advertising-token.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Facts, Reason } from '../core/reasons.ts';
import type { Client } from './world/directory.ts';
import { type Deployment, secretFinder } from './deployment.ts';
import { type Located, rawUidOf } from './identity.ts';

function decode(deployment: Deployment, token: string): DecodedAdvertisingToken {
  return deployment.rules.decodeAdvertisingToken(token, secretFinder(deployment), deployment.primitives);
}

/** What validate says: `true`, or `false` with the reason. */
export type Validity =
  { readonly valid: true } | { readonly valid: false; readonly reason: Reason; readonly facts?: Facts };

const isOf = (deployment: Deployment, { rawUid }: DecodedAdvertisingToken, located: Located): Validity =>
  rawUid === rawUidOf(deployment, located) ? { valid: true } : { valid: false, reason: 'other_identity' };

/** As v0, v1 and 5.56's v2 do: true only for the test identity and a readable token of its raw UID. */
export function validateTestIdentity(
  deployment: Deployment,
  located: Located,
  token: string | undefined,
): Validity {
  if (located.testKind !== 'validate') return { valid: false, reason: 'not_the_test_identity' };
  if (token === undefined) return { valid: false, reason: 'token_absent' };
  try {
    return isOf(deployment, decode(deployment, token), located);
  } catch (error) {
    if (error instanceof OperatorError) return { valid: false, reason: error.reason, facts: error.facts };
    throw error;
  }
}

/**
 * As the operator does today: any identity, but only tokens sealed with a key of the caller's site.
 *
 * @throws OperatorError `advertising_token_invalid`, `advertising_token_not_own`
 */
export function validateOwnToken(
  deployment: Deployment,
  located: Located,
  token: string | undefined,
  client: Client,
): Validity {
  if (token === undefined) throw new OperatorError('advertising_token_invalid', 'token_absent');
  const decoded = decode(deployment, token);
  const { keyById, keysets } = deployment.directory;
  const keyset = keyById.get(decoded.siteKeyId)?.keysetId;
  if (keyset === undefined || keysets.get(keyset)?.site_id !== client.siteId) {
    const hasOwn = [...keysets.values()].some(({ site_id }) => site_id === client.siteId);
    throw new OperatorError(
      'advertising_token_not_own',
      hasOwn ? 'token_of_other_site' : 'site_without_keyset',
    );
  }
  return isOf(deployment, decoded, located);
}
