/** Who may call `/__admin`, and the one shape in which every other request to it is refused. */

import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type MockOperator, type MockOperatorOptions, startMockOperator } from '../index.ts';
import { adminOk } from '../testing/admin.ts';

const running: MockOperator[] = [];
const start = async (options: MockOperatorOptions = {}): Promise<MockOperator> => {
  const mock = await startMockOperator(options);
  running.push(mock);
  return mock;
};
afterEach(async () => {
  for (const mock of running.splice(0)) await mock.close();
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

/** Any request, with any headers: fetch would not send a foreign Host. */
const raw = (
  { url }: MockOperator,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string | Buffer,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = httpRequest({ hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode, headers: response.headers, text });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });

/** The refusal in an answer of the one shape. */
function refusalOf({ status, text, headers }: Answer) {
  const { error } = JSON.parse(text);
  expect(error.message.split('\n')[0]).toBe(`${error.field}: expected ${error.expected}; got ${error.got}`);
  expect(Object.keys(error).slice(0, 4)).toEqual(['field', 'expected', 'got', 'message']);
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  return { status, field: error.field, got: error.got };
}

const CLOCK = '/__admin/clock';
const STATE = '/__admin/state';

describe('with an admin token', () => {
  it.each([
    ['none', {}, 'none'],
    ['another', { authorization: 'Bearer other' }, 'another token'],
    ['a longer one', { authorization: 'Bearer secret-token-' }, 'another token'],
    ['a part of it', { authorization: 'Bearer secret' }, 'another token'],
    ['an empty one', { authorization: 'Bearer ' }, 'none'],
    ['another scheme', { authorization: 'Basic secret-token' }, 'none'],
  ])('%s is 401', async (_what, headers, got) => {
    const mock = await start({ adminToken: 'secret-token' });
    for (const [method, path] of [
      ['GET', STATE],
      ['POST', CLOCK],
      ['GET', '/__admin/openapi.json'],
      ['GET', '/__admin/no-such'],
      ['DELETE', STATE],
      ['GET', '/__admin/%zz'],
    ] as const) {
      const answer = await raw(mock, method, path, headers);
      expect(refusalOf(answer), `${method} ${path}`).toEqual({ status: 401, field: 'Authorization', got });
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
  });

  it('the token opens it, whatever the case of the scheme; API keys stay what they are', async () => {
    const mock = await start({ adminToken: 'secret-token', host: '0.0.0.0' });
    for (const authorization of ['Bearer secret-token', 'bearer secret-token']) {
      expect((await raw(mock, 'GET', STATE, { host: '127.0.0.1', authorization })).status).toBe(200);
    }
    expect((await raw(mock, 'GET', '/ops/healthcheck')).status).toBe(200);
  });
});

describe('a page of another site', () => {
  it.each([
    ['a foreign name in Host, as after DNS rebinding', { host: 'attacker.example' }, 'Host'],
    ['a foreign name with the port', { host: 'attacker.example:8432' }, 'Host'],
    ['a name that begins as the own one', { host: 'localhost.attacker.example' }, 'Host'],
    ['a foreign Origin', { origin: 'https://attacker.example' }, 'Origin'],
    ['a foreign port in Origin', { origin: 'http://127.0.0.1:1' }, 'Origin'],
    ['the Origin of a sandboxed page', { origin: 'null' }, 'Origin'],
    ['a request by a foreign page without Origin', { 'sec-fetch-site': 'cross-site' }, 'Sec-Fetch-Site'],
    ['a request by a page of the same domain', { 'sec-fetch-site': 'same-site' }, 'Sec-Fetch-Site'],
  ])('%s is 403, and changes nothing', async (_what, headers, field) => {
    const mock = await start();
    const before = await mock.clock.get();
    for (const [method, path, body] of [
      ['GET', STATE],
      ['POST', CLOCK, '{"set": 0}'],
      ['PUT', '/__admin/world', '{}'],
      ['POST', '/__admin/reset'],
      ['OPTIONS', CLOCK],
      ['GET', '/__admin/no-such'],
    ] as const) {
      const answer = await raw(mock, method, path, headers, body);
      expect(refusalOf(answer), `${method} ${path}`).toMatchObject({ status: 403, field });
    }
    expect(await mock.clock.get()).toMatchObject({ frozen: before.frozen });
  });

  it.each([
    ['localhost', { host: 'localhost:1234' }],
    ['its address', { host: '127.0.0.1' }],
    ['a loopback address other than its own', { host: '[::1]:8432' }],
    ['an allowed name', { host: 'Mock.Example:99' }],
    ['its own page', { 'sec-fetch-site': 'same-origin' }],
    ['a typed address', { 'sec-fetch-site': 'none' }],
  ])('but %s may', async (_what, headers) => {
    const mock = await start({ allowHost: ['mock.example', 'other.example'] });
    expect((await raw(mock, 'GET', STATE, headers)).status).toBe(200);
    const origin = `http://${'host' in headers ? headers.host : new URL(mock.url).host}`;
    expect((await raw(mock, 'GET', STATE, { ...headers, origin })).status).toBe(200);
  });

  it('gets no header of CORS, on success neither', async () => {
    const mock = await start();
    const { headers } = await raw(mock, 'GET', STATE, { origin: mock.url });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    const preflight = { origin: mock.url, 'access-control-request-method': 'POST' };
    expect(refusalOf(await raw(mock, 'OPTIONS', CLOCK, preflight)).status).toBe(405);
  });
});

describe('a request that no call serves', () => {
  it.each([
    ['GET', '/__admin', undefined],
    ['GET', '/__admin/', undefined],
    ['GET', '/__admin/no-such', undefined],
    ['GET', '/__admin/clock/', undefined],
    ['GET', '/__admin//clock', undefined],
    ['POST', '/__admin/no-such?x=1', undefined],
  ])('%s %s is 404', async (method, path) => {
    const mock = await start();
    expect(refusalOf(await raw(mock, method, path))).toEqual({
      status: 404,
      field: 'path',
      got: 'another path',
    });
  });

  it.each([
    ['POST', STATE, 'GET'],
    ['DELETE', CLOCK, 'GET, POST'],
    ['TRACE', CLOCK, 'GET, POST'],
    ['PATCH', CLOCK, 'GET, POST'],
    ['GET', '/__admin/reset', 'POST'],
    ['GET', '/__admin/tests/one', 'DELETE'],
    ['POST', '/__admin/world?secrets=1', 'GET, PUT, PATCH'],
    ['POST', '/__admin/openapi.json', 'GET'],
    ['QUERY', CLOCK, 'GET, POST'],
    ['PROPFIND', CLOCK, 'GET, POST'],
  ])('%s %s is 405 and names the methods', async (method, path, allow) => {
    const mock = await start();
    const answer = await raw(mock, method, path);
    expect(refusalOf(answer)).toEqual({ status: 405, field: 'method', got: method });
    expect(answer.headers.allow).toBe(allow);
  });

  it('HEAD is another method, without a body', async () => {
    const mock = await start();
    const { status, headers, text } = await raw(mock, 'HEAD', CLOCK);
    expect([status, headers.allow, text]).toEqual([405, 'GET, POST', '']);
  });
});

describe('a request that cannot be read', () => {
  const deep = (levels: number) => `${'{"a":['.repeat(levels)}${']}'.repeat(levels)}`;

  it.each([
    ['no JSON', 'POST', CLOCK, {}, '{"set": 0', 'body'],
    ['JSON of thousands of levels', 'PUT', '/__admin/world', {}, deep(50_000), 'body'],
    ['an invalid content type', 'POST', CLOCK, { 'content-type': 'a b;;' }, '{"freeze": true}', 'request'],
    ['an invalid escape', 'GET', '/__admin/%zz', {}, undefined, 'request'],
    ['an invalid escape in a parameter', 'DELETE', '/__admin/tests/%zz', {}, undefined, 'request'],
    ['a long parameter', 'DELETE', `/__admin/tests/${'x'.repeat(200)}`, {}, undefined, 'request'],
    ['a list of a parameter', 'GET', '/__admin/world?secrets=1&secrets=1', {}, undefined, 'secrets'],
    ['an unknown parameter', 'GET', '/__admin/world?secret=1', {}, undefined, 'query'],
    ['an invalid test id', 'GET', CLOCK, { 'x-uid2-test-id': 'a b' }, undefined, 'X-UID2-Test-Id'],
    ['an invalid test id in the path', 'GET', `/__test/a%20b${CLOCK}`, {}, undefined, 'X-UID2-Test-Id'],
    ['a member of every object', 'POST', CLOCK, {}, '{"__proto__": 1}', 'body'],
  ])('%s is 400', async (_what, method, path, headers, body, field) => {
    const mock = await start();
    expect(refusalOf(await raw(mock, method, path, headers, body))).toMatchObject({ status: 400, field });
  });

  it('a body beyond 64 MiB is 413', async () => {
    const mock = await start();
    const length = { 'content-length': String(64 * 1_048_576 + 1) };
    const answer = await raw(mock, 'PUT', '/__admin/world', { ...length, expect: '100-continue' }, '{');
    expect(refusalOf(answer)).toEqual({ status: 413, field: 'body', got: 'more' });
  });

  it('a body of any type is JSON, as curl -d sends it', async () => {
    const mock = await start();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await raw(mock, 'POST', CLOCK, form, '{"set": 1000}')).status).toBe(200);
    expect(mock.clock.now()).toBe(1000);
  });
});

describe('with admin off', () => {
  it('it is not there: 404 as any other path, whatever the header or prefix', async () => {
    const mock = await start({ admin: false, host: '0.0.0.0' });
    const withoutDate = ({ status, headers: { date: _, ...headers }, text }: Answer) => ({
      status,
      headers,
      text,
    });
    const other = withoutDate(await raw(mock, 'GET', '/no-such-path'));
    expect(other.status).toBe(404);
    for (const path of [
      STATE,
      CLOCK,
      '/__admin',
      '/__admin/openapi.json',
      `/__test/one${STATE}`,
      '/__test/one',
    ]) {
      const headers = { 'x-uid2-test-id': 'one', authorization: 'Bearer secret' };
      expect(withoutDate(await raw(mock, 'GET', path, headers)), path).toEqual(other);
    }
    const post = withoutDate(await raw(mock, 'POST', '/no-such-path', {}, '{}'));
    expect(withoutDate(await raw(mock, 'POST', CLOCK, {}, '{"set": 0}'))).toEqual(post);
    // the functions of the process itself stay
    await mock.clock.set(5000);
    expect(mock.clock.now()).toBe(5000);
  });
});

it('the OpenAPI document has every call with its parameters, its answer and its refusals', async () => {
  const document = await adminOk(await start(), 'GET /openapi.json');
  expect(document).toMatchObject({ openapi: '3.1.0', security: [{}, { token: [] }] });
  const operations = Object.entries<Record<string, object>>(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace('/__admin', '')}`),
  );
  expect(operations).toEqual(
    expect.arrayContaining([
      'GET /health',
      'GET /state',
      'GET /world',
      'PUT /world',
      'PATCH /world',
      'POST /keys/rotate',
      'POST /salts/rotate',
      'GET /clock',
      'POST /clock',
      'GET /optouts',
      'POST /optouts',
      'DELETE /optouts',
      'POST /optouts/import',
      'GET /requests',
      'GET /requests/{id}',
      'GET /requests/stream',
      'DELETE /requests',
      'GET /tests',
      'DELETE /tests/{id}',
      'POST /reset',
    ]),
  );
  const rotate = document.paths['/__admin/keys/rotate'].post;
  expect(Object.keys(rotate.responses)).toEqual(['200', '400', '401', '403', '404', '409', '413', '503']);
  expect(rotate.requestBody).toMatchObject({ required: false });
  const schema = rotate.requestBody.content['application/json'].schema;
  expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
  expect(Object.keys(schema.properties)).toEqual(['keyset', 'activates']);
  expect(document.paths['/__admin/tests/{id}'].delete.parameters).toMatchObject([
    { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
    { name: 'wait', in: 'query', required: false, schema: { enum: ['all'] } },
    { name: 'X-UID2-Test-Id', in: 'header', required: false },
  ]);
});
