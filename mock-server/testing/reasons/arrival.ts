/** Reasons for requests that no route answers, and for answers that are not refusals. */

import { get, plain, post, sealed, written } from './requests.ts';
import { rowsOn } from './row.ts';

const HEALTH = '/ops/healthcheck';
const GENERATE = '/v2/token/generate';
const MAP = '/v1/identity/map';
const SCRIPT = '/static/js/a.js';
const user = { email: 'arrival@example.com' };
const list = { email: ['arrival@example.com'] };

const row = rowsOn('current');
const onLocal = rowsOn('local');
const onScripts = rowsOn('with scripts');

const head = (...lines: string[]): string => [...lines, '', ''].join('\r\n');
const health = (...headers: string[]) =>
  written(head(`GET ${HEALTH} HTTP/1.1`, ...headers, 'Connection: close'));
const target = (text: string) => written(head(`GET ${text} HTTP/1.1`, 'Host: x', 'Connection: close'));
const mapOf = (length: number, body: string) =>
  written(
    `POST ${MAP} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer $KEY\r\nConnection: keep-alive\r\n` +
      `Content-Length: ${length}\r\n\r\n${body}`,
  );
/** 30 characters, 31 bytes */
const ACCENTED = Buffer.from('{"email":["jos\u00e9@example.com"]}').toString('latin1');

const preflight = { origin: 'https://example.com', 'access-control-request-method': 'POST' };
const optionsOf = (headers: object) =>
  get(HEALTH, '', { method: 'OPTIONS', headers: { ...preflight, ...headers } });

export const arrivalRows = [
  row('preflight', optionsOf({}), get(HEALTH, '', { headers: preflight })),
  row('preflight_header', optionsOf({ 'access-control-request-headers': 'authorization' }), optionsOf({}), {
    then: 'preflight',
  }),

  row('request_unreadable', health('Host: x', 'A b: c'), health('Host: x', 'A-b: c')),
  row('headers_too_long', health('Host: x', `A: ${'b'.repeat(17_000)}`), health('Host: x', 'A: b')),
  row('tls_on_plain_port', written('\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00'), health('Host: x')),
  row('http2_on_plain_port', written('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), health('Host: x')),
  onLocal('request_incomplete', mapOf(100, ACCENTED), mapOf(ACCENTED.length, ACCENTED)),
  onLocal('bytes_after_request', mapOf(ACCENTED.length - 1, ACCENTED), mapOf(ACCENTED.length, ACCENTED)),
  rowsOn('short waits')(
    'request_timeout',
    written(`GET ${HEALTH} HTTP/1.1\r\nHost: x\r\n`, false),
    health('Host: x'),
    // short waits must not apply to the fixed request
    { fixedOn: 'current' },
  ),

  row('host_absent', health(), health('Host: x')),
  row('host_invalid', health('Host: a b'), health('Host: a')),
  row('target_empty', target('?x'), target(`${HEALTH}?x`)),
  row('target_form', target('ops/healthcheck'), target(HEALTH)),
  row(
    'test_id_invalid',
    get(HEALTH, '', { headers: { 'x-uid2-test-id': 'a b' } }),
    get(HEALTH, '', { headers: { 'x-uid2-test-id': 'a-b' } }),
  ),
  row('path_escape', get(`${HEALTH}%zz`), get(HEALTH)),
  row('query_escape', get(HEALTH, 'a=%zz'), get(HEALTH, 'a=%20')),
  row('origin_empty', get(HEALTH, '', { headers: { origin: '' } }), get(HEALTH)),
  row('origin_invalid', get(HEALTH, '', { headers: { origin: 'http://a\u0085' } }), get(HEALTH)),
  row('path_unknown', get('/nothing/here'), get(HEALTH)),
  row('path_case', get('/Ops/HealthCheck'), get(HEALTH)),
  row('path_repeated', sealed(`/v2${GENERATE}`, user), sealed(GENERATE, user)),
  row('path_prefixed', sealed(`/api${GENERATE}`, user), sealed(GENERATE, user)),
  row('path_version', sealed('/v9/token/generate', user), sealed(GENERATE, user)),
  row('method_wrong', get(HEALTH, '', { method: 'DELETE' }), get(HEALTH)),
  onScripts('script_absent', get('/static/js/b.js'), get(SCRIPT)),
  onScripts(
    'script_unchanged',
    get(SCRIPT, '', { headers: { 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' } }),
    get(SCRIPT, '', { headers: { 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' } }),
  ),
  onScripts('script_range', get(SCRIPT, '', { headers: { range: 'bytes=999-' } }), get(SCRIPT)),
  onLocal(
    'expectation_unknown',
    plain(MAP, list, { headers: { expect: 'something' } }),
    plain(MAP, list, { headers: { expect: '100-continue' } }),
  ),
  rowsOn('short bodies')(
    'body_too_long',
    plain(MAP, { email: ['arrival@example.com'], padding: ' '.repeat(80) }),
    plain(MAP, list),
  ),
  onLocal(
    'form_refused',
    post(MAP, '{"email":["a%zz=@example.com"]}', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
    post(MAP, '{"email":["a%zz=@example.com"]}', { headers: { 'content-type': 'application/json' } }),
  ),
  row(
    'charset_unknown',
    sealed(GENERATE, user, { headers: { 'content-type': 'text/plain; charset=nosuch' } }),
    sealed(GENERATE, user, { headers: { 'content-type': 'text/plain; charset=utf-8' } }),
  ),
];
