/** The journal over HTTP: what it lists, how it is filtered, waited for and cleared, and what bounds it. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FaultRequest, type MockOperator, startMockOperator } from './index.ts';
import {
  ask,
  bearer,
  clientGenerate,
  companyOf,
  credentialOf,
  get,
  post,
  refreshV2,
} from './testing/caller.ts';
import { sealRequest } from '../contract-tests/wire/index.ts';
import { sendBytes } from './testing/wire-client.ts';

const EMAIL = 'jane.doe@example.com';
const NOW = Date.UTC(2027, 2, 1);

/** A call of `/__admin`. */
async function admin(mock: MockOperator, target: string, method = 'GET', testId = '') {
  const headers: Record<string, string> = testId === '' ? {} : { 'x-uid2-test-id': testId };
  const answer = await fetch(`${mock.url}/__admin${target}`, { method, headers });
  return { status: answer.status, json: JSON.parse(await answer.text()) };
}

const listed = async (mock: MockOperator, query = '', testId = '') =>
  (await admin(mock, `/requests${query}`, 'GET', testId)).json.requests;

/** Paths with statuses, in the order of a list. */
const shown = async (mock: MockOperator, query = '', testId = '') =>
  (await listed(mock, query, testId)).map(
    ({ path, status }: { path: string; status: number }) => `${path} ${status}`,
  );

const generateV1 = (mock: MockOperator, email = EMAIL, url = mock.url) =>
  get({ ...mock, url }, '/v1/token/generate', { email }, { credential: companyOf(mock) });

describe('the journal', () => {
  let mock: MockOperator;
  beforeAll(async () => {
    mock = await startMockOperator();
  });
  afterEach(() => mock.reset());
  afterAll(() => mock.close());

  it('lists every request with why it was answered so, oldest first, by the clock of the operator', async () => {
    await mock.clock.set(NOW);
    await generateV1(mock);
    await get(mock, '/v1/token/generate', { email: EMAIL });
    await ask(mock, '/nowhere?x=1', { method: 'PUT' });
    const requests = await listed(mock);
    expect(requests.map(({ id }: { id: string }) => Number(id))).toEqual(
      [...requests.keys()].map((index) => Number(requests[0].id) + index),
    );
    expect(requests).toMatchObject([
      {
        at: '2027-03-01T00:00:00.000Z',
        arrived_ms: NOW,
        answered_ms: NOW,
        duration_ms: expect.any(Number),
        method: 'GET',
        path: '/v1/token/generate',
        route: '/v1/token/generate',
        client: 'Example Company',
        status: 200,
        reason: 'served',
        reason_text: 'served',
        test_id: null,
        fault: null,
        request_bytes: 0,
      },
      { client: null, status: 401, reason: 'header_absent', answer_bytes: 25 },
      { method: 'PUT', path: '/nowhere', route: null, status: 404, reason: 'path_unknown' },
    ]);
    expect(requests[0].duration_ms).toBeGreaterThan(0);
  });

  it('lists what no route and no parser takes, but no call of /__admin', async () => {
    await ask(mock, '/__admin/health');
    await sendBytes(mock.url, Buffer.from('BAD\r\n\r\n'));
    await sendBytes(mock.url, Buffer.from('POST /v2/token/generate HTTP/1.1\r\nHost: x\r\n'));
    await ask(mock, '/v2/token/generate', { method: 'OPTIONS' });
    await mock.journal.wait({}, { count: 3, timeout: '10s' });
    expect(await listed(mock)).toMatchObject([
      { path: '-', status: 400, reason: 'request_unreadable' },
      { status: 400, reason: 'request_incomplete' },
      { method: 'OPTIONS', path: '/v2/token/generate', status: 405, reason: 'method_wrong' },
    ]);
  });

  it('shows a sealed request and its answer on the wire and opened, with the tokens decoded', async () => {
    const answer = await post(mock, '/v2/token/generate', { email: EMAIL, optout_check: 1 });
    const { advertising_token, refresh_token, refresh_response_key } = answer.json.body;
    await refreshV2(mock, refresh_token, refresh_response_key);
    await clientGenerate(mock, { email_hash: 'LdhtUlMQ58ZZy5YUqGPRQw5xUMS5dXG5ocJHYJHbAKI=' });
    const [generated, refreshed, clientSide] = await listed(mock);
    const whole = (await admin(mock, `/requests/${generated.id}`)).json;
    expect(whole).toMatchObject({ ...generated, duration_ms: expect.any(Number) });
    expect(whole.request).toMatchObject({
      target: '/v2/token/generate',
      headers: { authorization: 'Bearer UID2-C-L-1001-…' },
      body: expect.stringMatching(/^[A-Za-z0-9+/=]{100,}$/),
      body_encoding: 'text',
      plain: { email: 'j…@example.com', optout_check: 1 },
    });
    expect(whole.answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain' },
      body: expect.stringMatching(/^[A-Za-z0-9+/=]{1000,}$/),
      plain: { status: 'success', body: { advertising_token, refresh_token } },
    });
    expect(whole.answer.plain.body.refresh_response_key).toBe(`${refresh_response_key.slice(0, 4)}…`);
    expect(whole.tokens).toMatchObject([
      {
        at: 'answer.plain.body.advertising_token',
        kind: 'advertising',
        version: 4,
        scope: 'uid2',
        identity_type: 'email',
        site_id: 1001,
        privacy_bits: 1,
        expires: new Date(answer.json.body.identity_expires).toISOString(),
      },
      {
        at: 'answer.plain.body.refresh_token',
        kind: 'refresh',
        wrapped: true,
        version: 3,
        expires: new Date(answer.json.body.refresh_expires).toISOString(),
      },
    ]);
    const second = (await admin(mock, `/requests/${refreshed.id}`)).json;
    expect(second).toMatchObject({
      request: { body: refresh_token, plain: null },
      answer: { plain: { status: 'success' } },
      tokens: [
        { at: 'request.body', kind: 'refresh', wrapped: true },
        { raw_uid: whole.tokens[0].raw_uid },
        { first_level_hash: whole.tokens[1].first_level_hash },
      ],
    });
    expect((await admin(mock, `/requests/${clientSide.id}`)).json).toMatchObject({
      request: { plain: { email_hash: 'Ldht…' } },
      answer: { plain: { status: 'success' } },
      tokens: [{ privacy_bits: 3 }, {}],
    });
  });

  it('shows what was sealed of a long answer, and of answers that a fault keeps from opening', async () => {
    const emails = Array.from({ length: 300 }, (_, index) => `some.user.${index}@example.com`);
    await post(mock, '/v3/identity/map', { email: emails });
    const faults: FaultRequest[] = [{ tag: 'bad' }, { garbled: true }, { cut: 100 }];
    for (const fault of faults) {
      await mock.faults.add({ ...fault, times: 1 });
      // it cannot be opened
      await post(mock, '/v2/token/generate', { email: EMAIL }).catch(() => undefined);
    }
    const [map, ...altered] = await listed(mock);
    const answer = async ({ id }: { id: string }) => (await admin(mock, `/requests/${id}`)).json.answer;
    const { plain } = await answer(map);
    expect([plain.status, plain.body.email.length]).toEqual(['success', 300]);
    expect(altered).toHaveLength(3);
    for (const one of altered) expect((await answer(one)).plain).toMatchObject({ status: 'success' });
  });

  it.each<[string, string, (sealed: Buffer) => Uint8Array]>([
    ['base64', 'text/plain', (sealed) => Buffer.from(sealed.toString('base64'))],
    ['base64 in ISO 8859-1', 'text/plain;charset=latin1', (sealed) => Buffer.from(sealed.toString('base64'))],
    [
      'base64 in UTF-16',
      'text/plain;charset=utf-16',
      (sealed) => Buffer.from(sealed.toString('base64'), 'utf16le').swap16(),
    ],
    ['bytes', 'application/octet-stream', (sealed) => sealed],
    ['base64 sent as bytes', 'application/octet-stream', (sealed) => Buffer.from(sealed.toString('base64'))],
  ])('opens a request in %s', async (_name, type, bodyOf) => {
    const credential = companyOf(mock);
    const plain = Buffer.from(JSON.stringify({ email: EMAIL }));
    const sealed = sealRequest(Buffer.from(credential.secret, 'base64'), plain, {
      timestampMs: mock.clock.now(),
    });
    const headers = { 'content-type': type };
    const body = new Uint8Array(bodyOf(sealed));
    await ask(mock, '/v2/token/generate', { credential, method: 'POST', headers, body });
    const [{ id, status }] = await listed(mock);
    expect(status).toBe(200);
    const { request } = (await admin(mock, `/requests/${id}`)).json;
    expect(request.plain).toEqual({ email: 'j…@example.com' });
  });

  it('shows plain requests, binary bodies, and tokens that cannot be decoded', async () => {
    const credential = companyOf(mock);
    await ask(mock, '/v1/identity/map', { credential, method: 'POST', body: `{"email":["${EMAIL}"]}` });
    await post(mock, '/v2/token/generate', { email: EMAIL }, { binary: true });
    await get(mock, '/v1/token/refresh', { refresh_token: 'A3AAAABmnonsense' });
    const [map, binary, refresh] = await listed(mock);
    expect((await admin(mock, `/requests/${map.id}`)).json).toMatchObject({
      request: { body: '{"email":["j…@example.com"]}', plain: { email: ['j…@example.com'] } },
      answer: {
        plain: {
          body: {
            mapped: [{ identifier: 'j…@example.com', advertising_id: expect.stringMatching(/^.{44}$/) }],
          },
        },
      },
      tokens: [],
    });
    expect((await admin(mock, `/requests/${binary.id}`)).json).toMatchObject({
      request: { body_encoding: 'base64', plain: { email: 'j…@example.com' } },
      answer: { body_encoding: 'base64', plain: { status: 'success' } },
    });
    expect((await admin(mock, `/requests/${refresh.id}`)).json.tokens).toEqual([
      {
        at: 'request.query.refresh_token',
        kind: 'refresh',
        problem: expect.any(String),
        problem_text: expect.any(String),
      },
    ]);
  });

  it('is filtered by client, path, status, reason and since, and limited to the newest', async () => {
    await mock.clock.set(NOW);
    await generateV1(mock);
    await mock.clock.set(NOW + 1000);
    await get(mock, '/v1/token/generate', { email: 'no' }, { credential: companyOf(mock) });
    await get(mock, '/v1/key/latest');
    await ask(mock, '/ops/healthcheck');
    const first = (await listed(mock))[0].id;
    const generate = '/v1/token/generate';
    const cases: [query: string, expected: string[]][] = [
      ['?client=Example%20Company', [`${generate} 200`, `${generate} 400`]],
      ['?client=Nobody', []],
      [`?path=${generate}`, [`${generate} 200`, `${generate} 400`]],
      ['?path=/v1/*', [`${generate} 200`, `${generate} 400`, '/v1/key/latest 401']],
      ['?path=*/latest', ['/v1/key/latest 401']],
      ['?path=/v1/*/gen*e', [`${generate} 200`, `${generate} 400`]],
      ['?path=/v1/token/generate*/generate', []],
      ['?status=200', [`${generate} 200`, '/ops/healthcheck 200']],
      ['?status=4xx', [`${generate} 400`, '/v1/key/latest 401']],
      ['?status=4xx&path=*key*', ['/v1/key/latest 401']],
      ['?reason=header_absent', ['/v1/key/latest 401']],
      [`?since=${NOW + 1}`, [`${generate} 400`, '/v1/key/latest 401', '/ops/healthcheck 200']],
      ['?since=2027-03-01T00:00:01Z&status=200', ['/ops/healthcheck 200']],
      [`?since=${first}`, [`${generate} 400`, '/v1/key/latest 401', '/ops/healthcheck 200']],
      ['?limit=1', ['/ops/healthcheck 200']],
    ];
    for (const [query, expected] of cases)
      expect([query, await shown(mock, query)]).toEqual([query, expected]);
  });

  const refused: [target: string, method: string, field: string][] = [
    ['?status=9xx', 'GET', 'status'],
    ['?reason=heder_absent', 'GET', 'reason'],
    ['?since=yesterday', 'GET', 'since'],
    ['?wait=soon', 'GET', 'wait'],
    ['?wait=3m', 'GET', 'wait'],
    ['?wait=1s&count=1001', 'GET', 'count'],
    ['?count=2', 'GET', 'count'],
    ['?limit=0', 'GET', 'limit'],
    ['?stauts=200', 'GET', 'query'],
    ['?stauts=200', 'DELETE', 'query'],
    ['?limit=1', 'DELETE', 'query'],
    ['/stream?after=x', 'GET', 'after'],
  ];
  it.each(refused)('refuses %s of a %s', async (target, method, field) => {
    await generateV1(mock);
    const { status, json } = await admin(mock, `/requests${target}`, method);
    expect([status, json.error.field]).toEqual([400, field]);
    expect(await shown(mock)).toHaveLength(1);
  });

  it('names the reason that was meant', async () => {
    const { json } = await admin(mock, '/requests?reason=heder_absent');
    expect(json.error.expected).toContain('header_absent');
  });

  it.each(['999999', 'x', '0', '-1'])('has no request %s', async (id) => {
    const { status, json } = await admin(mock, `/requests/${id}`);
    expect([status, json.error.field]).toEqual([404, 'id']);
  });

  it('removes what filters choose, and all without a filter', async () => {
    await generateV1(mock);
    await get(mock, '/v1/key/latest');
    await ask(mock, '/ops/healthcheck');
    expect((await admin(mock, '/requests?status=401', 'DELETE')).json).toEqual({ removed: 1 });
    expect(await shown(mock)).toEqual(['/v1/token/generate 200', '/ops/healthcheck 200']);
    expect((await admin(mock, '/requests', 'DELETE')).json).toEqual({ removed: 2 });
    expect(await shown(mock)).toEqual([]);
  });

  it('is part of the state, and of a reset', async () => {
    await generateV1(mock);
    const { journal } = (await admin(mock, '/state')).json;
    expect(journal).toEqual({ entries: 1, bytes: expect.any(Number), limit: 1000 });
    expect(journal.bytes).toBeGreaterThan(500);
    await mock.reset(['clock']);
    expect(await shown(mock)).toHaveLength(1);
    await mock.reset(['requests']);
    expect((await admin(mock, '/state')).json.journal).toEqual({ entries: 0, bytes: 0, limit: 1000 });
  });
});

describe('waiting', () => {
  let mock: MockOperator;
  beforeAll(async () => {
    mock = await startMockOperator();
  });
  afterEach(() => mock.reset());
  afterAll(() => mock.close());

  it('ends as soon as so many have come, and counts those that are there', async () => {
    await generateV1(mock);
    const waited = shown(mock, '?wait=60s&count=3&path=/v1/*');
    await ask(mock, '/ops/healthcheck');
    await get(mock, '/v1/key/latest');
    await generateV1(mock);
    const generate = '/v1/token/generate 200';
    expect(await waited).toEqual([generate, '/v1/key/latest 401', generate]);
    expect(await shown(mock, '?wait=60s&count=2&status=200')).toHaveLength(3);
  });

  it('counts again what was removed meanwhile', async () => {
    await get(mock, '/v1/key/latest');
    const waited = shown(mock, '?wait=60s&count=2&status=401');
    await mock.journal.clear({ status: 401 });
    await get(mock, '/v1/key/latest');
    await get(mock, '/v1/key/latest');
    expect(await waited).toHaveLength(2);
  });

  it('ends with what is there when the time is over', async () => {
    await generateV1(mock);
    expect(await shown(mock, '?wait=10&count=2')).toEqual(['/v1/token/generate 200']);
    expect(await shown(mock, '?wait=0ms')).toEqual(['/v1/token/generate 200']);
    expect(await shown(mock, '?wait=1ms&reason=key_unknown')).toEqual([]);
  });

  it('ends when the operator closes', async () => {
    const closing = await startMockOperator();
    await generateV1(closing);
    const { hostname, port, host } = new URL(closing.url);
    const socket = connect(Number(port), hostname).setEncoding('utf8');
    const request = (path: string): string => `GET /__admin/${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
    let received = '';
    socket.on('data', (text: string) => (received += text));
    const inProcess = closing.journal.wait({}, { count: 9, timeout: '100s' });
    socket.write(request('health') + request('requests?wait=100s&count=9'));
    // when the first is answered, the second waits
    await once(socket, 'data');
    const ended = once(socket, 'close');
    await closing.close();
    await ended;
    expect(await inProcess).toHaveLength(1);
    expect(received).toContain('"count":1}');
    expect(await closing.journal.wait({}, { count: 9, timeout: '100s' })).toHaveLength(1);
  });
});

describe('the journals of test ids', () => {
  let mock: MockOperator;
  beforeAll(async () => {
    mock = await startMockOperator();
  });
  afterAll(() => mock.close());

  it('hold their own requests, while the common one lists all', async () => {
    await generateV1(mock, EMAIL, `${mock.url}/__test/one`);
    await ask(mock, '/ops/healthcheck', { headers: { 'x-uid2-test-id': 'two' } });
    await ask(mock, '/v1/key/latest');
    expect(await shown(mock, '', 'one')).toEqual(['/v1/token/generate 200']);
    expect(await shown(mock, '', 'two')).toEqual(['/ops/healthcheck 200']);
    expect(await shown(mock)).toEqual([
      '/v1/token/generate 200',
      '/ops/healthcheck 200',
      '/v1/key/latest 401',
    ]);
    expect((await listed(mock)).map(({ test_id }: { test_id: string }) => test_id)).toEqual([
      'one',
      'two',
      null,
    ]);
    const [{ id }] = await listed(mock, '', 'one');
    expect((await admin(mock, `/requests/${id}`, 'GET', 'two')).status).toBe(404);
    const whole = (await admin(mock, `/requests/${id}`, 'GET', 'one')).json;
    expect(whole.request.target).toBe('/v1/token/generate?email=j…@example.com');
    await mock.isolate('one').reset();
    expect(await shown(mock, '', 'one')).toEqual([]);
    expect(await shown(mock)).toHaveLength(3);
  });

  it('are waited for before their first request', async () => {
    const waited = shown(mock, '?wait=60s', 'later');
    await ask(mock, '/__test/other/ops/healthcheck');
    await ask(mock, '/__test/later/v1/key/latest');
    expect(await waited).toEqual(['/v1/key/latest 401']);
  });

  it('end with the test id', async () => {
    const own = mock.isolate('gone').journal;
    await ask(mock, '/__test/gone/ops/healthcheck');
    const waited = own.wait({}, { count: 2, timeout: '100s' });
    expect((await admin(mock, '/tests/gone', 'DELETE')).status).toBe(200);
    expect(await waited).toEqual([]);
    expect(await own.list()).toEqual([]);
    expect(await mock.journal.list({ path: '/ops/*' })).toContainEqual(
      expect.objectContaining({ test_id: 'gone' }),
    );
  });

  it('do not lose what others clear, in parallel', async () => {
    const testers = Array.from({ length: 24 }, (_, index) => `tester-${index}`);
    await Promise.all(
      testers.map(async (id, index) => {
        const own = mock.isolate(id);
        for (let round = 0; round < 3; round++) {
          await ask(mock, `/__test/${id}/v1/key/latest?round=${round}`);
          await ask(mock, `/__test/${id}/ops/healthcheck`);
          const found = await own.journal.wait({}, { count: 2 });
          expect(found.map(({ test_id, status }) => [test_id, status])).toEqual([
            [id, 401],
            [id, 200],
          ]);
          expect(await own.journal.clear({ status: index % 2 === 0 ? 401 : '4xx' })).toBe(1);
          expect(await own.journal.clear({ path: '/ops/*' })).toBe(1);
          expect(await own.journal.list()).toEqual([]);
        }
      }),
    );
    const all = await mock.journal.list();
    for (const id of testers) expect(all.filter(({ test_id }) => test_id === id)).toHaveLength(6);
  });
});

describe('bounds', () => {
  const MEBIBYTE = 1_048_576;
  const large = 'x'.repeat(900_000);
  const sendLarge = (mock: MockOperator, prefix = '') =>
    ask(mock, `${prefix}/v1/identity/map`, { method: 'POST', body: large });

  it('keep the newest of the number that the option says', async () => {
    await using mock = await startMockOperator({ journal: 5 });
    for (let index = 0; index < 12; index++) await ask(mock, `/${index}`);
    expect(await shown(mock)).toEqual(['/7 404', '/8 404', '/9 404', '/10 404', '/11 404']);
    expect((await admin(mock, '/state')).json.journal).toMatchObject({ entries: 5, limit: 5 });
    const [oldest] = await listed(mock);
    expect((await admin(mock, `/requests/${Number(oldest.id) - 1}`)).status).toBe(404);
  });

  it('keep 16 MiB at most, 4 MiB of a test id, and 64 MiB of all test ids', async () => {
    await using mock = await startMockOperator();
    const bytesOf = async (testId = '') => (await admin(mock, '/state', 'GET', testId)).json.journal;
    for (let index = 0; index < 20; index++) await sendLarge(mock);
    const common = await bytesOf();
    expect(common.bytes).toBeGreaterThan(14 * MEBIBYTE);
    expect(common.bytes).toBeLessThanOrEqual(16 * MEBIBYTE);
    for (let index = 0; index < 6; index++) await sendLarge(mock, '/__test/0');
    expect((await bytesOf('0')).entries).toBe(4);
    for (let id = 1; id <= 20; id++) {
      for (let index = 0; index < 4; index++) await sendLarge(mock, `/__test/${id}`);
    }
    const own = await Promise.all(Array.from({ length: 21 }, (_, id) => bytesOf(String(id))));
    const total = own.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(total).toBeGreaterThan(62 * MEBIBYTE);
    expect(total).toBeLessThanOrEqual(64 * MEBIBYTE);
    expect(own[0].entries).toBe(0);
    expect(own[20].entries).toBe(4);
    // what is removed leaves room for others
    for (let id = 10; id <= 20; id++) await mock.isolate(String(id)).journal.clear();
    for (let index = 0; index < 4; index++) await sendLarge(mock, '/__test/0');
    expect((await bytesOf('0')).entries).toBe(4);
  });
});

describe('without a journal', () => {
  const calls: [method: string, target: string][] = [
    ['GET', '/requests'],
    ['GET', '/requests?wait=60s'],
    ['GET', '/requests/1'],
    ['GET', '/requests/stream'],
    ['DELETE', '/requests'],
  ];

  it('every call of it is refused, in a sentence that names the option', async () => {
    await using mock = await startMockOperator({ journal: 0 });
    await generateV1(mock);
    for (const [method, target] of calls) {
      const { status, json } = await admin(mock, target, method);
      expect([target, status, json.error.message]).toEqual([
        target,
        409,
        'journal: expected an operator that keeps a journal; got one with --journal 0',
      ]);
    }
    const followed = mock.journal.follow()[Symbol.asyncIterator]();
    await expect(followed.next()).rejects.toMatchObject({ code: 'conflict' });
    expect((await admin(mock, '/state')).json.journal).toEqual({ entries: 0, bytes: 0, limit: 0 });
    expect((await admin(mock, '/reset', 'POST')).status).toBe(200);
  });
});

describe('a connection that ends in the middle of a request', () => {
  it('is listed', async () => {
    await using mock = await startMockOperator();
    const { hostname, port } = new URL(mock.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const { authorization } = bearer(credentialOf(mock, 'Example Company'));
    const head = `POST /v1/identity/map HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n`;
    socket.end(`${head}Content-Length: 100\r\n\r\n{"email`);
    const [request] = await mock.journal.wait({ status: 400 });
    expect(request).toMatchObject({ path: '/v1/identity/map', reason: 'request_incomplete' });
    socket.destroy();
  });
});
