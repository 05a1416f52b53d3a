/** token/logout, which opts an identity out, and optout/status (Protocol §8.4, §8.11). */

import type { JsonObject } from '../core/json.ts';
import { OperatorError } from '../core/operator-error.ts';
import { logOut, optOutStatus } from '../operator/opt-out.ts';
import type { Deployment } from '../operator/deployment.ts';
import { type Asked, askedInPayload, askedInQuery, kindsOf, onlyIdentity } from './identifiers.ts';
import {
  type Answer,
  type Call,
  type Outcome,
  type Route,
  success,
  textAnswer,
  wrappedAnswer,
} from './route.ts';
import { encrypted } from './transport.ts';

const loggedOut: Outcome = success({ optout: 'OK' });

async function logOutGiven(call: Call, asked: Asked): Promise<Outcome> {
  const refusals = { missing: 'logout_identifier_missing', invalid: 'logout_identifier_invalid' } as const;
  await logOut(call.deployment, call.state, onlyIdentity(call, asked, refusals));
  return loggedOut;
}

/** v0 has no message for a missing identifier: it answers with an unknown error. */
async function logOutV0(call: Call): Promise<Answer> {
  const asked = askedInQuery(call, kindsOf(call.deployment));
  try {
    await logOutGiven(call, asked);
  } catch (error) {
    const isMissing = error instanceof OperatorError && error.code === 'logout_identifier_missing';
    throw isMissing ? error.as('unknown') : error;
  }
  return textAnswer('OK');
}

const logOutV1 = async (call: Call): Promise<Answer> =>
  wrappedAnswer(await logOutGiven(call, askedInQuery(call, kindsOf(call.deployment))));

const logOutV2 = (call: Call, payload: JsonObject | undefined): Promise<Outcome> =>
  logOutGiven(call, askedInPayload(payload, kindsOf(call.deployment)));

const statusV2 = ({ deployment, state }: Call, payload: JsonObject | undefined): Outcome =>
  success({ opted_out: optOutStatus(deployment, state, payload) });

export function optOutRoutes({ profile }: Deployment): Record<'v0' | 'v1' | 'encrypted', Route[]> {
  const optOut = { auth: 'required', roles: ['OPTOUT'] } as const;
  const isV0 = profile.unversionedTokens === 'v0';
  return {
    v0: [
      {
        ...optOut,
        method: 'GET',
        path: '/token/logout',
        unauthorized: isV0 ? 'text' : 'json',
        handle: isV0 ? logOutV0 : logOutV1,
      },
    ],
    v1: [],
    encrypted: [
      {
        ...optOut,
        method: 'POST',
        path: '/v2/token/logout',
        unauthorized: 'json',
        handle: encrypted(logOutV2),
      },
      {
        method: 'POST',
        path: '/v2/optout/status',
        auth: 'required',
        roles: ['MAPPER', 'SHARER', 'ID_READER'],
        unauthorized: 'json',
        failure: 'Unknown error while getting optout status',
        handle: encrypted(statusV2),
      },
    ],
  };
}
