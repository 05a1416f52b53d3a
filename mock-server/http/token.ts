/** token/generate and token/validate in every generation (Protocol §8.1, §8.3). */

import { type JsonObject, jsonText } from '../core/json.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Client } from '../operator/world/directory.ts';
import { hasConsent } from '../operator/consent.ts';
import {
  type IssuedTokens,
  type WrappedTokens,
  generate,
  generateUnlessOptedOut,
  wrapTokens,
} from '../operator/generate.ts';
import { type Located, type Operator, identify, locate } from '../operator/operator.ts';
import { validateOwnToken, validateTestIdentity } from '../operator/validate.ts';
import { emailKinds, givenInPayload, givenInQuery, kindsOf, onlyIdentity } from './identifiers.ts';
import {
  type Answer,
  type Call,
  type Outcome,
  type Route,
  jsonAnswer,
  optedOut,
  success,
  textAnswer,
  wrappedAnswer,
} from './route.ts';
import { clientOf, encrypted } from './transport.ts';

/** v0: the tokens alone; `advertisement_token` is the older name of the same token. */
export const v0Tokens = (tokens?: IssuedTokens) => ({
  advertisement_token: tokens?.advertisingToken ?? '',
  advertising_token: tokens?.advertisingToken ?? '',
  refresh_token: tokens?.refreshToken ?? '',
});

/** v1: the tokens and their times in ms. */
export const v1Tokens = (tokens: IssuedTokens) => ({
  advertising_token: tokens.advertisingToken,
  refresh_token: tokens.refreshToken,
  identity_expires: tokens.identityExpires,
  refresh_expires: tokens.refreshExpires,
  refresh_from: tokens.refreshFrom,
});

/** v2 and client-generate: v1's five fields and the key of the next refresh's answer. */
export function v2Tokens(operator: Operator, tokens: IssuedTokens) {
  const wrapped: WrappedTokens = wrapTokens(operator, tokens);
  return {
    advertising_token: wrapped.advertisingToken,
    refresh_token: wrapped.refreshToken,
    identity_expires: wrapped.identityExpires,
    refresh_expires: wrapped.refreshExpires,
    refresh_from: wrapped.refreshFrom,
    refresh_response_key: operator.primitives.toBase64(wrapped.responseKey),
  };
}

/** v0 and v1 have no word for a missing key: they fail. */
function generatePlainly(call: Call, located: Located): IssuedTokens {
  try {
    return generate(call.operator, located, clientOf(call));
  } catch (error) {
    const keyless = error instanceof OperatorError && error.code === 'no_active_key';
    throw keyless ? new OperatorError('unknown') : error;
  }
}

function generateV0(call: Call): Answer {
  const located = onlyIdentity(call.operator, givenInQuery(call, emailKinds), {
    missing: 'email_missing',
    invalid: 'email_invalid',
  });
  return jsonAnswer(v0Tokens(generatePlainly(call, located)));
}

function generateV1(call: Call): Answer {
  const located = onlyIdentity(call.operator, givenInQuery(call, kindsOf(call.operator)));
  return wrappedAnswer(success(v1Tokens(generatePlainly(call, located))));
}

const CONSENT = 'tcf_consent_string';

function generateV2({ operator }: Call, payload: JsonObject = {}, client: Client): Outcome {
  const located = onlyIdentity(operator, givenInPayload(payload, kindsOf(operator)));
  if (operator.scope === 1 && CONSENT in payload && !hasConsent(operator, payload[CONSENT])) {
    return { status: 'insufficient_user_consent' };
  }
  const tokens = generateUnlessOptedOut(operator, located, client, payload);
  return tokens ? success(v2Tokens(operator, tokens)) : optedOut;
}

/** v0 never refuses: what is no question about the test email is `not allowed`. */
function validateV0(call: Call): Answer {
  const { operator } = call;
  const [given, ...others] = givenInQuery(call, emailKinds);
  const identity = given && others.length === 0 ? identify(operator, given.kind, given.text) : undefined;
  const located = identity && locate(operator, identity);
  if (located?.testKind !== 'validate') return textAnswer('not allowed');
  return textAnswer(String(validateTestIdentity(operator, located, call.query.get('token'))));
}

function validateV1(call: Call): Answer {
  const located = onlyIdentity(call.operator, givenInQuery(call, kindsOf(call.operator)));
  return wrappedAnswer(success(validateTestIdentity(call.operator, located, call.query.get('token'))));
}

function validateV2({ operator }: Call, payload: JsonObject | undefined, client: Client): Outcome {
  const located: Located = onlyIdentity(operator, givenInPayload(payload, kindsOf(operator)));
  const token = jsonText(payload?.token);
  return success(
    operator.profile.validatesAnyIdentity
      ? validateOwnToken(operator, located, token, client)
      : validateTestIdentity(operator, located, token),
  );
}

export function tokenRoutes({ profile }: Operator): Record<'v0' | 'v1' | 'encrypted', Route[]> {
  const generator = { auth: 'required', roles: ['GENERATOR'] } as const;
  const anyone = { method: 'GET', auth: 'none', roles: [], unauthorized: 'json' } as const;
  const isV0 = profile.unversionedTokens === 'v0';
  const v1Failure = 'Unknown error while generating token v1';
  return {
    v0: [
      {
        ...generator,
        method: 'GET',
        path: '/token/generate',
        unauthorized: isV0 ? 'text' : 'json',
        failure: isV0 ? 'Unknown error while generating token' : v1Failure,
        handle: isV0 ? generateV0 : generateV1,
      },
      { ...anyone, path: '/token/validate', handle: isV0 ? validateV0 : validateV1 },
    ],
    v1: [
      {
        ...generator,
        method: 'GET',
        path: '/v1/token/generate',
        unauthorized: 'json',
        failure: v1Failure,
        handle: generateV1,
      },
      { ...anyone, path: '/v1/token/validate', handle: validateV1 },
    ],
    encrypted: [
      {
        ...generator,
        method: 'POST',
        path: '/v2/token/generate',
        unauthorized: 'json',
        failure: 'Unknown error while generating token v2',
        handle: encrypted(generateV2),
      },
      {
        ...generator,
        method: 'POST',
        path: '/v2/token/validate',
        unauthorized: 'json',
        failure: 'Unknown error while validating token v2',
        handle: encrypted(validateV2),
      },
    ],
  };
}
