/** The whole life of an identity, moved on by `/__admin` over HTTP alone. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeAdvertisingToken } from '../../contract-tests/wire/index.ts';
import { type MockOperator, startMockOperator } from '../index.ts';
import { adminOk } from '../testing/admin.ts';
import { credentialOf, post, refreshV2 } from '../testing/caller.ts';

let mock: MockOperator;
beforeAll(async () => {
  mock = await startMockOperator({ now: '2027-01-01' });
});
afterAll(() => mock.close());

const START = Date.UTC(2027, 0, 1);
const DAY_S = 86_400;
const email = 'lives@example.com';

const clock = async (body: object): Promise<number> => (await adminOk(mock, 'POST /clock', body)).now_ms;
const generate = async () => (await post(mock, '/v2/token/generate', { email })).json.body;
const refresh = ({ refresh_token, refresh_response_key }: Record<string, string>) =>
  refreshV2(mock, refresh_token ?? '', refresh_response_key ?? '');
const map = async () => (await post(mock, '/v3/identity/map', { email: [email] })).json.body.email[0];

/** The keys that a DSP has, by id. */
async function keysOfDsp(): Promise<Map<number, { readonly secret: Buffer; readonly expires: number }>> {
  const credential = credentialOf(mock, 'Example DSP');
  const { json } = await post(mock, '/v2/key/bidstream', undefined, { credential });
  const keys: { id: number; secret: string; expires: number }[] = json.body.keys;
  return new Map(
    keys.map(({ id, secret, expires }) => [id, { secret: Buffer.from(secret, 'base64'), expires }]),
  );
}

/** A token as a DSP reads it, with the keys that it can fetch at this time. */
async function read(token: string) {
  const keys = await keysOfDsp();
  const secrets = new Map([...keys].map(([id, { secret }]) => [id, secret]));
  const { raw_uid, expires, master_key_id, site_key_id } = decodeAdvertisingToken(token, secrets);
  return { raw_uid, expires, master_key_id, site_key_id };
}

/** Today's operators refuse an expired refresh token as they refuse an invalid one; the journal tells them apart. */
async function expectExpired(tokens: Record<string, string>): Promise<void> {
  await adminOk(mock, 'DELETE /requests');
  const { status, json } = await refresh(tokens);
  expect([status, json.status]).toEqual([400, 'error']);
  const { requests } = await adminOk(mock, 'GET /requests');
  expect(requests).toMatchObject([{ route: '/v2/token/refresh', status: 400, reason: 'token_expired' }]);
}

it('tokens become due, expire and are refreshed in time', async () => {
  await clock({ set: '2027-01-01T00:00:00Z' });
  const first = await generate();
  expect([first.refresh_from, first.identity_expires, first.refresh_expires]).toEqual([
    START + 900_000,
    START + 3_600_000,
    START + 86_400_000,
  ]);
  // refresh due
  expect(await clock({ advance: '15m' })).toBe(first.refresh_from);
  const second = (await refresh(first)).json.body;
  expect(second.identity_expires).toBe(first.identity_expires + 900_000);
  // the advertising token has expired
  expect(await clock({ set: first.identity_expires })).toBe(first.identity_expires);
  expect((await read(first.advertising_token)).expires).toBeLessThanOrEqual(await clock({ advance: 0 }));
  expect((await read(second.advertising_token)).expires).toBeGreaterThan(await clock({ advance: 0 }));
  expect((await refresh(first)).json.status).toBe('success');
  // the refresh token has expired
  await clock({ set: first.refresh_expires - 1 });
  expect((await refresh(first)).json.status).toBe('success');
  await clock({ set: first.refresh_expires + 1 });
  await expectExpired(first);
  expect((await refresh(second)).json.status).toBe('success');
});

it('a raw UID changes with its salt, and the previous one is told for 90 days', async () => {
  await clock({ set: '2027-03-01T00:00:00Z' });
  const before = await map();
  const { buckets } = await adminOk(mock, 'POST /salts/rotate');
  const { u, p } = await map();
  expect(p).toBe(before.u);
  expect(u).not.toBe(before.u);
  expect((await read((await generate()).advertising_token)).raw_uid).toBe(u);
  // a mapper that asks for what changed is told every bucket
  const since = { since_timestamp: '2027-03-01T00:00:00' };
  const { json } = await post(mock, '/v2/identity/buckets', since);
  expect(json.body.map(({ bucket_id }: { bucket_id: string }) => bucket_id).sort()).toEqual(
    [...buckets].sort(),
  );
  await clock({ advance: '89d' });
  expect(await map()).toMatchObject({ u, p });
  await clock({ advance: '1d' });
  expect(await map()).toMatchObject({ u, p: null });
});

it('after a key is rotated old tokens are read as before, until they expire', async () => {
  await clock({ set: '2027-07-01T00:00:00Z' });
  const old = await generate();
  const before = await read(old.advertising_token);
  const { keys } = await adminOk(mock, 'POST /keys/rotate');
  const young = await generate();
  const after = await read(young.advertising_token);
  const ids: number[] = keys.map(({ id }: { id: number }) => id);
  expect(ids).toEqual(expect.arrayContaining([after.master_key_id, after.site_key_id]));
  expect(ids).not.toContain(before.master_key_id);
  expect(await read(old.advertising_token)).toEqual(before);
  expect((await refresh(old)).json.status).toBe('success');
  await clock({ set: old.identity_expires });
  expect((await read(old.advertising_token)).expires).toBeLessThanOrEqual(await clock({ advance: 0 }));
  await clock({ set: old.refresh_expires + 1 });
  await expectExpired(old);
});

it('a key that is to be active tomorrow seals tokens from then on', async () => {
  const now = await clock({ set: '2027-09-01T00:00:00Z' });
  const today = await read((await generate()).advertising_token);
  const { keys } = await adminOk(mock, 'POST /keys/rotate', {
    keyset: -1,
    activates: '2027-09-02T00:00:00Z',
  });
  expect(keys).toMatchObject([{ keyset_id: -1, activates: now / 1000 + DAY_S }]);
  expect((await read((await generate()).advertising_token)).master_key_id).toBe(today.master_key_id);
  await clock({ advance: '1d' });
  expect((await read((await generate()).advertising_token)).master_key_id).toBe(keys[0].id);
});

it('an opt-out ends it, and its removal begins another', async () => {
  const tokens = await generate();
  await adminOk(mock, 'POST /optouts', { email });
  expect((await refresh(tokens)).json.status).toBe('optout');
  expect((await post(mock, '/v2/token/generate', { email })).json.status).toBe('optout');
  await adminOk(mock, `DELETE /optouts?email=${encodeURIComponent(email)}`);
  expect((await post(mock, '/v2/token/generate', { email })).json.status).toBe('success');
});

it('reset brings everything back', async () => {
  await adminOk(mock, 'POST /reset');
  const fresh = await startMockOperator({ now: '2027-01-01' });
  expect({ ...mock.world }).toEqual({ ...fresh.world });
  expect(await adminOk(mock, 'GET /clock')).toMatchObject({ frozen: false, rate: 1 });
  await fresh.close();
});
