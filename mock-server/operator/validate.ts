/** Checking that a token belongs to an identity (Protocol §8.3). */

import { type DecodedAdvertisingToken } from '../core/advertising-token.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Client } from './world/directory.ts';
import { type Deployment, secretFinder } from './deployment.ts';
import { type Located, rawUidOf } from './identity.ts';

function decode(deployment: Deployment, token: string): DecodedAdvertisingToken {
  return deployment.rules.decodeAdvertisingToken(token, secretFinder(deployment), deployment.primitives);
}

/** As v0, v1 and 5.56's v2 do: true only for the test identity and a readable token of its raw UID. */
export function validateTestIdentity(
  deployment: Deployment,
  located: Located,
  token: string | undefined,
): boolean {
  if (located.testKind !== 'validate' || token === undefined) return false;
  try {
    return decode(deployment, token).rawUid === rawUidOf(deployment, located);
  } catch (error) {
    if (error instanceof OperatorError) return false;
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
): boolean {
  if (token === undefined) throw new OperatorError('advertising_token_invalid');
  const decoded = decode(deployment, token);
  const keyset = deployment.directory.keyById.get(decoded.siteKeyId)?.keysetId;
  if (keyset === undefined || deployment.directory.keysets.get(keyset)?.site_id !== client.siteId) {
    throw new OperatorError('advertising_token_not_own');
  }
  return decoded.rawUid === rawUidOf(deployment, located);
}
