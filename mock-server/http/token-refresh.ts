/** token/refresh in every generation (Protocol §7.4, §8.2). */

import { OperatorError } from '../core/operator-error.ts';
import { absentMember } from '../core/member-faults.ts';
import type { Fault, Reason } from '../core/reasons.ts';
import { explain, noteSealed } from '../operator/exchange.ts';
import { utf8 } from '../core/primitives.ts';
import { WRAPPED_LENGTH, type WrappedRefreshToken } from '../core/refresh-token.ts';
import { fromUtf8 } from '../core/text.ts';
import type { IssuedTokens } from '../operator/generate.ts';
import { type Deployment, secretFinder } from '../operator/deployment.ts';
import { refresh } from '../operator/refresh.ts';
import { explainBodyError } from './body-faults.ts';
import { readAsText } from './charset.ts';
import {
  type Answer,
  type Call,
  type Outcome,
  type Route,
  jsonAnswer,
  optedOut,
  wrapped,
  wrappedAnswer,
} from './route.ts';
import { v0Tokens, v1Tokens, v2Tokens } from './token.ts';
import { sealedAnswer } from './transport.ts';

const REFRESH_TOKEN = 'refresh_token';

function presentedToken({ query, deployment }: Call): string {
  const token =
    query.get(REFRESH_TOKEN) ?? (deployment.profile.refreshTokenAlias ? query.get('token') : undefined);
  if (token !== undefined) return token;
  const reasons = { absent: 'refresh_token_absent', misnamed: 'member_misnamed' } as const;
  const fault: Fault = query.has('token')
    ? ['member_misnamed', { got: 'token', expected: REFRESH_TOKEN }]
    : absentMember(query.keys(), [REFRESH_TOKEN], reasons);
  throw new OperatorError('refresh_token_missing', ...fault);
}

/** v0 gives no reason: it answers a token that cannot be refreshed with empty strings. */
function refreshV0(call: Call): Answer {
  const token = presentedToken(call);
  return jsonAnswer(v0Tokens(refreshOrNothing(call, token)));
}

function refreshOrNothing({ deployment, state, exchange }: Call, token: string): IssuedTokens | undefined {
  try {
    const tokens = refresh(deployment, state, token, deployment.profile.endsOnlyOlderChains);
    if (typeof tokens !== 'string') return tokens;
    explain(exchange, tokens);
  } catch (error) {
    if (!(error instanceof OperatorError) || error.code === 'unknown') throw error;
    explain(exchange, error.reason, error.facts);
  }
  return undefined;
}

const unwrapped = (deployment: Deployment, token: string): WrappedRefreshToken | undefined =>
  token.length === WRAPPED_LENGTH
    ? deployment.rules.unwrapRefreshToken(token, secretFinder(deployment), deployment.primitives)
    : undefined;

interface Refreshed {
  /** undefined for a bare token */
  readonly wrapping: WrappedRefreshToken | undefined;
  readonly tokens: IssuedTokens | Reason;
}

/**
 * Refreshes for v1 and v2. Callers without a key learn only that the refresh failed.
 *
 * @param token wrapped or bare
 * @param quoted text that the message of an invalid token repeats
 */
function refreshFor(call: Call, token: string, onlyNewer: boolean, quoted: string): Refreshed {
  const wrapping = unwrapped(call.deployment, token);
  try {
    const tokens = refresh(call.deployment, call.state, wrapping?.refreshToken ?? token, onlyNewer);
    return { wrapping, tokens };
  } catch (error) {
    if (!(error instanceof OperatorError) || error.code === 'unknown') throw error;
    const refusal = error.because(wrapping?.refreshToken === '' ? ['wrapper_payload'] : undefined);
    if (call.client === undefined) throw refusal.as('refresh_refused');
    throw refusal.code === 'refresh_token_invalid' ? refusal.as(refusal.code, quoted) : refusal;
  }
}

function refreshV1(call: Call): Answer {
  const token = presentedToken(call);
  const { tokens } = refreshFor(call, token, call.deployment.profile.endsOnlyOlderChains, ` ${token}`);
  return wrappedAnswer(typeof tokens === 'string' ? optedOut(call, tokens) : v1Tokens(tokens));
}

/** Refreshes the token that is the body. */
function refreshBody(call: Call): Refreshed {
  try {
    return refreshFor(call, fromUtf8(readAsText(call.body, call.contentType)), false, '');
  } catch (error) {
    throw explainBodyError(call, error);
  }
}

const AES_KEY_LENGTHS: ReadonlySet<number> = new Set([16, 24, 32]);

function refreshV2(call: Call): Answer {
  const { deployment } = call;
  const { wrapping, tokens } = refreshBody(call);
  const outcome: Outcome = typeof tokens === 'string' ? optedOut(call, tokens) : v2Tokens(call, tokens);
  if (wrapping === undefined) return wrappedAnswer(outcome);
  if (!AES_KEY_LENGTHS.has(wrapping.responseKey.length)) {
    throw new OperatorError('refresh_wrapper_bad_key', 'wrapper_key_length');
  }
  const { rules, primitives } = deployment;
  const json = wrapped(outcome);
  noteSealed(call.exchange, [json], wrapping.responseKey, false);
  const sealed = rules.sealWithKey(
    utf8(json),
    wrapping.responseKey,
    primitives.iv(wrapping.responseKey, 12),
    primitives,
  );
  return sealedAnswer(call, sealed, call.isBinary);
}

export function refreshRoutes({ profile }: Deployment): Record<'v0' | 'v1' | 'encrypted', Route[]> {
  const isV0 = profile.unversionedTokens === 'v0';
  const failure = 'Unknown error while refreshing token';
  const shared = { auth: 'optional', roles: [], unauthorized: 'json', failure } as const;
  return {
    v0: [
      isV0
        ? { ...shared, auth: 'none', method: 'GET', path: '/token/refresh', handle: refreshV0 }
        : { ...shared, method: 'GET', path: '/token/refresh', handle: refreshV1 },
    ],
    v1: [{ ...shared, method: 'GET', path: '/v1/token/refresh', handle: refreshV1 }],
    encrypted: [
      { ...shared, method: 'POST', path: '/v2/token/refresh', failure: `${failure} v2`, handle: refreshV2 },
    ],
  };
}
