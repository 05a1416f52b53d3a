/** Checking that a token belongs to an identity (Protocol §8.3). */

import { type DecodedAdvertisingToken } from '../core/advertising-token.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Client } from './world/directory.ts';
import { type Located, type Operator, rawUidOf, secretFinder } from './operator.ts';

function decode(operator: Operator, token: string): DecodedAdvertisingToken {
  return operator.rules.decodeAdvertisingToken(token, secretFinder(operator), operator.primitives);
}

/** As v0, v1 and 5.56's v2 do: true only for the test identity and a readable token of its raw UID. */
export function validateTestIdentity(
  operator: Operator,
  located: Located,
  token: string | undefined,
): boolean {
  if (located.testKind !== 'validate' || token === undefined) return false;
  try {
    return decode(operator, token).rawUid === rawUidOf(operator, located);
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
  operator: Operator,
  located: Located,
  token: string | undefined,
  client: Client,
): boolean {
  if (token === undefined) throw new OperatorError('advertising_token_invalid');
  const decoded = decode(operator, token);
  const keyset = operator.directory.keyById.get(decoded.siteKeyId)?.keysetId;
  if (keyset === undefined || operator.directory.keysets.get(keyset)?.site_id !== client.siteId) {
    throw new OperatorError('advertising_token_not_own');
  }
  return decoded.rawUid === rawUidOf(operator, located);
}
