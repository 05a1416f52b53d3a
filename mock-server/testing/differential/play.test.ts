/**
 * The player of differential cases reports every kind of departure, and writes requests as the recordings define them.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturePath } from '../../../fixtures/path.ts';
import { type MockOperator, startMockOperator } from '../../index.ts';
import { embeddedKeys, post } from '../caller.ts';
import type { ReplayTarget } from '../replay/replay.ts';
import { loadWorld } from '../world.ts';
import { alterText } from './alter-text.ts';
import { fill } from './fill.ts';
import type { DifferentialAnswer, DifferentialCase, DifferentialRequest } from './format.ts';
import { parseRequest } from './format.ts';
import { tokenProblems } from './issued-tokens.ts';
import { alterJson, encodeText, jsonText } from './json-text.ts';
import { playCase } from './play.ts';

const world = 'world-v5.70.250';
const worldPath = fixturePath(`recordings/${world}.json`);
let operator: MockOperator;
let target: ReplayTarget;

beforeAll(async () => {
  operator = await startMockOperator({ world: worldPath, profile: 'current' });
  const { url, clock } = operator;
  target = { url, world: loadWorld(worldPath), setClock: (ms) => clock.set(ms) };
});
afterAll(() => operator.close());

const masked =
  '{"body":{"advertising_token":"<adv>","refresh_token":"<ref>","identity_expires":<time>,"refresh_expires":<time>,' +
  '"refresh_from":<time>,"refresh_response_key":"<key>"},"status":"success"}';
const sealed: DifferentialAnswer = {
  status: 200,
  reason: 'OK',
  headers: { vary: ['origin'], 'content-type': ['text/plain'] },
  sealed: 'base64 nonce ts',
  body: masked,
};
const generate = parseRequest({
  method: 'POST',
  path: '/v2/token/generate',
  auth: 'Example Company',
  body: { kind: 'env', json: { $obj: [['email', 'user@example.com']] } },
  save: { rt: 'body.refresh_token', rk: 'body.refresh_response_key' },
});
const refresh = parseRequest({
  method: 'POST',
  path: '/v2/token/refresh',
  body: { kind: 'text', text: '${rt}' },
  response_key: '${rk}',
});

const played = (...steps: [DifferentialRequest, DifferentialAnswer][]) => {
  const given: DifferentialCase = {
    world,
    profile: 'current',
    finding: '',
    departs_in: 'interim',
    mock_says: '',
    steps: steps.map(([request, answer]) => ({ request, answers: [answer] })),
  };
  return playCase(given, target, target.world.recorded_at_ms ?? 0);
};

describe('a case', () => {
  it('that is answered as recorded has no differences', async () => {
    const bare = { ...sealed, sealed: 'base64 bare' };
    expect(await played([generate, sealed], [refresh, bare])).toEqual([]);
  });

  it.each([
    ['status', { status: 201 }],
    ['reason', { reason: 'Fine' }],
    ['header vary', { headers: { 'content-type': ['text/plain'] } }],
    ['header x', { headers: { ...sealed.headers, x: ['y'] } }],
    ['header vary', { headers: { ...sealed.headers, vary: ['origin', 'origin'] } }],
    ['sealed', { sealed: '' }],
    ['sealed', { sealed: 'binary nonce ts' }],
    ['body', { body: masked.replace('"refresh_from":<time>,', '') }],
  ])('tells a departure in %s', async (where, change) => {
    const problems = await played([generate, { ...sealed, ...change }]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(where);
  });

  it('reports an interim answer where there must be none', async () => {
    const request = { ...generate, headers: [['Expect', '100-continue']] satisfies [string, string][] };
    expect(await played([request, sealed])).toEqual(['interim answer: expected none, got 100']);
  });

  it('reports refreshed tokens with other fields than the presented one', async () => {
    const mock = await startMockOperator({ profile: 'current' });
    try {
      const [first, second] = await Promise.all(
        mock.credentials
          .filter(({ roles }) => roles.includes('GENERATOR'))
          .map((credential) =>
            post(mock, '/v2/token/generate', { email: 'user@example.com' }, { credential }),
          ),
      );
      const presenting = (text: string) => ({
        ...refresh,
        body: { kind: 'text', text, charset: 'utf-8' } as const,
      });
      const own = presenting(first?.json.body.refresh_token);
      expect(tokenProblems(first?.json, own, embeddedKeys)).toEqual([]);
      expect(tokenProblems(second?.json, own, embeddedKeys).join()).toContain(
        'refresh token site_id: expected',
      );
    } finally {
      await mock.close();
    }
  });
});

it('JSON keeps order, repetition and raw text', () => {
  expect(
    jsonText({
      $obj: [
        ['b', 1],
        ['2', null],
        ['b', { $raw: '1e5' }],
      ],
    }),
  ).toBe('{"b":1,"2":null,"b":1e5}');
  expect(jsonText([-(2 ** 63), 'é\ud800'])).toBe('[-9223372036854775808,"é\\ud800"]');
  expect(
    alterJson('{"a":1}', [
      ['between', ' '],
      ['wrap', '(', ')'],
      ['insert', 15, '!'],
    ]),
  ).toBe('({"a!": 1})');
  expect(encodeText('é\udcff')).toEqual(Buffer.from([0xc3, 0xa9, 0xff]));
  expect(encodeText('A', 'utf-16')).toEqual(Buffer.from([0xff, 0xfe, 0x41, 0]));
});

it('tokens are altered in characters or in bytes', () => {
  expect(alterText('AQID', [['flip', 1, 1]])).toBe('AQMD');
  expect(alterText('AQID', [['cutb', 1]])).toBe('AQI=');
  expect(alterText('AQI=', [['bits', 1]])).toBe('AQJ=');
  expect(alterText('-_-_', [['std']])).toBe('+/+/');
  expect(alterText('AbC', [['lower'], ['ins', 1, ' '], ['cut', 1]])).toBe('a b');
  expect(() => alterText('A', [['nosuch']])).toThrow('expected a known one, got nosuch');
});

it('placeholders are filled and filtered, and are empty where nothing was saved', () => {
  const captures = new Map([['rt', 'a+b']]);
  expect(fill({ a: ['${rt|urlencode}', '${rt|m:[["ins",1," "]]}-${no}'] }, captures, new Map())).toEqual({
    a: ['a%2Bb', 'a +b-'],
  });
});
