/** Mutants of which identities are opted out, and of the answers that say so (Protocol §8.2, §8.4, §8.11). */

import { isJsonObject } from '../mock-server/core/json.ts';
import { askedInQuery, emailKinds, kindsOf, onlyIdentity } from '../mock-server/http/identifiers.ts';
import { jsonAnswer } from '../mock-server/http/route.ts';
import { isRefused } from '../mock-server/operator/opt-out.ts';
import { alterAnswers, alterRoutes, alterPayloads, alterRules, alterBodies } from './answers.ts';
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
    'the answer optout has an empty body',
    {
      http: (http) =>
        alterAnswers(http, REFRESH, (json) => (json.status === 'optout' ? { body: {}, ...json } : json)),
    },
  ],
  [
    'generate-refuses',
    'S15',
    'v0 and v1 generate answer optout for opted-out identities',
    {
      http: (http) =>
        alterRoutes(http, GENERATE_PLAIN, ({ path, handle }) => ({
          handle(call) {
            const answer = handle(call);
            const kinds = path.startsWith('/v1') ? kindsOf(call.deployment) : emailKinds;
            const located = onlyIdentity(call, askedInQuery(call, kinds));
            const isOptedOut =
              located.testKind === 'refresh-optout' || isRefused(call.deployment, call.state, located);
            return isOptedOut ? jsonAnswer({ status: 'optout' }) : answer;
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
    'v0 and v1 generate refuse opted-out identities as a client error',
    {
      http: (http) =>
        alterRoutes(http, GENERATE_PLAIN, ({ handle }) => ({
          handle(call) {
            const answer = handle(call);
            const located = onlyIdentity(call, askedInQuery(call, kindsOf(call.deployment)));
            const isTestOptOut = (located.testKind ?? 'validate') !== 'validate';
            return isTestOptOut || isRefused(call.deployment, call.state, located)
              ? jsonAnswer({ message: 'User has opted out', status: 'client_error' }, 400)
              : answer;
          },
        })),
    },
  ],
  [
    'everybody',
    'S22',
    'every identity except test identities counts as opted out at refresh',
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
    { http: (http) => alterRules(http, GENERATE_V2, () => ({ isOptedOut: () => false })) },
  ],
  [
    'refresh-optout-refused-at-once',
    'S11',
    'v2 generate refuses identities that only a refresh should refuse',
    {
      http: (http) =>
        alterRules(http, GENERATE_V2, ({ isOptedOut }) => ({
          isOptedOut: (kind, since) => kind === 'refresh-optout' || isOptedOut(kind, since),
        })),
    },
  ],
  [
    'status-in-seconds',
    'R80',
    'times in optout/status are in seconds',
    {
      http: (http) =>
        alterBodies(http, STATUS, (body) => ({
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
    'optout/status lists every raw UID of the request',
    {
      http: (http) =>
        alterRoutes(http, STATUS, ({ handle }) => ({
          handle(call) {
            const { optOuts } = call.state;
            const optOutOfAll = Object.assign(Object.create(optOuts) as typeof optOuts, {
              sinceOf: () => 1_700_000_000_000,
            });
            return handle({ ...call, state: { ...call.state, optOuts: optOutOfAll } });
          },
        })),
    },
  ],
  [
    'status-without-limit',
    'R81',
    'optout/status accepts lists of any length',
    { world: () => ({ optout_status_max_request_size: 1_000_000 }) },
  ],
  [
    'status-of-nothing',
    'R81',
    'optout/status answers a request without a list as if its list were empty',
    {
      http: (http) =>
        alterPayloads(http, STATUS, (payload) => ({
          ...payload,
          advertising_ids: payload.advertising_ids ?? [],
        })),
    },
  ],
  [
    'logout-says-success',
    'R82',
    'logout answers true',
    { http: (http) => alterAnswers(http, LOGOUT, (json) => ({ ...json, body: true })) },
  ],
  [
    'logout-of-nobody',
    'R82',
    'logout answers as usual without a valid identifier',
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
