/** Which 5xx an operator answers by its protocol. */

import { isBrokenPath, splitTarget } from '../http/paths.ts';
import type { ProfileName } from '../operator/profile.ts';

const unknown = (message: string): string => JSON.stringify({ message, status: 'unknown' });
const TEXT = 'Internal Server Error';

/** Every 5xx that the protocol names (§8): where, with which body, and why. */
const named: readonly (readonly [string, string, string])[] = [
  ['/identity/map', TEXT, 'v0 batch: no JSON, no list or a null element (§8.7)'],
  ['/v1/identity/map', unknown('Unknown error while mapping batched identity'), 'the same in v1 (§8.7)'],
  ['/v2/identity/map', unknown('Unknown error while mapping identity v2'), 'no payload, null element (§8.8)'],
  ['/v2/identity/buckets', TEXT, 'no payload (§8.6)'],
  ['/v2/optout/status', unknown('Unknown error while getting optout status'), 'no list (§8.11)'],
  [
    '/v2/token/generate',
    unknown('Unknown error while generating token v2'),
    '5.56: policy is no number (§8.1.4)',
  ],
  [
    '/v2/token/client-generate',
    unknown('Unknown error while handling client side token generate'),
    'unknown members, another curve (§8.5)',
  ],
  ['/token/logout', TEXT, 'v0: no identifier (§8.4)'],
  ['/token/refresh', unknown('Unknown error while refreshing token'), 'undecodable internals (§8.2.2)'],
  ['/v1/token/refresh', unknown('Unknown error while refreshing token'), 'the same in v1 (§8.2.2)'],
  ['/v2/token/refresh', unknown('Unknown error while refreshing token v2'), 'the same in v2 (§8.2.3)'],
];

/** Bodies of a refusal before any route when the path is invalid too (§6.4); a HEAD gets only the status. */
const FAILED_REFUSALS = [TEXT, 'CORS Rejected - Invalid origin', ''];

const isFailedRefusal = (target: string, body: string): boolean =>
  isBrokenPath(splitTarget(target).path) && FAILED_REFUSALS.includes(body);

const isNamed = (endpoint: string | undefined, body: string): boolean =>
  named.some(([where, answer]) => where === endpoint && answer === body);

/** Named 5xx that `local`, the profile for people, does not have. */
const notInLocal = [
  '/token/refresh',
  '/v1/token/refresh',
  '/v2/token/refresh',
  '/token/logout',
  '/v2/token/generate',
];

interface Failed {
  /** the endpoint that the request means */
  readonly endpoint: string | undefined;
  readonly target: string;
  /** of the answer */
  readonly body: string;
}

/** Whether a 5xx is one that the protocol names, in a profile that has it. */
export const isOfProtocol = (profile: ProfileName, { endpoint, target, body }: Failed): boolean =>
  isFailedRefusal(target, body) ||
  (isNamed(endpoint, body) && !(profile === 'local' && notInLocal.includes(endpoint ?? '')));
