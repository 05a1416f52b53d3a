/** Mutants of CORS headers and preflights (Protocol §6.3). */

import { textAnswer } from '../mock-server/http/route.ts';
import { mutantsOf } from './mutant.ts';

export const corsMutants = mutantsOf('cors', [
  [
    'any-origin',
    'R5',
    'answers allow every origin by an asterisk',
    {
      http: ({ corsHeaders }) => ({
        corsHeaders(request) {
          const headers = corsHeaders(request);
          return request.origin === undefined ? headers : { ...headers, 'access-control-allow-origin': '*' };
        },
      }),
    },
  ],
  [
    'no-vary',
    'R5',
    'answers do not vary by origin',
    {
      http: ({ corsHeaders }) => ({
        corsHeaders(request) {
          const { vary: _, ...headers } = corsHeaders(request);
          return headers;
        },
      }),
    },
  ],
  [
    'errors-without',
    'R5',
    'answers to the origin null do not allow it',
    {
      http: ({ corsHeaders }) => ({
        corsHeaders: (request) =>
          corsHeaders(request.origin === 'null' ? { ...request, origin: undefined } : request),
      }),
    },
  ],
  [
    'credentials',
    'R5',
    'answers allow credentials',
    {
      http: ({ corsHeaders }) => ({
        corsHeaders: (request) => ({ ...corsHeaders(request), 'access-control-allow-credentials': 'true' }),
      }),
    },
  ],
  [
    'version-header-forbidden',
    'R6',
    "preflights do not allow the header that names a client's version",
    {
      http: ({ preflightHeaders }) => ({
        preflightHeaders(request) {
          const headers = preflightHeaders(request);
          const allowed = String(headers['access-control-allow-headers']).replace(
            'X-UID2-Client-Version,',
            '',
          );
          return { ...headers, 'access-control-allow-headers': allowed };
        },
      }),
    },
  ],
  [
    'preflight-is-200',
    'R6',
    'preflights are 200',
    {
      http: ({ answerCors, preflightHeaders }) => ({
        answerCors(request) {
          const answer = answerCors(request);
          return answer?.http === 204 ? textAnswer('', 200) : answer;
        },
        preflightHeaders,
      }),
    },
  ],
  [
    'only-get-and-post',
    'R6',
    'preflights allow the methods GET and POST',
    {
      http: ({ preflightHeaders }) => ({
        preflightHeaders: (request) => ({
          ...preflightHeaders(request),
          'access-control-allow-methods': 'GET,POST',
        }),
      }),
    },
  ],
  [
    'empty-origin',
    'R7',
    'an empty Origin header counts as absent',
    {
      http: ({ answerCors, corsHeaders }) => ({
        answerCors: (request) => (request.origin === '' ? undefined : answerCors(request)),
        corsHeaders: (request) =>
          corsHeaders(request.origin === '' ? { ...request, origin: undefined } : request),
      }),
    },
  ],
  [
    'every-options',
    'R7',
    'every OPTIONS request is a preflight',
    {
      http: ({ answerCors, preflightHeaders }) => ({
        answerCors: (request) => (request.method === 'OPTIONS' ? textAnswer('', 204) : answerCors(request)),
        preflightHeaders: (request) => (request.origin === undefined ? {} : preflightHeaders(request)),
      }),
    },
  ],
  [
    'once-on-validate',
    'R86',
    'v2 validate of the current version has the CORS headers of other routes',
    { on: { profile: 'current' }, profile: () => ({ doubleCorsOnValidate: false }) },
  ],
  [
    'twice-on-validate',
    'R86',
    'v2 validate of v5.56 has the CORS headers of the current version',
    { on: { profile: 'v5.56' }, profile: () => ({ doubleCorsOnValidate: true }) },
  ],
]);
