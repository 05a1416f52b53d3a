/** The refresh of a token pair (Protocol §8.2). */

import { OperatorError } from '../core/operator-error.ts';
import type { Reason } from '../core/reasons.ts';
import { tokenFault } from '../core/token-faults.ts';
import { type IssuedTokens, issueTokens } from './generate.ts';
import { type Deployment, secretFinder } from './deployment.ts';
import { locateHash } from './identity.ts';
import { optOutReason, optOutSince } from './opt-out.ts';
import type { State } from './state/state.ts';

const WHAT = { what: 'the refresh token' } as const;

/** Chains that began before 2021-03-08T17:00Z are over. */
const DEPRECATED_BEFORE = Date.UTC(2021, 2, 8, 17);

/**
 * New tokens for a bare refresh token; a reason in place of tokens when the user is opted out or the chain is too old.
 *
 * @param onlyNewer whether only opt-outs newer than the chain count (S21)
 * @throws OperatorError `refresh_token_invalid`, `refresh_token_expired`, `no_active_key`; `unknown` for altered
 *   ciphertext where the profile does not call it invalid
 */
export function refresh(
  deployment: Deployment,
  state: State,
  refreshToken: string,
  onlyNewer: boolean,
): IssuedTokens | Reason {
  const { rules, scope } = deployment;
  const token = decode(deployment, refreshToken);
  const now = state.clock.now();
  if (token.scope !== scope) throw new OperatorError('refresh_token_invalid', 'token_other_scope', WHAT);
  if (token.established < DEPRECATED_BEFORE) return 'chain_too_old';
  if (token.validTill < now) throw new OperatorError('refresh_token_expired', 'token_expired', WHAT);
  const located = locateHash(deployment, { type: token.type, hash: '' }, token.flh);
  const onlySince = onlyNewer ? token.established : undefined;
  if (rules.endsChain(located.testKind, optOutSince(deployment, state, located), onlySince)) {
    return optOutReason(located);
  }
  const { siteId, privacyBits, established, publisherIds } = token;
  return issueTokens(deployment, located, { siteId, privacyBits, established, now, publisherIds });
}

function decode(deployment: Deployment, refreshToken: string) {
  try {
    return deployment.rules.decodeRefreshToken(refreshToken, secretFinder(deployment), deployment.primitives);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const refusal = error.because(tokenFault(refreshToken, 'refresh'));
    if (error.code !== 'refresh_token_malformed') throw refusal;
    throw refusal.as(
      deployment.profile.malformedRefreshToken === 'invalid' ? 'refresh_token_invalid' : 'unknown',
    );
  }
}
