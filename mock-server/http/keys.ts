/** key/latest, key/sharing and key/bidstream (Protocol §8.10). */

import { bidstreamKeys, latestKeys, sharingKeys } from '../operator/keys.ts';
import type { Deployment } from '../operator/deployment.ts';
import { type Route, jsonAnswer, success, wrappedAnswer } from './route.ts';
import { clientOf, encrypted } from './transport.ts';

export function keyRoutes(_operator: Deployment): Record<'v0' | 'v1' | 'encrypted', Route[]> {
  const reader = { method: 'GET', auth: 'required', roles: ['ID_READER'], unauthorized: 'text' } as const;
  const sealed = { ...reader, method: 'POST', unauthorized: 'json' } as const;
  return {
    v0: [
      {
        ...reader,
        path: '/key/latest',
        handle: (call) => jsonAnswer(latestKeys(call.deployment, clientOf(call), call.state.clock.now())),
      },
    ],
    v1: [
      {
        ...reader,
        path: '/v1/key/latest',
        handle: (call) =>
          wrappedAnswer(success(latestKeys(call.deployment, clientOf(call), call.state.clock.now()))),
      },
    ],
    encrypted: [
      {
        ...sealed,
        path: '/v2/key/latest',
        handle: encrypted(({ deployment, state }, _payload, client) =>
          success(latestKeys(deployment, client, state.clock.now())),
        ),
      },
      {
        ...sealed,
        path: '/v2/key/sharing',
        roles: ['SHARER', 'ID_READER'],
        handle: encrypted(({ deployment, state }, _payload, client) =>
          success(sharingKeys(deployment, client, state.clock.now())),
        ),
      },
      {
        ...sealed,
        path: '/v2/key/bidstream',
        handle: encrypted(({ deployment, state }, _payload, client) =>
          success(bidstreamKeys(deployment, client, state.clock.now())),
        ),
      },
    ],
  };
}
