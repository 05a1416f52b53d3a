/** Every code of OperatorError, reached over HTTP: the status, the `status` member and the message it becomes. */

import { afterAll, describe, expect, it } from 'vitest';
import { sealClientGenerate, sealRequest } from '../../contract-tests/wire/index.ts';
import { type OperatorErrorCode, operatorErrorCodes } from '../core/operator-error.ts';
import { type MockOperator, type MockOperatorOptions, startMockOperator } from '../index.ts';
import {
  type Parameters,
  ask,
  bearer,
  companyOf,
  credentialOf,
  embeddedKeys,
  embeddedWorld,
  get,
  post,
} from '../testing/caller.ts';
import { sealedWrapper } from '../testing/hostile-bodies.ts';

const world = embeddedWorld();
const [company, ...others] = world.clients;
if (company === undefined) throw new Error('clients: expected at least one, got none');
const noPhones = { ...world, enable_phone_support: false };
const configurations = {
  local: {},
  current: { profile: 'current' },
  'v5.56': { profile: 'v5.56' },
  seed: { profile: 'seed-v1' },
  euid: { scope: 'euid' },
  // by then the keys have expired
  keyless: { now: '2039-01-01' },
  reserved: { world: { ...world, clients: [{ ...company, site_id: 2 }, ...others] } },
  young: { profile: 'v5.56', world: { ...world, clients: [{ ...company, created: 1_700_000_000 }] } },
  noPhones: { world: noPhones },
  disabledPair: {
    world: {
      ...world,
      client_side_keypairs: world.client_side_keypairs.map((pair) => ({ ...pair, disabled: true })),
    },
  },
  links: { world: { ...world, clients: [{ ...company, service_id: 32 }, ...others] } },
} as const satisfies Record<string, MockOperatorOptions>;

const mocks = new Map<string, Promise<MockOperator>>();
const on = (name: keyof typeof configurations): Promise<MockOperator> => {
  const started = mocks.get(name) ?? startMockOperator(configurations[name]);
  mocks.set(name, started);
  return started;
};
afterAll(async () => {
  for (const mock of mocks.values()) await (await mock).close();
});

type Answer = Promise<{ status: number; json?: unknown; text?: string }>;
type Case = (mock: MockOperator) => Answer;

const user = { email: 'user@example.com' };
const hash = { email_hash: 'tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=' };
const v1 =
  (path: string, parameters: Parameters = {}) =>
  (mock: MockOperator) =>
    get(mock, path, parameters, { credential: companyOf(mock) });
const v2 =
  (path: string, payload?: unknown, ahead = 0) =>
  (mock: MockOperator) =>
    post(mock, path, payload, { timestampMs: mock.clock.now() + ahead });
const raw = (path: string, body: string | Buffer) => (mock: MockOperator) =>
  ask(mock, path, {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    headers: bearer(companyOf(mock)),
  });
const generate = '/v2/token/generate';
const base64Of = (bytes: Buffer) => bytes.toString('base64');
const refresh = (token: string) => v1('/v1/token/refresh', { refresh_token: token });
const freshToken = async (mock: MockOperator): Promise<string> =>
  (await v1('/v1/token/generate', user)(mock)).json.body.refresh_token;
const keyOf = (id: number) => ({ id, secret: embeddedKeys.get(id) ?? Buffer.alloc(0) });

/** A request of client-side generation with some of its members replaced. */
const clientSide =
  (change: object = {}, payload: unknown = hash, origin = 'https://example.com', appName?: string): Case =>
  async (mock) => {
    const [pair] = world.client_side_keypairs;
    const { body } = sealClientGenerate({
      subscriptionId: pair?.subscription_id ?? '',
      serverPublicKey: pair?.public_key ?? '',
      payload,
      timestampMs: mock.clock.now(),
      appName,
    });
    return ask(mock, '/v2/token/client-generate', {
      method: 'POST',
      headers: { origin },
      body: JSON.stringify({ ...body, ...change }),
    });
  };
const plainClientSide = (body: string) => raw('/v2/token/client-generate', body);

const HINT =
  ' See https://unifiedid.com/docs/getting-started/gs-encryption-decryption for details on the request envelope format.';
const ONE = 'Required Parameter Missing: exactly one of ';
const FOUR = '[email, email_hash, phone, phone_hash] must be specified';
const TWO = 'email or email_hash must be specified';

type Row = readonly [OperatorErrorCode, keyof typeof configurations, Case, number, string, string?];
const clientError = (
  code: OperatorErrorCode,
  where: keyof typeof configurations,
  request: Case,
  message: string,
): Row => [code, where, request, 400, 'client_error', message];

/** A client that says which version it is: its query is read by the endpoint alone. */
const versioned = (target: string) => (mock: MockOperator) =>
  ask(mock, target, { headers: { ...bearer(companyOf(mock)), 'x-uid2-client-version': 'x' } });

const rows: readonly Row[] = [
  ...['/token/generate', '/token/refresh', '/identity/map', '/token/logout'].map((path): Row => [
    'query_broken',
    'v5.56',
    versioned(`${path}?a=%`),
    400,
    'Bad Request',
  ]),
  ...['/v1/token/refresh', '/v1/identity/map', '/v1/identity/buckets'].map((path): Row => [
    'query_broken',
    'v5.56',
    versioned(`${path}?a=%`),
    400,
    'Bad Request',
  ]),
  ...['/token/validate', '/v1/token/validate'].map((path): Row => [
    'query_broken',
    'v5.56',
    versioned(`${path}?a=%`),
    500,
    'Internal Server Error',
  ]),
  [
    'query_broken',
    'v5.56',
    versioned('/v1/token/generate?a=%'),
    500,
    'unknown',
    'Unknown error while generating token v1',
  ],
  ...[generate, '/v2/token/refresh'].map((path): Row => [
    'charset_unknown',
    'local',
    (mock) =>
      ask(mock, path, {
        method: 'POST',
        body: 'A',
        headers: { ...bearer(companyOf(mock)), 'content-type': 'text/plain; charset=x' },
      }),
    500,
    'Internal Server Error',
  ]),
  ['unauthorized', 'local', (mock) => get(mock, '/v1/token/generate', user), 401, 'unauthorized'],
  ['unauthorized', 'local', (mock) => get(mock, '/identity/map', user), 401, 'Unauthorized'],
  [
    'reserved_client_site',
    'reserved',
    v2('/v2/key/latest'),
    401,
    'invalid_client',
    'Unexpected client site id 2',
  ],
  [
    'invalid_link_id',
    'links',
    v2('/v2/identity/map', { email: [], link_id: 'x' }),
    401,
    'unauthorized',
    'Invalid link_id',
  ],
  [
    'invalid_link_id',
    'links',
    v2('/v2/identity/map', { email: [], link_id: 'disabled-link' }),
    401,
    'unauthorized',
    'Invalid link_id',
  ],

  clientError('body_missing', 'local', raw(generate, ''), 'Invalid body: Body is missing.'),
  clientError(
    'body_not_base64',
    'local',
    raw(generate, 'a b'),
    `Invalid body: Body is not valid base64.${HINT}`,
  ),
  clientError(
    'body_not_base64',
    'euid',
    raw(generate, 'a b'),
    `Invalid body: Body is not valid base64.${HINT.replace('unifiedid.com', 'euid.eu')}`,
  ),
  clientError('body_not_base64', 'v5.56', raw(generate, 'a b'), 'Invalid body: Body is not valid base64.'),
  clientError(
    'body_too_short',
    'local',
    raw(generate, 'AQ=='),
    `Invalid body: Body too short. Check encryption method.${HINT}`,
  ),
  clientError(
    'body_wrong_version',
    'local',
    raw(generate, base64Of(Buffer.alloc(45, 7))),
    `Invalid body: Invalid request envelope format version: received 7, must be 1.${HINT}`,
  ),
  clientError(
    'body_undecryptable',
    'local',
    raw(generate, base64Of(Buffer.alloc(45, 1))),
    `Invalid body: Check encryption key (ClientSecret).${HINT}`,
  ),
  clientError(
    'body_unencrypted_json',
    'local',
    raw(generate, '{}'),
    'Invalid body: The request body is unencrypted JSON. It must be an encrypted request envelope. See https://unifiedid.com/docs/getting-started/gs-encryption-decryption#encryption-and-decryption-code-examples for encryption and decryption code examples.',
  ),
  clientError(
    'timestamp_out_of_window',
    'local',
    v2(generate, user, -120_000),
    'Invalid timestamp: Request too old or client time drift.',
  ),
  clientError(
    'payload_not_json',
    'local',
    (mock) => {
      const secret = Buffer.from(companyOf(mock).secret, 'base64');
      const sealed = sealRequest(secret, Buffer.from('[]'), { timestampMs: mock.clock.now() });
      return raw(generate, base64Of(sealed))(mock);
    },
    'Invalid payload in body: Data is not valid json string.',
  ),

  clientError('identifier_missing', 'local', v2(generate, {}), `${ONE}${FOUR}`),
  clientError('identifier_missing', 'local', v2(generate), `${ONE}${FOUR}`),
  clientError('identifier_missing', 'noPhones', v2(generate, { phone: '+12345678901' }), `${ONE}${TWO}`),
  clientError('identifier_invalid', 'local', v2(generate, { email: 1 }), 'Invalid Identifier'),
  clientError('email_missing', 'v5.56', v1('/token/generate', { phone: '+12345678901' }), `${ONE}${TWO}`),
  clientError('email_invalid', 'v5.56', v1('/token/generate', { email: 'x' }), 'Invalid email or email_hash'),
  clientError(
    'identifiers_missing',
    'local',
    v2('/v3/identity/map', {}),
    `Required Parameter Missing: one or more of ${FOUR}`,
  ),
  clientError('list_missing', 'local', v2('/v2/identity/map', {}), `${ONE}${FOUR}`),
  clientError('list_missing', 'local', raw('/v1/identity/map', '{"foo":[]}'), `${ONE}${FOUR}`),
  clientError(
    'list_missing',
    'seed',
    raw('/v1/identity/map', '{}'),
    'Exactly one of email or email_hash must be specified',
  ),
  clientError('list_email_missing', 'local', raw('/identity/map', '{}'), `${ONE}${TWO}`),
  clientError(
    'list_ambiguous',
    'local',
    raw('/identity/map', '{"email":["a"],"email_hash":["a"]}'),
    'Only one of email or email_hash can be specified',
  ),
  clientError('list_not_an_array', 'local', v2('/v2/identity/map', { phone: 'x' }), 'phone must be an array'),
  clientError(
    'list_format',
    'local',
    v2('/v3/identity/map', { email: [], link_id: 'x' }),
    'Incorrect request format',
  ),
  [
    'list_broken',
    'local',
    v2('/v2/identity/map', { email: [null] }),
    500,
    'unknown',
    'Unknown error while mapping identity v2',
  ],
  ['list_broken', 'local', raw('/identity/map', '{"email":[null]}'), 500, 'Internal Server Error'],

  clientError(
    'refresh_token_missing',
    'local',
    v1('/v1/token/refresh'),
    'Required Parameter Missing: refresh_token',
  ),
  ['refresh_token_invalid', 'local', refresh('x'), 400, 'invalid_token', 'Invalid Token presented x'],
  [
    'refresh_token_invalid',
    'local',
    raw('/v2/token/refresh', 'x'),
    400,
    'invalid_token',
    'Invalid Token presented',
  ],
  [
    'refresh_token_expired',
    'local',
    async (mock) => {
      const token = await freshToken(mock);
      await mock.clock.advance(86_400_001);
      const answer = await refresh(token)(mock);
      await mock.reset();
      return answer;
    },
    400,
    'expired_token',
    'Expired Token presented',
  ],
  ['refresh_token_malformed', 'local', refresh('AA=='), 400, 'invalid_token', 'Invalid Token presented AA=='],
  [
    'refresh_token_malformed',
    'v5.56',
    refresh('AA=='),
    500,
    'unknown',
    'Unknown error while refreshing token',
  ],
  [
    'refresh_refused',
    'local',
    (mock) => get(mock, '/v1/token/refresh', { refresh_token: 'x' }),
    400,
    'error',
    'Error refreshing token',
  ],
  clientError(
    'refresh_wrapper_not_base64',
    'local',
    raw('/v2/token/refresh', '*'.repeat(388)),
    'Invalid body: Body is not valid base64.',
  ),
  clientError(
    'refresh_wrapper_unknown_key',
    'local',
    raw('/v2/token/refresh', 'A'.repeat(388)),
    'Invalid key: Generator of this token (Key ID: 0) does not exist.',
  ),
  clientError(
    'refresh_wrapper_undecryptable',
    'local',
    raw('/v2/token/refresh', sealedWrapper({ id: 101, secret: Buffer.alloc(32) }, '{}')),
    'Invalid data: Check encryption method and encryption key.',
  ),
  clientError(
    'refresh_wrapper_bad_payload',
    'local',
    raw('/v2/token/refresh', sealedWrapper(keyOf(102), '{}')),
    'Invalid format: Payload is not valid json or missing required data.',
  ),
  [
    'refresh_wrapper_bad_key',
    'local',
    async (mock) => {
      const refresh_token = await freshToken(mock);
      const json = JSON.stringify({ refresh_response_key: 'AAAA', refresh_token });
      return raw('/v2/token/refresh', sealedWrapper(keyOf(102), json))(mock);
    },
    500,
    'error',
    '',
  ],

  clientError(
    'advertising_token_invalid',
    'local',
    v2('/v2/token/validate', { ...user, token: 'x' }),
    'Invalid token',
  ),
  clientError('advertising_token_invalid', 'local', v2('/v2/token/validate', user), 'Invalid token'),
  clientError(
    'advertising_token_not_own',
    'local',
    async (mock) => {
      const credential = credentialOf(mock, 'Example Publisher without keyset');
      const { json } = await post(mock, generate, user, { credential });
      return post(
        mock,
        '/v2/token/validate',
        { ...user, token: json.body.advertising_token },
        { credential },
      );
    },
    'Unauthorised to validate token',
  ),
  ['no_active_key', 'keyless', v2(generate, user), 500, 'unknown', 'No active encryption key available'],
  [
    'no_active_key',
    'keyless',
    v1('/v1/token/generate', user),
    500,
    'unknown',
    'Unknown error while generating token v1',
  ],
  clientError(
    'policy_invalid',
    'v5.56',
    v2(generate, { ...user, policy: 2 }),
    'request body contains invalid argument(s)',
  ),
  clientError(
    'policy_required',
    'young',
    v2(generate, user),
    'Required opt-out policy argument for token/generate is missing or not set to 1',
  ),
  clientError(
    'consent_invalid',
    'euid',
    v2(generate, { ...user, tcf_consent_string: '' }),
    'User consent is invalid',
  ),

  clientError(
    'since_timestamp_missing',
    'local',
    v1('/v1/identity/buckets'),
    'missing parameter since_timestamp',
  ),
  clientError(
    'since_timestamp_invalid',
    'local',
    v1('/v1/identity/buckets', { since_timestamp: '2021-01-01' }),
    'invalid date, must conform to ISO 8601',
  ),
  [
    'logout_identifier_missing',
    'local',
    v2('/v2/token/logout', {}),
    400,
    'invalid_token',
    'Invalid Token presented null',
  ],
  [
    'logout_identifier_invalid',
    'local',
    v2('/v2/token/logout', { email: 'x' }),
    400,
    'invalid_token',
    'Invalid Token presented null',
  ],
  clientError('status_body_missing', 'local', v2('/v2/optout/status'), 'Invalid request body'),
  clientError(
    'status_ids_missing',
    'local',
    v2('/v2/optout/status', {}),
    'Required Parameter Missing: advertising_ids',
  ),
  clientError(
    'status_too_many',
    'local',
    v2('/v2/optout/status', { advertising_ids: Array(5001).fill('x') }),
    'Request payload is too large',
  ),

  clientError('cstg_json_invalid', 'local', plainClientSide('{'), 'json payload is not valid'),
  clientError('cstg_json_missing', 'local', plainClientSide('null'), 'json payload expected but not found'),
  clientError('cstg_json_missing', 'local', plainClientSide(''), 'json payload expected but not found'),
  clientError('cstg_bad_subscription', 'local', clientSide({ subscription_id: 'x' }), 'bad subscription_id'),
  ['cstg_disabled', 'disabledPair', clientSide(), 401, 'unauthorized', 'Unauthorized'],
  [
    'cstg_app_name',
    'local',
    clientSide({}, hash, 'https://example.com', 'x'),
    403,
    'invalid_app_name',
    'unexpected app name',
  ],
  [
    'cstg_origin',
    'local',
    clientSide({}, hash, 'https://example.org'),
    403,
    'invalid_http_origin',
    'unexpected http origin',
  ],
  clientError(
    'cstg_parameters',
    'local',
    clientSide({ iv: null }),
    'required parameters: payload, iv, public_key',
  ),
  clientError('cstg_bad_public_key', 'local', clientSide({ public_key: 'AAAA' }), 'bad public key'),
  clientError('cstg_bad_iv', 'local', clientSide({ iv: 'AAAA' }), 'bad iv'),
  clientError('cstg_bad_iv', 'local', clientSide({ iv: 'A' }), 'bad iv'),
  clientError('cstg_undecryptable', 'local', clientSide({ payload: 'A' }), 'payload decryption failed'),
  clientError('cstg_undecryptable', 'local', clientSide({ timestamp: 1 }), 'payload decryption failed'),
  clientError(
    'cstg_payload_not_json',
    'local',
    clientSide({}, '[]'),
    'encrypted payload contains invalid json',
  ),
  clientError(
    'cstg_phone_unsupported',
    'noPhones',
    clientSide({}, { phone_hash: 'x' }),
    'phone support not enabled',
  ),
  clientError(
    'cstg_identifier_missing',
    'local',
    clientSide({}, {}),
    'please provide exactly one of: email_hash, phone_hash',
  ),
  clientError(
    'cstg_identifier_missing_no_phone',
    'noPhones',
    clientSide({}, {}),
    'please provide email_hash',
  ),

  [
    'unknown',
    'local',
    clientSide({ extra: 1 }),
    500,
    'unknown',
    'Unknown error while handling client side token generate',
  ],
  [
    'unknown',
    'local',
    plainClientSide('[]'),
    500,
    'unknown',
    'Unknown error while handling client side token generate',
  ],
  ['unknown', 'local', v2('/v2/identity/buckets'), 500, 'Internal Server Error'],
  [
    'unknown',
    'v5.56',
    v2(generate, { ...user, policy: '1' }),
    500,
    'unknown',
    'Unknown error while generating token v2',
  ],
  [
    'unknown',
    'local',
    v2('/v2/optout/status', { advertising_ids: 'x' }),
    500,
    'unknown',
    'Unknown error while getting optout status',
  ],
];

/** What a row says a body is: JSON with a status, or text alone. */
function bodyOf(status: string, message: string | undefined): unknown {
  if (message !== undefined) return { message, status };
  return status === status.toLowerCase() ? { status } : status;
}

const cases = rows.map(([code, where, request, http, status, message]) => ({
  code,
  where,
  request,
  http,
  body: bodyOf(status, message),
}));

describe('the code', () => {
  it.each(cases)('$code on $where', async ({ where, request, http, body }) => {
    const answer = await request(await on(where));
    expect([answer.status, answer.json ?? answer.text]).toEqual([http, body]);
  });

  it('of every error is among them', () => {
    expect(new Set(rows.map(([code]) => code))).toEqual(new Set(operatorErrorCodes));
  });
});
