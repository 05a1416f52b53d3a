/** Mutants of who is opted out, and of where it is told (Protocol §8.2, §8.4, §8.11). */

import { isJsonObject } from '../mock-server/core/json.ts';
import { emailKinds, givenInQuery, kindsOf, onlyIdentity } from '../mock-server/http/identifiers.ts';
import { jsonAnswer } from '../mock-server/http/route.ts';
import { isRefused } from '../mock-server/operator/opt-out.ts';
import { answering, onRoutes, reading, ruling, telling } from './answers.ts';
import { mutantsOf } from './mutant.ts';

const GENERATE_PLAIN = /^(\/v1)?\/token\/generate$/;
const GENERATE_V2 = /^\/v2\/token\/generate$/;
const REFRESH = /\/token\/refresh$/;
const LOGOUT = /\/token\/logout$/;
const STATUS = /^\/v2\/optout\/status$/;

export const optOutMutants = mutantsOf('opt-out', [
  [
    'refresh-goes-on',
    'S11',
    'opted-out identities are refreshed',
    { rules: () => ({ endsChain: () => false }) },
  ],
  [
    'only-test-identities',
    'S11',
    'real opt-outs do not count at refresh',
    {
      rules: ({ endsChain }) => ({
        endsChain: (kind, _since, established) => endsChain(kind, undefined, established),
      }),
    },
  ],
  [
    'optout-with-body',
    'S12',
    'optout comes with an empty body',
    {
      http: (http) =>
        answering(http, REFRESH, (json) => (json.status === 'optout' ? { body: {}, ...json } : json)),
    },
  ],
  [
    'generate-refuses',
    'S15',
    'the plain generate answers optout for opted-out identities',
    {
      http: (http) =>
        onRoutes(http, GENERATE_PLAIN, ({ path, handle }) => ({
          handle(call) {
            const answer = handle(call);
            const kinds = path.startsWith('/v1') ? kindsOf(call.deployment) : emailKinds;
            const located = onlyIdentity(call, givenInQuery(call, kinds));
            const gone =
              located.testKind === 'refresh-optout' || isRefused(call.deployment, call.state, located);
            return gone ? jsonAnswer({ status: 'optout' }) : answer;
          },
        })),
    },
  ],
  [
    'test-identity-is-ordinary',
    'S16',
    'optout@email.com is an ordinary identity',
    {
      profile: ({ testIdentities }) => ({
        testIdentities: testIdentities.filter(({ identifier }) => identifier !== 'optout@email.com'),
      }),
    },
  ],
  [
    'for-ever',
    'S21',
    'the plain generate refuses people who have opted out',
    {
      http: (http) =>
        onRoutes(http, GENERATE_PLAIN, ({ handle }) => ({
          handle(call) {
            const answer = handle(call);
            const [given] = givenInQuery(call, kindsOf(call.deployment));
            const located = given && onlyIdentity(call, [given]);
            const gone = located && (located.testKind ?? 'validate') !== 'validate';
            return gone || (located && isRefused(call.deployment, call.state, located))
              ? jsonAnswer({ message: 'User has opted out', status: 'client_error' }, 400)
              : answer;
          },
        })),
    },
  ],
  [
    'everybody',
    'S22',
    'the opt-out of one is the opt-out of all at example.com',
    {
      rules: ({ endsChain }) => ({
        endsChain: (kind, since, established) => kind === undefined || endsChain(kind, since, established),
      }),
    },
  ],
  [
    'generate-v2-goes-on',
    'R30',
    'v2 generate gives tokens to opted-out identities',
    { http: (http) => ruling(http, GENERATE_V2, () => ({ isOptedOut: () => false })) },
  ],
  [
    'refresh-optout-refused-at-once',
    'S11',
    'v2 generate refuses identities that are opted out at refresh only',
    {
      http: (http) =>
        ruling(http, GENERATE_V2, ({ isOptedOut }) => ({
          isOptedOut: (kind, since) => kind === 'refresh-optout' || isOptedOut(kind, since),
        })),
    },
  ],
  [
    'status-in-seconds',
    'R80',
    'optout/status tells times in seconds',
    {
      http: (http) =>
        telling(http, STATUS, (body) => ({
          opted_out: Array.isArray(body.opted_out)
            ? body.opted_out.filter(isJsonObject).map((item) => ({
                ...item,
                opted_out_since: Math.floor(Number(item.opted_out_since) / 1000),
              }))
            : body.opted_out,
        })),
    },
  ],
  [
    'status-lists-all',
    'R80',
    'optout/status lists whatever it is asked for',
    {
      http: (http) =>
        onRoutes(http, STATUS, ({ handle }) => ({
          handle(call) {
            const { optOuts } = call.state;
            const everybody = Object.assign(Object.create(optOuts) as typeof optOuts, {
              sinceOf: () => 1_700_000_000_000,
            });
            return handle({ ...call, state: { ...call.state, optOuts: everybody } });
          },
        })),
    },
  ],
  [
    'status-without-limit',
    'R81',
    'optout/status reads lists of any length',
    { world: () => ({ optout_status_max_request_size: 1_000_000 }) },
  ],
  [
    'status-of-nothing',
    'R81',
    'optout/status without a list is one with an empty list',
    {
      http: (http) =>
        reading(http, STATUS, (payload) => ({ ...payload, advertising_ids: payload.advertising_ids ?? [] })),
    },
  ],
  [
    'logout-says-success',
    'R82',
    'logout answers true',
    { http: (http) => answering(http, LOGOUT, (json) => ({ ...json, body: true })) },
  ],
  [
    'logout-of-nobody',
    'R82',
    'logout answers as usual when there is no valid identifier',
    {
      http: ({ replies }) => ({
        replies: {
          ...replies,
          logout_identifier_missing: { http: 200, status: 'success' },
          logout_identifier_invalid: { http: 200, status: 'success' },
        },
      }),
    },
  ],
]);
