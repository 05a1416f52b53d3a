/** Faults by name, as data: what each is for, and its members. */

import type { FaultRequest } from './fault-schema.ts';

export interface FaultPreset {
  readonly name: string;
  /** one sentence */
  readonly says: string;
  readonly members: FaultRequest;
}

const HTML_PAGE =
  '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';

const presets = {
  'rate-limited': [
    'too many requests: 429 with Retry-After of 5 seconds',
    { status: 429, headers: { 'Retry-After': '5' }, body: { status: 'error', message: 'Too Many Requests' } },
  ],
  slow: ['every answer comes after 1 to 3 seconds', { latency: { min: 1000, max: 3000 } }],
  flaky: ['a third of the requests get a 503', { status: 503, probability: 0.33 }],
  down: ['the service is away: 503 without a body', { status: 503 }],
  'server-error': [
    'the operator fails: 500 in its own form',
    { status: 500, body: { status: 'unknown', message: 'Internal Server Error' } },
  ],
  'bad-gateway': ['a proxy does not reach the operator: 502 as text', { status: 502, body: 'Bad Gateway' }],
  'html-error-page': [
    'a load balancer answers with a page: 502 as HTML',
    { status: 502, headers: { 'Content-Type': 'text/html' }, body: HTML_PAGE },
  ],
  unauthorized: ['the API key is not accepted: 401', { status: 401, body: { status: 'unauthorized' } }],
  hangs: ['the request is read, and no answer ever comes', { hang: true }],
  reset: ['the connection is reset before the answer', { reset: 'before' }],
  'reset-midway': ['the connection is reset in the middle of the answer', { reset: 'after' }],
  'cut-off': ['half of the body is missing', { cut: true }],
  garbled: ['the base64 in the answer cannot be decoded', { garbled: true }],
  'wrong-content-type': ['the answer says that it is HTML', { content_type: 'text/html' }],
  'wrong-nonce': ['the sealed answer carries another nonce than the request', { nonce: 'wrong' }],
  'bad-tag': ['the sealed answer cannot be opened: its GCM tag is wrong', { tag: 'bad' }],
  'clock-skew': ["the operator's clock is ten minutes fast in sealed answers", { skew: 600_000 }],
  'expired-tokens': ['the tokens in the answer have expired already', { token: 'expired' }],
  'foreign-tokens': [
    'the tokens in the answer are sealed with the keys of another operator',
    { token: 'foreign' },
  ],
  'opted-out': ['the identity in the request counts as opted out', { optout: true }],
} as const satisfies Record<string, readonly [says: string, members: FaultRequest]>;

export const faultPresets: readonly FaultPreset[] = Object.entries(presets).map(
  ([name, [says, members]]) => ({
    name,
    says,
    members,
  }),
);
