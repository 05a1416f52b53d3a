/** Orders of faults over HTTP and from Node: which are taken, which are refused, and how they are listed. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ControlError,
  type FaultRequest,
  type MockOperator,
  faultPresets,
  startMockOperator,
} from '../index.ts';

let mock: MockOperator;
beforeAll(async () => {
  mock = await startMockOperator();
});
beforeEach(() => mock.reset());
afterAll(() => mock.close());

async function admin(method: string, path: string, body?: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(`${mock.url}${path}`, { method, ...(body !== undefined && { body: text }) });
  return { status: answer.status, json: JSON.parse(await answer.text()) };
}
const FAULTS = '/__admin/faults';
const idsOf = (listed: { json: { faults: { id: string }[] } }): string[] =>
  listed.json.faults.map(({ id }) => id);

const everyMember = {
  route: '/v2/*',
  method: 'POST',
  client: 'Example DSP',
  identity: 'user@example.com',
  test_id: 'a',
  times: 3,
  after: 2,
  probability: 0.5,
  content_type: 'text/html',
  nonce: 'wrong',
  tag: 'bad',
  token: 'foreign',
  garbled: true,
  optout: true,
  cut: 7,
} as const;

describe('an order', () => {
  it('is listed with its id, its members, and how often it was met', async () => {
    const added = await admin('POST', FAULTS, { ...everyMember, latency: '1.5s', skew: '-10m' });
    const listed = { ...everyMember, latency: 1500, skew: -600_000, hits: 0, applied: 0, left: 3 };
    expect(added).toEqual({ status: 200, json: { faults: [{ id: 'f1', ...listed }] } });
    expect(await admin('GET', FAULTS)).toEqual(added);
    expect((await admin('GET', '/__admin/state')).json.faults).toBe(1);
  });

  it('may be listed as it was ordered, and ordered as it is listed', async () => {
    await admin('POST', FAULTS, {
      latency: { min: '10ms', max: '1s' },
      status: 200,
      body: ['x'],
      headers: { a: 1 },
    });
    const [{ id: _, hits, applied, left, ...members }] = (await admin('GET', FAULTS)).json.faults;
    expect(members).toEqual({
      latency: { min: 10, max: 1000 },
      status: 200,
      body: ['x'],
      headers: { a: 1 },
    });
    expect([hits, applied, left]).toEqual([0, 0, null]);
    expect((await admin('POST', FAULTS, members)).status).toBe(200);
  });

  it('of a list gives an id to each, and none is used again before a reset', async () => {
    expect(idsOf(await admin('POST', FAULTS, [{ hang: true }, { cut: true }]))).toEqual(['f1', 'f2']);
    expect(await admin('DELETE', `${FAULTS}/f1`)).toEqual({ status: 200, json: { removed: 1 } });
    expect(idsOf(await admin('GET', FAULTS))).toEqual(['f2']);
    expect(await admin('DELETE', FAULTS)).toEqual({ status: 200, json: { removed: 1 } });
    expect(idsOf(await admin('GET', FAULTS))).toEqual([]);
    expect(idsOf(await admin('POST', FAULTS, { cut: true }))).toEqual(['f3']);
    await admin('POST', '/__admin/reset', { only: ['clock', 'optouts', 'requests', 'world'] });
    expect(idsOf(await admin('GET', FAULTS))).toEqual(['f3']);
    await admin('POST', '/__admin/reset', { only: ['faults'] });
    expect(idsOf(await admin('GET', FAULTS))).toEqual([]);
    expect(idsOf(await admin('POST', FAULTS, { cut: true }))).toEqual(['f1']);
  });

  it('of an empty list does nothing', async () => {
    expect(await admin('POST', FAULTS, [])).toEqual({ status: 200, json: { faults: [] } });
  });

  it('with a wrong element adds none', async () => {
    const { status, json } = await admin('POST', FAULTS, [{ hang: true }, { statu: 500 }]);
    expect([status, json.error.field]).toEqual([400, '[1]']);
    expect(json.error.got).toBe('"statu"; did you mean status?');
    expect(idsOf(await admin('GET', FAULTS))).toEqual([]);
  });

  it('of a preset has its members, and what stands beside replaces them', async () => {
    const { json } = await admin('POST', FAULTS, {
      preset: 'rate-limited',
      times: 3,
      headers: { 'Retry-After': '7' },
    });
    expect(json.faults[0]).toMatchObject({
      preset: 'rate-limited',
      status: 429,
      times: 3,
      left: 3,
      headers: { 'Retry-After': '7' },
    });
  });

  it.each(faultPresets.map(({ name, members }) => [name, members] as const))(
    'of the preset %s is taken',
    async (preset, members) => {
      const { status, json } = await admin('POST', FAULTS, { preset });
      expect([status, json.faults[0]]).toEqual([200, expect.objectContaining({ ...members, preset })]);
    },
  );
});

const HEADERS = 'at most 100 headers';
const ONE_LINE = 'one line of ASCII';

it.each<[what: string, body: unknown, field: string, expected: string, got?: string]>([
  ['no effect', {}, 'body', 'an effect: latency, status'],
  ['matchers alone', { route: '/v2/*', times: 1 }, 'body', 'an effect: latency, status'],
  [
    'an unknown member',
    { contentType: 'x' },
    'body',
    'members route, ',
    '"contentType"; did you mean content_type?',
  ],
  [
    'an unknown preset',
    { preset: 'rate-limit' },
    'preset',
    'one of rate-limited, ',
    '"rate-limit"; did you mean rate-limited?',
  ],
  ['a preset of another kind', { preset: 1 }, 'preset', 'a text', '1'],
  ['no object', 'rate-limited', 'body', 'JSON'],
  ['null', null, 'body', 'an object'],
  ['a status below 200', { status: 101 }, 'status', 'at least 200', '101'],
  ['a status above 599', { status: 600 }, 'status', 'at most 599', '600'],
  ['a broken status', { status: 500.5 }, 'status', 'a whole number'],
  ['a status as text', { status: '500' }, 'status', 'a number', '"500"'],
  ['a body without status', { cut: 1, body: 'x' }, 'body', 'status beside it'],
  ['headers without status', { cut: 1, headers: { a: 'b' } }, 'headers', 'status beside it'],
  ['a number as body', { status: 500, body: 3 }, 'body', 'a text, an object or a list', '3'],
  [
    'a body that is too deep',
    `{"status":500,"body":${'['.repeat(9000)}${']'.repeat(9000)}}`,
    'body',
    'at most 1048576 characters',
  ],
  [
    'a body that is too long',
    { status: 500, body: 'x'.repeat(1_048_576) },
    'body',
    'at most 1048576 characters',
  ],
  ['a line end in a header', { status: 500, headers: { a: 'b\r\nc: d' } }, 'headers.a', ONE_LINE],
  ['a null byte in a header', { status: 500, headers: { a: '\0' } }, 'headers.a', ONE_LINE],
  ['a header beyond ASCII', { status: 500, headers: { a: 'é' } }, 'headers.a', ONE_LINE],
  ['a header that is no text', { status: 500, headers: { a: null } }, 'headers.a', 'a text or a number'],
  ['a blank in a header name', { status: 500, headers: { 'a b': 'c' } }, 'headers', HEADERS],
  ['a line end in a header name', { status: 500, headers: { 'a\r\nb': 'c' } }, 'headers', HEADERS],
  ['an empty header name', { status: 500, headers: { '': 'c' } }, 'headers', HEADERS],
  ['a length of the body', { status: 500, headers: { 'content-length': '3' } }, 'headers', HEADERS],
  [
    'an encoding of the transfer',
    { status: 500, headers: { 'Transfer-Encoding': 'chunked' } },
    'headers',
    HEADERS,
  ],
  ['a line end in a content type', { content_type: 'text/html\r\na: b' }, 'content_type', ONE_LINE],
  ['an empty content type', { content_type: '' }, 'content_type', ONE_LINE],
  ['a route without a slash', { route: 'v2/token/generate', hang: true }, 'route', 'a path such as'],
  ['a route with a query', { route: '/v1/token/generate?email=x', hang: true }, 'route', 'a path such as'],
  ['an unknown method', { method: 'FETCH', hang: true }, 'method', 'one of GET, POST, OPTIONS', '"FETCH"'],
  ['an invalid identity', { identity: 'nobody', hang: true }, 'identity', 'an email address, '],
  ['no times', { times: 0, hang: true }, 'times', 'at least 1', '0'],
  ['times as text', { times: '3', hang: true }, 'times', 'a number', '"3"'],
  ['less than no requests before', { after: -1, hang: true }, 'after', 'at least 0', '-1'],
  ['a probability above 1', { probability: 1.1, hang: true }, 'probability', 'at most 1', '1.1'],
  ['a latency below 0', { latency: '-1s' }, 'latency', 'a duration from 0 to 1d'],
  ['a latency of two days', { latency: '2d' }, 'latency', 'a duration from 0 to 1d'],
  ['a latency that is no duration', { latency: 'long' }, 'latency', 'ms, or a text such as'],
  ['a latency with a wrong end', { latency: { min: 1, max: 'x' } }, 'latency.max', 'ms, or a text such as'],
  [
    'a latency that shrinks',
    { latency: { min: '1s', max: 999 } },
    'latency',
    'min up to max',
    '1000 and 999',
  ],
  ['a reset at another time', { reset: 'later' }, 'reset', 'one of before, after', '"later"'],
  ['no hanging', { hang: false }, 'hang', 'true', 'false'],
  ['less than nothing left', { cut: -1 }, 'cut', 'at least 0', '-1'],
  ['no cut', { cut: false }, 'cut', 'a number of bytes, or true', 'false'],
  ['another nonce', { nonce: 'right' }, 'nonce', 'wrong', '"right"'],
  ['another tag', { tag: 'wrong' }, 'tag', 'bad', '"wrong"'],
  ['a token of another kind', { token: 'none' }, 'token', 'one of expired, foreign', '"none"'],
  ['a skew of thousands of years', { skew: '999999999999d' }, 'skew', 'a duration of at most 36525d'],
  [
    'a header that no object here can have',
    { status: 500, headers: JSON.parse('{"__proto__": "x"}') },
    'headers',
    'members other than __proto__',
    '"__proto__"',
  ],
  [
    'such a member of a body',
    { status: 500, body: JSON.parse('{"__proto__": {}}') },
    'body',
    'members other than __proto__',
    '"__proto__"',
  ],
  ['hanging with a status', { hang: true, status: 500 }, 'status', 'nothing beside hang', 'both'],
  ['hanging with a reset', { hang: true, reset: 'after' }, 'reset', 'nothing beside hang', 'both'],
  ['an early reset with a cut', { reset: 'before', cut: true }, 'cut', 'nothing beside reset before', 'both'],
  ['a status with a bad tag', { status: 200, tag: 'bad' }, 'tag', 'nothing beside status', 'both'],
  [
    'a preset with what contradicts it',
    { preset: 'bad-tag', status: 500 },
    'tag',
    'nothing beside status',
    'both',
  ],
])('%s is refused', async (_what, body, field, expected, got) => {
  const { status, json } = await admin('POST', FAULTS, body);
  expect([status, json.error.field]).toEqual([400, field]);
  expect(json.error.expected).toContain(expected);
  if (got !== undefined) expect(json.error.got).toBe(got);
  expect(idsOf(await admin('GET', FAULTS))).toEqual([]);
});

describe('a removal', () => {
  it('of an id that is not listed is 404', async () => {
    const { status, json } = await admin('DELETE', `${FAULTS}/f9`);
    expect([status, json.error.field, json.error.got]).toEqual([404, 'id', '"f9"']);
  });

  it('with a parameter is refused, so that it does not remove all', async () => {
    await admin('POST', FAULTS, { hang: true });
    const { status, json } = await admin('DELETE', `${FAULTS}?id=f1`);
    expect([status, json.error.expected, json.error.got]).toEqual([400, 'no members', '"id"']);
    expect(idsOf(await admin('GET', FAULTS))).toEqual(['f1']);
  });
});

describe('a test id', () => {
  it('lists and removes its own faults only', async () => {
    await admin('POST', FAULTS, [{ hang: true }, { cut: true }]);
    const own = `/__test/one${FAULTS}`;
    expect(idsOf(await admin('GET', own))).toEqual([]);
    expect(idsOf(await admin('POST', own, { cut: 1 }))).toEqual(['f1']);
    expect((await admin('GET', own)).json.faults).toMatchObject([{ id: 'f1', cut: 1 }]);
    expect((await admin('GET', '/__test/one/__admin/state')).json.faults).toBe(1);
    expect((await admin('GET', '/__admin/state')).json.faults).toBe(2);
    await admin('DELETE', own);
    expect(idsOf(await admin('GET', own))).toEqual([]);
    expect(idsOf(await admin('GET', FAULTS))).toEqual(['f1', 'f2']);
    await admin('POST', own, { cut: 1 });
    await admin('POST', '/__test/one/__admin/reset');
    expect(idsOf(await admin('GET', own))).toEqual([]);
    expect(idsOf(await admin('GET', FAULTS))).toEqual(['f1', 'f2']);
  });
});

describe('from Node', () => {
  it('the same is ordered, listed and removed', async () => {
    const [added] = await mock.faults.add({ preset: 'slow', latency: '2s', times: 1 });
    expect(added).toEqual({
      id: 'f1',
      preset: 'slow',
      latency: 2000,
      times: 1,
      hits: 0,
      applied: 0,
      left: 1,
    });
    await mock.faults.add([{ hang: true }, { cut: true }]);
    expect((await mock.faults.list()).map(({ id }) => id)).toEqual(['f1', 'f2', 'f3']);
    await mock.faults.remove('f2');
    expect((await mock.faults.list()).map(({ id }) => id)).toEqual(['f1', 'f3']);
    await mock.faults.clear();
    expect(await mock.faults.list()).toEqual([]);
  });

  it('members that are undefined do not hide those of a preset', async () => {
    const given = { preset: 'down', status: undefined } as FaultRequest;
    expect(await mock.faults.add(given)).toMatchObject([{ status: 503 }]);
  });

  it.each<[unknown, string]>([
    [{ hang: 1 }, 'faults.hang: expected true; got 1'],
    [
      { status: 500, body: [1n] },
      'faults.body: expected at most 1048576 characters of JSON, 50 levels deep; got a list',
    ],
    [
      [{ hang: true }, { latency: -1 }],
      'faults[1].latency: expected a duration from 0 to 1d, such as 500ms; got -1',
    ],
    [undefined, 'faults: expected an object; got nothing'],
  ])('%o is refused by name', async (given, message) => {
    const error: unknown = await mock.faults.add(given as FaultRequest).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ControlError);
    expect(String(error)).toBe(`ControlError: ${message}`);
  });

  it('an id that is not listed is refused', async () => {
    await expect(mock.faults.remove('f9')).rejects.toThrow(
      'faults.id: expected the id of a fault that is listed; got "f9"',
    );
  });
});
