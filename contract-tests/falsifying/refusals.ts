/** Requests that are right and are refused. */
import type { Exchange } from './exchange.ts';
import * as routes from './families.ts';
import type { Family } from './families.ts';
import type { Falsification, Knowledge } from './falsification.ts';

type When = (exchange: Exchange) => boolean;
export type RefusedRow = readonly [
  what: string,
  says: string,
  when: When,
  status?: number,
  seenBy?: Knowledge,
];

export const refused = (
  family: Family | undefined,
  [what, says, when, status = 400, seenBy = family?.seenBy ?? 'publisher']: RefusedRow,
): Falsification => ({
  id: `refuses/${what}${family === undefined ? '' : `@${family.name}`}`,
  says,
  seenBy,
  profile: 'current',
  request(exchange) {
    if ((family?.has(exchange) ?? true) && when(exchange))
      exchange.reply(status, {
        message: 'Invalid request',
        status: status === 401 ? 'unauthorized' : 'client_error',
      });
  },
});

const asks =
  (member: string, pattern: RegExp): When =>
  ({ asked }) => {
    const value = asked?.[member];
    const texts: unknown[] = Array.isArray(value) ? value : [value];
    return texts.some((text) => typeof text === 'string' && pattern.test(text));
  };

const askedFor =
  (test: (value: unknown, name: string) => boolean): When =>
  ({ asked }) =>
    Object.entries(asked ?? {}).some(([name, value]) => test(value, name));

const identifiers: readonly RefusedRow[] = [
  ['upper-case', 'an address with a capital letter', asks('email', /^[^@]*[A-Z].*@.+\..+/)],
  ['plus', 'an address with an extension', asks('email', /\+.*@/)],
  ['accents', 'an address with another than ASCII letters', asks('email', /[^\x00-\x7f].*@/)],
  ['no-dot', 'a domain without dot', asks('email', /^[^@ ]+@[^.@ ]+$/)],
  ['blanks', 'an address with a blank before it', asks('email', /^ +[^ @]+@[^@]+$/)],
  ['hex', 'a hexadecimal hash', asks('email_hash', /^[0-9a-f]{64}$/)],
  ['hex-upper-case', 'a hexadecimal hash in capitals', asks('email_hash', /^(?=.*[A-F])[0-9A-F]{64}$/)],
  ['phone', 'a phone number', asks('phone', /^\+\d{10,15}$/)],
  ['phone-long', 'a phone number of 15 digits', asks('phone', /^\+\d{15}$/)],
  ['phone-short', 'a phone number of 10 digits', asks('phone', /^\+\d{10}$/)],
  ['phone-hash', 'the hash of a phone number', asks('phone_hash', /^[\w+/]{43}=$/)],
];

const generates: readonly RefusedRow[] = [
  ...identifiers,
  ['null', 'a member that is null', askedFor((value) => value === null)],
  [
    'member',
    'an unknown member',
    askedFor(
      (_, name) =>
        !/^(email|phone|email_hash|phone_hash|optout_check|policy|token|tcf_consent_string)$/.test(name),
    ),
  ],
  ['consent', 'a consent string in UID2', askedFor((_, name) => name === 'tcf_consent_string')],
];

const repeated =
  (what: (exchange: Exchange) => string): When =>
  (exchange) => {
    const text = what(exchange);
    const seen = (exchange.memory.get('seen') as Set<string> | undefined) ?? new Set<string>();
    exchange.memory.set('seen', seen);
    if (seen.has(text)) return true;
    seen.add(text);
    return false;
  };

const ageOf = (exchange: Exchange): number => {
  const head = exchange.isEnveloped ? exchange.openRequest()?.head : undefined;
  return head ? Date.now() - Number(head.readBigInt64BE()) : 0;
};

const MINUTE = 60_000;

const http: readonly RefusedRow[] = [
  [
    'trailing-slash',
    'a slash at the end of the path',
    ({ sent }) => /^\/v2[^?]*\/(\?|$)/.test(sent.path),
    404,
  ],
  ['double-slash', 'double slashes', ({ sent }) => /^[^?]*\/\//.test(sent.path), 404],
  ['query', 'a query', ({ sent }) => sent.method === 'POST' && sent.path.includes('?')],
  [
    'scheme-case',
    'bearer in small letters',
    ({ client, sent }) => Boolean(client) && /^bearer/.test(sent.headers.authorization ?? ''),
    401,
  ],
  [
    'client-version',
    "the client's version",
    ({ sent }) => sent.headers['x-uid2-client-version'] !== undefined,
  ],
  [
    'binary',
    'an envelope in bytes',
    (one) => one.isEnveloped && one.isBinary && one.openRequest() !== undefined,
  ],
  [
    'binary-case',
    'octet-stream in capitals',
    ({ sent }) => /^Application\/Octet/.test(sent.headers['content-type'] ?? ''),
  ],
  [
    'json-type',
    'an envelope as application/json',
    ({ sent, isEnveloped }) => isEnveloped && sent.headers['content-type'] === 'application/json',
  ],
  [
    'form-type',
    'an envelope as a form',
    ({ sent, isEnveloped }) =>
      isEnveloped && sent.headers['content-type'] === 'application/x-www-form-urlencoded',
  ],
  [
    'replay',
    'an envelope that came before',
    (one) =>
      one.isEnveloped &&
      one.openRequest() !== undefined &&
      repeated(({ sent }) => sent.body.toString('base64'))(one),
  ],
  ['old', 'an envelope that is 90 s old', (one) => ageOf(one) > 80_000 && ageOf(one) < 115_000],
  [
    'minute',
    'an envelope that is more than a minute old',
    (one) => ageOf(one) > MINUTE && ageOf(one) < 2 * MINUTE,
  ],
  ['early', 'an envelope that is 90 s early', (one) => ageOf(one) < -80_000 && ageOf(one) > -2 * MINUTE],
  [
    'nonce-zero',
    'a nonce of zeros',
    (one) => one.isEnveloped && one.openRequest()?.head.subarray(8).equals(Buffer.alloc(8)) === true,
  ],
  [
    'json-blanks',
    'blanks around the payload',
    (one) => one.isEnveloped && /^\s|\s$/.test(one.openRequest()?.text ?? ''),
  ],
  ['full-body', 'a body of exactly 1 MiB', ({ sent }) => sent.body.length === 1_048_576, 413],
  [
    'origin',
    'a request with an Origin',
    ({ sent, isEnveloped }) => isEnveloped && sent.headers.origin !== undefined,
    403,
  ],
];

const refreshes: readonly RefusedRow[] = [
  [
    'again',
    'a token that was presented before',
    (one) =>
      one.isRefresh && one.sent.body.length === 388 && repeated(({ sent }) => sent.body.toString())(one),
  ],
  ['bare', 'a bare token', ({ sent }) => sent.body.length === 168],
  ['no-key', 'a request without key', ({ sent }) => sent.headers.authorization === undefined, 401],
  ['unknown-key', 'an unknown key', ({ bearer, client }) => bearer !== undefined && !client, 401],
  ['bytes', 'a request as octet-stream', ({ isBinary }) => isBinary],
];

const validates: readonly RefusedRow[] = [
  ['phone', 'a phone number', asks('phone', /./)],
  ['hash', 'a hash', asks('email_hash', /./)],
];

const maps: readonly RefusedRow[] = [
  ['hex', 'a hexadecimal hash', asks('email_hash', /^[0-9a-f]{64}$/)],
  ['phone', 'a phone number', asks('phone', /^\+/)],
  ['empty', 'an empty list', askedFor((value) => Array.isArray(value) && value.length === 0)],
  [
    'number',
    'a number in a list',
    askedFor((value) => Array.isArray(value) && value.some((one) => typeof one === 'number')),
  ],
  [
    'twice',
    'an identifier that is there twice',
    askedFor((value) => Array.isArray(value) && new Set(value).size < value.length),
  ],
];

const lists: readonly RefusedRow[] = [
  ...maps.filter(([what]) => what !== 'twice'),
  ['null', 'null in place of a list', askedFor((value) => value === null)],
  ['mixed', 'two lists', ({ asked }) => Object.keys(asked ?? {}).length > 1],
];

const keys: readonly RefusedRow[] = [
  ['no-payload', 'a request without payload', (one) => one.openRequest()?.text === ''],
  ['payload', 'a request with a payload', (one) => (one.openRequest()?.text ?? '') !== ''],
];

const sharing: readonly RefusedRow[] = [
  ...keys,
  ['reader', 'a client with ID_READER only', ({ client }) => client?.roles.join() === 'ID_READER', 401],
];

const statuses: readonly RefusedRow[] = [
  ['reader', 'a client with ID_READER only', ({ client }) => client?.roles.join() === 'ID_READER', 401],
  ['sharer', 'a client with SHARER only', ({ client }) => client?.roles.join() === 'SHARER', 401],
  [
    'null',
    'null in the list',
    ({ asked }) =>
      Array.isArray(asked?.['advertising_ids']) && (asked['advertising_ids'] as unknown[]).includes(null),
  ],
];

const of = (family: Family, rows: readonly RefusedRow[]): Falsification[] =>
  rows.map((row) => refused(family, row));

export const refusalFalsifications = [
  ...of(routes.GENERATE, generates),
  ...http.map((row) => refused(undefined, row)),
  ...of(routes.REFRESH, refreshes),
  ...of(routes.VALIDATE, validates),
  ...of(routes.MAP, maps),
  ...of(routes.MAP_V3, lists),
  ...of(routes.SHARING, sharing),
  ...of(routes.STATUS, statuses),
];
