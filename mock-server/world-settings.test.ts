/** Every setting of a world changes what it names, seen over HTTP (Protocol §9). */

import { afterEach, describe, expect, it } from 'vitest';
import { decodeAdvertisingToken, sealClientGenerate } from '../contract-tests/wire/index.ts';
import { type MockOperator, type MockOperatorOptions, startMockOperator } from './index.ts';
import {
  ask,
  bearer,
  clientGenerate,
  companyOf,
  credentialOf,
  embeddedKeys,
  embeddedWorld,
  get,
  post,
} from './testing/caller.ts';

const mocks: MockOperator[] = [];
afterEach(() => Promise.all(mocks.splice(0).map((mock) => mock.close())));

type World = ReturnType<typeof embeddedWorld>;
async function withWorld(change: Partial<World>, options: MockOperatorOptions = {}): Promise<MockOperator> {
  const mock = await startMockOperator({ world: { ...embeddedWorld(), ...change }, ...options });
  mocks.push(mock);
  return mock;
}

const world = embeddedWorld();
/** A recorded world may be in a state in which an operator fails. A written world in such a state is refused. */
const recorded = { recorded_at_ms: Date.UTC(2026, 0, 1) };
const user = { email: 'user@example.com' };
const hash = { email_hash: 'tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=' };
const sharing = async (mock: MockOperator) => (await post(mock, '/v2/key/sharing')).json.body;
const bidstream = async (mock: MockOperator) => (await post(mock, '/v2/key/bidstream')).json.body;
const uidOf = async (mock: MockOperator, email = user.email) =>
  (await post(mock, '/v2/identity/map', { email: [email] })).json.body.mapped[0].advertising_id;

describe('lifetimes', () => {
  it('of sharing tokens are given as text, their limit as a number with the tolerance added', async () => {
    const limits = async (change: Partial<World>) => {
      const body = await sharing(await withWorld(change));
      return [body.token_expiry_seconds, body.max_sharing_lifetime_seconds];
    };
    expect(await limits({})).toEqual(['2592000', 2_592_010]);
    expect(await limits({ sharing_token_expiry_seconds: 60 })).toEqual(['60', 70]);
    expect(await limits({ max_sharing_lifetime_seconds: 5 })).toEqual(['2592000', 15]);
    expect(await limits({ token_lifetime_tolerance_seconds: 0 })).toEqual(['2592000', 2_592_000]);
  });

  it('of the bid stream are those of identities unless set', async () => {
    const limits = async (change: Partial<World>) =>
      (await bidstream(await withWorld(change))).max_bidstream_lifetime_seconds;
    expect(await limits({})).toBe(3610);
    expect(await limits({ identity_token_expires_after_seconds: 7200 })).toBe(7210);
    expect(await limits({ max_bidstream_lifetime_seconds: 1 })).toBe(11);
  });

  it('of identities and refresh tokens are those of issued tokens', async () => {
    const mock = await withWorld({
      identity_token_expires_after_seconds: 20,
      refresh_token_expires_after_seconds: 30,
      refresh_identity_token_after_seconds: 10,
    });
    await mock.clock.set(Date.UTC(2026, 0, 1));
    const { body } = (await post(mock, '/v2/token/generate', user)).json;
    const times = [body.refresh_from, body.identity_expires, body.refresh_expires].map(
      (ms) => ms - mock.clock.now(),
    );
    expect(times).toEqual([10_000, 20_000, 30_000]);
  });

  it('allow a clock skew', async () => {
    const mock = await withWorld({ allow_clock_skew_seconds: 7 });
    for (const body of [await sharing(mock), await bidstream(mock)])
      expect(body.allow_clock_skew_seconds).toBe(7);
  });
});

describe('limits', () => {
  it('max_request_body_bytes', async () => {
    const mock = await withWorld({ max_request_body_bytes: 100 });
    const send = (length: number) =>
      ask(mock, '/v2/token/generate', {
        method: 'POST',
        body: 'A'.repeat(length),
        credential: companyOf(mock),
      });
    expect((await send(100)).status).toBe(400);
    expect(await send(101)).toMatchObject({ status: 413, text: 'Request Too Long', type: null });
  });

  it('optout_status_max_request_size', async () => {
    const mock = await withWorld({ optout_status_max_request_size: 1 });
    const send = (ids: string[]) => post(mock, '/v2/optout/status', { advertising_ids: ids });
    expect((await send(['x'])).status).toBe(200);
    expect((await send(['x', 'x'])).json.message).toBe('Request payload is too large');
  });
});

describe('client-side generation', () => {
  it('client_side_token_generate false: no such path, and no sites beside the keys', async () => {
    const mock = await withWorld({ client_side_token_generate: false });
    expect((await ask(mock, '/v2/token/client-generate', { method: 'POST', body: '{}' })).status).toBe(404);
    for (const body of [await sharing(mock), await bidstream(mock)])
      expect(body).not.toHaveProperty('site_data');
  });

  it('client_side_token_generate_domain_name_check false: any origin and app, or none', async () => {
    const mock = await withWorld({ client_side_token_generate_domain_name_check: false });
    const [pair] = mock.clientSideKeypairs;
    const sealing = { subscriptionId: pair?.subscription_id ?? '', serverPublicKey: pair?.public_key ?? '' };
    for (const [headers, appName] of [
      [{}, undefined],
      [{ origin: 'https://evil.example' }, undefined],
      [{}, 'x'],
    ] as const) {
      const { body } = sealClientGenerate({ ...sealing, payload: hash, timestampMs: 0, appName });
      const sent = { method: 'POST', headers, body: JSON.stringify(body) };
      expect((await ask(mock, '/v2/token/client-generate', sent)).status).toBe(200);
    }
  });

  it('site_data follows key_sharing_endpoint_provide_app_names and domain_names', async () => {
    const names = async (change: Partial<World>) => (await sharing(await withWorld(change))).site_data;
    expect(await names({})).toEqual([
      { id: 1002, domain_names: ['123456789', 'com.example.app', 'example.com', 'localhost'] },
    ]);
    expect(await names({ key_sharing_endpoint_provide_app_names: false })).toEqual([
      { id: 1002, domain_names: ['example.com', 'localhost'] },
    ]);
    const sites = world.sites.map((site) => ({ ...site, enabled: false }));
    expect(await names({ sites })).toEqual(await names({}));
    expect(await names({ ...recorded, sites: [] })).toEqual([]);
  });

  it('site_data is ascending by id of the site, whatever the order of their keys', async () => {
    const sites = world.sites.map((site) => ({
      ...site,
      domain_names: [`${site.id}.example`],
      app_names: [],
    }));
    const owners = new Map([
      [2102, 1006],
      [2106, 1002],
    ]);
    const keysets = world.keysets.map((keyset) => ({
      ...keyset,
      site_id: owners.get(keyset.id) ?? keyset.site_id,
    }));
    const { site_data } = await sharing(await withWorld({ ...recorded, sites, keysets }));
    expect(site_data).toEqual([
      { id: 1001, domain_names: ['1001.example'] },
      { id: 1002, domain_names: ['1002.example'] },
      { id: 1006, domain_names: ['1006.example'] },
    ]);
  });

  it('answers a site without domains and apps with 403', async () => {
    const mock = await withWorld({ ...recorded, sites: [] });
    expect((await clientGenerate(mock, hash)).json.status).toBe('invalid_http_origin');
    const [pair] = mock.clientSideKeypairs;
    const { body } = sealClientGenerate({
      subscriptionId: pair?.subscription_id ?? '',
      serverPublicKey: pair?.public_key ?? '',
      payload: hash,
      timestampMs: 0,
      appName: 'com.example.app',
    });
    const sent = { method: 'POST', body: JSON.stringify(body) };
    expect((await ask(mock, '/v2/token/client-generate', sent)).json.status).toBe('invalid_app_name');
  });
});

describe('raw UIDs', () => {
  /** All identities are in bucket 0 of the embedded world, which has only a text salt. */
  const text = { ...world.salts, buckets: world.salts.buckets.slice(0, 1) };
  const keyed = { ...world.salts, buckets: world.salts.buckets.slice(2, 3) };

  it('identity_v3 puts scope and type in front of raw UIDs of text salts', async () => {
    const v2 = Buffer.from(await uidOf(await withWorld({ salts: text })), 'base64');
    const v3 = Buffer.from(await uidOf(await withWorld({ salts: text, identity_v3: true })), 'base64');
    expect([v2.length, v3.length, v3[0]]).toEqual([32, 33, 0]);
    expect(v3.subarray(1)).toEqual(v2);
  });

  it('identity_environment is in raw UIDs of salt keys, and optout/status finds only those of test', async () => {
    for (const [environment, first, found] of [
      ['test', 0x20, 1],
      ['integ', 0x60, 0],
      ['prod', 0xa0, 0],
    ] as const) {
      const mock = await withWorld({ salts: keyed, identity_environment: environment });
      const uid = await uidOf(mock);
      expect(Buffer.from(uid, 'base64')[0]).toBe(first);
      await mock.optOuts.add(user);
      const { json } = await post(mock, '/v2/optout/status', { advertising_ids: [uid] });
      expect(json.body.opted_out).toHaveLength(found);
    }
  });
});

describe('opt-outs', () => {
  it('opted_out_identities are opted out since their time, under every kind of identifier', async () => {
    const since = { opted_out_at_seconds: 1_700_000_000 };
    const mock = await withWorld({
      opted_out_identities: [
        { ...hash, ...since },
        { phone: '+12025550123', ...since },
      ],
    });
    expect((await post(mock, '/v2/token/generate', user)).json.status).toBe('optout');
    expect((await post(mock, '/v2/token/generate', { phone: '+12025550123' })).json.status).toBe('optout');
    await mock.optOuts.remove(user);
    const uid = await uidOf(mock);
    await mock.reset();
    const { json } = await post(mock, '/v2/optout/status', { advertising_ids: [uid] });
    expect(json.body.opted_out).toEqual([{ advertising_id: uid, opted_out_since: 1_700_000_000_000 }]);
  });

  it('optout_tokens_disabled: without it 5.56 gives a stand-in token in place of optout', async () => {
    const email = 'local-mock-optout@example.com';
    const generate = async (change: Partial<World>, policy = {}) => {
      const mock = await withWorld(change, { profile: 'v5.56' });
      return (await post(mock, '/v2/token/generate', { email, ...policy })).json;
    };
    const { status, body } = await generate({ optout_tokens_disabled: false });
    expect(status).toBe('success');
    expect(decodeAdvertisingToken(body.advertising_token, embeddedKeys).privacy_bits).toBe(5);
    expect(await generate({ optout_tokens_disabled: false }, { optout_check: 1 })).toEqual({
      status: 'optout',
    });
    expect(await generate({})).toEqual({ status: 'optout' });
  });
});

describe('services', () => {
  const map = async (mock: MockOperator, payload: object, path = '/v2/identity/map') =>
    (await post(mock, path, payload, { credential: credentialOf(mock, 'Example Clean Room') })).status;

  it('validate_service_links: a client of a service maps with a good link or none; without the setting never', async () => {
    const mock = await withWorld({});
    const list = { email: [user.email] };
    const statuses = [];
    for (const link of [
      {},
      { link_id: 'example-link' },
      { link_id: 'disabled-link' },
      { link_id: 'x' },
      { link_id: null },
    ]) {
      statuses.push(await map(mock, { ...list, ...link }));
    }
    expect(statuses).toEqual([200, 200, 401, 401, 401]);
    expect(await map(mock, list, '/v3/identity/map')).toBe(200);
    const without = await withWorld({ validate_service_links: false });
    expect([await map(without, list), await map(without, list, '/v3/identity/map')]).toEqual([401, 401]);
    // a client that belongs to no service needs none
    expect((await post(without, '/v2/identity/map', { ...list, link_id: 'x' })).status).toBe(200);
  });
});

describe('keys', () => {
  it('the ids of the operator’s keysets and the fallback site are the world’s', async () => {
    const renumbered = (id: number) => ({ [-1]: 11, [-2]: 12, 2: 13 })[id] ?? id;
    const mock = await withWorld({
      master_keyset_id: 11,
      refresh_keyset_id: 12,
      fallback_token_site_id: 500,
      master_keyset_id_in_responses: 77,
      keysets: world.keysets.map((keyset) => ({
        ...keyset,
        id: renumbered(keyset.id),
        site_id: keyset.id === 2 ? 500 : keyset.site_id,
      })),
      keyset_keys: world.keyset_keys.map((key) => ({ ...key, keyset_id: renumbered(key.keyset_id) })),
    });
    const credential = credentialOf(mock, 'Example Publisher without keyset');
    const { body } = (await post(mock, '/v2/token/generate', user, { credential })).json;
    expect(decodeAdvertisingToken(body.advertising_token, embeddedKeys)).toMatchObject({
      master_key_id: 101,
      site_key_id: 103,
      site_id: 1004,
    });
    const answer = await sharing(mock);
    expect(answer.master_keyset_id).toBe(77);
    expect(answer.keys.filter((key: { keyset_id?: number }) => key.keyset_id === 77)).toHaveLength(1);
    expect(answer.keys.map((key: { id: number }) => key.id)).not.toContain(102);
  });

  it('two enabled default keysets of one site are the text of an internal error', async () => {
    const [own] = world.keysets.filter(({ site_id }) => site_id === 1001);
    const keysets = [...world.keysets, ...(own ? [{ ...own, id: 9000 }] : [])];
    const [key] = world.keyset_keys;
    const keyset_keys = [...world.keyset_keys, ...(key ? [{ ...key, id: 900, keyset_id: 9000 }] : [])];
    const mock = await withWorld({ ...recorded, keysets, keyset_keys });
    expect(await post(mock, '/v2/token/generate', user)).toMatchObject({
      status: 500,
      json: { message: 'Unknown error while generating token v2', status: 'unknown' },
    });
    for (const path of ['/v2/key/latest', '/v2/key/sharing', '/v2/key/bidstream']) {
      expect(await post(mock, path)).toMatchObject({ status: 500, text: 'Internal Server Error' });
    }
  });

  it('are not listed while no master key is in force', async () => {
    const now = Date.UTC(2026, 10, 23);
    const seconds = now / 1000;
    const mock = await withWorld(
      {
        keyset_keys: world.keyset_keys.map((key) =>
          key.keyset_id === world.master_keyset_id
            ? { ...key, activates: seconds - 60, expires: seconds + 60 }
            : key,
        ),
        clients: world.clients.map((client) =>
          client.name === 'Example Advertiser'
            ? { ...client, site_id: 2, roles: ['ID_READER' as const] }
            : client,
        ),
      },
      { profile: 'v5.56', now },
    );
    const listings = () => [
      ...['/v2/key/latest', '/v2/key/sharing', '/v2/key/bidstream'].map((path) => post(mock, path)),
      ...['/key/latest', '/v1/key/latest'].map((path) =>
        get(mock, path, {}, { credential: companyOf(mock) }),
      ),
    ];
    for (const listing of listings()) expect((await listing).status).toBe(200);
    for (const time of [now - 61_000, now + 60_000]) {
      await mock.clock.set(time);
      for (const listing of listings()) {
        expect(await listing).toMatchObject({ status: 500, text: 'Internal Server Error' });
      }
      const credential = credentialOf(mock, 'Example Advertiser');
      expect((await post(mock, '/v2/key/latest', undefined, { credential })).status).toBe(401);
    }
  });
});

describe('clients', () => {
  it('roles and disabled decide what a key may do', async () => {
    const mock = await withWorld({});
    const disabled = world.clients.find(({ name }) => name === 'Disabled Publisher');
    const refused = await get(mock, '/v1/token/generate', user, {
      headers: bearer({ ...companyOf(mock), key: disabled?.key ?? '' }),
    });
    expect(refused.status).toBe(401);
    const expected = {
      'Example Publisher': [200, 401, 401, 401, 401, 401],
      'Example DSP': [401, 401, 200, 200, 401, 200],
      'Example Advertiser': [401, 200, 401, 401, 401, 200],
      'Example Sharer': [401, 401, 401, 200, 401, 200],
      'Opt-out Service': [401, 401, 401, 401, 200, 401],
      'Example Company': [200, 200, 200, 200, 200, 200],
    };
    for (const [name, statuses] of Object.entries(expected)) {
      const credential = credentialOf(mock, name);
      const asked = [
        ['/v2/token/generate', user],
        ['/v2/identity/map', { email: [user.email] }],
        ['/v2/key/bidstream', undefined],
        ['/v2/key/sharing', undefined],
        ['/v2/token/logout', { email: 'somebody@example.com' }],
        ['/v2/optout/status', { advertising_ids: [] }],
      ] as const;
      const got = await Promise.all(
        asked.map(([path, payload]) => post(mock, path, payload, { credential })),
      );
      expect(
        got.map(({ status }) => status),
        name,
      ).toEqual(statuses);
    }
  });
});
