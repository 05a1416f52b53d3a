/**
 * Random and hostile calls of control. Faults are ordered, and clocks moved, for one test id alone, so that the protocol
 * says what other requests are answered.
 */

import type { Dice } from './random.ts';
import type { Sent } from './wire-client.ts';

/** The test id for which faults are ordered and the clock is moved. */
export const LOST = 'lost';

const PATHS = [
  '/health',
  '/state',
  '/world',
  '/keys/rotate',
  '/salts/rotate',
  '/clock',
  '/optouts',
  '/optouts/import',
  '/faults',
  '/faults/f1',
  '/requests',
  '/requests/1',
  '/tests',
  '/tests/soak-1',
  '/reset',
  '/openapi.json',
] as const;

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE'];

const QUERIES = [
  'limit=1&limit=2',
  'limit=-1',
  'limit=1e400',
  'limit=NaN',
  '__proto__=1',
  'constructor[x]=1',
  'wait=0',
  'wait=1ms&count=2',
  'wait=-1s',
  'wait=9999999999d',
  'wait=all',
  'wait=all&wait=all',
  'since=99999999999999999999',
  'since=2026-02-30',
  'path=*a*a*a*a*a*a*b',
  'status=9xx',
  `reason=${'x'.repeat(4000)}`,
  'client=%ff%fe',
  'email=%',
  'secrets=1',
  'secrets=1&secrets=0',
  'only=clock',
];

const TIMES = [
  0,
  -1,
  1e15,
  8.64e15,
  -8.64e15,
  8.64e15 + 2,
  1e300,
  '2026-02-30',
  '+275760-09-13T00:00:00Z',
  'NaN',
  '',
  null,
  [],
  {},
];
const DURATIONS = ['1d', '-1d', '999999999999w', '-999999999999w', '1e3d', 1e300, -0, 0.5, 'Infinity', null];
const TEXTS = [
  'a@b.cd',
  'optout@example.com',
  '',
  '+12345678901',
  'LdhtUlMQ58ZZy5YUqGPRQw5xUMS5dXG5ocJHYJHbAKI=',
  '__proto__',
  '\u0000',
  '\ud800',
  'x'.repeat(5000),
  'a\r\nb: c',
];
const MEMBERS = ['__proto__', 'constructor', 'toString', 'emial', '', '\u0000', 'x'.repeat(300)];

const valueOf = (dice: Dice): unknown =>
  dice.pick<unknown>([...TEXTS, ...TIMES, ...DURATIONS, true, false, [[]], [{}], { a: { b: [] } }]);

/** The members that a call knows, with values that it takes or nearly takes. */
const known: Readonly<Record<string, (dice: Dice) => object>> = {
  '/clock': (dice) => ({
    [dice.pick(['set', 'advance', 'rate', 'freeze', 'resume', 'envelopes'])]: dice.pick<unknown>([
      ...TIMES,
      ...DURATIONS,
      true,
      1_000_000,
      1e-320,
      'real',
      'clock',
    ]),
  }),
  '/optouts': (dice) => ({
    [dice.pick(['email', 'phone', 'email_hash', 'first_level_hash', 'raw_uid'])]: dice.pick(TEXTS),
    ...(dice.oneIn(3) && { at: dice.pick(TIMES) }),
  }),
  '/faults': (dice) => ({
    [dice.pick(['cut', 'garbled', 'nonce', 'tag', 'skew', 'token', 'optout', 'content_type', 'status'])]:
      dice.pick<unknown>([
        true,
        0,
        5,
        'wrong',
        'bad',
        '1d',
        'expired',
        'foreign',
        'text/x',
        204,
        304,
        429,
        503,
      ]),
    ...(dice.oneIn(3) && {
      headers: { [dice.pick(['X-A', 'a\r\nb', 'Date', ...MEMBERS])]: dice.pick(TEXTS) },
    }),
    ...(dice.oneIn(3) && { identity: dice.pick(TEXTS) }),
    test_id: LOST,
    times: dice.pick([1, 2, 1e300, -1]),
  }),
  '/keys/rotate': (dice) => ({ keyset: dice.pick([-1, 1, 2, 1e300]), activates: dice.pick(TIMES) }),
  '/salts/rotate': (dice) => ({ share: dice.pick<unknown>([0, 0.1, 1, 1e-320, '1']) }),
  '/reset': (dice) => ({
    only: [dice.pick(['clock', 'optouts', 'faults', 'requests', 'world', '__proto__'])],
  }),
  '/world': (dice) => ({
    [dice.pick(['clients', 'sites', 'keysets', 'keyset_keys', 'salts', 'services'])]: dice.pick<unknown>([
      [],
      [null],
      [{ id: 1e300 }],
      [{ name: 'x' }, { name: 'x' }],
      {},
      '*',
    ]),
  }),
};

/** What only the reader of long JSON meets. */
const LONG: readonly ((dice: Dice) => string)[] = [
  () => '['.repeat(20_000),
  () => `{"status":429,"body":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
  () => JSON.stringify(Array.from({ length: 4000 }, () => 5)),
  () => JSON.stringify(Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`emai${i}`, i]))),
  () => JSON.stringify({ ['x'.repeat(200_000)]: 1 }),
];

const randomObject = (dice: Dice): string =>
  `{${Array.from({ length: dice.below(4) }, () => {
    const name = dice.pick([...MEMBERS, 'set', 'email', 'status', 'only', 'clients']);
    return `${JSON.stringify(name)}:${JSON.stringify(valueOf(dice))}`;
  }).join(',')}}`;

function randomBody(dice: Dice, path: string): string | Uint8Array {
  if (dice.oneIn(150)) return dice.pick(LONG)(dice);
  if (dice.oneIn(6)) return dice.bytes(dice.below(200));
  if (dice.oneIn(5)) return dice.pick(['', 'null', '[]', '""', '0', '{', '{"set":1,"set":2}', '[null,5]']);
  const members = known[path];
  if (members === undefined || dice.oneIn(3)) return randomObject(dice);
  const text = JSON.stringify(members(dice));
  return dice.oneIn(5) ? `[${text},${JSON.stringify(members(dice))}]` : text;
}

function randomHeaders(dice: Dice, path: string): Record<string, string> {
  const headers: Record<string, string> = {};
  if (dice.oneIn(3)) {
    headers['x-uid2-test-id'] = dice.pick([`soak-${dice.below(50)}`, LOST, '', 'a b', '__proto__', '.']);
  }
  if (path === '/clock') headers['x-uid2-test-id'] = LOST;
  if (dice.oneIn(15)) headers.host = dice.pick(['evil.example', 'localhost.', 'LOCALHOST', '[::1]', 'a@b']);
  if (dice.oneIn(15)) headers.origin = dice.pick(['null', 'http://evil.example', 'http://localhost']);
  if (dice.oneIn(15)) headers['content-type'] = dice.pick(['text/plain', 'multipart/form-data', '/', '']);
  if (dice.oneIn(30)) headers['last-event-id'] = dice.pick(['-1', 'x', '99999999999999999999']);
  if (dice.oneIn(30)) headers.authorization = dice.pick(['Bearer', 'Basic x', 'Bearer \u00ff']);
  return headers;
}

/** Of the paths of control, mostly those that there are, with or without the prefix of a test id. */
function spelled(dice: Dice, path: string): string {
  const base = dice.oneIn(10) ? `/__test/${dice.pick(['soak-7', '', '..', '%2e', 'a%20b'])}` : '';
  const odd = [`${path}/`, `${path}/%`, `${path}/%ff`, `${path}/${'x'.repeat(300)}`, `/${path}`, `${path};x`];
  return `${base}/__admin${dice.oneIn(10) ? dice.pick(odd) : path}`;
}

export function hostileCall(dice: Dice): Sent {
  const path = dice.pick(PATHS);
  const method = dice.pick(METHODS);
  const target = spelled(dice, path) + (dice.oneIn(3) ? `?${dice.pick(QUERIES)}` : '');
  if (method === 'GET' && !dice.oneIn(5)) return { method, target, headers: randomHeaders(dice, path) };
  const body = randomBody(dice, path);
  // Node names no length for methods that seldom have a body
  const headers = { ...randomHeaders(dice, path), 'content-length': String(Buffer.byteLength(body)) };
  return { method, target, headers, body };
}
