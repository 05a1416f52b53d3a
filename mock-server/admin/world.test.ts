/** The world over `/__admin`: read, replaced, changed, rotated. */

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodeAdvertisingToken, unwrapRefreshToken } from '../../contract-tests/wire/index.ts';
import { compose } from '../compose.ts';
import { type MockOperator, startMockOperator } from '../index.ts';
import { listen } from '../listen.ts';
import { admin, adminOk } from '../testing/admin.ts';
import { ask, companyOf, embeddedWorld, get, post, refreshV2 } from '../testing/caller.ts';
import { keysOf } from '../testing/world.ts';

let mock: MockOperator;
beforeAll(async () => {
  mock = await startMockOperator({ now: '2027-01-01' });
});
afterAll(() => mock.close());
afterEach(() => mock.reset());

const secretOf = '/world?secrets=1';
const map = async (email: string) => {
  const { json } = await post(mock, '/v3/identity/map', { email: [email] });
  return json.body.email[0];
};

describe('GET world', () => {
  it('is the world as a world file has it, with secrets masked unless they are asked for', async () => {
    const open = await adminOk(mock, `GET ${secretOf}`);
    expect(open).toEqual(JSON.parse(JSON.stringify({ ...mock.world })));
    const masked = await adminOk(mock, 'GET /world');
    const secrets = [
      ...open.clients.flatMap(({ key, secret }: Record<string, string>) => [key, secret]),
      ...open.keyset_keys.map(({ secret }: Record<string, string>) => secret),
      ...open.client_side_keypairs.map((pair: Record<string, string>) => pair['private_key']),
      ...open.salts.buckets.flatMap(
        (bucket: Record<string, { key: string; salt: string } & string>) =>
          [
            bucket['salt'],
            bucket['previous_salt'],
            bucket['key']?.key,
            bucket['key']?.salt,
            bucket['previous_key']?.key,
            bucket['previous_key']?.salt,
          ] as unknown[],
      ),
      open.salts.first_level,
      open.salts.id_secret,
    ].filter(Boolean);
    const text = JSON.stringify(masked);
    expect(secrets.length).toBeGreaterThan(40);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    expect(masked.sites).toEqual(open.sites);
    expect(await mock.world.get()).toEqual(masked);
    expect(await mock.world.get({ secrets: true })).toEqual(open);
  });

  it('names what it expects of its query', async () => {
    const { status, json } = await admin(mock, 'GET /world?secrets=yes');
    expect([status, json.error.message]).toEqual([400, 'secrets: expected one of 0, 1; got "yes"']);
  });
});

describe('PUT world', () => {
  it('replaces the world at once, and reset brings back the first', async () => {
    const other = embeddedWorld();
    const [first] = other.clients;
    const world = { ...other, clients: [{ ...first, key: 'another-key' }] };
    const former = companyOf(mock);
    expect(await adminOk(mock, 'PUT /world', world)).toEqual({ replaced: true });
    expect(mock.credentials.map(({ key }) => key)).toEqual(['another-key']);
    expect((await ask(mock, '/v1/key/latest', { credential: former })).status).toBe(401);
    expect((await ask(mock, '/v1/key/latest', { credential: companyOf(mock) })).status).toBe(200);
    await adminOk(mock, 'POST /reset', { only: ['world'] });
    expect((await ask(mock, '/v1/key/latest', { credential: former })).status).toBe(200);
  });

  it('takes back what GET gave, and by the Node API too', async () => {
    const world = await mock.world.get({ secrets: true });
    await mock.world.replace({ ...world, tcf_vendor_id: 22 });
    expect(mock.world.tcf_vendor_id).toBe(22);
  });

  it('tells all problems at once, and changes nothing', async () => {
    const before = await mock.world.get({ secrets: true });
    const world = { ...embeddedWorld(), sitez: [], tcf_vendor_id: 0, keysets: [] };
    const { status, json } = await admin(mock, 'PUT /world', world);
    expect(status).toBe(400);
    expect(json.error.problems).toEqual(json.error.message.split('\n'));
    expect(json.error.problems).toEqual(
      expect.arrayContaining([
        'sitez: expected no such member; did you mean sites?',
        'tcf_vendor_id: expected at least 1; got 0',
        'keysets: expected a keyset with id -1, the master_keyset_id; got none',
      ]),
    );
    expect(json.error).toMatchObject({ field: expect.any(String), expected: expect.any(String) });
    expect(await mock.world.get({ secrets: true })).toEqual(before);
  });

  it('refuses a masked world, naming every mask', async () => {
    const { status, json } = await admin(mock, 'PUT /world', await mock.world.get());
    expect(status).toBe(400);
    expect(json.error.problems).toContain(
      'clients[0].key: expected a secret, as GET world?secrets=1 gives it; got its mask',
    );
    expect(json.error.problems).toContain(
      'salts.buckets[0].salt: expected a secret, as GET world?secrets=1 gives it; got its mask',
    );
  });

  it('refuses another scope than the option', async () => {
    const uid2 = await startMockOperator({ scope: 'uid2', refreshTokenExpiresAfterSeconds: 4000 });
    const refused = await admin(uid2, 'PUT /world', embeddedWorld('euid'));
    expect([refused.status, refused.json.error.message]).toEqual([
      400,
      'scope: expected EUID, as in the world; got uid2',
    ]);
    const longer = { ...embeddedWorld(), identity_token_expires_after_seconds: 5000 };
    expect((await admin(uid2, 'PUT /world', longer)).json.error.message).toMatch(/^lifetimes: expected /);
    await uid2.close();
  });

  it.each([
    ['[]', 'body: expected an object in the format of a world file; got a list'],
    ['7', 'body: expected an object in the format of a world file; got 7'],
    ['', 'body: expected an object in the format of a world file; got nothing'],
    ['{', 'body: expected JSON; got a text that is not'],
  ])('refuses %j', async (text, message) => {
    for (const method of ['PUT', 'PATCH']) {
      const { status, json } = await admin(mock, `${method} /world`, undefined, { text });
      expect([status, json.error.message.replace('with members', 'in the format')]).toEqual([400, message]);
    }
  });
});

describe('PATCH world', () => {
  it('adds a client with a key and secret of its own, which works at once', async () => {
    const { clients } = await adminOk(mock, 'PATCH /world', {
      sites: [{ id: 1099, name: 'New' }],
      clients: [{ name: 'New Publisher', site_id: 1099, roles: ['GENERATOR'] }],
    });
    expect(clients).toEqual([
      {
        name: 'New Publisher',
        key: expect.stringMatching(/^UID2-C-L-1099-\S{6}\.\S{38}$/),
        secret: expect.stringMatching(/^[\w+/]{43}=$/),
      },
    ]);
    const credential = { ...clients[0], site_id: 1099, roles: ['GENERATOR'] };
    const { json } = await post(mock, '/v2/token/generate', { email: 'a@example.com' }, { credential });
    expect(json.status).toBe('success');
    expect(mock.credentials.at(-1)?.name).toBe('New Publisher');
  });

  it('changes clients by key or by name, keysets, keys, key pairs, services and settings', async () => {
    const company = companyOf(mock);
    await mock.world.patch({
      clients: [
        { key: company.key, roles: ['MAPPER'] },
        { name: 'Example DSP', key: 'dsp-key' },
      ],
      sites: [{ id: 1002, domain_names: ['other.example'] }],
      keysets: [{ id: 2102, enabled: false }],
      keyset_keys: [{ id: 111, expires: 1_900_000_000 }],
      client_side_keypairs: [{ subscription_id: 'local-cstg', disabled: true }],
      services: [{ service_id: 32, disabled: true }],
      service_links: [{ service_id: 32, link_id: 'example-link', name: 'Changed' }],
      identity_token_expires_after_seconds: 1800,
    });
    const { world } = mock;
    expect(world.clients).toHaveLength(embeddedWorld().clients.length);
    expect(world.clients[0]).toMatchObject({ ...company, roles: ['MAPPER'] });
    expect(world.clients.find(({ name }) => name === 'Example DSP')?.key).toBe('dsp-key');
    expect(world.sites.find(({ id }) => id === 1002)).toMatchObject({
      name: 'Example Publisher',
      domain_names: ['other.example'],
    });
    expect(world.keysets.find(({ id }) => id === 2102)?.enabled).toBe(false);
    expect(world.keyset_keys.find(({ id }) => id === 111)?.expires).toBe(1_900_000_000);
    expect(mock.clientSideKeypairs).toEqual([]);
    expect(world.services[0]?.disabled).toBe(true);
    expect(world.service_links.map(({ name }) => name)).toContain('Changed');
    expect(world.identity_token_expires_after_seconds).toBe(1800);
  });

  it('gives a new keyset a key, and a new subscription a key pair', async () => {
    const made = await mock.world.patch({
      keysets: [{ id: 2105, site_id: 1005, name: 'Example Advertiser' }],
      client_side_keypairs: [{ subscription_id: 'new', site_id: 1002 }],
    });
    expect(made).toMatchObject({
      keyset_keys: [{ id: 118, keyset_id: 2105 }],
      client_side_keypairs: [{ subscription_id: 'new', public_key: expect.stringMatching(/^UID2-X-L-/) }],
    });
    expect(mock.clientSideKeypairs.map(({ subscription_id }) => subscription_id)).toEqual([
      'local-cstg',
      'new',
    ]);
  });

  it('changes all or nothing, and names the places in the patch', async () => {
    const before = await mock.world.get({ secrets: true });
    const { status, json } = await admin(mock, 'PATCH /world', {
      sites: [{ id: 1099, name: 'New' }, 'x', { id: 1099 }],
      clients: [{ name: 'A', site_id: 1, roles: ['GENERATER'] }, { name: 'B' }],
      keysets: [{ id: 3000, site_id: 1002 }],
      no_such: 1,
    });
    expect(status).toBe(400);
    expect(json.error.problems).toEqual(
      expect.arrayContaining([
        'sites[2]: expected another id than sites[0]; got the same',
        'sites[1]: expected an object; got a string',
        'clients[1].site_id: expected a number; got nothing',
        expect.stringMatching(/^clients\[0\]\.roles\[0\]: expected GENERATOR, .*did you mean GENERATOR\?$/),
        'keysets[0].default: expected one enabled default keyset for site 1002; got another in keysets[4] of the world',
        expect.stringMatching(/^no_such: expected no such member/),
      ]),
    );
    expect(await mock.world.get({ secrets: true })).toEqual(before);
  });

  it('refuses a mask, and an element that several have', async () => {
    const masked = await admin(mock, 'PATCH /world', { clients: [{ name: 'Example DSP', key: '(masked)' }] });
    expect([masked.status, masked.json.error.problems]).toEqual([
      400,
      ['clients[0].key: expected a secret, as GET world?secrets=1 gives it; got its mask'],
    ]);
    const twice = ['one', 'two'].map((key) => ({ ...mock.world.clients[3], name: 'Twin', key }));
    await mock.world.replace({ ...(await mock.world.get({ secrets: true })), clients: twice });
    const refused = await admin(mock, 'PATCH /world', { clients: [{ name: 'Twin', disabled: true }] });
    expect(refused.json.error.message).toBe(
      'clients[0]: expected the key or name of one element; got one that 2 have',
    );
    await mock.world.patch({ clients: [{ key: 'two', disabled: true }] });
    expect(mock.credentials.map(({ key }) => key)).toEqual(['one']);
  });

  it.each<[patch: object, field: string, expected: string, got: string]>([
    [{ no_such: 1 }, 'no_such', 'a member that fixtures/world.schema.json lists', 'another'],
    [{ 'a: b': 1 }, '"a: b"', 'a member that fixtures/world.schema.json lists', 'another'],
    [{ sites: [{ name: 'New' }] }, 'sites[0].id', 'a number', 'nothing'],
    [
      { sites: [{ id: 1002, nam: 'New' }] },
      'sites[0].nam',
      'a member that fixtures/world.schema.json lists',
      'another; did you mean name?',
    ],
    [
      { clients: [{ name: 'Example DSP', roles: ['GENERATER'] }] },
      'clients[0].roles[0]',
      'GENERATOR, MAPPER, ID_READER, SHARER, OPTOUT',
      '"GENERATER"; did you mean GENERATOR?',
    ],
    [{ clients: [1] }, 'clients[0]', 'an object', '1'],
    [
      { identity_token_expires_after_seconds: 1 },
      'refresh_identity_token_after_seconds',
      'at most identity_token_expires_after_seconds (1)',
      '900',
    ],
  ])('says of %j which member is at fault', async (patch, field, expected, got) => {
    const { json } = await admin(mock, 'PATCH /world', patch);
    expect(json.error).toMatchObject({ field, expected, got });
  });

  it('is not hindered by what was wrong before', async () => {
    await mock.clock.set('2039-01-01');
    await mock.world.patch({
      sites: [{ id: 1002, name: 'Renamed' }],
      clients: [{ name: 'N', site_id: 1002 }],
    });
    expect(mock.world.clients.at(-1)).toMatchObject({ name: 'N', roles: [], disabled: false });
    expect((await admin(mock, 'PATCH /world', { tcf_vendor_id: 0 })).json.error.problems).toEqual([
      'tcf_vendor_id: expected at least 1; got 0',
    ]);
  });

  it('makes changes that come at once one after the other, and none is lost', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => 5000 + index);
    const answers = await Promise.all([
      ...ids.map((id) => admin(mock, 'PATCH /world', { sites: [{ id, name: `Site ${id}` }] })),
      admin(mock, 'PATCH /world', { sites: [{}] }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([...ids.map(() => 200), 400]);
    expect(mock.world.sites.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
  });
});

describe('POST keys/rotate', () => {
  const keysIn = async () => {
    const { json } = await post(mock, '/v2/token/generate', { email: 'keys@example.com' });
    const { advertising_token, refresh_token, refresh_response_key } = json.body;
    const keys = keysOf(mock.world);
    const { master_key_id, site_key_id } = decodeAdvertisingToken(advertising_token, keys);
    const { keyId: refresh_key_id } = unwrapRefreshToken(refresh_token, keys);
    return { ids: { master_key_id, site_key_id, refresh_key_id }, refresh_token, refresh_response_key };
  };

  it('makes a new key for every keyset; old tokens are still read', async () => {
    const before = await keysIn();
    const { keys } = await adminOk(mock, 'POST /keys/rotate');
    expect(keys.map((key: { keyset_id: number }) => key.keyset_id)).toEqual(
      mock.world.keysets.map(({ id }) => id),
    );
    const after = await keysIn();
    const newKey = (keyset: number): number =>
      keys.find((key: { keyset_id: number }) => key.keyset_id === keyset).id;
    expect(after.ids).toEqual({
      master_key_id: newKey(-1),
      site_key_id: newKey(2101),
      refresh_key_id: newKey(-2),
    });
    expect(after.ids).not.toEqual(before.ids);
    const refreshed = await refreshV2(mock, before.refresh_token, before.refresh_response_key);
    expect(refreshed.json.status).toBe('success');
  });

  it('makes a key for one keyset, active from a time on', async () => {
    await mock.clock.set('2027-01-01T00:00:00Z');
    const before = await keysIn();
    const [key] = await mock.keys.rotate({ keyset: -1, activates: new Date('2027-01-01T01:00:00Z') });
    expect(key).toMatchObject({ keyset_id: -1, activates: Date.UTC(2027, 0, 1, 1) / 1000 });
    expect((await keysIn()).ids).toEqual(before.ids);
    await mock.clock.advance('1h');
    expect((await keysIn()).ids).toEqual({ ...before.ids, master_key_id: key?.id });
  });

  it.each([
    [{ keyset: 77 }, 404, /^keyset: expected the id of a keyset: -1, -2, .*; got 77$/],
    [{ keyset: 'x' }, 400, /^keyset: expected a number; got "x"$/],
    [{ activates: 'soon' }, 400, /^activates: expected epoch ms or an ISO 8601 date/],
    [{ activates: -5 }, 400, /^activates: expected a time after 1970/],
    [{ keysets: 1 }, 400, /^body: expected members keyset, activates; got "keysets"; did you mean keyset\?$/],
    [[], 400, /^body: expected an object; got a list$/],
  ])('refuses %j', async (body, status, message) => {
    const refused = await admin(mock, 'POST /keys/rotate', body);
    expect(refused).toMatchObject({ status, json: { error: { message: expect.stringMatching(message) } } });
  });
});

describe('POST salts/rotate', () => {
  it('gives every bucket a new salt; the former is the previous one for 90 days', async () => {
    await mock.clock.set('2027-03-01T12:00:00Z');
    const users = Array.from({ length: 24 }, (_, index) => `salt${index}@example.com`);
    const before = await Promise.all(users.map(map));
    const { buckets } = await adminOk(mock, 'POST /salts/rotate', {});
    expect(buckets).toHaveLength(mock.world.salts.buckets.length);
    const after = await Promise.all(users.map(map));
    for (const [index, { u, p }] of after.entries()) {
      expect(p).toBe(before[index].u);
      expect(u).not.toBe(p);
    }
    const changed = await get(
      mock,
      '/v1/identity/buckets',
      { since_timestamp: '2027-03-01T00:00:00' },
      {
        credential: companyOf(mock),
      },
    );
    expect(changed.json.body).toHaveLength(buckets.length);
    await mock.clock.advance('89d');
    expect((await map(users[0] ?? '')).p).toBe(before[0].u);
    await mock.clock.advance('1d');
    expect((await map(users[0] ?? '')).p).toBe(null);
  });

  it('keeps key buckets as key buckets, with a key of another id', async () => {
    const v4 = await startMockOperator({ profile: 'current' });
    const before = v4.world.salts.buckets;
    await v4.salts.rotate();
    for (const [index, bucket] of v4.world.salts.buckets.entries()) {
      expect([bucket.salt === null, bucket.key === null]).toEqual([
        before[index]?.salt === null,
        before[index]?.key === null,
      ]);
      expect(bucket.previous_key).toEqual(before[index]?.key ?? null);
    }
    const ids = v4.world.salts.buckets.flatMap(({ key }) => key?.id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    await v4.close();
  });

  it('rotates the buckets of a list, by public id or by number', async () => {
    const [first, second] = mock.world.salts.buckets;
    const user = await map('bucket@example.com');
    const changed = await mock.salts.rotate({ buckets: [first?.id ?? 0] });
    expect(changed).toHaveLength(1);
    expect(await mock.salts.rotate({ buckets: changed })).toEqual(changed);
    expect(mock.world.salts.buckets[1]).toEqual(second);
    expect(user.u).toHaveLength(44);
  });

  it('rotates a share: those that changed longest ago, the same for every operator', async () => {
    const other = await startMockOperator({ now: '2027-01-01' });
    const share = { share: 0.3 };
    const [mine, theirs] = [await mock.salts.rotate(share), await other.salts.rotate(share)];
    expect(mine).toEqual(theirs);
    expect(mine).toHaveLength(3);
    // the next share are others
    expect((await mock.salts.rotate(share)).filter((id) => mine.includes(id))).toEqual([]);
    await other.close();
  });

  it.each([
    [{ buckets: ['nope'] }, 404, /^buckets\[0\]: expected the id of a salt bucket: .*; got "nope"$/],
    [{ buckets: [] }, 400, /^buckets: expected at least one id/],
    [{ buckets: [null] }, 400, /^buckets\[0\]: expected the id of a salt bucket; got null$/],
    [{ share: 0 }, 400, /^share: expected a number above 0, at most 1; got 0$/],
    [{ share: 1.5 }, 400, /^share: expected a number above 0, at most 1; got 1\.5$/],
    [{ share: 0.5, buckets: [1] }, 400, /^body: expected buckets or share; got both$/],
  ])('refuses %j', async (body, status, message) => {
    const refused = await admin(mock, 'POST /salts/rotate', body);
    expect(refused).toMatchObject({ status, json: { error: { message: expect.stringMatching(message) } } });
  });
});

describe('a world that a watched file brings', () => {
  it('takes the place of a changed one, and is the one that reset brings back', async () => {
    const composed = await compose({});
    const watching = await listen(composed);
    await watching.world.patch({ tcf_vendor_id: 31 });
    composed.replaceWorld({ ...embeddedWorld(), tcf_vendor_id: 32 });
    expect(watching.world.tcf_vendor_id).toBe(32);
    await watching.world.patch({ tcf_vendor_id: 33 });
    await watching.reset(['world']);
    expect(watching.world.tcf_vendor_id).toBe(32);
    await watching.close();
  });
});

describe('with a test id', () => {
  it.each([
    ['PUT /world', embeddedWorld()],
    ['PATCH /world', { sites: [] }],
    ['POST /keys/rotate', {}],
    ['POST /salts/rotate', {}],
    ['POST /reset', { only: ['world'] }],
  ])('%s is a conflict', async (call, body) => {
    const refused = await admin(mock, call, body, { testId: 'one' });
    expect([refused.status, refused.json.error]).toEqual([
      409,
      {
        field: 'X-UID2-Test-Id',
        expected: 'no test id, because all test ids share one world',
        got: 'one',
        message: 'X-UID2-Test-Id: expected no test id, because all test ids share one world; got one',
      },
    ]);
  });

  it('reset leaves the world as it is', async () => {
    await mock.world.patch({ tcf_vendor_id: 33 });
    const { reset } = await adminOk(mock, 'POST /reset', undefined, { testId: 'one' });
    expect(reset).not.toContain('world');
    expect(mock.world.tcf_vendor_id).toBe(33);
  });
});
