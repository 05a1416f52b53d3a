/** The configurations of the mocks on which reasons are reached. */

import path from 'node:path';
import { type Configuration, COMPANY, textSalts } from './stage.ts';

/** the first second at which the opt-out policy is required */
const recently = Date.UTC(2023, 8, 1) / 1000;
const afterKeys = Date.UTC(2039, 0, 1);

/** The clock is after the end of all keys. The keys of the given keysets have expired, all others are made to last. */
const withExpiredKeys = (keysetIds: readonly number[]): Configuration => ({
  now: afterKeys,
  world: ({ keyset_keys }) => ({
    recorded_at_ms: Date.UTC(2026, 10, 23),
    keyset_keys: keyset_keys.map((key) => ({
      ...key,
      expires: keysetIds.includes(key.keyset_id) ? key.expires : Date.UTC(2040, 0, 1) / 1000,
    })),
  }),
});

const withClient = (name: string, change: object): Configuration => ({
  world: ({ clients }) => ({
    clients: clients.map((client) => (client.name === name ? { ...client, ...change } : client)),
  }),
});

export const configurations = {
  local: {},
  current: { options: { profile: 'current' } },
  'v5.56': { options: { profile: 'v5.56' }, world: textSalts },
  'seed-v1': { options: { profile: 'seed-v1' }, world: textSalts },
  EUID: { euid: true, options: { profile: 'current' } },
  'EUID of v5.56': { euid: true, options: { profile: 'v5.56' }, world: textSalts },
  'sites made lately': {
    options: { profile: 'v5.56' },
    world: (world) => ({
      ...textSalts(world),
      clients: world.clients.map((client) => ({ ...client, created: recently })),
    }),
  },
  'rotated salts': {
    options: { profile: 'current' },
    world: ({ salts }) => ({
      salts: {
        ...salts,
        buckets: salts.buckets.map((bucket) => ({
          ...bucket,
          salt: 'new salt',
          previous_salt: 'old salt',
          key: null,
          previous_key: null,
        })),
      },
    }),
  },
  'raw UIDs of 33 bytes': {
    options: { profile: 'current' },
    world: (world) => ({ ...textSalts(world), identity_v3: true }),
  },
  'tokens of version 2': { options: { tokenVersion: 'v2' } },
  'without phones': { world: () => ({ enable_phone_support: false }) },
  'without client-side generation': { world: () => ({ client_side_token_generate: false }) },
  'with scripts': { options: { static: path.join(import.meta.dirname, 'scripts') } },
  'without scripts': {},
  'short bodies': { world: () => ({ max_request_body_bytes: 100 }) },
  'short lists': { world: () => ({ optout_status_max_request_size: 1 }) },
  'short waits': {
    prepare({ app: { server } }) {
      Object.assign(server, { headersTimeout: 20, requestTimeout: 20, connectionsCheckingInterval: 10 });
    },
  },
  'all clients enabled': withClient('Disabled Publisher', { disabled: false }),
  'a DSP that generates': withClient('Example DSP', { roles: ['ID_READER', 'GENERATOR'] }),
  'a client of a reserved site': withClient('Example DSP', { site_id: 2 }),
  'without service links': { world: () => ({ validate_service_links: false }) },
  'other service links': {
    world: ({ services, service_links }) => ({
      services: [...services, { service_id: 33, site_id: 1001, name: COMPANY, roles: [], disabled: false }],
      service_links: [
        ...service_links,
        {
          link_id: 'other-service',
          service_id: 33,
          site_id: 1005,
          name: '',
          roles: ['MAPPER'],
          disabled: false,
        },
        { link_id: 'no-role', service_id: 32, site_id: 1005, name: '', roles: [], disabled: false },
      ],
    }),
  },
  'a keyset for every site': {
    options: { profile: 'current' },
    world: ({ keysets, keyset_keys }) => ({
      keysets: keysets.map((keyset) => (keyset.id === 2107 ? { ...keyset, site_id: 1004 } : keyset)),
      keyset_keys,
    }),
  },
  'a disabled key pair': {
    world: ({ client_side_keypairs }) => ({
      client_side_keypairs: client_side_keypairs.map((pair) => ({ ...pair, disabled: true })),
    }),
  },
  'any origin': { world: () => ({ client_side_token_generate_domain_name_check: false }) },
  'without opt-out service': { world: () => ({ optout_service_configured: false }) },
  'after all keys but those of sites': withExpiredKeys([-1]),
  'after the refresh key': withExpiredKeys([-2]),
  'after the keys of sites': withExpiredKeys([2, 2101, 2102]),
  'while all keys last': withExpiredKeys([]),
  'with an ordered fault': {
    prepare: async ({ state }) => {
      await state.faults.add([{ status: 503 }]);
    },
  },
  'with a rule that fails': {
    replacements: {
      parts: (honest) => ({
        ...honest,
        rules: {
          ...honest.rules,
          tokenTimes: () => {
            throw new Error('a rule that fails');
          },
        },
      }),
    },
  },
} satisfies Record<string, Configuration>;

export type ConfigurationName = keyof typeof configurations;
