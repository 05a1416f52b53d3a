/** Mutants of client-side token generation (Protocol §8.5). */

import { type JsonObject, isJsonObject } from '../mock-server/core/json.ts';
import { utf8 } from '../mock-server/core/primitives.ts';
import type { HttpRules } from '../mock-server/http/rules.ts';
import { alterCalls, alterRoutes, alterRules } from './answers.ts';
import { openUnchecked } from './faults.ts';
import { mutantsOf } from './mutant.ts';

const CLIENT_GENERATE = /\/token\/client-generate$/;

/** Alters the body that client-generate reads. */
const alterRequests = (http: HttpRules, alter: (body: JsonObject) => JsonObject): Partial<HttpRules> =>
  alterCalls(http, CLIENT_GENERATE, ({ body }) => {
    let json: unknown;
    try {
      json = JSON.parse(new TextDecoder().decode(body));
    } catch {
      return {};
    }
    return isJsonObject(json) ? { body: utf8(JSON.stringify(alter(json))) } : {};
  });

export const cstgMutants = mutantsOf('cstg', [
  [
    'bits-of-servers',
    'R71',
    'client-side tokens have the privacy bits of server-side tokens',
    {
      rules: ({ encodeAdvertisingToken }) => ({
        encodeAdvertisingToken: (version, token, ...rest) =>
          encodeAdvertisingToken(version, { ...token, privacyBits: 1 }, ...rest),
      }),
    },
  ],
  [
    'unsealed',
    'R71',
    'client-generate seals its answer with another key than the shared one',
    {
      http: (http) =>
        alterRules(http, CLIENT_GENERATE, ({ sealWithKey }) => ({
          sealWithKey: (plain, key, iv, primitives) =>
            sealWithKey(plain, primitives.sha256(key), iv, primitives),
        })),
    },
  ],
  [
    'any-origin',
    'R72',
    'client-generate serves every origin',
    { world: () => ({ client_side_token_generate_domain_name_check: false }) },
  ],
  [
    'exact-domains',
    'R72',
    "sub-domains of the site's domains are refused",
    {
      rules: () => ({
        registrableDomain: (origin) =>
          Promise.resolve(URL.canParse(origin) ? new URL(origin).hostname : undefined),
      }),
    },
  ],
  [
    'ending-domains',
    'R72',
    'an origin is accepted when its host ends with a domain of the site',
    {
      rules: ({ registrableDomain }, { world }) => ({
        async registrableDomain(origin) {
          const host = URL.canParse(origin) ? new URL(origin).hostname : '';
          const domains = world.sites.flatMap(({ domain_names }) => domain_names);
          return domains.find((domain) => host.endsWith(domain)) ?? registrableDomain(origin);
        },
      }),
    },
  ],
  [
    'exact-app-names',
    'R73',
    'app names are compared case-sensitively',
    {
      http: (http, { directory }) => {
        const known: ReadonlySet<string> = new Set(
          [...directory.sites.values()].flatMap(({ app_names }) => app_names),
        );
        return alterRequests(http, (body) =>
          body.app_name === undefined || (typeof body.app_name === 'string' && known.has(body.app_name))
            ? body
            : { ...body, app_name: 'unknown' },
        );
      },
    },
  ],
  [
    'any-app-name',
    'R73',
    'every app name is served',
    {
      http: ({ replies, ...http }) => ({
        ...alterRoutes({ ...http, replies }, CLIENT_GENERATE, ({ handle }) => ({
          handle(call) {
            const { directory } = call.deployment;
            const text = new TextDecoder().decode(call.body);
            const name = /"app_name":"([^"]*)"/.exec(text)?.[1] ?? '';
            const sites = new Map(
              [...directory.sites].map(([id, site]) => [
                id,
                { ...site, app_names: [...site.app_names, name] },
              ]),
            );
            return handle({
              ...call,
              deployment: { ...call.deployment, directory: { ...directory, sites } },
            });
          },
        })),
      }),
    },
  ],
  [
    'disabled-subscriptions',
    'R74',
    'a disabled subscription is served',
    {
      world: ({ client_side_keypairs: pairs }) => ({
        client_side_keypairs: pairs.map((pair) => ({ ...pair, disabled: false })),
      }),
    },
  ],
  [
    'unknown-subscription-is-401',
    'R74',
    'an unknown subscription is 401',
    {
      http: ({ replies }) => ({ replies: { ...replies, cstg_bad_subscription: replies.cstg_disabled } }),
    },
  ],
  [
    'bad-iv-is-undecryptable',
    'R75',
    'an IV of another length is refused as undecryptable',
    { http: ({ replies }) => ({ replies: { ...replies, cstg_bad_iv: replies.cstg_undecryptable } }) },
  ],
  [
    'time-not-bound',
    'R76',
    'the additional data of the ciphertext is not checked',
    {
      primitives: (honest) => ({
        gcmOpen: (key, iv, sealed, aad) =>
          aad && sealed.length > 16
            ? openUnchecked(honest, key, iv, sealed)
            : honest.gcmOpen(key, iv, sealed, aad),
      }),
    },
  ],
  [
    'young-requests-only',
    'R76',
    'requests more than five minutes in the past or future are refused',
    {
      http: (http, { clock }) =>
        alterRequests(http, (body) =>
          Math.abs(clock.now() - Number(body.timestamp)) > 300_000 ? { ...body, payload: 'AAAA' } : body,
        ),
    },
  ],
  [
    'missing-hash-is-invalid',
    'R77',
    'a payload without a hash is refused as if its hash were invalid',
    {
      http: ({ replies }) => ({
        replies: { ...replies, cstg_identifier_missing: replies.identifier_invalid },
      }),
    },
  ],
  [
    'opted-out-get-tokens',
    'R78',
    'client-generate gives tokens to opted-out identities',
    { http: (http) => alterRules(http, CLIENT_GENERATE, () => ({ isOptedOut: () => false })) },
  ],
  [
    'unknown-members',
    'R79',
    'client-generate ignores members that it does not know',
    {
      http: (http) =>
        alterRequests(http, (body) =>
          Object.fromEntries(
            Object.entries(body).filter(([name]) =>
              ['payload', 'iv', 'public_key', 'timestamp', 'subscription_id', 'app_name'].includes(name),
            ),
          ),
        ),
    },
  ],
  [
    'missing-json',
    'R79',
    'an empty body is called invalid JSON',
    {
      http: ({ replies }) => ({ replies: { ...replies, cstg_json_missing: replies.cstg_json_invalid } }),
    },
  ],
]);
