/** Mutants of token/refresh (Protocol §8.2). */

import { OperatorError } from '../mock-server/core/operator-error.ts';
import { alterCalls, alterRoutes, alterRules, alterBodies } from './answers.ts';
import { openUnchecked } from './faults.ts';
import { mutantsOf } from './mutant.ts';

const REFRESH = /\/token\/refresh$/;

const MARCH_2021 = Date.UTC(2021, 2, 8, 17);

export const refreshMutants = mutantsOf('refresh', [
  [
    'same-refresh-token',
    'S8',
    'a refresh returns the refresh token of the request',
    {
      http: (http) =>
        alterBodies(http, REFRESH, (body, call) =>
          'refresh_token' in body && body.refresh_token !== ''
            ? {
                ...body,
                refresh_token: call.query.get('refresh_token') ?? new TextDecoder().decode(call.body),
              }
            : body,
        ),
    },
  ],
  [
    'another-person',
    'S8',
    'a refresh returns tokens of another raw UID',
    {
      http: (http) =>
        alterRules(http, REFRESH, ({ currentRawUid }) => ({
          currentRawUid: (flh, type, bucket, settings, primitives) =>
            currentRawUid(primitives.sha256Base64(flh), type, bucket, settings, primitives),
        })),
    },
  ],
  [
    'needs-a-key',
    'S9',
    'a refresh needs the key of a publisher',
    { http: (http) => alterRoutes(http, REFRESH, () => ({ auth: 'required', roles: ['GENERATOR'] })) },
  ],
  [
    'not-before-refresh-from',
    'S10',
    'a token is not refreshed before its refresh_from',
    {
      rules: ({ decodeRefreshToken }, { clock, world }) => ({
        decodeRefreshToken(...presented) {
          const token = decodeRefreshToken(...presented);
          const from = token.created + world.refresh_identity_token_after_seconds * 1000;
          if (clock.now() < from) throw new OperatorError('refresh_token_invalid', 'token_altered');
          return token;
        },
      }),
    },
  ],
  [
    'revoked-by-generate',
    'S17',
    'a generate invalidates earlier refresh tokens of the identity',
    {
      rules({ encodeRefreshToken, decodeRefreshToken }) {
        const latest = new Map<string, number>();
        return {
          encodeRefreshToken(version, token, ...rest) {
            latest.set(token.flh, token.established);
            return encodeRefreshToken(version, token, ...rest);
          },
          decodeRefreshToken(...presented) {
            const token = decodeRefreshToken(...presented);
            if (token.established < (latest.get(token.flh) ?? 0))
              throw new OperatorError('refresh_token_invalid', 'token_altered');
            return token;
          },
        };
      },
    },
  ],
  [
    'once-only',
    'S18',
    'a refresh token can be used once',
    {
      rules({ decodeRefreshToken }) {
        const used = new Set<string>();
        return {
          decodeRefreshToken(text, ...rest) {
            const token = decodeRefreshToken(text, ...rest);
            if (used.has(text)) throw new OperatorError('refresh_token_invalid', 'token_altered');
            used.add(text);
            return token;
          },
        };
      },
    },
  ],
  [
    'establishes-anew',
    'R42',
    'a refresh sets the time of establishment anew',
    {
      rules: ({ decodeRefreshToken }, { clock }) => ({
        decodeRefreshToken: (...presented) => ({
          ...decodeRefreshToken(...presented),
          established: clock.now(),
        }),
      }),
    },
  ],
  [
    'forgets-privacy-bits',
    'R71',
    'a refresh sets the privacy bits to 1, also those of client-side tokens',
    {
      rules: ({ decodeRefreshToken }) => ({
        decodeRefreshToken: (...presented) => ({ ...decodeRefreshToken(...presented), privacyBits: 1 }),
      }),
    },
  ],
  [
    'site-of-the-caller',
    'R42',
    'a refresh returns tokens of the site of the caller, not of the token',
    {
      http: (http) =>
        alterCalls(http, REFRESH, ({ client, deployment }) => {
          const { decodeRefreshToken } = deployment.rules;
          const rules = {
            ...deployment.rules,
            decodeRefreshToken: (...presented: Parameters<typeof decodeRefreshToken>) => {
              const token = decodeRefreshToken(...presented);
              return { ...token, siteId: client?.siteId ?? token.siteId };
            },
          };
          return { deployment: { ...deployment, rules } };
        }),
    },
  ],
  [
    'old-chains-go-on',
    'R45',
    'tokens established before March 2021 are refreshed',
    {
      rules: ({ decodeRefreshToken }) => ({
        decodeRefreshToken(...presented) {
          const token = decodeRefreshToken(...presented);
          return { ...token, established: Math.max(token.established, MARCH_2021) };
        },
      }),
    },
  ],
  [
    'other-scope',
    'R43',
    'refresh tokens of the other scope are accepted',
    {
      rules: ({ decodeRefreshToken }) => ({
        decodeRefreshToken: (...presented) => ({ ...decodeRefreshToken(...presented), scope: 0 }),
      }),
    },
  ],
  [
    'altered-tokens',
    'R43',
    'the tag of refresh tokens is not checked',
    {
      rules: ({ decodeRefreshToken }) => ({
        decodeRefreshToken: (text, findSecret, primitives) =>
          decodeRefreshToken(text, findSecret, {
            ...primitives,
            gcmOpen: (key, iv, sealed) => openUnchecked(primitives, key, iv, sealed),
          }),
      }),
    },
  ],
  [
    'unknown-key-refused',
    'R47',
    'a refresh with an unknown key is 401',
    {
      http: ({ authenticate }) => ({
        authenticate(deployment, route, header) {
          const client = authenticate(deployment, route, header);
          if (route.auth === 'optional' && header !== undefined && client === undefined)
            throw new OperatorError('unauthorized', 'client_disabled');
          return client;
        },
      }),
    },
  ],
  [
    'missing-is-invalid',
    'R48',
    'a refresh without a token is refused as if its token were invalid',
    {
      http: (http) =>
        alterCalls(http, /^(\/v1)?\/token\/refresh$/, ({ query }) => ({
          query: new Map([['refresh_token', ''], ...query]),
        })),
    },
  ],
]);
