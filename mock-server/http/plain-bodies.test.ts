/** Bodies of v0 and v1 POSTs, and JSON where a text is expected, in every generation (Protocol §7.1, §8, §8.7). */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MockOperator, startMockOperator } from '../index.ts';
import { ask, companyOf, get, post } from '../testing/caller.ts';

let mock: MockOperator;
beforeAll(async () => {
  mock = await startMockOperator({ profile: 'v5.56' });
});
afterAll(() => mock.close());

const map = (path: string, body: string | Buffer, type?: string) =>
  ask(mock, path, {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    credential: companyOf(mock),
    ...(type !== undefined && { headers: { 'content-type': type } }),
  });

const one = '{"email":["user@example.com"]}';
const v0Failure = { status: 500, text: 'Internal Server Error', type: null };
const v1Failure = {
  status: 500,
  json: { message: 'Unknown error while mapping batched identity', status: 'unknown' },
};

describe('a body', () => {
  const latin1 = Buffer.from('{"email":["us\xe9r@example.com"]}', 'latin1');

  it.each([
    ['that is no UTF-8', latin1, undefined],
    ['that is no UTF-8, whatever its type says', latin1, 'application/json; charset=iso-8859-1'],
    ['of a multipart form, which is lost on the way', one, 'multipart/form-data; boundary=x'],
    ['of a multipart form without a boundary', one, 'Multipart/Form-Data'],
    ['with nothing in it', '', 'application/json'],
    ['with another byte order mark', `\ufeff\ufeff${one}`, undefined],
  ])('%s fails', async (_what, body, type) => {
    expect(await map('/identity/map', body, type)).toMatchObject(v0Failure);
    expect(await map('/v1/identity/map', body, type)).toMatchObject(v1Failure);
  });

  it.each([
    ['with a byte order mark', `\ufeff${one}`, undefined],
    ['of a form', one, 'application/x-www-form-urlencoded'],
    ['of another multipart type', one, 'multipart/mixed; boundary=x'],
    ['of raw bytes', one, 'application/octet-stream'],
    ['of no type that there is', one, ';;;'],
  ])('%s is read', async (_what, body, type) => {
    const { json } = await map('/identity/map', body, type);
    expect(json.mapped[0].identifier).toBe('user@example.com');
    expect((await map('/v1/identity/map', body, type)).json.body).toEqual(json);
  });

  it('of client-side generation is the same kind of JSON', async () => {
    const message = async (body: string | Buffer, type?: string) =>
      (await map('/v2/token/client-generate', body, type)).json.message;
    expect(await message(latin1)).toBe('json payload is not valid');
    expect(await message('\ufeff{}')).toBe('bad subscription_id');
    expect(await message('{}', 'multipart/form-data; boundary=x')).toBe(
      'json payload expected but not found',
    );
  });
});

describe('JSON where a text is expected is read as its text, which is not JSON again', () => {
  const list = { email: [['user@example.com'], { a: 'b@c.d' }, ['x', 1], true] };
  const mapped = ['[user@example.com]', '{a=b@c.d}'];
  const unmapped = ['[x, 1]', 'true'].map((identifier) => ({ identifier, reason: 'invalid identifier' }));

  it('in lists', async () => {
    for (const body of [
      (await map('/identity/map', JSON.stringify(list))).json,
      (await map('/v1/identity/map', JSON.stringify(list))).json.body,
      (await post(mock, '/v2/identity/map', list)).json.body,
    ]) {
      expect(body.mapped.map(({ identifier }: { identifier: string }) => identifier)).toEqual(mapped);
      expect(body.unmapped).toEqual(unmapped);
    }
  });

  it('and names the identity of that text', async () => {
    const credential = companyOf(mock);
    const { json } = await get(mock, '/v1/identity/map', { email: '[user@example.com]' }, { credential });
    const listed = await post(mock, '/v2/identity/map', { email: [['user@example.com']] });
    expect(listed.json.body.mapped).toEqual([json.body]);
    expect((await post(mock, '/v2/token/generate', { email: ['a', 'b'] })).json.message).toBe(
      'Invalid Identifier',
    );
    expect((await post(mock, '/v2/token/generate', { email: ['user@example.com'] })).status).toBe(200);
  });
});
