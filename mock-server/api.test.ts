/** startMockOperator: opt-outs, the clock, two instances side by side, and its errors for options that cannot work. */

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodeAdvertisingToken } from '../contract-tests/wire/index.ts';
import { fixturePath } from '../fixtures/path.ts';
import { keysOf } from './testing/world.ts';
import {
  ConfigurationError,
  ControlError,
  type Identifier,
  type MockOperator,
  type MockOperatorOptions,
  startMockOperator,
} from './index.ts';
import { type ProfileName, profileNames } from './operator/profile.ts';
import {
  ask,
  clientGenerate,
  companyOf,
  embeddedKeys,
  embeddedWorld,
  get,
  post,
  refreshV2,
} from './testing/caller.ts';

const mocks: MockOperator[] = [];
async function started(options: MockOperatorOptions = {}): Promise<MockOperator> {
  const mock = await startMockOperator(options);
  mocks.push(mock);
  return mock;
}
afterAll(() => Promise.all(mocks.map((mock) => mock.close())));

const user = { email: 'jane.doe@example.com' };
const generate = async (mock: MockOperator, identity: object = user) =>
  (await post(mock, '/v2/token/generate', { ...identity, policy: 1 })).json;

describe('a started mock', () => {
  let mock: MockOperator;
  beforeAll(async () => {
    mock = await started();
  });
  afterEach(() => mock.reset());

  it('listens on 127.0.0.1 and has credentials and key pairs, the first credential with every role', () => {
    expect(mock.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(companyOf(mock)).toMatchObject({ name: 'Example Company', site_id: 1001 });
    expect([...companyOf(mock).roles].sort()).toEqual([
      'GENERATOR',
      'ID_READER',
      'MAPPER',
      'OPTOUT',
      'SHARER',
    ]);
    expect(mock.credentials.map(({ name }) => name)).not.toContain('Disabled Publisher');
    expect(mock.clientSideKeypairs).toEqual([
      {
        subscription_id: expect.any(String),
        public_key: expect.stringMatching(/^UID2-X-L-M/),
        site_id: 1002,
        domain_names: ['localhost', 'example.com'],
        app_names: ['com.example.app', '123456789'],
      },
    ]);
  });

  const hash = { email_hash: 'tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=' };
  const spellings: readonly (readonly [string, Identifier, object])[] = [
    ['an email', { email: ' User@Example.com' }, { email: 'user@example.com' }],
    ['an email, asked by its hash', { email: 'user@example.com' }, hash],
    ['an email hash, asked by the email', hash, { email: 'user@example.com' }],
    ['a phone', { phone: '+12345678900' }, { phone: '+12345678900' }],
    [
      'a hash in hex',
      { email_hash: 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514' },
      hash,
    ],
  ];
  it.each(spellings)('optOuts.add and remove take %s', async (_case, identity, asked) => {
    await mock.optOuts.add(identity);
    expect((await generate(mock, asked)).status).toBe('optout');
    await mock.optOuts.add(identity);
    await mock.optOuts.remove(identity);
    await mock.optOuts.remove(identity);
    expect((await generate(mock, asked)).status).toBe('success');
  });

  it.each([
    [{}, 'got none'],
    [{ email: 'a@b.c', phone: '+12345678901' }, 'got email, phone'],
    [{ email: 'a' }, 'expected a valid email'],
    [{ phone: '1' }, 'expected a valid phone'],
    [{ email: 7 as unknown as string }, 'optOuts.email: expected a text; got 7'],
  ])('optOuts refuses %o', async (identity, message) => {
    await expect(mock.optOuts.add(identity)).rejects.toThrow(message);
    await expect(mock.optOuts.remove(identity)).rejects.toThrow(ControlError);
  });

  it('an opt-out added is seen by every endpoint at once, optout/status included, and so is its removal', async () => {
    await mock.clock.set(Date.UTC(2026, 2, 1));
    const { body } = await generate(mock);
    const uid = decodeAdvertisingToken(body.advertising_token, embeddedKeys).raw_uid;
    const credential = companyOf(mock);
    const email_hash = createHash('sha256').update(user.email).digest('base64');
    const batch = { method: 'POST', body: JSON.stringify({ email: [user.email] }), credential };
    const mapped = ({ mapped: found }: { mapped: unknown[] }) => (found.length === 1 ? 'mapped' : 'unmapped');
    const everywhere = async () => ({
      'v1 refresh': (await get(mock, '/v1/token/refresh', { refresh_token: body.refresh_token })).json.status,
      'v2 refresh': (await refreshV2(mock, body.refresh_token, body.refresh_response_key)).json.status,
      'v2 generate': (await generate(mock)).status,
      'client-side generate': (await clientGenerate(mock, { email_hash })).json.status,
      'v0 batch': mapped((await ask(mock, '/identity/map', batch)).json),
      'v1 batch': mapped((await ask(mock, '/v1/identity/map', batch)).json.body),
      'v2 map': mapped((await post(mock, '/v2/identity/map', { email: [user.email] })).json.body),
      'v3 map': Object.keys(
        (await post(mock, '/v3/identity/map', { email_hash: [email_hash] })).json.body.email_hash[0],
      ),
      status: (await post(mock, '/v2/optout/status', { advertising_ids: ['x', uid, null, 7] })).json.body
        .opted_out,
    });
    const allowed = {
      'v1 refresh': 'success',
      'v2 refresh': 'success',
      'v2 generate': 'success',
      'client-side generate': 'success',
      'v0 batch': 'mapped',
      'v1 batch': 'mapped',
      'v2 map': 'mapped',
      'v3 map': ['u', 'p', 'r'],
      status: [],
    };
    expect(await everywhere()).toEqual(allowed);
    await mock.optOuts.add(user);
    expect(await everywhere()).toEqual({
      'v1 refresh': 'optout',
      'v2 refresh': 'optout',
      'v2 generate': 'optout',
      'client-side generate': 'optout',
      'v0 batch': 'unmapped',
      'v1 batch': 'unmapped',
      'v2 map': 'unmapped',
      'v3 map': ['e'],
      status: [{ advertising_id: uid, opted_out_since: Date.UTC(2026, 2, 1) }],
    });
    await mock.optOuts.remove(user);
    expect(await everywhere()).toEqual(allowed);
  });

  it('reset restores the opt-outs of the world and the running clock', async () => {
    await mock.optOuts.add(user);
    await mock.optOuts.remove({ email: 'local-mock-optout@example.com' });
    await mock.clock.set(0);
    await mock.reset();
    expect(Math.abs(mock.clock.now() - Date.now())).toBeLessThan(5000);
    expect((await generate(mock)).status).toBe('success');
    expect((await generate(mock, { email: 'local-mock-optout@example.com' })).status).toBe('optout');
  });

  it('close stops it listening', async () => {
    const short = await startMockOperator();
    await short.close();
    await expect(fetch(`${short.url}/ops/healthcheck`)).rejects.toThrow();
  });
});

describe('the clock', () => {
  it('runs from `now` on, is frozen by set, moved by advance, and runs on after resume', async () => {
    const start = Date.UTC(2030, 0, 1);
    const mock = await started({ now: '2030-01-01T00:00:00Z' });
    const since = mock.clock.now() - start;
    expect(since).toBeGreaterThanOrEqual(0);
    expect(since).toBeLessThan(5000);
    await mock.clock.advance(60_000);
    expect(mock.clock.now() - start).toBeGreaterThanOrEqual(60_000);

    await mock.clock.set(start);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(mock.clock.now()).toBe(start);
    await mock.clock.advance(-1000);
    expect(mock.clock.now()).toBe(start - 1000);
    await mock.clock.set(new Date(start));
    await mock.clock.resume();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(mock.clock.now() - start).toBeGreaterThanOrEqual(15);
    expect(mock.clock.now() - start).toBeLessThan(5000);
    await mock.clock.resume();
    await mock.clock.set('2021-01-01T00:00:00Z');
    await mock.reset();
    expect(mock.clock.now() - start).toBeLessThan(10_000);
  });

  it('is the one by which tokens are issued, expire and envelopes are read', async () => {
    const mock = await started();
    await mock.clock.set(Date.UTC(2031, 0, 1));
    const { body } = await generate(mock);
    expect(body.identity_expires).toBe(Date.UTC(2031, 0, 1) + 3_600_000);
    await mock.clock.set(body.refresh_expires);
    const refresh = async () =>
      (await get(mock, '/v1/token/refresh', { refresh_token: body.refresh_token })).json.status;
    expect(await refresh()).toBe('success');
    await mock.clock.advance(1);
    expect(await refresh()).toBe('error');
    for (const [offset, status] of [
      [0, 200],
      [-119_999, 200],
      [-120_000, 400],
      [119_000, 200],
      [119_001, 400],
    ] as const) {
      const timestampMs = mock.clock.now() + offset;
      expect((await post(mock, '/v2/token/generate', user, { timestampMs })).status, `${offset} ms`).toBe(
        status,
      );
    }
  });

  it.each([
    ['set', 'yesterday'],
    ['set', '12'],
    ['set', '2026-02-30T00:00:00Z'],
    ['set', '2026-01-01T25:00:00Z'],
    ['set', 'Jan 5 2026'],
    ['set', NaN],
    ['advance', NaN],
    ['advance', Infinity],
  ] as const)('%s refuses %s', async (name, value) => {
    const mock = await started();
    const before = mock.clock.now();
    const moved = name === 'set' ? mock.clock.set(value) : mock.clock.advance(Number(value));
    await expect(moved).rejects.toThrow(ControlError);
    expect(mock.clock.now() - before).toBeLessThan(1000);
  });
});

describe('instances', () => {
  it('share nothing: opt-outs, clock and port are their own', async () => {
    const [one, two] = [await started(), await started()];
    await one.optOuts.add(user);
    await one.clock.set(0);
    expect(one.url).not.toBe(two.url);
    expect(Math.abs(two.clock.now() - Date.now())).toBeLessThan(5000);
    expect([(await generate(one)).status, (await generate(two)).status]).toEqual(['optout', 'success']);
    await one.close();
    expect((await generate(two)).status).toBe('success');
  });

  it('of one seed understand each other, of another they do not', async () => {
    const [one, two] = [await started({ seed: 'a' }), await started({ seed: 'a' })];
    const other = await started({ seed: 'b' });
    const { body } = await generate(one);
    const refresh = async (mock: MockOperator) =>
      (await get(mock, '/v1/token/refresh', { refresh_token: body.refresh_token })).json.status;
    expect([await refresh(two), await refresh(other)]).toEqual(['success', 'client_error']);
    expect(companyOf(one)).toEqual(companyOf(two));
    expect(companyOf(one).key).not.toBe(companyOf(other).key);
  });

  it('of scope EUID issue EUID tokens and refuse those of UID2', async () => {
    const euid = await started({ scope: 'euid' });
    const keys = keysOf(embeddedWorld('euid'));
    const { body } = await generate(euid);
    expect(body.advertising_token.slice(0, 2)).toBe('E4');
    expect(decodeAdvertisingToken(body.advertising_token, keys)).toMatchObject({ scope: 1, version: 4 });
    expect(companyOf(euid).key).toMatch(/^EUID-C-L-1001-/);
    const foreign = (await generate(await started())).body.refresh_token;
    expect((await get(euid, '/v1/token/refresh', { refresh_token: foreign })).status).toBe(400);
  });

  it('a recorded world, as a path and as an object, with lifetimes of its own and overridden', async () => {
    const path = fixturePath('recordings/world-v5.70.250.json');
    const mock = await started({ world: path, profile: 'current', identityTokenExpiresAfterSeconds: 7200 });
    const before = mock.clock.now();
    const { body } = await generate(mock);
    expect(Math.round((body.identity_expires - before) / 10_000)).toBe(720);
    expect(Math.round((body.refresh_expires - before) / 10_000)).toBe(8640);
    expect((await generate(await started({ world: embeddedWorld() }))).status).toBe('success');
  });
});

describe('bad options end in a ConfigurationError of one sentence', () => {
  const folder = mkdtempSync(join(tmpdir(), 'uid2-mock-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  async function messageOf(options: MockOperatorOptions): Promise<string> {
    try {
      await started(options);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigurationError);
      if (!(error instanceof Error)) throw error;
      // a world may have several mistakes, a line each
      for (const line of error.message.split('\n')) {
        expect(line).not.toMatch(/\[object|undefined|ZodError/);
        expect(line).toMatch(/^[a-zA-Z]+: .*(expected|invalid|too|unrecognized)/);
      }
      return error.message;
    }
    throw new Error('expected a ConfigurationError, the mock started');
  }

  const broken: readonly (readonly [string, () => MockOperatorOptions, string])[] = [
    [
      'a world that is not there',
      () => ({ world: join(folder, 'none.json') }),
      'world: expected a readable file; got',
    ],
    ['a folder', () => ({ world: folder }), 'EISDIR'],
    [
      'a world that is no JSON',
      () => ({ world: file('text.json', 'sites: 1') }),
      'world: expected JSON; got',
    ],
    [
      'a world that is a list',
      () => ({ world: file('list.json', '[]') }),
      'world: expected an object; got a list',
    ],
    ['a world of no kind', () => ({ world: 7 }), 'world: expected an object; got 7'],
    ['an empty world', () => ({ world: {} }), 'world: clients:'],
    [
      'a seed with a world',
      () => ({ world: embeddedWorld(), seed: 'x' }),
      'seed: expected no world, because',
    ],
    [
      'another scope',
      () => ({ world: embeddedWorld(), scope: 'euid' }),
      'scope: expected UID2, as in the world; got euid',
    ],
    ['seed-v1 with EUID', () => ({ profile: 'seed-v1', scope: 'euid' }), 'scope: expected uid2'],
    [
      'seed-v1 with a world of EUID',
      () => ({ profile: 'seed-v1', world: embeddedWorld('euid') }),
      'scope: expected uid2 with profile seed-v1',
    ],
    ['V2 tokens with EUID', () => ({ tokenVersion: 'v2', scope: 'euid' }), 'tokenVersion: expected v3 or v4'],
    [
      'token versions elsewhere',
      () => ({ tokenVersion: 'v3', profile: 'current' }),
      'tokenVersion: expected profile local',
    ],
    [
      'an unknown profile',
      () => ({ profile: 'x' as ProfileName }),
      `profile: expected ${profileNames.join(', ')}; got x`,
    ],
    [
      'an invalid date',
      () => ({ now: 'tomorrow' }),
      'now: expected epoch ms or an ISO 8601 date such as 2026-01-31T12:00:00Z; got tomorrow',
    ],
    [
      'identity longer than refresh',
      () => ({ identityTokenExpiresAfterSeconds: 90_000 }),
      'lifetimes: expected refresh',
    ],
    [
      'refresh-after beyond identity',
      () => ({ refreshIdentityTokenAfterSeconds: 3601 }),
      '3601, 3600, 86400',
    ],
    ['refresh shorter than identity', () => ({ refreshTokenExpiresAfterSeconds: 10 }), '900, 3600, 10'],
    [
      'a lifetime below zero',
      () => ({ refreshIdentityTokenAfterSeconds: -1 }),
      'refreshIdentityTokenAfterSeconds: expected a whole number from 0 to 4000000000; got -1',
    ],
    [
      'a lifetime with a fraction',
      () => ({ identityTokenExpiresAfterSeconds: 1.5 }),
      'identityTokenExpiresAfterSeconds: expected a whole number from 0 to 4000000000; got 1.5',
    ],
    ['a date that no clock can show', () => ({ now: 1e20 }), 'now: expected epoch ms or an ISO 8601 date'],
    ['a port beyond the last', () => ({ port: 65_536 }), 'port: expected a whole number from 0 to 65535'],
    ['no host', () => ({ host: '' }), 'host: expected an address of this machine; got nothing'],
    [
      'a host that the network reaches, with /__admin open to all',
      () => ({ host: '0.0.0.0' }),
      'host: expected a loopback address, or adminToken: T or admin: false beside it, because /__admin would be ' +
        'open to the network; got 0.0.0.0',
    ],
    [
      'a host that is not here',
      () => ({ host: '192.0.2.1', adminToken: 'admin' }),
      'host: expected an address of this machine; got 192.0.2.1 (EADDRNOTAVAIL)',
    ],
  ];
  it.each(broken)('%s', async (_case, options, message) => {
    expect(await messageOf(options())).toContain(message);
  });

  // options that the type refuses and JavaScript allows
  it.each<[string, object, string]>([
    [
      'a name that no option has',
      { tokenversion: 'v2' },
      'options: expected port, host, world, watch, profile,',
    ],
    ['a profile named as members of objects are', { profile: 'toString' }, 'profile: expected local,'],
    ['no profile', { profile: null }, 'profile: expected local, seed-v1, v5.56, current; got null'],
    ['a scope as the SDKs write it', { scope: 'EUID' }, 'scope: expected uid2, euid; got EUID'],
    ['a token version in digits', { tokenVersion: 4 }, 'tokenVersion: expected v2, v3, v4; got 4'],
    ['a port in a text', { port: '0' }, 'port: expected a whole number from 0 to 65535; got the text 0'],
    [
      'a lifetime in a text',
      { identityTokenExpiresAfterSeconds: '60' },
      'identityTokenExpiresAfterSeconds: expected a whole number from 0 to 4000000000; got the text',
    ],
    ['a seed that is a number', { seed: 5 }, 'seed: expected a text; got 5'],
    ['a log level as the log', { log: 'info' }, 'log: expected a function; got info'],
  ])('%s', async (_case, options, message) => {
    expect(await messageOf(options)).toContain(message);
  });

  it('a port in use', async () => {
    const port = Number(new URL((await started()).url).port);
    expect(await messageOf({ port })).toBe(
      `port: expected a free port on 127.0.0.1; got ${port} (EADDRINUSE); choose another, or 0 for any free port`,
    );
  });
});
