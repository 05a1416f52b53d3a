/**
 * Requests with unusual hosts, targets, expectations, lengths, types and charsets (Protocol §6, §7.1). The operator
 * reads or refuses them by rules of its own, which Node's parser does not have.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealRequest } from '../../contract-tests/wire/index.ts';
import { type MockOperator, startMockOperator } from '../index.ts';
import type { ProfileName } from '../operator/profile.ts';
import { companyOf } from '../testing/caller.ts';
import { exchange } from '../testing/differential/connection.ts';

const profiles = ['v5.56', 'current'] as const;
const mocks = new Map<ProfileName, MockOperator>();
beforeAll(async () => {
  for (const profile of profiles) mocks.set(profile, await startMockOperator({ profile }));
});
afterAll(() => Promise.all([...mocks.values()].map((mock) => mock.close())));

function mockOf(profile: ProfileName): MockOperator {
  const mock = mocks.get(profile);
  if (mock === undefined) throw new Error(`profile: expected a started one, got ${profile}`);
  return mock;
}

interface Asked {
  readonly headers?: readonly string[];
  readonly body?: string | Uint8Array;
  /** false: no such header */
  readonly host?: string | false;
  readonly version?: string;
  readonly count?: number;
}

const FRAMING = new Set(['date', 'connection', 'keep-alive', 'content-length']);

/** The first answer to a request line without version; header values are those of one character a byte. */
async function asked(profile: ProfileName, line: string, given: Asked = {}) {
  const { headers = [], body = '', host = 'x', version = '1.1', count = 1 } = given;
  const mock = mockOf(profile);
  const lines = [`${line} HTTP/${version}`, ...(host === false ? [] : [`Host: ${host}`]), ...headers];
  const head = [...lines, '', ''].join('\r\n').replaceAll('$KEY', companyOf(mock).key);
  const bytes = Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
  const [method = ''] = line.split(' ');
  const [answer] = await exchange(mock.url, bytes, method, count);
  if (answer === undefined) throw new Error('answer: expected one, got none');
  return {
    status: answer.status,
    reason: answer.reason,
    headers: [...answer.headers]
      .filter(([name]) => !FRAMING.has(name))
      .map(([name, values]) => `${name}: ${values.join(' | ')}`)
      .sort(),
    body: answer.body.toString(),
    interim: answer.interim,
  };
}

const KEY = 'Authorization: Bearer $KEY';
const refused = (status: number, reason: string, body = reason) => ({
  status,
  reason,
  headers: [],
  body,
  interim: [],
});
const BAD_REQUEST = refused(400, 'Bad Request');
const NOT_FOUND = refused(404, 'Not Found');

describe.each(profiles)('%s', (profile) => {
  const from = (line: string, given?: Asked) => asked(profile, line, given);

  describe('a host', () => {
    it.each(['a b', 'x/y', 'x@y', 'x:99999', '\u00e9.example', '', false] as const)(
      '%j is refused',
      async (host) => {
        expect(await from('GET /ops/healthcheck', { host, headers: ['Origin: http://a'] })).toEqual(
          BAD_REQUEST,
        );
        expect(await from('POST /nope', { host })).toEqual(BAD_REQUEST);
      },
    );

    it.each(['[::1]:80', 'a_b.example:', '127.0.0.1'])('%j is served', async (host) => {
      expect(await from('GET /ops/healthcheck', { host })).toMatchObject({ status: 200, body: 'OK' });
    });

    it('is not needed in HTTP/1.0', async () => {
      expect(await from('GET /ops/healthcheck', { host: false, version: '1.0' })).toMatchObject({
        status: 200,
      });
    });

    it('fails where the path cannot be read either', async () => {
      expect(await from('GET /%', { host: 'a b' })).toEqual(refused(500, 'Internal Server Error'));
    });
  });

  describe('a target', () => {
    it.each(['*', 'ops/x', 'v2/token/generate?a=b', '\\v2\\token', '%2fops%2fx', 'http:/x/y'])(
      'that does not begin with a slash is not found: %s',
      async (target) => {
        const headers = ['Origin: http://a', 'Access-Control-Request-Method: GET'];
        for (const method of ['GET', 'OPTIONS', 'TRACE']) {
          expect(await from(`${method} ${target}`, { headers })).toEqual(NOT_FOUND);
        }
        expect(await from(`HEAD ${target}`)).toEqual({ ...NOT_FOUND, body: '' });
      },
    );

    it('that does not begin with a slash is refused with its host', async () => {
      expect(await from('GET ops/x', { host: 'a b' })).toEqual(BAD_REQUEST);
      expect(await from('GET ops/x', { host: false })).toEqual(BAD_REQUEST);
      expect(await from('GET ops/x', { host: false, version: '1.0' })).toEqual(NOT_FOUND);
      expect(await from('GET ops/%', {})).toEqual(refused(500, 'Internal Server Error'));
    });

    it('without a path is refused', async () => {
      expect(await from('GET ?a=b')).toEqual(BAD_REQUEST);
      expect(await from('GET ?a=b ')).toEqual(BAD_REQUEST);
    });

    it('in absolute form is served by its path', async () => {
      expect(await from('GET http://elsewhere:1/ops/healthcheck?a')).toMatchObject({ status: 200 });
    });

    it('with a number sign in its path is not found', async () => {
      expect(await from('POST /v2/token/generate#x')).toMatchObject({ status: 404 });
      expect(await from('GET /ops/healthcheck#')).toMatchObject({ status: 404 });
      expect(await from('GET /ops/healthcheck?a#b')).toMatchObject({ status: 200 });
    });
  });

  describe('an expectation', () => {
    const EXPECT = 'Expect: 100-continue';
    const post = (headers: string[], body = 'x') => from('POST /v2/token/generate', { headers, body });

    it('of a body is met where one is read', async () => {
      expect(await post([EXPECT, 'Content-Length: 1'])).toMatchObject({ status: 401, interim: [100] });
      expect(
        await post(['Expect: 100-Continue', 'Transfer-Encoding: chunked'], '1\r\nx\r\n0\r\n\r\n'),
      ).toMatchObject({
        status: 401,
        interim: [100],
      });
    });

    it.each([
      ['GET /ops/healthcheck', 200],
      ['HEAD /nope', 404],
      ['POST /nope', 404],
      ['PUT /v2/token/generate', 405],
      ['POST /v2/token/generate', 401],
    ])('of a body is passed over without one, %s', async (line, status) => {
      expect(await from(line, { headers: [EXPECT] })).toMatchObject({ status, interim: [] });
    });

    it('of a body that is too long is not met', async () => {
      expect(await post([EXPECT, 'Content-Length: 1048577'], '')).toMatchObject({ status: 413, interim: [] });
    });

    it('of something else fails where there is a body', async () => {
      const failed = { status: 417, body: 'Expectation Failed', interim: [] };
      expect(await post(['Expect: y', 'Content-Length: 1'])).toMatchObject(failed);
      expect(await post(['Expect: y'], '')).toMatchObject({ status: 401 });
      expect(await from('GET /ops/healthcheck', { headers: ['Expect: y'] })).toMatchObject({ status: 200 });
    });

    it('leaves a connection open for what follows', async () => {
      const line = `GET /ops/healthcheck HTTP/1.1\r\nHost: x\r\n${EXPECT}\r\n\r\n`;
      const answers = await exchange(mockOf(profile).url, Buffer.from(line.repeat(2)), 'GET', 2);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    });
  });

  describe('a body longer than its length', () => {
    const sealed = () => {
      const { secret } = companyOf(mockOf(profile));
      const timestampMs = mockOf(profile).clock.now();
      const payload = Buffer.from('{"email":"a@example.com","policy":1}');
      return sealRequest(Buffer.from(secret, 'base64'), payload, { timestampMs }).toString('base64');
    };

    it.each(['', '\n', '\r\n\r\n', 'GET', '"}\n"}\n'])('is cut there, whatever is left: %j', async (rest) => {
      const body = sealed();
      const headers = [KEY, `Content-Length: ${body.length}`];
      const whole = await from('POST /v2/token/generate', { headers, body: body + rest });
      expect(whole).toMatchObject({ status: 200, headers: ['content-type: text/plain', 'vary: origin'] });
      const length = body.length - 8;
      const cut = await from('POST /v2/token/generate', {
        headers: [KEY, `Content-Length: ${length}`],
        body,
      });
      expect(cut).toMatchObject({ status: 400, headers: ['content-type: application/json', 'vary: origin'] });
    });
  });

  describe('a header', () => {
    it('comes back byte for byte', async () => {
      const echo = 'h\u00c3\u00a9\u00ff';
      const headers = [KEY, `Origin: ${echo}`, `X-Amzn-Trace-Id: ${echo}`];
      const answer = await from('POST /v2/token/generate', { headers });
      expect(answer.status).toBe(400);
      expect(answer.headers).toContain(`access-control-allow-origin: ${echo}`);
      expect(answer.headers).toContain(`x-amzn-trace-id: ${echo}`);
      expect(JSON.parse(answer.body)).toMatchObject({ status: 'client_error' });
    });

    it.each(['', ' ', 'http://a\u0085'])('Origin %j is of no origin', async (origin) => {
      expect(await from('GET /ops/healthcheck', { headers: [`Origin: ${origin}`] })).toEqual(
        refused(403, 'CORS Rejected - Invalid origin', 'Forbidden'),
      );
    });
  });

  it('a body that is too long has a phrase of its own', async () => {
    const given = { headers: ['Content-Length: 1048577'] };
    expect(await from('POST /v2/token/generate', given)).toEqual({
      ...refused(413, 'Request Entity Too Large', 'Request Too Long'),
      headers: ['vary: origin'],
    });
  });

  describe('a query that cannot be read', () => {
    const VERSION = 'X-UID2-Client-Version: x';

    it('is read early for the version that no header names', async () => {
      for (const line of ['POST /v2/token/generate?%', 'GET /nope?a=%zz', 'GET /ops/healthcheck?%']) {
        expect(await from(line, { headers: ['Origin: http://a'] })).toEqual(BAD_REQUEST);
      }
    });

    it('is not read otherwise', async () => {
      const headers = [VERSION];
      expect(await from('POST /v2/token/generate?%', { headers })).toMatchObject({ status: 401 });
      expect(await from('GET /nope?%', { headers })).toMatchObject({ status: 404 });
      expect(await from('GET /ops/healthcheck?%', { headers })).toMatchObject({ status: 200 });
    });
  });

  describe('a content type', () => {
    const generate = (types: readonly string[], seal: (bytes: Buffer) => string | Uint8Array) => {
      const mock = mockOf(profile);
      const timestampMs = mock.clock.now();
      const payload = Buffer.from('{"email":"a@example.com","policy":1}');
      const secret = Buffer.from(companyOf(mock).secret, 'base64');
      const body = seal(sealRequest(secret, payload, { timestampMs }));
      const headers = [
        KEY,
        ...types.map((type) => `Content-Type: ${type}`),
        `Content-Length: ${body.length}`,
      ];
      return from('POST /v2/token/generate', { headers, body });
    };
    const base64 = (bytes: Buffer) => bytes.toString('base64');
    const wide = (bytes: Buffer) => Buffer.from(base64(bytes), 'utf16le');

    it('says that a body is binary wherever it stands', async () => {
      const binary = 'Application/Octet-Stream';
      for (const types of [[binary], ['text/plain', binary], [binary, 'text/plain']]) {
        expect(await generate(types, (bytes) => bytes)).toMatchObject({
          status: 200,
          headers: ['content-type: application/octet-stream', 'vary: origin'],
        });
      }
      expect(await generate([`text/plain, ${binary}`], (bytes) => bytes)).toMatchObject({ status: 400 });
    });

    it('says in which charset a body is read', async () => {
      expect(await generate(['text/plain; charset=utf-16'], base64)).toMatchObject({ status: 400 });
      expect(await generate(['text/plain', 'text/plain; charset=utf-16'], base64)).toMatchObject({
        status: 200,
      });
      expect(await generate(['text/plain; charset=utf-16le'], wide)).toMatchObject({ status: 200 });
      expect(await generate(['text/plain; charset=us-ascii'], base64)).toMatchObject({ status: 200 });
      expect(await generate(['text/plain; charset=nosuch'], base64)).toMatchObject({ status: 500 });
    });

    it('of a form sends a body through the form decoder', async () => {
      const form = ['application/x-www-form-urlencoded'];
      const accepted = await generate(form, base64);
      expect(accepted).toMatchObject({ status: 200, headers: ['content-type: text/plain', 'vary: origin'] });
      expect(await generate(form, (bytes) => `${base64(bytes)}&=`)).toEqual({
        ...BAD_REQUEST,
        headers: ['vary: origin'],
      });
      expect(await generate(['text/plain', ...form], (bytes) => `${base64(bytes)}&=`)).toMatchObject({
        headers: ['content-type: application/json', 'vary: origin'],
      });
    });

    it('of a multipart form loses the body', async () => {
      for (const type of ['multipart/form-data', 'multipart/form-data; boundary=x']) {
        expect((await generate([type], base64)).body).toContain('Body is missing');
      }
      expect(await generate(['multipart/form-data; boundary='], base64)).toMatchObject({
        status: 500,
        body: 'Internal Server Error',
      });
    });
  });
});

it('every POST route sends forms through the decoder, before it looks at the key', async () => {
  const type = 'Content-Type: application/x-www-form-urlencoded';
  const routes = [
    ['current', '/v2/token/generate'],
    ['current', '/v2/token/refresh'],
    ['current', '/v2/token/client-generate'],
    ['current', '/v2/token/logout'],
    ['current', '/v2/identity/map'],
    ['current', '/v3/identity/map'],
    ['current', '/v2/key/sharing'],
    ['v5.56', '/identity/map'],
    ['v5.56', '/v1/identity/map'],
  ] as const;
  for (const [profile, path] of routes) {
    const headers = [type, 'Content-Length: 2', 'Origin: http://a', 'X-Amzn-Trace-Id: a'];
    expect(await asked(profile, `POST ${path}`, { headers, body: '%=' })).toEqual({
      ...BAD_REQUEST,
      headers: ['access-control-allow-origin: http://a', 'vary: origin'],
    });
    expect(await asked(profile, `POST ${path}`, { headers, body: 'a=' })).not.toMatchObject({
      body: 'Bad Request',
    });
  }
});

it('a v1 query ends at a number sign', async () => {
  const headers = [KEY];
  expect(await asked('v5.56', 'GET /v1/identity/map?email=a%40example.com#x', { headers })).toMatchObject({
    body: (await asked('v5.56', 'GET /v1/identity/map?email=a%40example.com', { headers })).body,
    status: 200,
  });
});
