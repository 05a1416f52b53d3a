/** Mutants of the key endpoints (Protocol §8.10). */

import type { HttpRules } from '../mock-server/http/rules.ts';
import { alterLists, alterRoutes, alterBodies } from './answers.ts';
import { mutantsOf } from './mutant.ts';

const KEYS = /\/key\/(latest|sharing|bidstream)$/;
const LATEST = /\/key\/latest$/;
const SHARING = /\/key\/sharing$/;
const BIDSTREAM = /\/key\/bidstream$/;

type Items = Parameters<typeof alterLists>[3];

/** Alters the key objects in the answers of every key endpoint. */
const alterKeys = (http: HttpRules, alter: Items): Partial<HttpRules> => {
  const latest = alterLists(http, LATEST, 'body', alter);
  return alterLists({ ...http, ...latest }, /\/key\/(sharing|bidstream)$/, 'keys', alter);
};

export const keysMutants = mutantsOf('keys', [
  [
    'times-in-ms',
    'R64',
    'the times of keys are in milliseconds',
    {
      http: (http) =>
        alterKeys(http, (items) => items.map((key) => ({ ...key, expires: Number(key.expires) * 1000 }))),
    },
  ],
  [
    'descending',
    'R64',
    'keys come from the highest id to the lowest',
    { http: (http) => alterKeys(http, (items) => [...items].reverse()) },
  ],
  [
    'ids-as-text',
    'R64',
    'ids of keys are texts',
    { http: (http) => alterKeys(http, (items) => items.map((key) => ({ ...key, id: String(key.id) }))) },
  ],
  [
    'keyset-of-everybody',
    'R64',
    'key/bidstream gives the keyset of each key',
    {
      http: (http) =>
        alterLists(http, BIDSTREAM, 'keys', (items) => items.map((key) => ({ ...key, keyset_id: 1 }))),
    },
  ],
  ['all-keys', 'R65', 'every client sees all keys', { rules: () => ({ maySee: () => true }) }],
  [
    'own-keys-only',
    'R65',
    'a client does not see the keys that others share with it',
    {
      rules: ({ maySee }) => ({
        maySee: (keyset, client, master) =>
          (keyset.id === master || keyset.site_id === client.siteId) && maySee(keyset, client, master),
      }),
    },
  ],
  [
    'no-master-key',
    'R65',
    'the master keys are not shown',
    {
      rules: ({ maySee }) => ({
        maySee: (keyset, client, master) => keyset.id !== master && maySee(keyset, client, master),
      }),
    },
  ],
  [
    'active-keys-only',
    'R65',
    'only active keys are shown',
    {
      http: (http, { clock }) =>
        alterKeys(http, (items) =>
          items.filter(
            (key) => Number(key.activates) * 1000 <= clock.now() && Number(key.expires) * 1000 > clock.now(),
          ),
        ),
    },
  ],
  [
    'expiry-as-number',
    'R66',
    'key/sharing gives token_expiry_seconds as a number',
    {
      http: (http) =>
        alterBodies(http, SHARING, (body) => ({
          ...body,
          token_expiry_seconds: Number(body.token_expiry_seconds),
        })),
    },
  ],
  [
    'names-foreign-keysets',
    'R65',
    'key/sharing gives the keyset of keys of other sites too',
    {
      http: (http) =>
        alterLists(http, SHARING, 'keys', (items) => items.map((key) => ({ keyset_id: 2101, ...key }))),
    },
  ],
  [
    'real-master-keyset',
    'R66',
    'key/sharing gives the real id of the master keyset',
    { world: ({ master_keyset_id: id }) => ({ master_keyset_id_in_responses: id }) },
  ],
  [
    'no-default-keyset',
    'R66',
    'key/sharing does not give the default keyset of the caller',
    {
      http: (http) =>
        alterBodies(http, SHARING, (body) => {
          const { default_keyset_id: _, ...rest } = body;
          return rest;
        }),
    },
  ],
  [
    'no-tolerance',
    'R67',
    'key/bidstream gives the lifetime of tokens without the tolerance',
    { world: () => ({ token_lifetime_tolerance_seconds: 0 }) },
  ],
  [
    'scope-in-lower-case',
    'R67',
    'key/bidstream gives the scope in lower case',
    {
      http: (http) =>
        alterBodies(http, BIDSTREAM, (body) => ({
          ...body,
          identity_scope: String(body.identity_scope).toLowerCase(),
        })),
    },
  ],
  [
    'endpoints-disagree',
    'R68',
    'key/bidstream leaves out the last key',
    { http: (http) => alterLists(http, BIDSTREAM, 'keys', (items) => items.slice(0, -1)) },
  ],
  [
    'reserved-sites',
    'R69',
    'clients of reserved sites get the latest keys',
    {
      http: (http) =>
        alterRoutes(http, LATEST, ({ handle }) => ({
          handle: (call) =>
            handle({
              ...call,
              client: call.client && { ...call.client, siteId: Math.max(call.client.siteId, 3) },
            }),
        })),
    },
  ],
  [
    'every-site',
    'R70',
    'site_data lists sites without domains',
    {
      http: (http, { directory }) =>
        alterLists(http, KEYS, 'site_data', () =>
          [...directory.sites.values()].map(({ id, domain_names }) => ({ id, domain_names })),
        ),
    },
  ],
  [
    'no-app-names',
    'R70',
    'site_data does not hold app names',
    {
      world: ({ key_sharing_endpoint_provide_app_names: isProvided }) => ({
        key_sharing_endpoint_provide_app_names: !isProvided,
      }),
    },
  ],
]);
