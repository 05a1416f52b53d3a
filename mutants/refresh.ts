/** Mutants of refreshing (Protocol §8.2). */

import { OperatorError } from '../mock-server/core/operator-error.ts';
import { asking, onRoutes, ruling, telling } from './answers.ts';
import { openUnchecked } from './faults.ts';
import { mutantsOf } from './mutant.ts';

const REFRESH = /\/token\/refresh$/;

const MARCH_2021 = Date.UTC(2021, 2, 8, 17);

export const refreshMutants = mutantsOf('refresh', [
  [
    'same-refresh-token',
    'S8',
    'a refresh gives back the refresh token that it was asked with',
    {
      http: (http) =>
        telling(http, REFRESH, (body, call) =>
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
    'a refresh gives tokens of another raw UID',
    {
      http: (http) =>
        ruling(http, REFRESH, ({ currentRawUid }) => ({
          currentRawUid: (flh, type, bucket, settings, primitives) =>
            currentRawUid(primitives.sha256Base64(flh), type, bucket, settings, primitives),
        })),
    },
  ],
  [
    'needs-a-key',
    'S9',
    'a refresh needs the key of a publisher',
    { http: (http) => onRoutes(http, REFRESH, () => ({ auth: 'required', roles: ['GENERATOR'] })) },
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
    'a new generate ends the refresh tokens of earlier ones',
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
    'a refresh counts as the time of establishment',
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
    'a refresh sets the privacy bits to 1, those of tokens from the client side too',
    {
      rules: ({ decodeRefreshToken }) => ({
        decodeRefreshToken: (...presented) => ({ ...decodeRefreshToken(...presented), privacyBits: 1 }),
      }),
    },
  ],
  [
    'site-of-the-caller',
    'R42',
    'a refresh gives tokens of the site whose key is sent with it',
    {
      http: (http) =>
        asking(http, REFRESH, ({ client, deployment }) => {
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
    'refresh tokens of the other scope are good',
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
    'a refresh without a token is refused as one with an invalid token',
    {
      http: (http) =>
        asking(http, /^(\/v1)?\/token\/refresh$/, ({ query }) => ({
          query: new Map([['refresh_token', ''], ...query]),
        })),
    },
  ],
]);
