/** connectMockOperator: where it finds an operator, what it says when there is none, and what it returns. */

import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, startReverseProxy } from '../../contract-tests/falsifying/reverse-proxy.ts';
import {
  type ConnectOptions,
  ControlError,
  type MockOperator,
  connectMockOperator,
  startMockOperator,
} from '../index.ts';
import { post } from '../testing/caller.ts';

const closing: (() => Promise<unknown> | void)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

async function started(options: Parameters<typeof startMockOperator>[0] = {}): Promise<MockOperator> {
  const mock = await startMockOperator(options);
  closing.push(() => mock.close());
  return mock;
}

/** A proxy in front of an operator, or in place of one. */
async function proxied(...[target, decide]: Parameters<typeof startReverseProxy>): Promise<string> {
  const proxy = await startReverseProxy(target, decide);
  closing.push(() => proxy.close());
  return proxy.url;
}

let mock: MockOperator;
beforeAll(async () => {
  mock = await started();
});

async function refusal(
  url: string | URL,
  options?: ConnectOptions,
): Promise<[code: string, message: string]> {
  const error: unknown = await connectMockOperator(url, options).catch((thrown: unknown) => thrown);
  if (!(error instanceof ControlError)) throw new Error('expected a ControlError', { cause: error });
  return [error.code, error.message];
}

const user = { email: 'connected@example.com', policy: 1 };
const statusAt = async (url: string): Promise<string> =>
  (await post({ ...mock, url }, '/v2/token/generate', user)).json.status;

describe('a connected operator', () => {
  it('has the URL, credentials and key pairs of the operator', async () => {
    const operator = await connectMockOperator(new URL(mock.url));
    const { url, credentials, clientSideKeypairs } = operator;
    expect({ url, credentials, clientSideKeypairs }).toEqual({
      url: mock.url,
      credentials: mock.credentials,
      clientSideKeypairs: mock.clientSideKeypairs,
    });
    expect(operator.credentialFor('MAPPER')).toEqual(mock.credentialFor('MAPPER'));
    expect(() => operator.credentialFor('PAINTER')).toThrow(RangeError);
  });

  it.each<[end: string, options: ConnectOptions, url: string]>([
    ['/', {}, ''],
    ['/__admin', {}, ''],
    ['/__admin/', { testId: 'mine' }, '/__test/mine'],
    ['/__test/mine', {}, '/__test/mine'],
    ['/__test/mine/', {}, '/__test/mine'],
    ['/__test/other', { testId: 'mine' }, '/__test/mine'],
  ])('is found at %j with %j', async (end, options, url) => {
    const operator = await connectMockOperator(`${mock.url}${end}`, options);
    expect(operator.url).toBe(`${mock.url}${url}`);
    await operator.optOuts.add({ email: user.email });
    expect(await statusAt(operator.url)).toBe('optout');
    expect(await statusAt(mock.url)).toBe(url === '' ? 'optout' : 'success');
    await operator.reset();
    expect(await statusAt(operator.url)).toBe('success');
  });

  it('may stand under a path, behind a proxy', async () => {
    const proxy = await proxied(mock.url, (request, forward) =>
      forward({ ...request, path: request.path.replace(/^\/uid2\/mock/, '') }),
    );
    const operator = await connectMockOperator(`${proxy}/uid2/mock/__test/behind/`);
    expect(operator.url).toBe(`${proxy}/uid2/mock/__test/behind`);
    await operator.optOuts.add({ email: user.email });
    expect(await statusAt(operator.url)).toBe('optout');
  });

  it('is given its token', async () => {
    const guarded = await started({ adminToken: 'a-token' });
    const operator = await connectMockOperator(guarded.url, { token: 'a-token' });
    expect(operator.credentials).toEqual(guarded.credentials);
  });

  it('runs on when the connection is closed, which refuses later calls', async () => {
    const own = await started();
    {
      await using operator = await connectMockOperator(own.url);
      await operator.clock.freeze();
    }
    const closed = await connectMockOperator(own.url);
    expect(await closed.clock.get()).toMatchObject({ frozen: true });
    await closed.close();
    await closed.close();
    await expect(closed.clock.get()).rejects.toMatchObject({
      code: 'unreachable',
      got: 'a connection that close() has closed',
    });
  });

  it('that goes away is unreachable', async () => {
    const short = await startMockOperator();
    const operator = await connectMockOperator(short.url);
    await short.close();
    await expect(operator.clock.freeze()).rejects.toMatchObject({
      code: 'unreachable',
      field: short.url,
      got: expect.stringMatching(/^no answer \(\w+\)$/),
    });
  });
});

const EXPECTED = 'expected a mock operator that serves /__admin; got';

describe('one sentence says that', () => {
  it('nobody is there', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, 'close');
    const url = `http://127.0.0.1:${port}`;
    expect(await refusal(`${url}/`)).toEqual(['unreachable', `${url}: ${EXPECTED} no answer (ECONNREFUSED)`]);
  });

  it('what is there does not speak HTTP', async () => {
    const server = createServer((socket) => socket.end('220 mail.example.com ESMTP\r\n')).listen(
      0,
      '127.0.0.1',
    );
    closing.push(() => void server.close());
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const [code, message] = await refusal(url);
    expect(code).toBe('unreachable');
    expect(message).toMatch(
      /^http:\S+: expected a mock operator that serves \/__admin; got no answer \(\w+\)$/,
    );
  });

  it('the operator has no /__admin, as in production', async () => {
    const bare = await started({ admin: false });
    const absent = 'status 404 with text/html, as an operator without /__admin answers';
    expect(await refusal(bare.url)).toEqual(['unreachable', `${bare.url}: ${EXPECTED} ${absent}`]);
    const elsewhere = `${mock.url}/elsewhere`;
    expect(await refusal(elsewhere)).toEqual(['unreachable', `${elsewhere}: ${EXPECTED} ${absent}`]);
  });

  it.each<[string, number, string | undefined, string]>([
    ['status 200 with text/html', 200, 'text/html; charset=utf-8', '<html></html>'],
    ['status 200 with application/json', 200, 'application/json', '{"up":"yes"}'],
    ['status 200', 200, undefined, ''],
    ['status 403 with text/html', 403, 'text/html', '<html>no</html>'],
    ['status 401 with application/json', 401, 'application/json', '{"error":"no"}'],
    ['status 302 with text/html', 302, 'text/html', ''],
    ['status 500 with application/json', 500, 'application/json', '{"error":{"field":1}}'],
  ])('something else answers: %s', async (got, status, type, text) => {
    const answer: Answer = {
      status,
      headers: type === undefined ? {} : { 'content-type': type },
      body: Buffer.from(text),
    };
    const url = await proxied(mock.url, async () => answer);
    expect(await refusal(url)).toEqual(['unreachable', `${url}: ${EXPECTED} ${got}`]);
  });

  it('a token is missing or wrong', async () => {
    const { url } = await started({ adminToken: 'a-token' });
    const expected = `token: expected the admin token of ${url}; got`;
    expect(await refusal(url)).toEqual(['unauthorized', `${expected} none`]);
    expect(await refusal(url, { token: 'b-token' })).toEqual(['unauthorized', `${expected} another token`]);
  });

  it('the operator allows no calls under a name', async () => {
    const url = await proxied(mock.url, (request, forward) =>
      forward({ ...request, headers: { ...request.headers, host: 'foreign.example' } }),
    );
    expect(await refusal(url)).toEqual([
      'forbidden',
      expect.stringMatching(
        /^Host: expected 127\.0\.0\.1, localhost, or a name given by --allow-host; got [^\n]+$/,
      ),
    ]);
  });

  it.each<[string, ConnectOptions, string]>([
    ['', {}, 'url: expected the http or https URL of a mock operator'],
    ['127.0.0.1:8432', {}, 'url: expected the http or https URL of a mock operator'],
    ['ftp://127.0.0.1', {}, 'url: expected the http or https URL of a mock operator'],
    ['http://user:secret@127.0.0.1', {}, 'without a user, query or fragment; got another text'],
    ['http://127.0.0.1/?a=b', {}, 'without a user, query or fragment; got another text'],
    ['http://127.0.0.1', { testId: 'a b' }, 'testId: expected 1 to 100 letters, digits and . _ ~ -'],
    ['http://127.0.0.1', { token: '' }, 'token: expected a text of visible ASCII characters'],
    [
      'http://127.0.0.1',
      { tokn: 'a' } as ConnectOptions,
      'options: expected members token, testId; got "tokn"',
    ],
  ])('%s with %j is wrong usage', async (url, options, message) => {
    expect(await refusal(url, options)).toEqual(['invalid', expect.stringContaining(message)]);
  });
});
