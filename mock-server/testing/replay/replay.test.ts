/** The replayer must report differences: a fake operator answers one thing, the recording has another. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturePath } from '../../../fixtures/path.ts';
import { keysOf, loadWorld } from '../world.ts';
import { openWithKey, sealWithKey } from '../../../contract-tests/wire/index.ts';
import { loadEntries, parseEntries, type Entry } from './format.ts';
import { concretePaths, siblingPath, valueAt } from './paths.ts';
import { replayEntry } from './replay.ts';
import { fill } from './template.ts';

const world = loadWorld(fixturePath('recordings/world-v5.70.250.json'));
const now = 1_795_422_240_000;
interface Seen {
  url: string;
  rawHeaders: string[];
  body: Buffer;
}
type Answer = (response: ServerResponse, seen: Seen) => void;

let server: Server;
let url: string;
let answer: Answer;
let seen: Seen;

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  seen = { url: request.url ?? '', rawHeaders: request.rawHeaders, body: Buffer.concat(chunks) };
  answer(response, seen);
}

beforeAll(async () => {
  server = createServer((request, response) => void receive(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const text =
  (status: number, body: string, headers: Record<string, string>): Answer =>
  (response) =>
    response.writeHead(status, headers).end(body);

const json = { vary: 'origin', 'content-type': 'application/json' };
const base = {
  id: 'x-001',
  group: 'x',
  title: 'x',
  recorded_at_ms: now,
  request: {
    method: 'GET',
    path: '//x/./y',
    query: 'a=%zz',
    client: null,
    headers: { 'X-Twice': ['1', '2'] },
  },
  response: {
    status: 200,
    headers: json,
    body: { a: { n: 1, list: [{ r: 1 }, { e: 'x' }] }, status: 'success' },
    encrypted: false,
    body_encoding: 'plain',
  },
  volatile: [] as string[],
  checks: {},
};
const good = text(200, JSON.stringify(base.response.body), json);

function replay(changes: Partial<Record<keyof typeof base, unknown>>, how: Answer = good): Promise<string[]> {
  answer = how;
  const [entry] = parseEntries([{ ...base, ...changes }]);
  return replayEntry(entry as Entry, { url, world, setClock: async () => undefined });
}

describe('plain answers', () => {
  it('passes an answer which is as recorded, and sends paths and repeated headers as they are', async () => {
    expect(await replay({})).toEqual([]);
    expect(seen.url).toBe('//x/./y?a=%zz');
    expect(seen.rawHeaders.filter((_, index, all) => all[index - 1] === 'X-Twice')).toEqual(['1', '2']);
  });

  const body = JSON.stringify(base.response.body);
  it.each<[string, Answer, RegExp]>([
    ['another status', text(400, body, json), /^status: expected 200, got 400$/],
    [
      'a header more',
      text(200, body, { ...json, 'x-powered-by': 'y' }),
      /^header x-powered-by: expected nothing/,
    ],
    [
      'a header less',
      text(200, body, { 'content-type': 'application/json' }),
      /^header vary: .*got nothing$/,
    ],
    ['another header', text(200, body, { ...json, vary: 'Origin' }), /^header vary/],
    [
      'a charset',
      text(200, body, { ...json, 'content-type': 'application/json; charset=utf-8' }),
      /^header cont/,
    ],
    ['another value', text(200, body.replace('1', '2'), json), /^a\.n: expected 1, got 2$/],
    ['a number as text', text(200, body.replace('1', '"1"'), json), /^a\.n: expected 1, got "1"$/],
    ['an item less', text(200, body.replace(',{"e":"x"}', ''), json), /^a\.list: expected/],
    [
      'a member less',
      text(200, body.replace(',"status":"success"', ''), json),
      /^status: expected "success", got no/,
    ],
    [
      'a member more',
      text(200, body.replace('"e"', '"f":1,"e"'), json),
      /^a\.list\[1\]\.f: expected nothing, got 1$/,
    ],
    [
      'another order',
      text(200, body.replace('"n":1,"list":[{"r":1},{"e":"x"}]', '"list":[{"r":1},{"e":"x"}],"n":1'), json),
      /order n,list, got list,n$/,
    ],
    ['no JSON', text(200, '{', json), /^body: /],
  ])('sees %s', async (_, how, problem) => {
    const problems = await replay({}, how);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  it('reports a broken connection', async () => {
    expect(await replay({}, (response) => response.destroy())).toEqual([
      expect.stringMatching(/socket|ECONN/),
    ]);
  });
});

describe('checks', () => {
  it('requires one for every volatile path, and no other', async () => {
    expect(await replay({ volatile: ['a.n'] })).toEqual(['a.n: is volatile and has no check']);
    expect(await replay({ checks: { 'a.n': { kind: 'now_plus', ms: 1 - now } } })).toEqual([
      'a.n: has a check and is not volatile',
    ]);
  });

  const tokens = loadEntries('exchanges-v2.json');
  const generated = tokens.find(({ steps }) => steps[0]?.checks['body.refresh_token'] !== undefined);
  const step = generated?.steps[0];
  const body = valueAt(step?.response.body, 'body');

  it.each<[string, unknown, unknown, boolean]>([
    ['now_plus', { ms: 5 }, now + 5, true],
    ['now_plus', { ms: 5 }, now + 6, false],
    ['next_utc_midnight_seconds', {}, 1_795_478_400, true],
    ['next_utc_midnight_seconds', {}, 1_795_392_000, false],
    ['matches', { regex: 'a.*' }, 'ab\nc', true],
    ['matches', { regex: 'a.*' }, 'ba', false],
    ['equals', { value: 'a' }, 'a', true],
    ['equals', { value: 'a' }, 'b', false],
  ])('%s %j of %j: %s', async (kind, options, value, passes) => {
    const recorded = { ...base.response, body: { v: 0 } };
    const checks = { v: { kind, ...(options as object) } };
    const problems = await replay(
      { response: recorded, volatile: ['v'], checks },
      text(200, JSON.stringify({ v: value }), json),
    );
    expect(problems.length === 0).toBe(passes);
  });

  it.each([
    ['nothing', {}, {}, true],
    ['another raw UID', { fields: { raw_uid: 'x' } }, {}, false],
    ['another site', { fields: { site_id: 7 } }, {}, false],
    ['another lifetime', { lifetime_ms: 1 }, {}, false],
    ['another time of establishment', { established: 5 }, {}, false],
    ['another length', { length: 5 }, {}, false],
    ['another inner site', {}, { fields: { site_id: 7 } }, false],
    ['another key', {}, { key_id: 5 }, false],
    ['another scope', {}, { scope_byte: 16 }, false],
    ['another inner hash', {}, { fields: { first_level_hash: 'x' } }, false],
  ])('tokens with %s', async (_, advertising, refresh, passes) => {
    const checks = step?.checks ?? {};
    const created = Number(valueAt(body, 'identity_expires')) - 3_600_000;
    const merge = (path: string, changes: object) => {
      const check: object = checks[path] ?? {};
      const fields = { ...Object(valueAt(check, 'fields')), ...Object(valueAt(changes, 'fields')) };
      return { ...check, ...changes, fields };
    };
    const paths = ['body.advertising_token', 'body.refresh_token', 'body.refresh_response_key'];
    const problems = await replay(
      {
        recorded_at_ms: created,
        response: { ...base.response, body: step?.response.body },
        volatile: paths,
        checks: {
          'body.advertising_token': merge('body.advertising_token', advertising),
          'body.refresh_token': merge('body.refresh_token', refresh),
          'body.refresh_response_key': { kind: 'refresh_response_key' },
        },
      },
      text(200, JSON.stringify(step?.response.body), json),
    );
    expect(problems.length === 0, problems.join('\n')).toBe(passes);
  });
});

describe('encrypted answers', () => {
  const client = world.clients[0];
  const secret = Buffer.from(client?.secret ?? '', 'base64');
  const changes = {
    request: {
      method: 'POST',
      path: '/v2/x',
      client: client?.name,
      json: { list: { $repeat: { value: 'a', count: 2 } } },
      envelope: {},
    },
    response: {
      ...base.response,
      headers: { 'content-type': 'text/plain' },
      body: { a: 1 },
      encrypted: true,
      body_encoding: 'base64',
    },
  };
  interface Twist {
    timestamp?: number;
    nonce?: (sent: Buffer) => Buffer;
    key?: Buffer;
    encoding?: BufferEncoding;
  }
  const sealed =
    (
      payload: string,
      { timestamp = now, nonce = (sent) => sent, key = secret, encoding = 'base64' }: Twist = {},
    ): Answer =>
    (response, { body }) => {
      const plain = openWithKey(secret, Buffer.from(body.toString(), 'base64').subarray(1));
      expect(plain.subarray(16).toString()).toBe('{"list":["a","a"]}');
      const stamp = Buffer.alloc(8);
      stamp.writeBigInt64BE(BigInt(timestamp));
      const bytes = sealWithKey(
        key,
        Buffer.concat([stamp, nonce(plain.subarray(8, 16)), Buffer.from(payload)]),
      );
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end(encoding === 'binary' ? bytes : bytes.toString(encoding));
    };

  it('passes one which is as recorded', async () => {
    expect(await replay(changes, sealed('{"a":1}'))).toEqual([]);
  });

  it.each<[string, Answer, RegExp]>([
    ['another body', sealed('{"a":2}'), /^a: expected 1, got 2$/],
    ['another nonce', sealed('{"a":1}', { nonce: () => Buffer.alloc(8) }), /nonce/],
    ['another time', sealed('{"a":1}', { timestamp: now + 1 }), /timestamp/],
    ['another key', sealed('{"a":1}', { key: Buffer.alloc(32) }), /does not open/],
    ['another encoding', sealed('{"a":1}', { encoding: 'binary' }), /base64/],
    ['another alphabet', sealed('{"a":1}', { encoding: 'hex' }), /^body: /],
    ['no encryption', text(200, '{"a":1}', { 'content-type': 'text/plain' }), /base64/],
  ])('sees %s', async (_, how, problem) => {
    const problems = await replay(changes, how);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });
});

describe('scenarios', () => {
  const steps = [
    { request: base.request, response: base.response, volatile: [], checks: {}, capture: { s: 'status' } },
    {
      request: { ...base.request, path: '/${s|first:4|flip:0}' },
      response: base.response,
      volatile: [],
      checks: {},
    },
  ];
  const scenario = parseEntries([{ id: 'y', group: 'y', title: 'y', recorded_at_ms: now, steps }]);

  it('passes on what a step captured', async () => {
    answer = good;
    expect(await replayEntry(scenario[0] as Entry, { url, world, setClock: async () => undefined })).toEqual(
      [],
    );
    expect(seen.url).toBe('/Aucc?a=%zz');
  });

  it('says which step failed, and that there was nothing to capture', async () => {
    answer = text(200, '{}', json);
    const problems = await replayEntry(scenario[0] as Entry, { url, world, setClock: async () => undefined });
    expect(problems.every((problem) => /^step [12]: /.test(problem))).toBe(true);
    expect(problems.join('\n')).toMatch(/step 1: body: capture s.*step 2: template/s);
  });

  it('refuses a member of the format which it does not know', () => {
    expect(() => parseEntries([{ ...base, request: { ...base.request, new_knob: 1 } }])).toThrow();
    expect(() => parseEntries([{ ...base, checks: { a: { kind: 'new_kind' } } }])).toThrow();
  });
});

describe('templates and paths', () => {
  const captures = new Map([['t', 'A-b+/=']]);
  it.each([
    ['${t}', 'A-b+/='],
    ['x${t|urlencode}y', 'xA-b%2B%2F%3Dy'],
    ['${t|first:2}', 'A-'],
    ['${t|drop_last:2}', 'A-b+'],
    ['${t|flip:0}', 'B-b+/='],
    ['${t|flip:1}', 'AAb+/='],
    ['${t|unpad}', 'A-b+/'],
    ['${t|first:2|std_b64}', 'Aw=='],
  ])('%s gives %s', (template, expected) => {
    expect(fill(template, captures, keysOf(world))).toBe(expected);
  });
  it.each(['${u}', '${t|nope}'])('%s is refused', (template) => {
    expect(() => fill(template, captures, keysOf(world))).toThrow(/template/);
  });

  it('finds values, items and neighbours', () => {
    const value = { a: { list: [{ r: 1 }, { e: 2 }, { r: 3 }] } };
    expect(valueAt(value, 'a.list[2].r')).toBe(3);
    expect(valueAt(value, 'a.list[2].x.y')).toBeUndefined();
    expect(concretePaths(value, 'a.list[*].r')).toEqual(['a.list[0].r', 'a.list[2].r']);
    expect([siblingPath('a.b.c', 'd'), siblingPath('c', 'd')]).toEqual(['a.b.d', 'd']);
  });
});
