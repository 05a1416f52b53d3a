/** Checks that a token belongs to an identity (Protocol §8.3). */

import { type DecodedAdvertisingToken } from '../core/advertising-token.ts';
import { absentMember } from '../core/member-faults.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Fault } from '../core/reasons.ts';
import { tokenFault } from '../core/token-faults.ts';
import type { Client } from './world/directory.ts';
import { type Deployment, secretFinder } from './deployment.ts';
import { type Located, rawUidOf } from './identity.ts';

function decode(deployment: Deployment, token: string): DecodedAdvertisingToken {
  try {
    return deployment.rules.decodeAdvertisingToken(token, secretFinder(deployment), deployment.primitives);
  } catch (error) {
    throw error instanceof OperatorError ? error.because(tokenFault(token, 'advertising')) : error;
  }
}

/** Why a token does not belong to an identity; undefined when it does. */
function faultOf(
  deployment: Deployment,
  { rawUid }: DecodedAdvertisingToken,
  located: Located,
): Fault | undefined {
  if (rawUid === rawUidOf(deployment, located)) return undefined;
  const { rules, rawUidSettings, primitives } = deployment;
  const { flh, identity, bucket } = located;
  const former = rules.previousRawUid(flh, identity.type, bucket, rawUidSettings, primitives);
  return [rawUid === former ? 'former_raw_uid' : 'other_identity'];
}

const absentToken = (names: Iterable<string>): Fault =>
  absentMember(names, ['token'], { absent: 'token_absent', misnamed: 'member_misnamed' });

/**
 * The check of v0, v1 and v2 of 5.56: only a readable token of the test identity is valid.
 *
 * @param names the names in the request, for the reason when the token is missing
 * @returns why the token is not valid; undefined when it is
 */
export function validateTestIdentity(
  deployment: Deployment,
  located: Located,
  token: string | undefined,
  names: () => Iterable<string>,
): Fault | undefined {
  if (located.testKind !== 'validate') return ['not_the_test_identity'];
  if (token === undefined) return absentToken(names());
  try {
    return faultOf(deployment, decode(deployment, token), located);
  } catch (error) {
    if (error instanceof OperatorError) return [error.reason, error.facts];
    throw error;
  }
}

/**
 * The check of the current operator: any identity, but only tokens sealed with a key of the caller's site.
 *
 * @param names the names in the request, for the reason when the token is missing
 * @returns why the token does not belong to the identity; undefined when it does
 * @throws OperatorError `advertising_token_invalid`, `advertising_token_not_own`
 */
export function validateOwnToken(
  deployment: Deployment,
  located: Located,
  token: string | undefined,
  client: Client,
  names: () => Iterable<string>,
): Fault | undefined {
  if (token === undefined) throw new OperatorError('advertising_token_invalid', ...absentToken(names()));
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
  return faultOf(deployment, decoded, located);
}
