/** identity/map and identity/buckets in every generation (Protocol §8.6 to §8.9). */

import { type JsonObject, jsonText } from '../core/json.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Client } from '../operator/world/directory.ts';
import { bucketsSince } from '../operator/buckets.ts';
import {
  type ListRefusals,
  checkElements,
  checkServiceLink,
  listsOf,
  mapList,
  mapOne,
  mapV3,
  oneList,
  v3Lists,
} from '../operator/map.ts';
import type { Deployment } from '../operator/deployment.ts';
import { askedInQuery, emailKinds, kindsOf, onlyIdentity } from './identifiers.ts';
import {
  type Answer,
  type Call,
  type Outcome,
  type Route,
  success,
  textAnswer,
  wrappedAnswer,
  wrappedParts,
} from './route.ts';
import { encrypted, plainAnswer, plainPayload } from './transport.ts';

function mapOneV0(call: Call): Answer {
  const located = onlyIdentity(call, askedInQuery(call, emailKinds));
  return textAnswer(mapOne(call.deployment, '', located).advertising_id);
}

function mapOneV1(call: Call): Answer {
  const asked = askedInQuery(call, kindsOf(call.deployment));
  const located = onlyIdentity(call, asked);
  return wrappedAnswer(success(mapOne(call.deployment, asked.given[0]?.text ?? '', located)));
}

async function mapListV0(call: Call): Promise<Answer> {
  const { deployment, state } = call;
  const list = emailList(deployment, await plainPayload(call));
  checkElements(list);
  return plainAnswer(await mapList(deployment, state, list, deployment.profile.bucketIdsInV0));
}

/** v0 has no message for a value that is not a list: it answers with an unknown error. */
function emailList(deployment: Deployment, payload: JsonObject) {
  try {
    const lists = [...listsOf(payload, emailKinds)];
    const refusals = { none: 'list_email_missing', several: 'list_ambiguous' } as const;
    return oneList(deployment, payload, emailKinds, lists, refusals);
  } catch (error) {
    const isList = error instanceof OperatorError && error.code === 'list_not_an_array';
    throw isList ? error.as('unknown') : error;
  }
}

async function mapListV1(call: Call): Promise<Answer> {
  const { deployment, state } = call;
  const refusals: ListRefusals = {
    none: 'list_missing',
    several: deployment.profile.severalLists,
  };
  const payload = await plainPayload(call);
  const kinds = kindsOf(deployment);
  const list = oneList(deployment, payload, kinds, [...listsOf(payload, kinds)], refusals);
  checkElements(list);
  return plainAnswer(wrappedParts(await mapList(deployment, state, list)));
}

async function mapListV2(
  { deployment, state }: Call,
  payload: JsonObject | undefined,
  client: Client,
): Promise<Outcome> {
  if (payload === undefined) throw new OperatorError('unknown', 'payload_absent');
  const kinds = kindsOf(deployment);
  const list = oneList(deployment, payload, kinds, listsOf(payload, kinds));
  checkElements(list);
  checkServiceLink(deployment, client, payload);
  return { status: 'success', bodyJson: await mapList(deployment, state, list) };
}

async function mapListsV3(
  { deployment, state }: Call,
  payload: JsonObject | undefined,
  client: Client,
): Promise<Outcome> {
  const lists = v3Lists(payload);
  checkServiceLink(deployment, client, payload ?? {});
  return { status: 'success', bodyJson: await mapV3(deployment, state, lists) };
}

const bucketsV1 = (call: Call): Answer =>
  wrappedAnswer(
    success(bucketsSince(call.deployment, call.query.get('since_timestamp'), () => call.query.keys())),
  );

function bucketsV2({ deployment }: Call, payload: JsonObject | undefined): Outcome {
  if (payload === undefined) throw new OperatorError('unknown', 'payload_absent');
  return success(bucketsSince(deployment, jsonText(payload.since_timestamp), () => Object.keys(payload)));
}

export function identityRoutes(_operator: Deployment): Record<'v0' | 'v1' | 'encrypted', Route[]> {
  const mapper = { auth: 'required', roles: ['MAPPER'], unauthorized: 'text' } as const;
  const sealed = { ...mapper, method: 'POST', unauthorized: 'json' } as const;
  const batchFailure = 'Unknown error while mapping batched identity';
  return {
    v0: [
      { ...mapper, method: 'POST', path: '/identity/map', handle: mapListV0 },
      { ...mapper, method: 'GET', path: '/identity/map', handle: mapOneV0 },
    ],
    v1: [
      { ...mapper, method: 'GET', path: '/v1/identity/buckets', handle: bucketsV1 },
      { ...mapper, method: 'POST', path: '/v1/identity/map', failure: batchFailure, handle: mapListV1 },
      { ...mapper, method: 'GET', path: '/v1/identity/map', handle: mapOneV1 },
    ],
    encrypted: [
      { ...sealed, path: '/v2/identity/buckets', handle: encrypted(bucketsV2) },
      {
        ...sealed,
        path: '/v2/identity/map',
        failure: 'Unknown error while mapping identity v2',
        handle: encrypted(mapListV2),
      },
      {
        ...sealed,
        path: '/v3/identity/map',
        failure: 'Unknown error while mapping identity v3',
        handle: encrypted(mapListsV3),
      },
    ],
  };
}
