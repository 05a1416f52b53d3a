import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MatchersV3, PactV3 } from '@pact-foundation/pact';
import { afterAll, describe, expect, it } from 'vitest';
import { startOpeningProxy } from '../wire/envelope-proxy.ts';
import { createClientV2, type ClientV2 } from '../provider-states/client-v2.ts';
import {
  canonical,
  encryptedPact,
  fileName,
  PACTS,
  parsePact,
  plainPact,
  writePact,
  type Parties,
} from './pact-file.ts';
import { createPublisherV1 } from '../provider-states/publisher-v1.ts';

const { eachLike, fromProviderState, integer, regex, string } = MatchersV3;

const folder = mkdtempSync(path.join(tmpdir(), 'uid2-pacts-'));

// Pact's clients run in this process, and would send usage statistics to their makers.
process.env['PACT_DO_NOT_TRACK'] = '1';

const contract = (parties: Parties): PactV3 => new PactV3({ ...parties, dir: folder, logLevel: 'error' });

const KEY = 'UID2-C-T-1001-ExampleKeyOfThePact';
const SECRET = Buffer.alloc(32, 7).toString('base64');
const TOKEN = /^[A-Za-z0-9+/_-]{160,}={0,2}$/;
const RAW_UID = /^[A-Za-z0-9+/]{43}[A-Za-z0-9+/=]$/;
const BUCKET = /^\w{8,}$/;
const TIME = 1795456800000;

const advertising = 'A4AAAABl'.padEnd(218, 'x');
const bareRefresh = 'A3AAAABm'.padEnd(168, 'y');
const wrappedRefresh = 'AAAAAGY'.padEnd(388, 'z');
const responseKey = Buffer.alloc(32, 9).toString('base64');
const rawUid = Buffer.alloc(32, 5).toString('base64');

const bearer = { Authorization: fromProviderState('Bearer ${api_key}', `Bearer ${KEY}`) };
const json = { 'Content-Type': 'application/json' };

const times = {
  identity_expires: integer(TIME + 3_600_000),
  refresh_expires: integer(TIME + 86_400_000),
  refresh_from: integer(TIME + 900_000),
};
const plainTokens = {
  body: { advertising_token: regex(TOKEN, advertising), refresh_token: regex(TOKEN, bareRefresh), ...times },
  status: 'success',
};
const encryptedTokens = {
  body: {
    advertising_token: regex(TOKEN, advertising),
    refresh_token: regex(/^[A-Za-z0-9+/]{388}$/, wrappedRefresh),
    ...times,
    refresh_response_key: regex(/^[A-Za-z0-9+/]{43}=$/, responseKey),
  },
  status: 'success',
};
const refused = (status: string, message?: string) => ({
  status,
  ...(message === undefined ? {} : { message: string(message) }),
});

const OPTED_OUT = 'opted-out@example.com';
const asText = (name: string, example: string) => fromProviderState(`\${${name}}`, example);

/**
 * Pact's mock server may answer before it has recorded the request, and then reports it as missing (pact-js issue 1835).
 * The test waits for it, and vitest runs a failed test again.
 */
const SETTLE_MS = 25;
const secondChance = { retry: 2 };

const execute = (pact: PactV3, ask: (url: string) => Promise<void>): Promise<void> =>
  pact.executeTest<void>(async ({ url }) => {
    await ask(url);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  });

/** The interactions of all tests become the committed pact; in CI they must be equal to it. */
function commit(parties: Parties, interactions: number): void {
  const written = canonical(readFileSync(path.join(folder, fileName(parties)), 'utf8'));
  expect(parsePact(written).interactions).toHaveLength(interactions);
  if (process.env['CI'] === 'true')
    expect(written).toBe(readFileSync(path.join(PACTS, fileName(parties)), 'utf8'));
  else writePact(parties, written);
}

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('server-only publisher, plain v1', secondChance, () => {
  const pact = contract(plainPact);
  const HASH = 'tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=';

  /** A GET with a key, and its answer. */
  const given = (
    state: string,
    what: string,
    target: string,
    query: Record<string, unknown>,
    anonymous = false,
  ) => ({
    answers: (status: number, body: unknown, ask: (url: string) => Promise<void>) => {
      const agreed = pact
        .given(state)
        .uponReceiving(what)
        .withRequest({
          method: 'GET',
          path: target,
          ...(Object.keys(query).length > 0 ? { query: query as Record<string, string> } : {}),
          ...(anonymous ? {} : { headers: bearer }),
        })
        .willRespondWith({ status, headers: json, body });
      return execute(agreed, ask);
    },
  });

  it('generates tokens from an address', () =>
    given('a client with an enabled key', 'token/generate by email', '/v1/token/generate', {
      email: 'user@example.com',
    }).answers(200, plainTokens, async (url) => {
      const identity = await createPublisherV1(url, KEY).generate({ email: 'user@example.com' });
      expect(identity).toEqual({
        status: 'success',
        tokens: {
          advertisingToken: advertising,
          refreshToken: bareRefresh,
          refreshFrom: TIME + 900_000,
          identityExpires: TIME + 3_600_000,
          refreshExpires: TIME + 86_400_000,
        },
      });
    }));

  it('generates tokens from a hash', () =>
    given('a client with an enabled key', 'token/generate by email hash', '/v1/token/generate', {
      email_hash: HASH,
    }).answers(200, plainTokens, async (url) => {
      expect((await createPublisherV1(url, KEY).generate({ email_hash: HASH })).status).toBe('success');
    }));

  it('generates tokens for an opted-out user too', () =>
    given('an opted-out user', 'token/generate by email, of somebody opted out', '/v1/token/generate', {
      email: asText('email', OPTED_OUT),
    }).answers(200, plainTokens, async (url) => {
      expect((await createPublisherV1(url, KEY).generate({ email: OPTED_OUT })).status).toBe('success');
    }));

  it('gets a refusal of an invalid address', () =>
    given('a client with an enabled key', 'token/generate by an invalid email', '/v1/token/generate', {
      email: 'user',
    }).answers(400, refused('client_error', 'Invalid Identifier'), async (url) => {
      const refusal = { status: 'refused', code: 400, reason: 'client_error' };
      expect(await createPublisherV1(url, KEY).generate({ email: 'user' })).toEqual(refusal);
    }));

  it('gets a refusal of a missing identifier', () =>
    given(
      'a client with an enabled key',
      'token/generate without identifier',
      '/v1/token/generate',
      {},
    ).answers(
      400,
      refused('client_error', 'Required Parameter Missing: exactly one of them must be specified'),
      async (url) => {
        expect(await createPublisherV1(url, KEY).generate({})).toMatchObject({ reason: 'client_error' });
      },
    ));

  it('gets a refusal of a disabled key', () =>
    given('a client whose key is disabled', 'token/generate with a disabled key', '/v1/token/generate', {
      email: 'user@example.com',
    }).answers(401, refused('unauthorized'), async (url) => {
      const refusal = { status: 'refused', code: 401, reason: 'unauthorized' };
      expect(await createPublisherV1(url, KEY).generate({ email: 'user@example.com' })).toEqual(refusal);
    }));

  const refreshes: [string, string, boolean, number, unknown, object][] = [
    ['a user with tokens', 'token/refresh', false, 200, plainTokens, { status: 'success' }],
    ['a user with tokens', 'token/refresh without a key', true, 200, plainTokens, { status: 'success' }],
    [
      'a user with tokens who has opted out since',
      'token/refresh of somebody opted out',
      false,
      200,
      { status: 'optout' },
      { status: 'optout' },
    ],
    [
      'a user whose refresh token has expired',
      'token/refresh of an expired token',
      false,
      400,
      refused('expired_token', 'Expired Token presented'),
      { reason: 'expired_token' },
    ],
    [
      'a user whose refresh token has expired',
      'token/refresh of an expired token without a key',
      true,
      400,
      refused('error', 'Error refreshing token'),
      { reason: 'error' },
    ],
  ];

  it.each(refreshes)('%s: %s', (state, what, anonymous, status, body, expected) =>
    given(
      state,
      what,
      '/v1/token/refresh',
      { refresh_token: asText('refresh_token', bareRefresh) },
      anonymous,
    ).answers(status, body, async (url) => {
      const publisher = createPublisherV1(url, anonymous ? undefined : KEY);
      expect(await publisher.refresh(bareRefresh)).toMatchObject(expected);
    }),
  );

  it('gets a refusal of an invalid refresh token', () =>
    given('a client with an enabled key', 'token/refresh of a broken token', '/v1/token/refresh', {
      refresh_token: 'broken',
    }).answers(400, refused('invalid_token', 'Invalid Token presented'), async (url) => {
      expect(await createPublisherV1(url, KEY).refresh('broken')).toMatchObject({
        reason: 'invalid_token',
      });
    }));

  const validations: [string, string, boolean][] = [
    ['the validate test identity with tokens', 'token/validate of the test identity', true],
    ['a user with tokens', 'token/validate of anybody else', false],
  ];

  it.each(validations)('%s: %s is %s', (state, what, valid) =>
    given(state, what, '/v1/token/validate', {
      token: asText('advertising_token', advertising),
      email: asText('email', 'validate@example.com'),
    }).answers(200, { body: valid, status: 'success' }, async (url) => {
      expect(await createPublisherV1(url, KEY).validate(advertising, 'validate@example.com')).toBe(valid);
    }),
  );

  it('is written to the committed pact', () => {
    commit(plainPact, 14);
  });
});

describe('client of the encrypted API, stated in plain JSON', secondChance, () => {
  const pact = contract(encryptedPact);

  /** The client seals, the proxy opens, the pact sees JSON. */
  async function whenAsked(url: string, ask: (client: ClientV2) => Promise<void>): Promise<void> {
    const responseKeys = new Map([[wrappedRefresh, responseKey]]);
    const proxy = await startOpeningProxy({ target: url, secrets: new Map([[KEY, SECRET]]), responseKeys });
    try {
      await ask(createClientV2(proxy.url, KEY, SECRET));
    } finally {
      await proxy.close();
    }
  }

  interface Case {
    what: string;
    state?: string;
    path: string;
    payload?: unknown;
    /** The payload as the pact states it, where values come from the state. */
    stated?: unknown;
    status?: number;
    answer: unknown;
    expected: unknown;
  }

  const user = { email: 'user@example.com' };
  // Versions before 2026 answer optout only to requests with optout_check.
  const optout_check = 1;
  const mapped = (identifier: string) => ({
    identifier,
    advertising_id: regex(RAW_UID, rawUid),
    bucket_id: regex(BUCKET, 'lAbCdEfGh'),
  });
  const key = {
    id: integer(101),
    created: integer(1609459200),
    activates: integer(1609459200),
    expires: integer(2145916800),
    secret: regex(/^[A-Za-z0-9+/]{43}=$/, SECRET),
  };

  const cases: Case[] = [
    {
      what: 'token/generate by email',
      path: '/v2/token/generate',
      payload: user,
      answer: encryptedTokens,
      expected: { status: 'success' },
    },
    {
      what: 'token/generate by phone',
      path: '/v2/token/generate',
      payload: { phone: '+12345550100' },
      answer: encryptedTokens,
      expected: { status: 'success' },
    },
    {
      what: 'token/generate by email, of somebody opted out',
      state: 'an opted-out user',
      path: '/v2/token/generate',
      payload: { email: OPTED_OUT, optout_check },
      stated: { email: asText('email', OPTED_OUT), optout_check },
      answer: { status: 'optout' },
      expected: { status: 'optout' },
    },
    {
      what: 'token/generate by an invalid email',
      path: '/v2/token/generate',
      payload: { email: 'user' },
      status: 400,
      answer: refused('client_error', 'Invalid Identifier'),
      expected: { status: 'client_error' },
    },
    {
      what: 'token/generate by two identifiers',
      path: '/v2/token/generate',
      payload: { ...user, phone: '+12345550100' },
      status: 400,
      answer: refused('client_error', 'Required Parameter Missing: exactly one of them must be specified'),
      expected: { status: 'client_error' },
    },
    {
      what: 'token/generate with a disabled key',
      state: 'a client whose key is disabled',
      path: '/v2/token/generate',
      payload: user,
      status: 401,
      answer: refused('unauthorized'),
      expected: { status: 'unauthorized' },
    },
    {
      what: 'token/validate of a broken token',
      path: '/v2/token/validate',
      payload: { token: 5, email: 'user' },
      status: 400,
      answer: refused('client_error', 'Invalid Identifier'),
      expected: { status: 'client_error' },
    },
    {
      what: 'token/validate of the test identity',
      state: 'the validate test identity with tokens',
      path: '/v2/token/validate',
      payload: { token: advertising, email: 'validate@example.com' },
      stated: {
        token: asText('advertising_token', advertising),
        email: asText('email', 'validate@example.com'),
      },
      answer: { body: true, status: 'success' },
      expected: { body: true },
    },
    {
      what: 'token/validate of another identity',
      state: 'the validate test identity with tokens',
      path: '/v2/token/validate',
      payload: { token: advertising, ...user },
      stated: { token: asText('advertising_token', advertising), ...user },
      answer: { body: false, status: 'success' },
      expected: { body: false },
    },
    {
      what: 'v2 identity/map of a list',
      state: 'an opted-out user',
      path: '/v2/identity/map',
      payload: { email: ['user@example.com', OPTED_OUT, 'user'] },
      stated: { email: ['user@example.com', asText('email', OPTED_OUT), 'user'] },
      answer: {
        body: {
          mapped: [mapped('user@example.com')],
          unmapped: [
            { identifier: string(OPTED_OUT), reason: 'optout' },
            { identifier: 'user', reason: 'invalid identifier' },
          ],
        },
        status: 'success',
      },
      expected: { body: { unmapped: [{ reason: 'optout' }, { reason: 'invalid identifier' }] } },
    },
    {
      what: 'v3 identity/map of lists',
      state: 'an opted-out user',
      path: '/v3/identity/map',
      payload: { email: ['user@example.com', OPTED_OUT], phone: ['user'] },
      stated: { email: ['user@example.com', asText('email', OPTED_OUT)], phone: ['user'] },
      answer: {
        body: {
          email: [{ u: regex(RAW_UID, rawUid), r: integer(1795478400) }, { e: 'optout' }],
          email_hash: [],
          phone: [{ e: 'invalid identifier' }],
          phone_hash: [],
        },
        status: 'success',
      },
      expected: { body: { email: [{ u: rawUid }, { e: 'optout' }], phone: [{ e: 'invalid identifier' }] } },
    },
    {
      what: 'key/sharing',
      path: '/v2/key/sharing',
      answer: {
        body: {
          caller_site_id: integer(1001),
          master_keyset_id: 9999999,
          token_expiry_seconds: regex(/^\d+$/, '2592000'),
          identity_scope: 'UID2',
          allow_clock_skew_seconds: integer(1800),
          keys: eachLike(key),
        },
        status: 'success',
      },
      expected: { body: { master_keyset_id: 9999999 } },
    },
    {
      what: 'key/bidstream',
      path: '/v2/key/bidstream',
      answer: {
        body: {
          max_bidstream_lifetime_seconds: integer(3610),
          identity_scope: 'UID2',
          allow_clock_skew_seconds: integer(1800),
          keys: eachLike(key),
        },
        status: 'success',
      },
      expected: { body: { identity_scope: 'UID2' } },
    },
    {
      what: 'optout/status of somebody who is not opted out',
      state: 'a raw UID of a user who is not opted out',
      path: '/v2/optout/status',
      payload: { advertising_ids: [rawUid] },
      stated: { advertising_ids: [asText('raw_uid', rawUid)] },
      answer: { body: { opted_out: [] }, status: 'success' },
      expected: { body: { opted_out: [] } },
    },
  ];

  it.each(cases)(
    '$what',
    ({
      what,
      state = 'a client with an enabled key',
      path: target,
      payload,
      stated,
      status = 200,
      answer,
      expected,
    }) => {
      const headers = { ...bearer, ...(payload === undefined ? {} : json) };
      const body = payload === undefined ? {} : { body: stated ?? payload };
      const agreed = pact
        .given(state)
        .uponReceiving(what)
        .withRequest({ method: 'POST', path: target, headers, ...body })
        .willRespondWith({ status, headers: json, body: answer });
      return execute(agreed, (url) =>
        whenAsked(url, async (client) => {
          const reply = await client.call(target, payload);
          expect(reply.code).toBe(status);
          expect(reply.json).toMatchObject(expected as object);
        }),
      );
    },
  );

  const refreshes: [string, string, number, unknown, object][] = [
    ['a user with tokens', 'token/refresh', 200, encryptedTokens, { status: 'success' }],
    [
      'a user with tokens who has opted out since',
      'token/refresh of somebody opted out',
      200,
      { status: 'optout' },
      { status: 'optout' },
    ],
    [
      'a user whose refresh token has expired',
      'token/refresh of an expired token',
      400,
      refused('expired_token', 'Expired Token presented'),
      { status: 'expired_token' },
    ],
  ];

  it.each(refreshes)('%s: %s', (state, what, status, answer, expected) => {
    const agreed = pact
      .given(state)
      .uponReceiving(what)
      .withRequest({
        method: 'POST',
        path: '/v2/token/refresh',
        headers: { ...bearer, ...json },
        body: { refresh_token: asText('refresh_token', wrappedRefresh) },
      })
      .willRespondWith({ status, headers: json, body: answer });
    return execute(agreed, (url) =>
      whenAsked(url, async (client) => {
        const reply = await client.refresh(wrappedRefresh, responseKey);
        expect(reply).toMatchObject({ code: status, json: expected });
      }),
    );
  });

  it('is written to the committed pact', () => {
    commit(encryptedPact, 17);
  });
});
