/** Falsified tokens: their text, their times, and whose they are (Protocol §5). */
import { randomBytes } from 'node:crypto';
import { isRecord, type Exchange, type Json } from './exchange.ts';
import * as routes from './families.ts';
import { ISSUING, type Family } from './families.ts';
import type { Falsification, Knowledge } from './falsification.ts';
import { inRefresh } from './layers.ts';
import { inJson } from './members.ts';

/** Changes the tokens of a success. */
export const inTokens = (
  family: Family,
  what: string,
  says: string,
  change: (body: Json, exchange: Exchange) => void,
  seenBy: Knowledge = family.seenBy,
): Falsification =>
  inJson({ ...family, seenBy }, `tokens/${what}`, says, ({ body }, exchange) => {
    if (isRecord(body) && typeof body['advertising_token'] === 'string') change(body, exchange);
  });

/** Changes the text of a member. */
const text =
  (member: string, change: (value: string) => string) =>
  (body: Json): void => {
    body[member] = change(String(body[member]));
  };

const ADVERTISING = 'advertising_token';
const REFRESH = 'refresh_token';
const toStandard = (value: string): string => Buffer.from(value, 'base64').toString('base64');
const toUrl = (value: string): string => Buffer.from(value, 'base64').toString('base64url');

type Row = readonly [what: string, says: string, change: (body: Json, exchange: Exchange) => void];

const texts: readonly Row[] = [
  ['letter', 'the token names the other type', text(ADVERTISING, (one) => one.replace(/^./, 'B'))],
  ['scope', 'the token names the other scope', text(ADVERTISING, (one) => one.replace(/^./, 'E'))],
  ['v3', 'the token names version 3', text(ADVERTISING, (one) => one.replace(/^(.)4/, '$13'))],
  ['padded', 'the advertising token is padded', text(ADVERTISING, (one) => `${one}==`)],
  ['standard', 'the advertising token has the standard alphabet', text(ADVERTISING, toStandard)],
  ['cut', 'the advertising token is a byte short', text(ADVERTISING, (one) => one.slice(0, -2))],
  ['long', 'the advertising token is longer', text(ADVERTISING, (one) => `${one}AAAA`)],
  [
    'noise',
    'the advertising token ends with noise',
    text(ADVERTISING, (one) => `${one.slice(0, 100)}${noise()}`),
  ],
  ['refresh-url', 'the refresh token has the URL alphabet', text(REFRESH, toUrl)],
  ['refresh-long', 'the refresh token is longer', text(REFRESH, (one) => `${one}AAAA`)],
  [
    'refresh-useless',
    'no key opens the refresh token',
    text(REFRESH, (one) => `${one.slice(0, -8)}AAAAAAAA`),
  ],
  [
    'key-short',
    'the response key has 16 bytes',
    text('refresh_response_key', (one) => Buffer.from(one, 'base64').subarray(0, 16).toString('base64')),
  ],
  [
    'key-other',
    'the response key is not that of the refresh token',
    (body) => void (body['refresh_response_key'] = randomBytes(32).toString('base64')),
  ],
  ['key-constant', 'the response key is constant', constantKey],
];

function noise(): string {
  return randomBytes(89).toString('base64url').slice(0, 118);
}

/** The first response key in every answer, and in the refresh tokens. */
function constantKey(body: Json, { operator, memory }: Exchange): void {
  const key = (memory.get('key') as string | undefined) ?? String(body['refresh_response_key']);
  memory.set('key', key);
  body['refresh_response_key'] = key;
  body[REFRESH] = inRefresh(operator, String(body[REFRESH]), (layers) => void (layers.responseKey = key));
}

/** Repeats the first answer to the same request. */
const stale =
  (...members: string[]) =>
  (body: Json, { memory, asked, sent }: Exchange): void => {
    const { email, email_hash: hash, phone, phone_hash: phoneHash } = asked ?? {};
    for (const member of members) {
      const name = JSON.stringify([member, email, hash, phone, phoneHash, asked ? '' : sent.body.toString()]);
      body[member] = memory.get(name) ?? body[member];
      memory.set(name, body[member]);
    }
  };

/** Repeats a value of the previous answer. */
const previous =
  (...members: string[]) =>
  (body: Json, { memory }: Exchange): void => {
    for (const member of members) {
      const value = body[member];
      body[member] = memory.get(member) ?? value;
      memory.set(member, value);
    }
  };

const TIMES = ['identity_expires', 'refresh_expires', 'refresh_from'] as const;
const shift = (body: Json, by: number, ...members: readonly string[]): void => {
  for (const member of members) body[member] = Number(body[member]) + by;
};

/** In every fifth answer. */
const occasionally =
  (change: (body: Json) => void) =>
  (body: Json, { memory }: Exchange): void => {
    const count = ((memory.get('count') as number | undefined) ?? 0) + 1;
    memory.set('count', count);
    if (count % 5 === 0) change(body);
  };

const HOUR = 3_600_000;

const times: readonly Row[] = [
  [
    'seconds',
    'all times are in seconds',
    (body) => {
      for (const one of TIMES) body[one] = Math.floor(Number(body[one]) / 1000);
    },
  ],
  ['late', 'all times are an hour off', (body) => shift(body, HOUR, ...TIMES)],
  ['past', 'refresh_from is past', (body) => shift(body, -30 * 24 * HOUR, 'refresh_from')],
  [
    'order',
    'refresh_from is after identity_expires',
    (body) => void (body['refresh_from'] = Number(body['identity_expires']) + 1000),
  ],
  [
    'order-refresh',
    'identity_expires is after refresh_expires',
    (body) => void (body['identity_expires'] = Number(body['refresh_expires']) + 1000),
  ],
  [
    'lifetime',
    'the lifetime is another one now and then',
    occasionally((body) => shift(body, -60_000, 'identity_expires')),
  ],
];

const persons: readonly Row[] = [
  ['stale', 'a person gets the first advertising token again', stale(ADVERTISING)],
  ['stale-refresh', 'a person gets the first refresh token again', stale(REFRESH, 'refresh_response_key')],
  ['previous', 'the advertising token is that of the request before', previous(ADVERTISING)],
  [
    'previous-refresh',
    'the refresh token is that of the request before',
    previous(REFRESH, 'refresh_response_key'),
  ],
  [
    'two-people',
    'both tokens are those of the request before',
    previous(ADVERTISING, REFRESH, 'refresh_response_key'),
  ],
];

/** Changed in the answers of generate only. */
const rare = new Set(['scope', 'v3', 'standard', 'long', 'refresh-url', 'refresh-long', 'key-short', 'late']);

export const tokenFalsifications = [
  ...ISSUING.flatMap((family) =>
    [...texts, ...times, ...persons]
      .filter(([what]) => family === routes.GENERATE || !rare.has(what))
      .map(([what, says, change]) => inTokens(family, what, says, change)),
  ),
  inTokens(routes.REFRESH, 'presented', 'a refresh gives back the presented token', (body, { sent }) => {
    if (sent.body.length === 388) body[REFRESH] = sent.body.toString();
  }),
];
