/**
 * Cases in which Node's HTTP parser answers before the mock, but the operator answers otherwise. `docs/differences.md` lists
 * these differences; the tests show what the mock does instead.
 */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MockOperator, startMockOperator } from '../index.ts';
import { sendBytes } from '../testing/wire-client.ts';

let mock: MockOperator;
beforeAll(async () => {
  mock = await startMockOperator({ profile: 'current' });
});
afterAll(() => mock.close());

const HEALTH = '/ops/healthcheck';
/** For cases in which the answer of the operator is not recorded. */
const OWN_RULES = 'operator: another answer';
const POST = 'POST /v2/token/generate HTTP/1.1\r\nHost: x\r\n';

/** Statuses of all answers to the bytes, whatever ends the connection. */
async function statusesOf(text: string): Promise<number[]> {
  const answers = await sendBytes(mock.url, Buffer.from(text, 'latin1'));
  return [...answers.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
}

it.each([
  ['a method that Node does not know', `BREW ${HEALTH} HTTP/1.1\r\nHost: x\r\n\r\n`, [400], 'operator: 405'],
  ['CONNECT', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n', [], 'operator: 404'],
  ['raw bytes beyond ASCII in a target', 'GET /\u00e9 HTTP/1.1\r\nHost: x\r\n\r\n', [400], 'operator: 404'],
  ['a header name with a blank', `GET ${HEALTH} HTTP/1.1\r\nHost: x\r\na b: c\r\n\r\n`, [400], OWN_RULES],
  ['a folded header', `GET ${HEALTH} HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n`, [400], 'operator: 200'],
  ['a transfer encoding without chunked', `${POST}Transfer-Encoding: gzip\r\n\r\n`, [400], 'operator: 401'],
  [
    'a length and chunked',
    `${POST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    [400],
    'operator: 401',
  ],
  [
    'chunked in HTTP/1.0',
    'POST /v2/token/generate HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    [401],
    OWN_RULES,
  ],
  ['HTTP/0.9', `GET ${HEALTH}\r\n\r\n`, [400], OWN_RULES],
  [
    'a request behind one with Connection: close',
    `GET ${HEALTH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET ${HEALTH} HTTP/1.1\r\nHost: x\r\n\r\n`,
    [200],
    OWN_RULES,
  ],
  ['HTTP/1.2', `GET ${HEALTH} HTTP/1.2\r\nHost: x\r\n\r\n`, [400], 'operator: 501'],
  ['HTTP/2.0 in text', `GET ${HEALTH} HTTP/2.0\r\nHost: x\r\n\r\n`, [200], 'operator: 501'],
  [
    'a request line beyond 4096 bytes',
    `GET /${'a'.repeat(5000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    [404],
    'operator: 414',
  ],
  [
    'headers beyond 8192 bytes',
    `GET ${HEALTH} HTTP/1.1\r\nHost: x\r\nA: ${'b'.repeat(9000)}\r\n\r\n`,
    [200],
    'operator: 431',
  ],
  [
    'headers beyond 16 KiB',
    `GET ${HEALTH} HTTP/1.1\r\nHost: x\r\nA: ${'b'.repeat(17_000)}\r\n\r\n`,
    [400],
    'operator: 431',
  ],
  ['a target with a scheme but no host', 'GET a://#/b HTTP/1.1\r\nHost: x\r\n\r\n', [400], 'operator: 404'],
])('%s', async (_what, text, statuses) => {
  expect(await statusesOf(text)).toEqual(statuses);
});
