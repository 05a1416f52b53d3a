/** token/generate and token/validate in every generation (Protocol §8.1, §8.3). */

import { type JsonObject, jsonText } from '../core/json.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Fault } from '../core/reasons.ts';
import type { Client } from '../operator/world/directory.ts';
import { consentFault } from '../operator/consent.ts';
import { type IssuedTokens, generate, generateUnlessOptedOut, wrapTokens } from '../operator/generate.ts';
import type { Deployment } from '../operator/deployment.ts';
import { type Located, identify, locate } from '../operator/identity.ts';
import { validateOwnToken, validateTestIdentity } from '../operator/validate.ts';
import { explain } from '../operator/exchange.ts';
import {
  askedInPayload,
  askedInQuery,
  countFault,
  emailKinds,
  invalidFault,
  kindsOf,
  onlyIdentity,
} from './identifiers.ts';
import {
  type Answer,
  type Call,
  type Outcome,
  type Route,
  jsonAnswer,
  optedOut,
  success,
  successJson,
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

/**
 * JSON of the tokens and their times in ms, without the brace at its end. It is written without a serializer, which
 * would take as long as two hashes; base64 needs no escaping.
 */
const tokensJson = (tokens: IssuedTokens): string =>
  `{"advertising_token":"${tokens.advertisingToken}","refresh_token":"${tokens.refreshToken}",` +
  `"identity_expires":${tokens.identityExpires},"refresh_expires":${tokens.refreshExpires},` +
  `"refresh_from":${tokens.refreshFrom}`;

/** v1: the tokens and their times. */
export const v1Tokens = (tokens: IssuedTokens): Outcome => successJson(`${tokensJson(tokens)}}`);

/** v2 and client-generate: v1's five fields and the key of the next refresh's answer. */
export function v2Tokens({ deployment, state }: Call, tokens: IssuedTokens): Outcome {
  const wrapped = wrapTokens(deployment, tokens, state.clock.now());
  const responseKey = deployment.primitives.toBase64(wrapped.responseKey);
  return successJson(`${tokensJson(wrapped)},"refresh_response_key":"${responseKey}"}`);
}

/** v0 and v1 have no message for a missing key: they answer with an unknown error. */
function generatePlainly(call: Call, located: Located): IssuedTokens {
  try {
    return generate(call.deployment, call.state, located, clientOf(call));
  } catch (error) {
    const keyless = error instanceof OperatorError && error.code === 'no_active_key';
    throw keyless ? error.as('unknown') : error;
  }
}

function generateV0(call: Call): Answer {
  const located = onlyIdentity(call, askedInQuery(call, emailKinds), {
    missing: 'email_missing',
    invalid: 'email_invalid',
  });
  return jsonAnswer(v0Tokens(generatePlainly(call, located)));
}

function generateV1(call: Call): Answer {
  const located = onlyIdentity(call, askedInQuery(call, kindsOf(call.deployment)));
  return wrappedAnswer(v1Tokens(generatePlainly(call, located)));
}

const CONSENT = 'tcf_consent_string';

function generateV2(call: Call, given: JsonObject | undefined, client: Client): Outcome {
  const { deployment, state } = call;
  const located = onlyIdentity(call, askedInPayload(given, kindsOf(deployment)));
  const payload = given ?? {};
  const fault =
    deployment.scope === 1 && CONSENT in payload ? consentFault(deployment, payload[CONSENT]) : undefined;
  if (fault !== undefined) {
    explain(call.exchange, ...fault);
    return { status: 'insufficient_user_consent' };
  }
  const tokens = generateUnlessOptedOut(deployment, state, located, client, payload);
  return typeof tokens === 'string' ? optedOut(call, tokens) : v2Tokens(call, tokens);
}

/** The result of validate. The reason is recorded when it is false. */
function isValid({ exchange }: Call, fault: Fault | undefined): boolean {
  if (fault !== undefined) explain(exchange, ...fault);
  return fault === undefined;
}

/** v0 never refuses: it answers `not allowed` to a request that is not about the test email. */
function validateV0(call: Call): Answer {
  const { deployment, query } = call;
  const asked = askedInQuery(call, emailKinds);
  const [given] = asked.given;
  const identity = given && identify(deployment, given.kind, given.text);
  const located = identity && locate(deployment, identity);
  if (given === undefined || asked.given.length > 1) return notAllowed(call, countFault(deployment, asked));
  if (located === undefined) return notAllowed(call, invalidFault(given, asked.source));
  if (located.testKind !== 'validate') return notAllowed(call, ['not_the_test_identity']);
  const fault = validateTestIdentity(deployment, located, query.get('token'), () => query.keys());
  return textAnswer(String(isValid(call, fault)));
}

function notAllowed({ exchange }: Call, fault: Fault): Answer {
  explain(exchange, ...fault);
  return textAnswer('not allowed');
}

function validateV1(call: Call): Answer {
  const located = onlyIdentity(call, askedInQuery(call, kindsOf(call.deployment)));
  const { deployment, query } = call;
  const fault = validateTestIdentity(deployment, located, query.get('token'), () => query.keys());
  return wrappedAnswer(success(isValid(call, fault)));
}

function validateV2(call: Call, payload: JsonObject | undefined, client: Client): Outcome {
  const { deployment } = call;
  const located: Located = onlyIdentity(call, askedInPayload(payload, kindsOf(deployment)));
  const token = jsonText(payload?.token);
  const names = (): string[] => Object.keys(payload ?? {});
  const fault = deployment.profile.validatesAnyIdentity
    ? validateOwnToken(deployment, located, token, client, names)
    : validateTestIdentity(deployment, located, token, names);
  return success(isValid(call, fault));
}

const plainValidate = {
  method: 'GET',
  auth: 'none',
  roles: [],
  unauthorized: 'json',
  failsOnBrokenQuery: true,
} as const;

export function tokenRoutes({ profile }: Deployment): Record<'v0' | 'v1' | 'encrypted', Route[]> {
  const generator = { auth: 'required', roles: ['GENERATOR'], unauthorized: 'json' } as const;
  const sealed = { ...generator, method: 'POST' } as const;
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
        failsOnBrokenQuery: !isV0,
        handle: isV0 ? generateV0 : generateV1,
      },
      { ...plainValidate, path: '/token/validate', handle: isV0 ? validateV0 : validateV1 },
    ],
    v1: [
      {
        ...generator,
        method: 'GET',
        path: '/v1/token/generate',
        failure: v1Failure,
        failsOnBrokenQuery: true,
        handle: generateV1,
      },
      { ...plainValidate, path: '/v1/token/validate', handle: validateV1 },
    ],
    encrypted: [
      {
        ...sealed,
        path: '/v2/token/generate',
        failure: 'Unknown error while generating token v2',
        handle: encrypted(generateV2),
      },
      {
        ...sealed,
        path: '/v2/token/validate',
        failure: 'Unknown error while validating token v2',
        handle: encrypted(validateV2),
      },
    ],
  };
}
