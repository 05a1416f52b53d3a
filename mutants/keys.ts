/** Mutants of the key endpoints (Protocol §8.10). */

import type { HttpRules } from '../mock-server/http/rules.ts';
import { listing, onRoutes, telling } from './answers.ts';
import { mutantsOf } from './mutant.ts';

const KEYS = /\/key\/(latest|sharing|bidstream)$/;
const LATEST = /\/key\/latest$/;
const SHARING = /\/key\/sharing$/;
const BIDSTREAM = /\/key\/bidstream$/;

type Items = Parameters<typeof listing>[3];

/** The key objects of every endpoint, wherever they are in its answer. */
const keyObjects = (http: HttpRules, alter: Items): Partial<HttpRules> => {
  const latest = listing(http, LATEST, 'body', alter);
  return listing({ ...http, ...latest }, /\/key\/(sharing|bidstream)$/, 'keys', alter);
};

export const keysMutants = mutantsOf('keys', [
  [
    'times-in-ms',
    'R64',
    'the times of keys are in milliseconds',
    {
      http: (http) =>
        keyObjects(http, (items) => items.map((key) => ({ ...key, expires: Number(key.expires) * 1000 }))),
    },
  ],
  [
    'descending',
    'R64',
    'keys come from the highest id to the lowest',
    { http: (http) => keyObjects(http, (items) => [...items].reverse()) },
  ],
  [
    'ids-as-text',
    'R64',
    'ids of keys are texts',
    { http: (http) => keyObjects(http, (items) => items.map((key) => ({ ...key, id: String(key.id) }))) },
  ],
  [
    'keyset-of-everybody',
    'R64',
    'key/bidstream names the keyset of keys',
    {
      http: (http) =>
        listing(http, BIDSTREAM, 'keys', (items) => items.map((key) => ({ ...key, keyset_id: 1 }))),
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
    'keys are shown while they are active only',
    {
      http: (http, { clock }) =>
        keyObjects(http, (items) =>
          items.filter(
            (key) => Number(key.activates) * 1000 <= clock.now() && Number(key.expires) * 1000 > clock.now(),
          ),
        ),
    },
  ],
  [
    'expiry-as-number',
    'R66',
    'key/sharing tells token_expiry_seconds as a number',
    {
      http: (http) =>
        telling(http, SHARING, (body) => ({
          ...body,
          token_expiry_seconds: Number(body.token_expiry_seconds),
        })),
    },
  ],
  [
    'names-foreign-keysets',
    'R65',
    'key/sharing names a keyset for keys of other sites too',
    {
      http: (http) =>
        listing(http, SHARING, 'keys', (items) => items.map((key) => ({ keyset_id: 2101, ...key }))),
    },
  ],
  [
    'real-master-keyset',
    'R66',
    'key/sharing tells the master keyset by its own id',
    { world: ({ master_keyset_id: id }) => ({ master_keyset_id_in_responses: id }) },
  ],
  [
    'no-default-keyset',
    'R66',
    'key/sharing does not name the default keyset of the caller',
    {
      http: (http) =>
        telling(http, SHARING, (body) => {
          const { default_keyset_id: _, ...rest } = body;
          return rest;
        }),
    },
  ],
  [
    'no-tolerance',
    'R67',
    'key/bidstream tells the lifetime of tokens without the tolerance',
    { world: () => ({ token_lifetime_tolerance_seconds: 0 }) },
  ],
  [
    'scope-in-lower-case',
    'R67',
    'key/bidstream tells the scope in lower case',
    {
      http: (http) =>
        telling(http, BIDSTREAM, (body) => ({
          ...body,
          identity_scope: String(body.identity_scope).toLowerCase(),
        })),
    },
  ],
  [
    'endpoints-disagree',
    'R68',
    'key/bidstream leaves out the last key',
    { http: (http) => listing(http, BIDSTREAM, 'keys', (items) => items.slice(0, -1)) },
  ],
  [
    'reserved-sites',
    'R69',
    'clients of reserved sites are told the latest keys',
    {
      http: (http) =>
        onRoutes(http, LATEST, ({ handle }) => ({
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
    'site_data lists sites without any domain',
    {
      http: (http, { directory }) =>
        listing(http, KEYS, 'site_data', () =>
          [...directory.sites.values()].map(({ id, domain_names }) => ({ id, domain_names })),
        ),
    },
  ],
  [
    'no-app-names',
    'R70',
    'site_data tells no app names',
    {
      world: ({ key_sharing_endpoint_provide_app_names: told }) => ({
        key_sharing_endpoint_provide_app_names: !told,
      }),
    },
  ],
]);
