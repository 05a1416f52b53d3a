/** Which mistakes are looked for in a written world, in a recorded one, and in one that is partly invalid. */

import { describe, expect, it } from 'vitest';
import { embeddedWorld } from '../../testing/caller.ts';
import { type Change, changed } from '../../testing/changed-world.ts';
import { parseWorld } from './parse.ts';
import { loadWorld } from './read.ts';

const NOW = Date.UTC(2026, 10, 23);
const PAST = NOW / 1000 - 86_400;

const world = embeddedWorld();
const keyOfNoKeyset = { ...world.keyset_keys[3], id: 900, keyset_id: 5 };

/** The fields that have a mistake. */
async function wrongFields(source: object): Promise<string[]> {
  const read = await loadWorld(source, NOW);
  const problems = 'problems' in read ? read.problems : [];
  return problems.map((line) => line.slice(0, line.indexOf(': expected')));
}

/** A wrong member, and a mistake that is looked for only where that member is right. */
const unlooked: readonly (readonly [wrong: Change, Change, field: string])[] = [
  [['keyset_keys.3.secret', 'x'], ['keyset_keys.2.keyset_id', 2101], 'keysets[2]'],
  [['keysets.3.name', 1], ['keyset_keys.8', keyOfNoKeyset], 'keyset_keys[8].keyset_id'],
  [['keysets.3.name', 1], ['keyset_keys.0.expires', PAST], 'keyset_keys'],
  [['keyset_keys.3.secret', 'x'], ['keyset_keys.0.expires', PAST], 'keyset_keys'],
  [['master_keyset_id', 'x'], ['refresh_keyset_id', -1], 'refresh_keyset_id'],
  [['refresh_keyset_id', 'x'], ['master_keyset_id', 5], 'keysets'],
  [['keysets.3.name', 1], ['keyset_keys.2.expires', PAST], 'clients[2]'],
  [['keyset_keys.3.secret', 'x'], ['keyset_keys.2.expires', PAST], 'clients[2]'],
  [['fallback_token_site_id', 'x'], ['keyset_keys.2.expires', PAST], 'clients[2]'],
  [
    ['refresh_identity_token_after_seconds', 'x'],
    ['identity_token_expires_after_seconds', 100_000],
    'identity_token_expires_after_seconds',
  ],
  [
    ['identity_token_expires_after_seconds', 'x'],
    ['refresh_identity_token_after_seconds', 100_000],
    'refresh_identity_token_after_seconds',
  ],
  [
    ['refresh_token_expires_after_seconds', 'x'],
    ['identity_token_expires_after_seconds', 100_000],
    'identity_token_expires_after_seconds',
  ],
  [['services.0.name', 7], ['clients.1.service_id', 33], 'clients[1].service_id'],
  [['sites.0.name', 7], ['client_side_keypairs.0.site_id', 1099], 'client_side_keypairs[0].site_id'],
  [
    ['client_side_token_generate_domain_name_check', 'x'],
    ['client_side_keypairs.0.site_id', 1001],
    'client_side_keypairs[0].site_id',
  ],
  ...(['salts.buckets.0.salt', 'identity_scope', 'identity_environment', 'identity_v3'] as const).map(
    (member): [Change, Change, string] => [
      [member, null],
      ['opted_out_identities.0.raw_uid', 'x'],
      'opted_out_identities[0].raw_uid',
    ],
  ),
];

describe('a mistake', () => {
  it.each(unlooked)('beside a wrong member %j is not looked for: %j', async (wrong, change, field) => {
    expect(await wrongFields(changed(world, [change]))).toContain(field);
    expect(await wrongFields(changed(world, [wrong, change]))).toHaveLength(1);
  });

  it.each<[path: string, value: unknown]>([
    ['service_links.0.roles.0', 'MAPPING'],
    ['services.0.roles.0', 'MAPPING'],
    ['clients.1.service_id', 33],
    ['service_links.1.service_id', 33],
    ['client_side_keypairs.0.site_id', 1099],
    ['sites.1.domain_names.0', 'Example.com'],
    ['keyset_keys.8', keyOfNoKeyset],
    ['keyset_keys.4.expires', 1_609_459_200],
    ['keysets.4.site_id', 1001],
    ['master_keyset_id', 5],
  ])('of a written world is none of a recorded one: %s %j', async (path, value) => {
    expect(await wrongFields(changed(world, [[path, value]]))).toHaveLength(1);
    expect(await wrongFields(changed({ ...world, recorded_at_ms: NOW }, [[path, value]]))).toEqual([]);
  });

  it.each<[path: string, value: unknown]>([
    ['sites.2.id', 1001],
    ['client_side_keypairs.0.private_key', 'x'],
    ['keyset_keys.3.keyset_id', 2102],
    ['identity_token_expires_after_seconds', 100_000],
    ['salts.buckets.0.index', 1],
    ['opted_out_identities.0.raw_uid', 'x'],
  ])('of a recorded world, too: %s %j', async (path, value) => {
    expect(await wrongFields(changed({ ...world, recorded_at_ms: NOW }, [[path, value]]))).toHaveLength(1);
  });
});

describe('no mistake', () => {
  it.each<[what: string, changes: Change[]]>([
    ['a time of the first day of 1970', [['salts.buckets.0.last_updated', 99_999_999]]],
    ['a time of 1973', [['salts.buckets.0.last_updated', 100_000_000_000]]],
    ['a hash of a key without its salt', [['clients.0.key_hash', 'x']]],
    ['a salt without a hash', [['clients.0.key_salt', 'AAAA']]],
    [
      'a second keyset of a site that is disabled',
      [
        ['keysets.4.site_id', 1001],
        ['keysets.4.enabled', false],
      ],
    ],
    [
      'a second keyset of a site that is no default',
      [
        ['keysets.4.site_id', 1001],
        ['keysets.4.default', false],
      ],
    ],
    ['a refresh at the end of a lifetime', [['refresh_identity_token_after_seconds', 3600]]],
    ['identities as long as their refresh', [['identity_token_expires_after_seconds', 86_400]]],
    [
      'a key pair of any site where domains are not checked',
      [
        ['client_side_token_generate_domain_name_check', false],
        ['client_side_keypairs.0.site_id', 1099],
      ],
    ],
    [
      'a disabled key pair of any site',
      [
        ['client_side_keypairs.0.disabled', true],
        ['client_side_keypairs.0.site_id', 1099],
      ],
    ],
    [
      'a role that no route needs',
      [
        [
          'clients.1.roles',
          [
            ...['OPERATOR', 'OPTOUT_SERVICE', 'CLIENTKEY_ISSUER', 'OPERATOR_MANAGER', 'SECRET_MANAGER'],
            ...['ADMINISTRATOR', 'SHARING_PORTAL', 'PRIVATE_SITE_REFRESHER', 'MAINTAINER', 'PRIVILEGED'],
            ...['SUPER_USER', 'SECRET_ROTATION', 'PRIVATE_OPERATOR_SYNC', 'METRICS_EXPORT'],
            ...['ENCLAVE_REGISTRAR', 'UNKNOWN'],
          ],
        ],
      ],
    ],
  ])('is %s', async (_what, changes) => {
    expect(await wrongFields(changed(world, changes))).toEqual([]);
  });
});

const MASTER = 'keysets: expected a keyset with id 5, the master_keyset_id; got none';
const REFRESH = 'keysets: expected a keyset with id 6, the refresh_keyset_id; got none';

describe('the keysets of the operator', () => {
  it.each<[roles: string[], disabled: boolean, pairs: boolean, problems: string[]]>([
    [['GENERATOR'], false, false, [MASTER, REFRESH]],
    [['ID_READER'], false, false, [MASTER]],
    [['SHARER'], false, false, [MASTER]],
    [['MAPPER', 'OPTOUT'], false, false, []],
    [[], false, false, []],
    [['GENERATOR', 'SHARER'], true, false, []],
    [[], false, true, [MASTER, REFRESH]],
  ])(
    'are missed by a client with %j, disabled: %s, or a key pair: %s',
    async (roles, disabled, pairs, problems) => {
      const [client] = world.clients;
      const source = {
        ...world,
        master_keyset_id: 5,
        refresh_keyset_id: 6,
        clients: [{ ...client, roles, disabled }],
        client_side_token_generate: pairs,
      };
      const read = await loadWorld(source, NOW);
      expect('problems' in read ? read.problems : []).toEqual(problems);
    },
  );
});

it('the valid parts of a world are kept, with defaults and stand-ins for the others', () => {
  expect(parseWorld({ ...world, identity_v3: 'no', clients: 7 })).toMatchObject({
    world: { identity_v3: false, clients: [], sites: world.sites },
    incomplete: new Set(['identity_v3', 'clients']),
  });
  expect(parseWorld({})).toMatchObject({
    world: {
      clients: [],
      keysets: [],
      keyset_keys: [],
      salts: { first_level: '', buckets: [{ id: 0, last_updated: 0, salt: '' }] },
    },
    incomplete: new Set(['clients', 'keysets', 'keyset_keys', 'salts']),
  });
});

describe('several mistakes', () => {
  it.each<[changes: Change[], fields: string[]]>([
    [
      [
        ['salts.buckets.0.salt', null],
        ['salts.buckets.1.index', 1],
      ],
      ['salts.buckets[0]'],
    ],
    [
      [
        ['salts.buckets.0.salt', null],
        ['clients.3.roles.0', 'X'],
      ],
      ['salts.buckets[0]', 'clients[3].roles[0]'],
    ],
    [
      [
        ['keysets.0.x', 1],
        ['master_keyset_id', 5],
      ],
      ['keysets[0].x', 'keysets'],
    ],
    [
      [
        ['clients.0.secret', 'x'],
        ['clients.9.roles.0', 'X'],
      ],
      ['clients[0].secret', 'clients[9].roles[0]'],
    ],
  ])('are all named: %j', async (changes, fields) => {
    expect(await wrongFields(changed(world, changes))).toEqual(fields);
  });

  it('are counted only beyond a hundred', async () => {
    const sites = (length: number) => Array.from({ length }, () => ({ id: 7 }));
    const missing: Change = ['client_side_keypairs', []];
    const counted = async (length: number) =>
      await loadWorld(changed({ ...world, sites: sites(length) }, [missing]), NOW);
    const [exact, more] = [await counted(101), await counted(102)];
    expect('problems' in exact && exact.problems).toHaveLength(100);
    expect('problems' in more && more.problems.at(-1)).toBe('expected no further mistakes; got 1 more');
  });
});
