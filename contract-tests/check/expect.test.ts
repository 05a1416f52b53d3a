import { beforeEach, describe, expect, it } from 'vitest';
import { ContractError, type Departure } from '../spec/contract-error.ts';
import type { Answer } from './answer.ts';
import { redact, show } from './departure.ts';
import { expectAnswer, expectEqual, expectError } from './expect.ts';
import { RunWatch, Watch } from './watch.ts';

let run = new RunWatch();
beforeEach(() => {
  run = new RunWatch();
});

const answer = (over: Partial<Answer>, headers: Record<string, string> = { vary: 'origin' }): Answer => ({
  reply: {
    status: over.status ?? 200,
    headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])),
    body: Buffer.alloc(0),
    sentAt: 0,
    receivedAt: 0,
  },
  status: 200,
  contentType: 'application/json',
  sent: 'GET /somewhere',
  text: '',
  json: undefined,
  sealed: false,
  asked: undefined,
  successType: 'application/json',
  wrapped: true,
  origin: undefined,
  traceId: undefined,
  varies: ['origin'],
  watch: new Watch(run, 'a/scenario@v1'),
  ...over,
});

function departureOf(act: () => void): Departure {
  try {
    act();
  } catch (error) {
    if (error instanceof ContractError && error.departure) return error.departure;
    throw error;
  }
  throw new Error('it passed');
}

describe('redact', () => {
  it.each([
    ['a token', `A4AAAABl${'aB3_-x'.repeat(30)}`],
    ['a secret', 'wR0c/1xkf2k5Zs8m2mC7j0v6nqW3aGJkq1hV9yX0b4s='],
    ['an API key', 'UID2-C-L-1001-aBcDeF.0123456789abcdefghijklmnopqrstuvwxyz12'],
    ['hex', '0123456789abcdef'.repeat(4)],
  ])('shortens %s', (_, text) => {
    expect(redact(`before ${text} after`)).not.toContain(text);
    expect(redact(`before ${text} after`)).toMatch(/^before .*… ?.* after$/);
  });

  it('leaves messages and addresses alone', () => {
    const text =
      'Invalid body: Body is missing. See https://unifiedid.com/docs/getting-started/gs-encryption-decryption for validate@example.com';
    expect(redact(text)).toBe(text);
  });

  it('limits the length', () => {
    expect(show('x '.repeat(5000)).length).toBeLessThan(700);
  });
});

describe('expectAnswer', () => {
  const error = { status: 400, json: { message: 'Invalid Identifier', status: 'client_error' } };

  it('accepts any of the answers allowed', () => {
    expectError(answer(error), 400, 'client_error', 'something else', 'Invalid Identifier');
  });

  it.each([
    ['status', { ...error, status: 401 }],
    ['message', { ...error, json: { message: 'invalid identifier', status: 'client_error' } }],
    ['one member more', { ...error, json: { ...error.json, more: 1 } }],
  ])('refuses another %s', (_, over) => {
    const departure = departureOf(() => {
      expectError(answer(over), 400, 'client_error', 'Invalid Identifier');
    });
    expect(departure.sent).toBe('GET /somewhere');
    expect(departure.expected).not.toBe('');
    expect(departure.likelyCause).not.toBe('');
  });

  it.each([
    ['content type', 'content-type', { ...error, contentType: 'application/json; charset=utf-8' }, undefined],
    ['content type than none', 'content-type', { ...error, contentType: undefined }, undefined],
    ['vary', 'vary', error, {}],
    ['origin', 'allow-origin', error, { vary: 'origin', 'access-control-allow-origin': '*' }],
    ['CORS header', 'cors', error, { vary: 'origin', 'access-control-allow-credentials': 'true' }],
    ['challenge', 'www-authenticate', error, { vary: 'origin', 'www-authenticate': 'Bearer' }],
    ['trace id', 'trace-id', error, { vary: 'origin', 'x-amzn-trace-id': 'other' }],
  ])('watches for another %s', (_, rule, over, headers) => {
    expectError(answer(error), 400, 'client_error', 'Invalid Identifier');
    expectError(answer(over, headers), 400, 'client_error', 'Invalid Identifier');
    expect(run.findings()).toMatchObject([
      { id: `headers/${rule}`, answers: 2, departed: 1, scenarios: ['a/scenario@v1'] },
    ]);
  });

  it('expects the origin to be echoed', () => {
    const echoed = { vary: 'origin', 'access-control-allow-origin': 'https://a.example' };
    expectAnswer(answer({ origin: 'https://a.example' }, echoed), { status: 200, type: 'application/json' });
    expect(run.findings()).toEqual([]);
    expectAnswer(answer({ origin: 'https://b.example' }, echoed), { status: 200, type: 'application/json' });
    expect(run.findings()).toMatchObject([{ id: 'headers/allow-origin', departed: 1 }]);
  });

  it('names a likely cause', () => {
    const sealed = answer({
      status: 400,
      json: { message: 'Invalid body: Check encryption key (ClientSecret)', status: 'client_error' },
    });
    const departure = departureOf(() => expectAnswer(sealed, { status: 200, type: 'text/plain' }));
    expect(departure.likelyCause).toContain('client secret');
  });

  const refused = { status: 400, type: 'application/json', json: error.json };
  const unauthorized = { status: 401, type: 'application/json', json: { status: 'unauthorized' } };
  const optedOut = { status: 200, type: 'application/json', json: { status: 'optout' } };
  const tokens = { json: { body: {}, status: 'success' } };

  it.each([
    ['status code', { ...error, status: 422 }, refused],
    ['wording', { ...error, json: { message: 'invalid', status: 'client_error' } }, refused],
    ['accepted', tokens, refused],
    ['key, or the role', tokens, unauthorized],
    ['opt-outs', tokens, optedOut],
    ['see its log', { status: 500, json: {} }, refused],
  ])('names %s as cause by the difference', (cause, over, expected) => {
    const departure = departureOf(() => expectAnswer(answer(over), expected));
    expect(departure.likelyCause).toContain(cause);
  });

  it('never shows a whole token', () => {
    const token = `A4AAAABl${'aB3_-x'.repeat(30)}`;
    const departure = departureOf(() =>
      expectEqual({ sent: token }, 'token', { token }, { token: `${token}x` }),
    );
    expect(JSON.stringify(departure)).not.toContain(token);
  });
});
