/** Falsified headers (Protocol §6.3-6.5). */
import type { Exchange } from './exchange.ts';
import * as routes from './families.ts';
import { ENVELOPED, ISSUING, type Family } from './families.ts';
import type { Falsification } from './falsification.ts';

const isPreflight = ({ sent }: Exchange): boolean =>
  sent.method === 'OPTIONS' &&
  Boolean(sent.headers.origin) &&
  sent.headers['access-control-request-method'] !== undefined;

/** Sets a header, or removes it. */
function put({ answer }: Exchange, name: string, value: string | undefined): boolean {
  if (!answer || answer.headers[name] === value) return false;
  if (value === undefined) Reflect.deleteProperty(answer.headers, name);
  else answer.headers[name] = value;
  return true;
}

type Change = (exchange: Exchange) => string | undefined;
type Row = readonly [what: string, says: string, name: string, value: Change];

const ORIGIN = 'access-control-allow-origin';
const nothing: Change = () => undefined;

/** Headers of every answer but a preflight. */
const cors: readonly Row[] = [
  ['no-vary', 'there is no header vary', 'vary', nothing],
  ['vary-all', 'vary is *', 'vary', () => '*'],
  ['no-origin', 'the Origin is not allowed', ORIGIN, nothing],
  ['any-origin', 'any Origin is allowed', ORIGIN, () => '*'],
  ['credentials', 'credentials are allowed', 'access-control-allow-credentials', () => 'true'],
];

const decisive = cors.filter(([what]) => what === 'no-vary' || what === 'any-origin');

const types: readonly Row[] = [
  ['no-type', 'there is no content type', 'content-type', nothing],
  [
    'charset',
    'the content type has a charset',
    'content-type',
    ({ answer }) => `${answer?.headers['content-type'] ?? 'text/plain'}; charset=utf-8`,
  ],
];

/** Another type than the operator's, where it has none. */
const typed: Row = ['typed', 'there is a content type', 'content-type', () => 'text/plain'];

const row = (
  { name, seenBy, profile, has }: Family,
  [what, says, header, value]: Row,
  applies: (exchange: Exchange) => boolean = () => true,
): Falsification => ({
  id: `headers/${what}@${name}`,
  says,
  seenBy,
  profile,
  answer(exchange) {
    if (isPreflight(exchange) || !has(exchange) || !applies(exchange)) return;
    if (header === ORIGIN && exchange.sent.headers.origin === undefined) return;
    exchange.changed ||= put(exchange, header, value(exchange));
  },
});

const isOk = ({ answer }: Exchange): boolean => answer?.status === 200;
const isStatus =
  (status: number) =>
  ({ answer }: Exchange): boolean =>
    answer?.status === status;

const withStatus = (status: number): Family => ({
  name: String(status),
  seenBy: 'publisher',
  profile: 'current',
  has: isStatus(status),
});

const statuses = [400, 401, 404, 405, 413];

const answers: readonly Falsification[] = [
  ...cors.map((change) => row(routes.GENERATE, change, isOk)),
  ...[...ISSUING.slice(1), routes.VALIDATE, routes.MAP, routes.MAP_V3, routes.SHARING].flatMap((one) =>
    decisive.map((change) => row(one, change, isOk)),
  ),
  ...statuses.flatMap((status) => decisive.map((change) => row(withStatus(status), change))),
  ...[...ENVELOPED, routes.REFRESH, routes.GENERATE_V1, routes.MAP_V1].flatMap((one) =>
    types.map((change) => row(one, change, isOk)),
  ),
  ...[400, 401].flatMap((status) => types.map((change) => row(withStatus(status), change))),
  ...[405, 413].map((status) => row(withStatus(status), typed)),
  row(withStatus(404), types[1] ?? typed),
  row(routes.CLIENT_GENERATE, typed, isOk),
  row(routes.HEALTH, typed),
];

const TRACE = 'x-amzn-trace-id';
const other: Row[] = [
  ['no-trace', 'the trace id is not echoed', TRACE, nothing],
  [
    'other-trace',
    'the trace id is another one',
    TRACE,
    ({ answer }) => answer?.headers[TRACE] && 'Root=1-00000000-000000000000000000000000',
  ],
];
const isTraced = ({ sent }: Exchange): boolean => sent.headers[TRACE] !== undefined;

const others: readonly Falsification[] = [
  ...[routes.GENERATE, routes.VALIDATE, routes.MAP, withStatus(401)].flatMap((one) =>
    other.map((change) => row(one, change, isTraced)),
  ),
  row(withStatus(405), ['no-allow', '405 does not name the methods', 'allow', nothing]),
  row(withStatus(405), ['allow-all', '405 names GET and POST', 'allow', () => 'GET, POST']),
  row(withStatus(401), ['challenge', '401 asks for a key', 'www-authenticate', () => 'Bearer']),
  row(withStatus(400), ['exposed', 'headers are exposed', 'access-control-expose-headers', () => '*']),
];

const preflight = (
  what: string,
  says: string,
  change: (exchange: Exchange, answer: NonNullable<Exchange['answer']>) => void,
  path = /./,
): Falsification => ({
  id: `preflight/${what}`,
  says,
  seenBy: 'publisher',
  profile: 'current',
  answer(exchange) {
    if (!isPreflight(exchange) || !exchange.answer || !path.test(exchange.route)) return;
    change(exchange, exchange.answer);
    exchange.changed = true;
  },
});

const METHODS = 'access-control-allow-methods';
const HEADERS = 'access-control-allow-headers';

const preflights: readonly Falsification[] = [
  preflight('status', 'a preflight is 200', (_, answer) => void (answer.status = 200)),
  preflight('origin', 'a preflight allows any Origin', (one) => put(one, ORIGIN, '*')),
  preflight('no-origin', 'a preflight does not allow the Origin', (one) => put(one, ORIGIN, undefined)),
  preflight('no-methods', 'a preflight names no methods', (one) => put(one, METHODS, undefined)),
  preflight('put', 'a preflight allows PUT', (one) => put(one, METHODS, 'GET,POST,PUT,OPTIONS')),
  preflight('no-post', 'a preflight does not allow POST', (one) => put(one, METHODS, 'GET,OPTIONS')),
  preflight('no-headers', 'a preflight names no headers', (one) => put(one, HEADERS, undefined)),
  preflight('all-headers', 'a preflight allows all headers', (one) => put(one, HEADERS, '*')),
  preflight('no-client-version', "a preflight does not allow the client's version", (one, { headers }) =>
    put(one, HEADERS, String(headers[HEADERS]).replace('X-UID2-Client-Version,', '')),
  ),
  preflight('no-content-type', 'a preflight does not allow Content-Type', (one, { headers }) =>
    put(one, HEADERS, String(headers[HEADERS]).replace(',Content-Type', '')),
  ),
  preflight(
    'authorization',
    'preflights of client-generate allow Authorization',
    (one, { headers }) => put(one, HEADERS, `${String(headers[HEADERS])},Authorization`),
    /client-generate/,
  ),
  preflight('max-age', 'a preflight is kept', (one) => put(one, 'access-control-max-age', '600')),
  preflight('credentials', 'a preflight allows credentials', (one) =>
    put(one, 'access-control-allow-credentials', 'true'),
  ),
  preflight('vary', 'a preflight has vary', (one) => put(one, 'vary', 'origin')),
  preflight(
    'unknown-path',
    'a preflight of an unknown path is 404',
    (_, answer) => void (answer.status = 404),
    /nothing|unknown/,
  ),
  {
    id: 'preflight/empty-origin',
    says: 'an empty Origin is not refused',
    seenBy: 'publisher',
    profile: 'current',
    request(exchange) {
      if (exchange.sent.headers.origin !== '') return;
      delete exchange.request.headers.origin;
      exchange.changed = true;
    },
  },
];

export const headerFalsifications = [...answers, ...others, ...preflights];
