/**
 * Every mistake of a world is reported at the start, all at once, a line each, without secrets. A recorded world may
 * hold more than a written one.
 */

import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fixturePath } from '../fixtures/path.ts';
import { ConfigurationError, startMockOperator } from './index.ts';
import { loadWorld } from './operator/world/read.ts';
import { embeddedWorld, post } from './testing/caller.ts';
import { type Change, changed } from './testing/changed-world.ts';

type Json = Record<string, unknown>;

const world = embeddedWorld();
const DAY = 86_400;
const now = Date.UTC(2026, 10, 23) / 1000;

/** The mistakes of a world that is read at a time in seconds. */
async function mistakesOf(source: unknown, seconds = now): Promise<readonly string[]> {
  const read = await loadWorld(source, seconds * 1000);
  const mistakes = 'problems' in read ? read.problems : [];
  for (const { key, secret } of world.clients) {
    expect(mistakes.join()).not.toContain(key);
    expect(mistakes.join()).not.toContain(secret);
  }
  for (const line of mistakes) expect(line).toMatch(/expected/);
  return mistakes;
}

const aKey = { keyset_id: 2101, created: 0, secret: Buffer.alloc(32, 7).toString('base64') };

const SCALAR = 'expected a prefix of 9 characters and base64 of a P-256 key in DER; got something else';
const LEAVE_OUT =
  'expected the value derived from identifier and salts; got another value; correct it or leave it out';

/** A private key in the right form, whose scalar is zero. */
const zeroKey = `UID2-Y-L-${Buffer.from('020101' + '0420' + '00'.repeat(32), 'hex').toString('base64')}`;

describe('one mistake in the embedded world', () => {
  it.each<[path: string, value: unknown, mistake: string]>([
    ['identity_scope', 'uid2', 'identity_scope: expected UID2, EUID; got "uid2"'],
    ['identity_environment', 'staging', 'identity_environment: expected test, integ, prod; got "staging"'],
    ['identity_environment', 7, 'identity_environment: expected test, integ, prod; got 7'],
    ['identity_v3', 'no', 'identity_v3: expected true or false; got a string'],
    [
      'identity_token_expires_after_seconds',
      -1,
      'identity_token_expires_after_seconds: expected at least 0; got -1',
    ],
    [
      'identity_token_expires_after_seconds',
      100_000,
      'identity_token_expires_after_seconds: expected at most refresh_token_expires_after_seconds (86400); got 100000',
    ],
    [
      'refresh_identity_token_after_seconds',
      3601,
      'refresh_identity_token_after_seconds: expected at most identity_token_expires_after_seconds (3600); got 3601',
    ],
    [
      'refresh_token_expires_after_seconds',
      86_400_000_000,
      'refresh_token_expires_after_seconds: expected at most 4000000000; got 86400000000',
    ],
    [
      'sharing_token_expiry_seconds',
      '2592000',
      'sharing_token_expiry_seconds: expected a number; got a string',
    ],
    ['max_request_body_bytes', 0, 'max_request_body_bytes: expected at least 1; got 0'],
    ['tcf_vendor_id', 0, 'tcf_vendor_id: expected at least 1; got 0'],
    ['sites.0.id', 'x', 'sites[0].id: expected a number; got a string'],
    ['sites.0.domain_names', 'example.com', 'sites[0].domain_names: expected a list; got a string'],
    ['sites.2.id', 1001, 'sites[2].id: expected another value than that of sites[0]; got the same value'],
    [
      'sites.1.domain_names.0',
      'https://example.com',
      'sites[1].domain_names[0]: expected a domain in lower case such as example.com, without scheme, port and path; got "https://example.com"',
    ],
    ['clients', undefined, 'clients: expected a list; got nothing'],
    ['clients.1.name', 7, 'clients[1].name: expected a string; got 7'],
    [
      'clients.1.key',
      '',
      'clients[1].key: expected ASCII without blanks at its ends, as a header carries it; got an empty string',
    ],
    [
      'clients.1.key',
      'key ',
      'clients[1].key: expected ASCII without blanks at its ends, as a header carries it; got another text of 4 characters',
    ],
    [
      'clients.1.key',
      world.clients[0]?.key,
      'clients[1].key: expected another value than that of clients[0]; got the same value',
    ],
    [
      'clients.1.secret',
      'AAAA',
      'clients[1].secret: expected base64 of 32 bytes; got another text of 4 characters',
    ],
    [
      'clients.1.secret',
      '_'.repeat(44),
      'clients[1].secret: expected base64 of 32 bytes; got another text of 44 characters',
    ],
    [
      'clients.1.secret',
      'A'.repeat(44),
      'clients[1].secret: expected base64 of 32 bytes; got another text of 44 characters',
    ],
    [
      'clients.1.secret',
      `${'A'.repeat(42)}==`,
      'clients[1].secret: expected base64 of 32 bytes; got another text of 44 characters',
    ],
    ['clients.1.roles', 'GENERATOR', 'clients[1].roles: expected a list; got a string'],
    [
      'clients.0.roles.1',
      'PUBLISHER',
      'clients[0].roles[1]: expected GENERATOR, MAPPER, ID_READER, SHARER, OPTOUT; got "PUBLISHER"',
    ],
    [
      'clients.3.roles.0',
      'id_reader',
      'clients[3].roles[0]: expected GENERATOR, MAPPER, ID_READER, SHARER, OPTOUT; got "id_reader"; did you mean ID_READER?',
    ],
    [
      'service_links.0.roles.0',
      'MAPER',
      'service_links[0].roles[0]: expected GENERATOR, MAPPER, ID_READER, SHARER, OPTOUT; got "MAPER"; did you mean MAPPER?',
    ],
    [
      'services.0.roles.0',
      'x'.repeat(41),
      'services[0].roles[0]: expected GENERATOR, MAPPER, ID_READER, SHARER, OPTOUT; got a string of 41 characters',
    ],
    ['clients.1.created', 1.5, 'clients[1].created: expected a whole number; got 1.5'],
    [
      'clients.1.created',
      1_609_459_200_000,
      'clients[1].created: expected seconds since 1970; got 1609459200000, which looks like milliseconds',
    ],
    [
      'clients.8.service_id',
      33,
      'clients[8].service_id: expected the service_id of one of the services, or 0; got 33',
    ],
    [
      'service_links.1.service_id',
      33,
      'service_links[1].service_id: expected the service_id of one of the services; got 33',
    ],
    [
      'service_links.1.link_id',
      'example-link',
      'service_links[1].link_id: expected another value than that of service_links[0]; got the same value',
    ],
    ['keysets.2.allowed_sites', [1, '2'], 'keysets[2].allowed_sites[1]: expected a number; got a string'],
    [
      'keysets.4.site_id',
      1001,
      'keysets[4].default: expected one enabled default keyset for site 1001; got another in keysets[3]',
    ],
    ['keyset_keys.0.activates', undefined, 'keyset_keys[0].activates: expected a number; got nothing'],
    [
      'keyset_keys.0.expires',
      2_145_916_800_000,
      'keyset_keys[0].expires: expected seconds since 1970; got 2145916800000, which looks like milliseconds',
    ],
    [
      'keyset_keys.1.id',
      101,
      'keyset_keys[1].id: expected another value than that of keyset_keys[0]; got the same value',
    ],
    ['keyset_keys.1.id', 2 ** 31, 'keyset_keys[1].id: expected at most 2147483647; got 2147483648'],
    [
      'keyset_keys.4.expires',
      1_609_459_200,
      'keyset_keys[4].expires: expected later than activates (1609459200); got 1609459200',
    ],
    [
      'keyset_keys.8',
      { ...aKey, id: 900, keyset_id: 5, activates: 0, expires: now + DAY },
      'keyset_keys[8].keyset_id: expected the id of one of the keysets; got 5',
    ],
    ['salts', undefined, 'salts: expected an object; got nothing'],
    ['salts.buckets', [], 'salts.buckets: expected at least one; got an empty list'],
    ['salts.buckets.0.salt', null, 'salts.buckets[0]: expected a salt or a key; got neither'],
    [
      'salts.buckets.2.key.key',
      'é'.repeat(32),
      'salts.buckets[2].key.key: expected 32 ASCII characters; got another text of 32 characters',
    ],
    [
      'salts.buckets.2.key.id',
      2 ** 31,
      'salts.buckets[2].key.id: expected at most 2147483647; got 2147483648',
    ],
    [
      'salts.buckets.0.last_updated',
      'today',
      'salts.buckets[0].last_updated: expected a number; got a string',
    ],
    [
      'salts.buckets.0.last_updated',
      now,
      `salts.buckets[0].last_updated: expected milliseconds since 1970; got ${now}, which looks like seconds`,
    ],
    ...[100_000_000, 99_999_999_999].map((ms): [string, number, string] => [
      'salts.buckets.0.last_updated',
      ms,
      `salts.buckets[0].last_updated: expected milliseconds since 1970; got ${ms}, which looks like seconds`,
    ]),
    ['salts.buckets.0.index', 1, 'salts.buckets[0].index: expected 0, its place in the list; got 1'],
    [
      'salts.buckets.1.id',
      1_000_000,
      'salts.buckets[1].id: expected another value than that of salts.buckets[0]; got the same value',
    ],
    [
      'opted_out_identities.0.email',
      undefined,
      'opted_out_identities[0]: expected exactly one of email, email_hash, phone, phone_hash; got none or several',
    ],
    [
      'opted_out_identities.0.phone',
      '+12345678901',
      'opted_out_identities[0]: expected exactly one of email, email_hash, phone, phone_hash; got none or several',
    ],
    [
      'opted_out_identities.0.email',
      'x',
      'opted_out_identities[0]: expected a valid identifier; got an invalid one',
    ],
    [
      'opted_out_identities.0.opted_out_at_seconds',
      1_700_000_000_000,
      'opted_out_identities[0].opted_out_at_seconds: expected seconds since 1970; got 1700000000000, which looks like milliseconds',
    ],
    [
      'opted_out_identities.0.first_level_hash',
      'x',
      `opted_out_identities[0].first_level_hash: ${LEAVE_OUT}`,
    ],
    ['opted_out_identities.0.raw_uid', 'x', `opted_out_identities[0].raw_uid: ${LEAVE_OUT}`],
    ['client_side_keypairs.0.public_key', 'UID2-X-L-AAAA', `client_side_keypairs[0].public_key: ${SCALAR}`],
    ['client_side_keypairs.0.private_key', 'x', `client_side_keypairs[0].private_key: ${SCALAR}`],
    ['client_side_keypairs.0.private_key', zeroKey, `client_side_keypairs[0].private_key: ${SCALAR}`],
    [
      'client_side_keypairs.0.public_key',
      embeddedWorld('euid').client_side_keypairs[0]?.public_key,
      'client_side_keypairs[0].private_key: expected the private key of public_key; got another',
    ],
    [
      'client_side_keypairs.0.subscription_id',
      '',
      'client_side_keypairs[0].subscription_id: expected text; got an empty string',
    ],
    [
      'client_side_keypairs.0.site_id',
      1099,
      'client_side_keypairs[0].site_id: expected the id of one of the sites; got 1099',
    ],
    [
      'client_side_keypairs.0.site_id',
      1001,
      'client_side_keypairs[0].site_id: expected a site with domain_names or app_names; got 1001, which has neither',
    ],
    [
      'refresh_keyset_id',
      -1,
      'refresh_keyset_id: expected another keyset than master_keyset_id; got -1 for both',
    ],
    ['master_keyset_id', 5, 'keysets: expected a keyset with id 5, the master_keyset_id; got none'],
    ['refresh_keyset_id', 5, 'keysets: expected a keyset with id 5, the refresh_keyset_id; got none'],
    [
      'keyset_keys.0.expires',
      now - DAY,
      'keyset_keys: expected a key of keyset -1, the master_keyset_id, that is active now; got none',
    ],
    [
      'keyset_keys.1.activates',
      now + DAY,
      'keyset_keys: expected a key of keyset -2, the refresh_keyset_id, that is active now; got none',
    ],
    ['clients.2.disabld', true, 'clients[2].disabld: expected no such member; did you mean disabled?'],
    [
      'optedout_identities',
      [],
      'optedout_identities: expected no such member; did you mean opted_out_identities?',
    ],
    [
      'salts.buckets.2.key.sallt',
      'x',
      'salts.buckets[2].key.sallt: expected no such member; did you mean salt?',
    ],
    [
      'clients.0.x',
      1,
      'clients[0].x: expected no such member; fixtures/world.schema.json lists those that exist',
    ],
    [
      'clients.0.colour',
      'red',
      'clients[0].colour: expected no such member; fixtures/world.schema.json lists those that exist',
    ],
    ['identity_environment', {}, 'identity_environment: expected test, integ, prod; got an object'],
    [
      'my-secret',
      1,
      '"my-secret": expected no such member; fixtures/world.schema.json lists those that exist',
    ],
    [
      'keysets.8',
      { ...world.keysets[3], default: false },
      'keysets[8].id: expected another value than that of keysets[3]; got the same value',
    ],
    [
      'client_side_keypairs.1',
      world.client_side_keypairs[0],
      'client_side_keypairs[1].subscription_id: expected another value than that of client_side_keypairs[0]; got the same value',
    ],
    [
      'services.1',
      world.services[0],
      'services[1].service_id: expected another value than that of services[0]; got the same value',
    ],
    ...['Example.com', 'example.com/', 'example.com:1', 'a@b', 'example com', ''].map(
      (name): [string, string, string] => [
        'sites.1.domain_names.1',
        name,
        `sites[1].domain_names[1]: expected a domain in lower case such as example.com, without scheme, port and path; got "${name}"`,
      ],
    ),
  ])('%s: %j', async (path, value, mistake) => {
    expect(await mistakesOf(changed(world, [[path, value]]))).toEqual([mistake]);
  });

  it.each([
    [
      'bucket_id',
      [['salts.buckets.0.bucket_id', 'x']],
      /^salts\.buckets\[0\]\.bucket_id: expected l\w{9,}, derived from id/,
    ],
    [
      'key_hash',
      [
        ['clients.0.key_salt', 'AAAA'],
        ['clients.0.key_hash', 'x'],
      ],
      /^clients\[0\]\.key_hash: expected the hash of key_salt and key; got another/,
    ],
  ] as const)('a derived %s that does not agree', async (_member, changes, mistake) => {
    const mistakes = await mistakesOf(changed(world, changes));
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatch(mistake);
  });

  it.each([7, null, 'x', [], true])('%j in place of a world', async (value) => {
    const [mistake, ...others] = await mistakesOf(value);
    expect(others).toEqual([]);
    expect(mistake).toMatch(/^expected (an object|a readable file); got /);
  });
});

describe('a generator without a usable key', () => {
  const EXPECTED = (site: number, time = 'now') =>
    `expected a key for its tokens that is active ${time}, in the default keyset of site ${site} or of site 2 (fallback_token_site_id); got none`;

  /** The keysets of sites 1002 and 2 are at the indexes 4 and 2, as are their keys. */
  it.each<[what: string, changes: Change[]]>([
    ['its keys have expired', [['keyset_keys.4.expires', now - DAY]]],
    ['its keys are not yet active', [['keyset_keys.4.activates', now + DAY]]],
    ['its keyset is disabled', [['keysets.4.enabled', false]]],
    ['its keyset is not its default', [['keysets.4.default', false]]],
    ['its keyset is that of another site', [['keysets.4.site_id', 1020]]],
  ])('because %s, and so have those of the fallback site', async (_what, changes) => {
    const changedWorld = changed(world, [...changes, ['keyset_keys.2.expires', now - DAY]]);
    expect(await mistakesOf(changedWorld)).toEqual([
      `clients[1]: ${EXPECTED(1002)}`,
      `clients[2]: ${EXPECTED(1004)}`,
      `client_side_keypairs[0]: ${EXPECTED(1002)}`,
    ]);
    const fixed = changed(changedWorld, [['keyset_keys.2.expires', now + DAY]]);
    expect(await mistakesOf(fixed)).toEqual([]);
  });

  it('counts by the clock of the mock', async () => {
    const mock = await startMockOperator({ world, now: '2037-12-31T23:00:00Z' });
    await mock.close();
    await expect(startMockOperator({ world, now: '2038-01-02T00:00:00Z' })).rejects.toThrow(
      `world: clients[1]: ${EXPECTED(1002)}`,
    );
  });

  it('is no mistake of a client that is disabled or generates nothing', async () => {
    const others = world.clients.map(({ roles, ...client }) => ({
      ...client,
      roles: roles.filter((role) => role !== 'GENERATOR'),
    }));
    const expired = changed(
      { ...world, clients: others, client_side_token_generate: false },
      world.keyset_keys.slice(1).map((_, i) => [`keyset_keys.${i + 1}.expires`, now - DAY]),
    );
    expect(await mistakesOf(expired)).toEqual([]);
  });

  it('is named too in a recorded world, unless it had one then', async () => {
    const recorded = { ...world, recorded_at_ms: (now - 2 * DAY) * 1000 };
    const changes: Change[] = [
      ['keyset_keys.4.expires', now - DAY],
      ['keyset_keys.2.expires', now - DAY],
    ];
    expect(await mistakesOf(changed(recorded, changes))).toEqual([]);
    const earlier = changed(recorded, [...changes, ['keyset_keys.4.expires', now - 3 * DAY]]);
    expect(await mistakesOf(changed(earlier, [['keyset_keys.2.expires', now - 3 * DAY]]))).toContain(
      `clients[1]: ${EXPECTED(1002, 'now or at recorded_at_ms')}`,
    );
  });
});

it('a keyset without keys', async () => {
  const { keyset_keys } = world;
  const without = { ...world, keyset_keys: keyset_keys.filter(({ keyset_id }) => keyset_id !== 2101) };
  expect(await mistakesOf(without)).toEqual([
    'keysets[3]: expected a key in keyset_keys with keyset_id 2101; got none',
  ]);
});

describe('each member', () => {
  /** The first path to every kind of member: `clients.0.name`, and not `clients.1.name` too. */
  function membersOf(value: unknown): [path: string, value: unknown][] {
    const found = new Map<string, [string, unknown]>();
    const look = (at: unknown, path: string): void => {
      const kind = path.replace(/\.\d+/g, '.*');
      if (path !== '' && !found.has(kind)) found.set(kind, [path, at]);
      if (typeof at !== 'object' || at === null) return;
      for (const [name, member] of Object.entries(at)) look(member, path === '' ? name : `${path}.${name}`);
    };
    look(value, '');
    return [...found.values()];
  }
  const members = membersOf(world);

  it('are all there', () => expect(members.length).toBeGreaterThan(90));

  it.each(members)('of another type is named: %s', async (path, value) => {
    const [mistake] = await mistakesOf(changed(world, [[path, typeof value === 'object' ? 7 : {}]]));
    expect(mistake?.slice(0, mistake.indexOf(': expected'))).toBe(path.replace(/\.(\d+)/g, '[$1]'));
  });

  it('left out is named, or nothing fails without it', async () => {
    for (const [path] of members) {
      const mock = await startMockOperator({ world: changed(world, [[path, undefined]]) }).catch(
        (error: unknown) => {
          expect(error).toBeInstanceOf(ConfigurationError);
        },
      );
      if (mock === undefined) continue;
      for (const [target, payload] of [
        ['/v2/token/generate', { email: 'user@example.com' }],
        ['/v3/identity/map', { email: ['a@example.com', 'b@example.com', 'c@example.com'] }],
        ['/v2/key/sharing', undefined],
        ['/v2/key/latest', undefined],
      ] as const) {
        const { status } = await post(mock, target, payload);
        expect(status, `${path} left out: ${target}`).toBeLessThan(500);
      }
      await mock.close();
    }
  });
});

describe('several mistakes', () => {
  it('may be misspelt names in one place', async () => {
    const misspelt = changed(world, [
      ['clients.1.disabld', true],
      ['clients.1.rols', []],
    ]);
    expect(await mistakesOf(misspelt)).toEqual([
      'clients[1].disabld: expected no such member; did you mean disabled?',
      'clients[1].rols: expected no such member; did you mean roles?',
    ]);
  });

  it('are those with which a mock does not start, a line each', async () => {
    const start = startMockOperator({
      world: changed(world, [
        ['identity_v3', 'no'],
        ['salts.buckets', []],
      ]),
    });
    await expect(start).rejects.toThrow(ConfigurationError);
    await expect(start).rejects.toThrow(
      'world: identity_v3: expected true or false; got a string\nworld: salts.buckets: expected at least one; got an empty list',
    );
  });

  it('are reported at once, those of the schema and those beyond it', async () => {
    const broken = changed(world, [
      ['optedout_identities', []],
      ['identity_v3', 'no'],
      ['clients.1.disabld', true],
      ['clients.0.secret', 'AAAA'],
      ['clients.3.roles.0', 'PUBLISHER'],
      ['keyset_keys.2.expires', now - DAY],
      ['keyset_keys.4.expires', now - DAY],
      ['keyset_keys.5.keyset_id', 2101],
      ['salts.buckets.0.index', 4],
    ]);
    const mistakes = await mistakesOf(broken);
    expect(mistakes.map((line) => line.slice(0, line.indexOf(': expected')))).toEqual([
      'identity_v3',
      'clients[0].secret',
      'clients[1].disabld',
      'optedout_identities',
      'clients[3].roles[0]',
      'keysets[5]',
      'clients[1]',
      'clients[2]',
      'client_side_keypairs[0]',
      'salts.buckets[0].index',
    ]);
  });

  it('are not reported for parts that are missing because they are invalid', async () => {
    // without its keyset, which is left out as invalid, a key would have none
    expect(await mistakesOf(changed(world, [['keysets.3.name', 1]]))).toEqual([
      'keysets[3].name: expected a string; got 1',
    ]);
    expect(await mistakesOf(changed(world, [['keyset_keys.3.created', 'x']]))).toEqual([
      'keyset_keys[3].created: expected a number; got a string',
    ]);
    expect(await mistakesOf({})).toEqual([
      'clients: expected a list; got nothing',
      'keysets: expected a list; got nothing',
      'keyset_keys: expected a list; got nothing',
      'salts: expected an object; got nothing',
    ]);
  });

  it('are counted when they are too many to read', async () => {
    const buckets = world.salts.buckets.flatMap((bucket) => Array.from({ length: 20 }, () => bucket));
    const mistakes = await mistakesOf({ ...world, salts: { ...world.salts, buckets } });
    expect(mistakes).toHaveLength(101);
    expect(mistakes.at(-1)).toBe('expected no further mistakes; got 52 more');
  });
});

describe('a recorded world', () => {
  const folder = fixturePath('recordings/');
  const files = readdirSync(folder).filter((name) => /^world-.*\.json$/.test(name));

  it.each(files)('%s is accepted', async (name) => {
    expect(await mistakesOf(join(folder, name))).toEqual([]);
  });

  it('may have an unknown role beside one that the operator knows, and not alone', async () => {
    const recorded = { ...world, recorded_at_ms: 0 };
    expect(await mistakesOf(changed(recorded, [['clients.1.roles.1', 'EXAMPLE_ROLE']]))).toEqual([]);
    expect(await mistakesOf(changed(recorded, [['clients.1.roles.0', 'EXAMPLE_ROLE']]))).toEqual([
      'clients[1].roles[0]: expected GENERATOR, MAPPER, ID_READER, SHARER, OPTOUT; got "EXAMPLE_ROLE"',
    ]);
  });
});

it('a recorded world may have unknown members, but no misspelt ones', async () => {
  const recorded = { ...world, recorded_at_ms: 0 };
  expect(await mistakesOf(changed(recorded, [['clients.1.colour', 'red']]))).toEqual([]);
  expect(await mistakesOf({ ...recorded, colour: 'red' })).toEqual([]);
  expect(await mistakesOf(changed(recorded, [['clients.1.disabld', true]]))).toEqual([
    'clients[1].disabld: expected no such member; did you mean disabled?',
  ]);
});

it('an unknown member that may be a secret is not shown', async () => {
  const key = `UID2-C-L-1001-${'x'.repeat(45)}`;
  expect(await mistakesOf({ ...world, [key]: 1 })).toEqual([
    'a string of 59 characters: expected no such member; fixtures/world.schema.json lists those that exist',
  ]);
});

describe('settings under their other names', () => {
  const status = async (change: Json, email: string) => {
    const mock = await startMockOperator({ world: { ...world, ...change }, profile: 'v5.56' });
    const { json } = await post(mock, '/v2/token/generate', { email });
    await mock.close();
    return json.status;
  };

  it('take effect, or are accepted where a profile decides', async () => {
    const email = 'local-mock-optout@example.com';
    expect(await status({ optout_tokens_disabled: undefined, disable_optout_token: true }, email)).toBe(
      'optout',
    );
    expect(await status({ disable_optout_token: false }, email)).toBe('success');
    const accepted = {
      $schema: './world.schema.json',
      recorded_from: 'x',
      request_timestamp_tolerance: 'x',
      enable_v2_encryption: true,
      allow_legacy_api: false,
      optout_status_api_enabled: true,
      client_side_token_generate_domain_name_check_enabled: true,
    };
    expect(await mistakesOf({ ...world, ...accepted })).toEqual([]);
  });
});

describe('a file that is not JSON', () => {
  const folder = mkdtempSync(join(tmpdir(), 'uid2-mock-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const mistakesIn = (content: string | Uint8Array) => {
    const path = join(folder, 'world.json');
    writeFileSync(path, content);
    return mistakesOf(path);
  };

  it.each([
    ['', 'the end of the file in place of a value, at line 1, column 1'],
    ['sites: 1', 's in place of a value, at line 1, column 1'],
    ['{"clients":\n  [1,,2]}', ', in place of a value, at line 2, column 6'],
    ['{"clients": [],\r\n\r\n}', '} in place of a name in double quotes, at line 3, column 1'],
    ['{"clients" []}', '[ in place of a colon, at line 1, column 12'],
    ['{"clients": [1 2]}', '2 in place of a comma or ], at line 1, column 16'],
    ['{"clients": [1}', '} in place of a comma or ], at line 1, column 15'],
    ['{"a": 1 "b": 2}', 'a string out of place, without end or with an invalid escape, at line 1, column 9'],
    ['{"a": {}', 'the end of the file in place of a comma or }, at line 1, column 9'],
    ["{'a': 1}", "' in place of a name in double quotes or }, at line 1, column 2"],
    ['{a: 1}', 'a in place of a name in double quotes or }, at line 1, column 2'],
    ['// a world\n{}', '/ in place of a value, at line 1, column 1'],
    ['{"a": [tru]}', 't in place of a value or ], at line 1, column 8'],
    ['{"a": 01}', '0 in place of a value, at line 1, column 7'],
    ['{"a": 1.}', '1 in place of a value, at line 1, column 7'],
    ['{} {}', '{ in place of the end of the file, at line 1, column 4'],
    ['{},', ', in place of the end of the file, at line 1, column 3'],
    ['{"a"::1}', ': in place of a value, at line 1, column 6'],
    ['{1:2}', '1 in place of a name in double quotes or }, at line 1, column 2'],
    ['{"a": {"b": [1]}, "c" 2}', '2 in place of a colon, at line 1, column 23'],
    [
      '[-1.5e+10, 0, 12.75, 1E5, 1e-25, -0, true, false, null, "", "é\\u00e9\\n\\"", {}, [] 1]',
      '1 in place of a comma or ], at line 1, column 83',
    ],
    [
      '{"secret": "abc\n"}',
      'a string out of place, without end or with an invalid escape, at line 1, column 12',
    ],
    [
      '{"secret": "\\u12"}',
      'a string out of place, without end or with an invalid escape, at line 1, column 12',
    ],
    [
      '{"secret": "\\x"}',
      'a string out of place, without end or with an invalid escape, at line 1, column 12',
    ],
  ])('%j', async (content, got) => {
    expect(await mistakesIn(content)).toEqual([`expected JSON; got ${got} of ${join(folder, 'world.json')}`]);
  });

  it('because there is none', async () => {
    const path = join(folder, 'absent.json');
    expect(await mistakesOf(path)).toEqual([`expected a readable file; got ${path} (ENOENT)`]);
  });

  it('in another encoding', async () => {
    expect(await mistakesIn(Buffer.from('\ufeff{}', 'utf16le'))).toEqual([
      `expected UTF-8; got another encoding in ${join(folder, 'world.json')}`,
    ]);
  });

  it('reads one with a byte order mark', async () => {
    const text = readFileSync(fixturePath('recordings/world-v5.56.13.json'), 'utf8');
    expect(await mistakesIn(`\ufeff${text}`)).toEqual([]);
  });
});
