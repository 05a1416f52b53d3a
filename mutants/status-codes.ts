/** Mutants of status codes (Protocol §6.1, §6.4). */

import { textAnswer } from '../mock-server/http/route.ts';
import { alterReplies } from './faults.ts';
import { mutantsOf } from './mutant.ts';

export const statusCodesMutants = mutantsOf('status-codes', [
  [
    'unauthorized-is-403',
    'R1',
    'a missing or unknown key is 403',
    alterReplies(['unauthorized', { http: 403 }]),
  ],
  [
    'invalid-is-422',
    'S19',
    'an invalid identifier is 422',
    alterReplies(['identifier_invalid', { http: 422 }], ['email_invalid', { http: 422 }]),
  ],
  [
    'expired-is-401',
    'R44',
    'an expired refresh token is 401',
    alterReplies(['refresh_token_expired', { http: 401 }]),
  ],
  [
    'invalid-token-is-401',
    'R43',
    'an invalid refresh token is 401',
    alterReplies(['refresh_token_invalid', { http: 401 }]),
  ],
  [
    'optout-is-403',
    'S12',
    'optout is 403',
    {
      http: ({ finish }) => ({
        finish(answer, route) {
          const last = finish(answer, route);
          return last.body === '{"status":"optout"}' ? { ...last, http: 403 } : last;
        },
      }),
    },
  ],
  [
    'unknown-path-is-empty',
    'R8',
    'an unknown path is 404 without a body',
    {
      http: ({ answerUnrouted }) => ({
        answerUnrouted(method, allowed) {
          const answer = answerUnrouted(method, allowed);
          return answer.http === 404 ? textAnswer('', 404) : answer;
        },
      }),
    },
  ],
  [
    'paths-in-any-case',
    'R8',
    'paths are case-insensitive',
    { http: ({ normalizePath }) => ({ normalizePath: (path) => normalizePath(path).toLowerCase() }) },
  ],
  [
    'wrong-method-is-404',
    'R9',
    'a wrong method is 404',
    { http: ({ answerUnrouted }) => ({ answerUnrouted: (method) => answerUnrouted(method, undefined) }) },
  ],
  [
    'no-allow',
    'R9',
    'the answer to a wrong method does not name the allowed ones',
    {
      http: ({ answerUnrouted }) => ({
        answerUnrouted(...request) {
          const { allow: _, ...answer } = answerUnrouted(...request);
          return answer;
        },
      }),
    },
  ],
  [
    'small-bodies',
    'R10',
    'a body of exactly 1 MiB is too long',
    { world: ({ max_request_body_bytes: limit }) => ({ max_request_body_bytes: limit - 1 }) },
  ],
  [
    'long-bodies',
    'R10',
    'a body one byte longer than 1 MiB is accepted',
    { world: ({ max_request_body_bytes: limit }) => ({ max_request_body_bytes: limit + 1 }) },
  ],
  [
    'malformed-escapes',
    'R11',
    'an invalid percent escape is read as it stands',
    {
      http: ({ parseQuery, answerArrival }) => ({
        answerArrival: (arrival) => answerArrival({ ...arrival, namesVersion: true }),
        isBrokenQuery: () => false,
        parseQuery: (query) => parseQuery(query.replace(/%(?![0-9A-Fa-f]{2})/g, '%25')),
      }),
    },
  ],
]);
