/** Random and hostile requests: known paths and broken ones, with methods, headers, queries and bodies of all sorts. */

import { sealRequest } from '../../contract-tests/wire/index.ts';
import type { Credential, MockOperator } from '../index.ts';
import type { Dice } from './random.ts';
import type { Sent } from './wire-client.ts';

const endpoints = [
  '/token/generate',
  '/token/refresh',
  '/token/validate',
  '/token/logout',
  '/identity/map',
  '/key/latest',
  '/v1/token/generate',
  '/v1/token/refresh',
  '/v1/token/validate',
  '/v1/identity/buckets',
  '/v1/identity/map',
  '/v1/key/latest',
  '/v2/token/generate',
  '/v2/token/refresh',
  '/v2/token/validate',
  '/v2/token/logout',
  '/v2/token/client-generate',
  '/v2/identity/buckets',
  '/v2/identity/map',
  '/v2/key/latest',
  '/v2/key/sharing',
  '/v2/key/bidstream',
  '/v2/optout/status',
  '/v3/identity/map',
  '/ops/healthcheck',
] as const;

const METHODS = ['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE'];
const RARE_METHODS = ['PROPFIND', 'SEARCH', 'M-SEARCH', 'PURGE', 'LINK', 'REPORT', 'QUERY'];
const NAMES = [
  'email',
  'email_hash',
  'phone',
  'phone_hash',
  'EMAIL',
  'token',
  'refresh_token',
  'since_timestamp',
  'x',
];

const TEXTS = [
  'user@example.com',
  'optout@email.com',
  'a@b@c',
  '',
  '+12345678901',
  'LdhtUlMQ58ZZy5YUqGPRQw5xUMS5dXG5ocJHYJHbAKI=',
  '2dd86d525310e7c659cb9614a863d1430e7150c4b97571b9a1c2476091db00a2',
  '2021-03-01T00:00:00',
  '+999999999-12-31T23:59:59.999999999',
  'AA==',
  'A3AAAABm',
  'A4AAAABlAAECAwQF',
  'Ag==',
  '\u0000',
  '\ud83d\ude00@\u00e9.com',
  '__proto__',
  'constructor',
  '${jndi:ldap://x}',
  "' OR 1=1 --",
  '<script>',
  'A'.repeat(388),
  // consent strings: one that is whole, cut, and without an end
  'CPhJRpMPhJRpMABAMBFRACBoALAAAEJAAIYgAKwAQAKgArABAAqAAA',
  'CPhJRpMPhJRpMABAMBFR',
  `CPhJRpMPhJRpM${'/'.repeat(2000)}`,
  `CPhJRpMPhJRpMABAMBFRACBoALAAAEJ__${'_'.repeat(4000)}`,
  'x'.repeat(3000),
];

const JSON_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1.5e300,
  '',
  'user@example.com',
  [],
  {},
  [[]],
  [null],
  ['user@example.com', 'x', 7, true],
  [{}, []],
  { email: 'x' },
  ['LdhtUlMQ58ZZy5YUqGPRQw5xUMS5dXG5ocJHYJHbAKI='],
];
const MEMBERS = [
  ...NAMES,
  'link_id',
  'policy',
  'optout_check',
  'advertising_ids',
  'tcf_consent_string',
  'subscription_id',
  'public_key',
  'timestamp',
  'iv',
  'payload',
  'app_name',
  '__proto__',
  'toString',
];

const CONTENT_TYPES = [
  'application/octet-stream',
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'APPLICATION/OCTET-STREAM ',
  'application/octet-stream; charset=utf-8',
  'x',
  '/',
  ';',
  'text/',
  'a/b; c="',
  '*/*',
  '\u00ff\u00fe',
];

const ORIGINS = [
  'https://example.com',
  'null',
  '',
  'http://localhost:1',
  'foo',
  'https://[::1',
  '\u00e9',
  'http://',
];

type Caller = Pick<Credential, 'key' | 'secret'>;

/** What a hostile client knows of a mock. */
type Target = Pick<MockOperator, 'credentials'> & { readonly clock: { readonly now: () => number } };

function randomText(dice: Dice): string {
  if (dice.oneIn(3)) return dice.bytes(dice.below(60)).toString('latin1');
  if (dice.oneIn(4)) return dice.bytes(dice.below(300)).toString('base64');
  if (dice.oneIn(20)) return `C${dice.bytes(dice.below(90)).toString('base64url')}`;
  return dice.pick(TEXTS);
}

function randomJson(dice: Dice): string {
  if (dice.oneIn(12)) return '['.repeat(dice.below(5000));
  if (dice.oneIn(12)) return `{"email":${'['.repeat(3000)}${']'.repeat(3000)}}`;
  const members = Array.from({ length: dice.below(4) }, (): [string, unknown] => [
    dice.pick(MEMBERS),
    dice.oneIn(4) ? randomText(dice) : dice.pick(JSON_VALUES),
  ]);
  return JSON.stringify(Object.fromEntries(members));
}

function randomBody(dice: Dice, mock: Target, { secret }: Caller): string | Uint8Array {
  const kind = dice.below(8);
  if (kind === 0) return '';
  if (kind === 1) return dice.bytes(dice.below(400));
  if (kind === 2) return randomJson(dice);
  if (kind === 3) return randomText(dice);
  const payload = dice.oneIn(6)
    ? undefined
    : Buffer.from(dice.oneIn(5) ? randomText(dice) : randomJson(dice));
  const sealed = sealRequest(Buffer.from(secret, 'base64'), payload, { timestampMs: mock.clock.now() });
  if (kind === 4) sealed.writeUInt8(dice.below(256), dice.below(sealed.length));
  return kind === 5 ? sealed : sealed.toString('base64');
}

/** A spelling of a path: unchanged, in other letter case, or with additional segments and escapes. */
function spelled(dice: Dice, path: string): string {
  const spellings: (() => string)[] = [
    () => `${path}/`,
    () => path.replace('/', '//'),
    () => `/.${path}`,
    () => `/x/..${path}`,
    () => path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
    () => path.toUpperCase(),
    () => `${path}%2f`,
    () => `${path}%`,
    () => `${path}%zz`,
    () => `${path}%00`,
    () => `${path};x=1`,
    () => `${path}${dice.pick(['/x', '..', '\\', '*', ':id', '|', '"', '\u00e9'])}`,
  ];
  return dice.oneIn(3) ? dice.pick(spellings)() : path;
}

function randomQuery(dice: Dice): string {
  const value = (): string => {
    const text = randomText(dice);
    if (dice.oneIn(8)) return dice.pick(['%', '%u0041', '%ff%fe', '%E0%A4%A', '+', '%2B', '%00', '==', '#']);
    return encodeURIComponent(text);
  };
  const pairs = Array.from({ length: dice.below(4) }, () => `${dice.pick(NAMES)}=${value()}`);
  if (dice.oneIn(10)) pairs.push(dice.pick(['email', '=', '&', '=x', '?', '%', ';email=a@b.c', '[]=1']));
  return pairs.length === 0 ? '' : `?${pairs.join(dice.oneIn(9) ? ';' : '&')}`;
}

function authorization(dice: Dice, { key }: Caller): string {
  if (!dice.oneIn(4)) return `Bearer ${key}`;
  return dice.pick([
    `bearer  ${key}`,
    `Basic ${key}`,
    key,
    'Bearer',
    'Bearer ',
    '',
    `Bearer ${key}x`,
    '\u00ff',
  ]);
}

function randomHeaders(dice: Dice, method: string, caller: Caller): Record<string, string> {
  const headers: Record<string, string> = {};
  if (!dice.oneIn(5)) headers['authorization'] = authorization(dice, caller);
  if (dice.oneIn(2)) headers['content-type'] = dice.pick(CONTENT_TYPES);
  const isOptions = method === 'OPTIONS';
  if (isOptions || dice.oneIn(4)) headers['origin'] = dice.pick(ORIGINS);
  if (isOptions || dice.oneIn(8)) headers['access-control-request-method'] = dice.pick(['POST', 'x', '']);
  if (dice.oneIn(8)) headers['x-amzn-trace-id'] = dice.pick(['Root=1', '', '\u00ff', 'a'.repeat(2000)]);
  if (dice.oneIn(20))
    headers[dice.pick(['x-forwarded-for', 'cookie', 'range', 'if-none-match'])] = randomHeader(dice);
  if (dice.oneIn(40)) headers['upgrade'] = 'websocket';
  if (dice.oneIn(40)) headers['accept-encoding'] = 'gzip, br, *;q=0';
  return headers;
}

const randomHeader = (dice: Dice): string => dice.bytes(dice.below(40)).toString('base64url');

/** Mostly the method of an endpoint, so that requests get past the gate. */
function randomMethod(dice: Dice, endpoint: string | undefined): string {
  if (dice.oneIn(30)) return dice.pick(RARE_METHODS);
  if (endpoint === undefined || dice.oneIn(4)) return dice.pick(METHODS);
  if (endpoint.endsWith('/identity/map') && dice.oneIn(2)) return 'POST';
  return /^\/v[23]/.test(endpoint) ? 'POST' : 'GET';
}

/** A request and the endpoint it means, if any. */
export function hostileRequest(dice: Dice, mock: Target): Sent & { readonly endpoint: string | undefined } {
  const known = !dice.oneIn(12);
  const endpoint = known ? dice.pick(endpoints) : undefined;
  const elsewhere = [
    '/',
    '*',
    '/favicon.ico',
    '/v9/token/generate',
    '//',
    '/..',
    '/%2e%2e/etc/passwd',
    '/__admin',
  ];
  const path = endpoint === undefined ? dice.pick(elsewhere) : spelled(dice, endpoint);
  const method = randomMethod(dice, endpoint);
  // the first has every role
  const caller = (dice.oneIn(2) ? mock.credentials[0] : undefined) ?? dice.pick(mock.credentials);
  const body = method === 'GET' && !dice.oneIn(5) ? {} : { body: randomBody(dice, mock, caller) };
  const target = (path === '*' ? '/*' : path) + randomQuery(dice);
  return { endpoint, method, target, headers: randomHeaders(dice, method, caller), ...body };
}

const REQUEST_LINES = [
  'GET / HTTP/1.1',
  'GET /v1/token/generate?email=a HTTP/1.0',
  'GET /v1/token/generate HTTP/9.9',
  'GET  /v1/token/generate HTTP/1.1',
  'POST /v2/token/generate HTTP/1.1',
  'get / HTTP/1.1',
  'GET /\u0000 HTTP/1.1',
  'GET http://example.com/v1/token/validate HTTP/1.1',
  'OPTIONS * HTTP/1.1',
  'CONNECT example.com:443 HTTP/1.1',
  'PRI * HTTP/2.0',
  '\u0016\u0003\u0001',
  'GET',
  '',
];
const HEADER_LINES = [
  'Host: x',
  'Host: x',
  'Host: x',
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Content-Length: 4\r\nContent-Length: 5',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: x',
  'Transfer-Encoding: chunked\r\nContent-Length: 3',
  'Expect: 100-continue',
  'Expect: x',
  'Upgrade: h2c\r\nConnection: upgrade',
  'Origin: a\r\nOrigin: b',
  'Authorization: Bearer \u0001',
  'X: \u0000',
  'X y: z',
  ': x',
  ` folded: x`,
  `Cookie: ${'x'.repeat(20_000)}`,
  'no colon',
];
const TAILS = [
  'hello',
  '5\r\nhello\r\n0\r\n\r\n',
  'zz\r\n',
  'ffffffffff\r\n',
  '',
  'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
  '\u0000\u00ff',
];

/** Bytes that no client would send: broken request lines, headers and framing. */
export function hostileBytes(dice: Dice): Uint8Array {
  if (dice.oneIn(6)) return dice.bytes(dice.below(200));
  const headers = Array.from({ length: dice.below(4) }, () => dice.pick(HEADER_LINES));
  const head = [dice.pick(REQUEST_LINES), ...headers].join(dice.oneIn(10) ? '\n' : '\r\n');
  const text = `${head}\r\n\r\n${dice.pick(TAILS)}`;
  return Buffer.from(dice.oneIn(5) ? text.slice(0, dice.below(text.length)) : text, 'latin1');
}
