/** Requests that only bytes on a socket can make: repeated headers, broken escapes, odd methods (Protocol §6). */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MockOperator, startMockOperator } from '../index.ts';
import type { ProfileName } from '../operator/profile.ts';
import { companyOf } from '../testing/caller.ts';
import { sendBytes } from '../testing/wire-client.ts';

const mocks = new Map<ProfileName, MockOperator>();
beforeAll(async () => {
  for (const profile of ['local', 'seed-v1', 'v5.56', 'current'] as const) {
    mocks.set(profile, await startMockOperator({ profile }));
  }
});
afterAll(() => Promise.all([...mocks.values()].map((mock) => mock.close())));

const onlyFraming = /^(content-length|connection|date|keep-alive):/i;

/**
 * The status, the headers except those of the framing, and the body of the answer to a request line and header lines.
 */
async function answerTo(profile: ProfileName, line: string, ...headers: string[]) {
  const mock = mocks.get(profile);
  if (mock === undefined) throw new Error(`profile: expected a started one, got ${profile}`);
  const lines = [`${line} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers, '', ''];
  const text = lines.join('\r\n').replace('$KEY', companyOf(mock).key);
  const [head = '', body = ''] = (await sendBytes(mock.url, Buffer.from(text, 'latin1'))).split('\r\n\r\n');
  const [status = '', ...received] = head.split('\r\n');
  return {
    status: Number(status.split(' ')[1]),
    headers: received.filter((header) => !onlyFraming.test(header)).sort(),
    body,
  };
}

const KEY = 'Authorization: Bearer $KEY';
const VARY = 'vary: origin';
const allow = (origin: string) => `access-control-allow-origin: ${origin}`;

describe('of a header that came several times the first counts', () => {
  it.each([
    [['Origin: http://a', 'Origin: http://b'], 200, [allow('http://a'), VARY]],
    [['Origin: http://a, http://b'], 200, [allow('http://a, http://b'), VARY]],
    [['Origin: ', 'Origin: http://b'], 403, []],
  ])('%j', async (headers, status, expected) => {
    const answer = await answerTo('current', 'GET /ops/healthcheck', ...headers);
    expect(answer).toMatchObject({ status, headers: expected });
  });

  it('the trace id', async () => {
    const ids = ['X-Amzn-Trace-Id: Root=1', 'X-Amzn-Trace-Id: Root=2'];
    const { headers } = await answerTo('v5.56', 'GET /v1/token/refresh', ...ids);
    expect(headers).toContain('x-amzn-trace-id: Root=1');
  });
});

describe('a trace id is repeated', () => {
  const repeats = async (profile: ProfileName, path: string, id = 'Root=1') =>
    (await answerTo(profile, `GET ${path}`, `X-Amzn-Trace-Id: ${id}`)).headers.some((header) =>
      header.startsWith('x-amzn-trace-id'),
    );

  it.each([
    ['v5.56', '/v1/token/refresh', true],
    ['v5.56', '/identity/map', true],
    ['v5.56', '/v1/key/latest?email=x', true],
    ['v5.56', '/token/refresh', false],
    ['seed-v1', '/token/refresh', false],
    ['v5.56', '/token/validate', false],
    ['v5.56', '/v1/token/validate', false],
    ['v5.56', '/ops/healthcheck', false],
    ['v5.56', '/v2/token/generate', false],
    ['v5.56', '/nope', false],
    // on local this is the refresh of v1
    ['local', '/token/refresh', true],
  ] as const)('%s %s: %s', async (profile, path, expected) => {
    expect(await repeats(profile, path)).toBe(expected);
  });

  it('not when it is empty', async () => {
    expect(await repeats('v5.56', '/v1/token/refresh', '')).toBe(false);
  });
});

describe('a broken percent escape is a 400', () => {
  const preflight = ['Origin: http://a', 'Access-Control-Request-Method: GET'];

  it.each([
    ['in the query, before anything else', 'GET /v1/token/generate?email=%zz', ['Origin: http://a'], 400, []],
    ['in the query of no path at all', 'GET /nope?a=%', [KEY], 400, []],
    ['in the query of a preflight', 'OPTIONS /nope?a=%', preflight, 400, []],
    ['in the query, with an empty origin', 'GET /v1/token/generate?a=%4', ['Origin: '], 400, []],
    ['in the path, after CORS', 'GET /v1/token/gen%zz', ['Origin: http://a'], 400, [allow('http://a'), VARY]],
  ])('%s', async (_where, line, headers, status, expected) => {
    expect(await answerTo('v5.56', line, ...headers)).toEqual({
      status,
      headers: expected,
      body: 'Bad Request',
    });
  });

  it('but a preflight to such a path is one like any other', async () => {
    expect((await answerTo('v5.56', 'OPTIONS /%', ...preflight)).status).toBe(204);
  });

  it.each([
    ['the path, after a query that cannot be read', 'GET /v1/%?a=%', [], 'Internal Server Error'],
    ['the path, after a refusal of the origin', 'GET /v1/%', ['Origin: '], 'CORS Rejected - Invalid origin'],
  ])('and a 500 in %s', async (_where, line, headers, body) => {
    expect(await answerTo('v5.56', line, ...headers)).toEqual({ status: 500, headers: [], body });
  });

  it.each([
    ['GET /v1/token/generate%', []],
    ['GET /v2/token/generate%', ['Origin: http://a']],
    ['OPTIONS /%', preflight],
    ['POST /v2/token/validate%', ['Origin: ']],
  ])('in the path, before CORS, where validate has rules of its own: %s', async (line, headers) => {
    for (const profile of ['current', 'local'] as const) {
      expect(await answerTo(profile, line, ...headers)).toEqual({
        status: 400,
        headers: [],
        body: 'Bad Request',
      });
    }
  });
});

it.each([
  ['HEAD', '/nope', 404, [VARY], ''],
  ['HEAD', '/ops/healthcheck', 405, [VARY], ''],
  ['PROPFIND', '/identity/map', 405, ['allow: POST,GET', VARY], ''],
  ['TRACE', '/v2/token/generate', 405, ['allow: POST', VARY], ''],
  ['OPTIONS', '/token/generate', 405, ['allow: GET', VARY], ''],
])('%s %s is %i', async (method, path, status, headers, body) => {
  expect(await answerTo('v5.56', `${method} ${path}`)).toEqual({ status, headers, body });
});
