/** JSON that no client should send, as the endpoints read it (Protocol §7.3, §8). */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWithKey, sealClientGenerate } from '../contract-tests/wire/index.ts';
import { type MockOperator, startMockOperator } from './index.ts';
import { ask, bearer, companyOf, credentialOf, embeddedWorld, post } from './testing/caller.ts';

let mock: MockOperator;
let old: MockOperator;
beforeAll(async () => {
  const world = embeddedWorld();
  const buckets = world.salts.buckets.map((bucket) => ({ ...bucket, salt: 'salt', key: null }));
  const [link] = world.service_links;
  const service_links = link === undefined ? [] : [{ ...link, link_id: '5' }];
  mock = await startMockOperator({ world: { ...world, service_links }, profile: 'current' });
  old = await startMockOperator({
    world: { ...world, salts: { ...world.salts, buckets } },
    profile: 'v5.56',
  });
});
afterAll(() => Promise.all([mock.close(), old.close()]));

const read = (path: string, text: string | Uint8Array, target = mock) =>
  post(target, path, undefined, { text });
const wanted = { status: 'client_error', message: expect.stringContaining('exactly one of') };

describe('lists of identifiers', () => {
  it('hold texts, whatever was sent', async () => {
    const { json } = await read(
      '/v2/identity/map',
      '{"email":[1.0, 12345678901234567890, true, {"a":"b","c":[1]}, [], ["x@example.com", null], 1E10] /* these */}',
    );
    expect(json.body.unmapped).toEqual(
      ['1.0', '12345678901234567890', 'true', '{a=b, c=[1]}', '[]', '1.0E10'].map((identifier) => ({
        identifier,
        reason: 'invalid identifier',
      })),
    );
    const [mapped] = json.body.mapped;
    expect(mapped.identifier).toBe('[x@example.com, null]');
    const same = await post(mock, '/v2/identity/map', { email: ['[x@example.com, null]'] });
    expect(mapped).toEqual(same.json.body.mapped[0]);
  });

  it('are read one after the other by v2, until a second one is filled', async () => {
    const refused = async (text: string) => (await read('/v2/identity/map', text)).json;
    expect(await refused('{"email":["a@b.c"],"email_hash":["x"],"phone":"x"}')).toEqual(wanted);
    expect((await refused('{"email":["a@b.c"],"phone":"x","email_hash":[]}')).message).toBe(
      'phone must be an array',
    );
    expect((await refused('{"email":5,"email_hash":["x"],"phone":["x"]}')).message).toBe(
      'email must be an array',
    );
  });

  it('with a null are broken before a link is looked at, unless they are of phones', async () => {
    const credential = credentialOf(mock, 'Example Clean Room');
    const status = async (payload: object) =>
      (await post(mock, '/v2/identity/map', payload, { credential })).status;
    for (const kind of ['email', 'email_hash', 'phone_hash']) {
      expect(await status({ [kind]: [null], link_id: 'unknown' })).toBe(500);
      expect(await status({ [kind]: ['x', null] })).toBe(500);
    }
    expect(await status({ phone: [null], link_id: 'unknown' })).toBe(401);
    expect(await status({ email: ['a@b.c'], link_id: 'unknown' })).toBe(401);
    expect(await status({ email: ['a@b.c'], link_id: 5 })).toBe(200);
  });

  it('of phones may hold a null, which is invalid', async () => {
    const phone = ['+12345678901', null, '1', null];
    const expected = {
      mapped: [expect.objectContaining({ identifier: '+12345678901' })],
      unmapped: [null, '1', null].map((identifier) => ({ identifier, reason: 'invalid identifier' })),
    };
    for (const target of [mock, old]) {
      expect((await post(target, '/v2/identity/map', { phone })).json.body).toEqual(expected);
    }
    const headers = bearer(companyOf(old));
    const plain = (body: object) =>
      ask(old, '/v1/identity/map', { method: 'POST', headers, body: JSON.stringify(body) });
    expect((await plain({ phone })).json.body).toEqual(expected);
    expect((await plain({ email: [null] })).status).toBe(500);
  });

  it('of v3 hold numbers and booleans as texts', async () => {
    const { json } = await read('/v3/identity/map', '{"phone":[14155551207, 1.0, false]}');
    expect(json.body.phone).toEqual(Array(3).fill({ e: 'invalid identifier' }));
  });
});

describe('texts', () => {
  it('are returned with capital hex digits, and with question marks for lone surrogates', async () => {
    const { text } = await read(
      '/v2/identity/map',
      String.raw`{"phone":["\u001c1","\\u001c","\ud800","\b\u0000"],"email":[]}`,
    );
    const identifiers = [...text.matchAll(/"identifier":"(.*?)","reason"/g)].map(([, found]) => found);
    expect(identifiers).toEqual([String.raw`\u001C1`, String.raw`\\u001c`, '?', String.raw`\b\u0000`]);
  });

  it('that are objects keep the order of their members', async () => {
    const { json } = await read('/v2/identity/map', '{"email":[{"b":1,"2":2,"1":3,"2":4}]}');
    expect(json.body.unmapped[0].identifier).toBe('{b=1, 2=4, 1=3}');
  });

  it('hold one replacement character for an encoded surrogate', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"phone":["'),
      Buffer.from([0xed, 0xa0, 0x80]),
      Buffer.from('"]}'),
    ]);
    const { json } = await read('/v2/identity/map', bytes);
    expect(json.body.unmapped[0].identifier).toBe('\ufffd');
  });
});

describe('the policy of 5.56', () => {
  it.each([
    ['1', 200],
    ['1.0', 200],
    ['1.9', 200],
    ['-0.5', 200],
    ['4294967297', 200],
    ['2', 400],
    ['1e300', 400],
    ['"1"', 500],
    ['true', 500],
    ['null', 500],
    ['[1]', 500],
  ])('optout_check %s is %i', async (policy, status) => {
    const text = `{"email":"user@example.com","optout_check":${policy}}`;
    expect((await read('/v2/token/generate', text, old)).status).toBe(status);
  });
});

it.each(['/v2/token/generate', '/v2/token/client-generate'])(
  'a multipart form is no body to %s',
  async (path) => {
    const headers = { 'content-type': 'Multipart/Form-Data; boundary=x' };
    const { status, json } = await ask(mock, path, {
      method: 'POST',
      headers,
      body: '{}',
      credential: companyOf(mock),
    });
    expect(status).toBe(400);
    expect(json.message).toMatch(/Body is missing|not found/);
  },
);

describe('client-generate', () => {
  const payload = { email_hash: 'tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=' };
  const seal = (options: { aadText?: string; payload?: unknown; appName?: string }) => {
    const [keypair] = mock.clientSideKeypairs;
    return sealClientGenerate({
      subscriptionId: keypair?.subscription_id ?? '',
      serverPublicKey: keypair?.public_key ?? '',
      payload,
      timestampMs: 0,
      ...options,
    });
  };
  const send = (body: string | Uint8Array) =>
    ask(mock, '/v2/token/client-generate', {
      method: 'POST',
      headers: { origin: 'https://example.com' },
      body,
    });

  it.each([
    ['1.5', '[1]'],
    ['-1.5', '[-1]'],
    ['9007199254740993', '[9007199254740993]'],
    ['1e18', '[1000000000000000000]'],
    ['"9223372036854775807"', '[9223372036854775807]'],
    ['" +12 "', '[12]'],
    ['"-0"', '[0]'],
    ['"-12"', '[-12]'],
    ['"+12"', '[12]'],
    ['""', '[0]'],
    ['" "', '[0]'],
    [String.raw`"\u0000\u001f"`, '[0]'],
    [String.raw`"\u000112\u0000"`, '[12]'],
    [`"${'0'.repeat(40)}12"`, '[12]'],
    ['"null"', '[0]'],
    ['null', '[0]'],
  ])('authenticates the timestamp %s as %s', async (timestamp, aadText) => {
    const { body, sharedKey } = seal({ aadText });
    const { status, text } = await send(
      JSON.stringify(body).replace('"timestamp":0', `"timestamp":${timestamp}`),
    );
    expect(status).toBe(200);
    expect(openWithKey(sharedKey, Buffer.from(text, 'base64')).toString()).toContain('"success"');
  });

  it('takes a timestamp that is not there as 0', async () => {
    const { timestamp: _timestamp, ...body } = seal({ aadText: '[0]' }).body;
    expect((await send(JSON.stringify(body))).status).toBe(200);
  });

  it.each([
    'true',
    '[5]',
    '["5"]',
    '{}',
    '"1.0"',
    '"1e3"',
    '"now"',
    String.raw`"\u2028"`,
    String.raw`"\u00a05"`,
    String.raw`"\ufeff5"`,
    '"+-5"',
    '"99999999999999999999"',
    '"9223372036854775808"',
    '9223372036854775808',
    '1e400',
  ])('fails over the timestamp %s', async (timestamp) => {
    const body = JSON.stringify(seal({}).body).replace('"timestamp":0', `"timestamp":${timestamp}`);
    expect((await send(body)).status).toBe(500);
  });

  it.each([
    ['COM.EXAMPLE.APP', 200],
    ['com.example.app', 200],
    ['com.example.aρp', 403],
    ['com.example.app ', 403],
  ])('knows the app %s: %i', async (appName, status) => {
    expect((await send(JSON.stringify(seal({ appName }).body))).status).toBe(status);
  });

  it('treats app names as equal if their characters have a common upper-case or lower-case letter', async () => {
    const world = embeddedWorld();
    const sites = world.sites.map((site) => ({ ...site, app_names: ['com.example.kiosk'] }));
    const kiosk = await startMockOperator({ world: { ...world, sites } });
    const request = (appName: string) => ({
      method: 'POST',
      body: JSON.stringify(seal({ appName }).body),
    });
    const statuses: number[] = [];
    for (const name of ['com.example.\u212aıo\u017fK', 'com.example.kiosk\u0307', 'com.example.kios']) {
      statuses.push((await ask(kiosk, '/v2/token/client-generate', request(name))).status);
    }
    await kiosk.close();
    expect(statuses).toEqual([200, 403, 403]);
  });

  it('authenticates an app name as the operator writes it, and refuses one with a lone surrogate', async () => {
    const world = { ...embeddedWorld(), client_side_token_generate_domain_name_check: false };
    const open = await startMockOperator({ world });
    const answerTo = async (appName: string, aadText: string) => {
      const body = JSON.stringify(seal({ appName, aadText }).body);
      const { status, json } = await ask(open, '/v2/token/client-generate', { method: 'POST', body });
      return [status, json?.message];
    };
    const answers = [
      await answerTo('\x1c', String.raw`[0,"\u001C"]`),
      await answerTo('\x1c', String.raw`[0,"\u001c"]`),
      await answerTo('\ud800', '[0,"?"]'),
    ];
    await open.close();
    const failed = 'payload decryption failed';
    expect(answers).toEqual([
      [200, undefined],
      [400, failed],
      [400, failed],
    ]);
  });

  it('reads JSON in every encoding of Unicode, and refuses malformed JSON', async () => {
    const body = JSON.stringify(seal({}).body);
    expect((await send(Buffer.from(`\ufeff${body}`))).status).toBe(200);
    expect((await send(Buffer.from(body, 'utf16le'))).status).toBe(200);
    const broken = await send(Buffer.from(body.replace('{', '{"x":"\xff",'), 'latin1'));
    expect(broken.json.message).toBe('json payload is not valid');
  });
});
