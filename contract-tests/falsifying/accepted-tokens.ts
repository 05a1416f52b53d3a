/** Tokens that are to be refused and are accepted, at refresh and validate (Protocol §8.2, §8.3). */
import { openWithKey, sealWithKey } from '../wire/index.ts';
import { isRecord, type Exchange } from './exchange.ts';
import * as routes from './families.ts';
import type { Falsification } from './falsification.ts';
import { inRefresh, type RefreshLayers } from './layers.ts';
import { rowsOf, withAsked, type Fix, type Row } from './fixing.ts';

/** A refresh token that the operator accepts, as far as one was presented. */
const good = (exchange: Exchange): string | undefined => exchange.memory.get('token') as string | undefined;

const keep: Fix = ({ sent, memory, client }) => {
  if (sent.body.length === 388 && client) memory.set('token', sent.body.toString());
};

/** A token that does not decode is answered as a good one, in plain JSON. */
const instead =
  (applies: (token: string, exchange: Exchange) => boolean): Fix =>
  (exchange) => {
    if (!exchange.isRefresh) return;
    const token = exchange.sent.body.toString();
    if (!applies(token, exchange)) return keep(exchange);
    const bare = good(exchange);
    if (bare === undefined) return;
    exchange.request.body = Buffer.from(bareOf(exchange, bare));
    exchange.request.headers['content-type'] = 'text/plain';
    exchange.changed = true;
  };

function bareOf({ operator }: Exchange, wrapped: string): string {
  const bytes = Buffer.from(wrapped, 'base64');
  const key = operator.keys.get(bytes.readUInt32BE(1));
  if (!key) return '';
  return (JSON.parse(openWithKey(key, bytes.subarray(5)).toString()) as { refresh_token: string })
    .refresh_token;
}

const opens = (token: string, { operator }: Exchange): boolean => {
  try {
    inRefresh(operator, token, () => undefined);
    return true;
  } catch {
    return false;
  }
};

/** Sends the token on with another payload. */
const withRefresh =
  (change: (layers: RefreshLayers) => void): Fix =>
  (exchange) => {
    if (!exchange.isRefresh || exchange.sent.body.length !== 388) return;
    const token = exchange.sent.body.toString();
    if (!opens(token, exchange)) return;
    let differs = false;
    const changed = inRefresh(exchange.operator, token, (layers) => {
      const before = layers.payload.toString('hex');
      change(layers);
      differs = layers.payload.toString('hex') !== before;
    });
    if (!differs) return;
    exchange.request.body = Buffer.from(changed);
    exchange.changed = true;
  };

/** The same for a bare token. */
const withBare =
  (change: (payload: Buffer) => void): Fix =>
  (exchange) => {
    const { operator, sent } = exchange;
    if (!exchange.isRefresh || sent.body.length !== 168) return;
    const bytes = Buffer.from(sent.body.toString(), 'base64');
    const key = operator.keys.get(bytes.readUInt32BE(2));
    if (!key || bytes[1] !== 0x70) return;
    try {
      const payload = openWithKey(key, bytes.subarray(6));
      const before = payload.toString('hex');
      change(payload);
      if (payload.toString('hex') === before) return;
      const outer = bytes.subarray(0, 6);
      exchange.request.body = Buffer.from(
        Buffer.concat([outer, sealWithKey(key, payload)]).toString('base64'),
      );
      exchange.changed = true;
    } catch {
      // A broken token stays as it is.
    }
  };

const both =
  (change: (payload: Buffer) => void): Fix =>
  (exchange) => {
    withRefresh(({ payload }) => change(payload))(exchange);
    withBare(change)(exchange);
  };

const MARCH_2021 = 1_615_222_800_000n;

const refreshRows: readonly Row[] = [
  [
    'broken',
    'a broken token is accepted',
    instead((token, one) => token.length === 388 && !opens(token, one)),
  ],
  ['short', 'a token of another length is accepted', instead((token) => !/^.{168}$|^.{388}$/s.test(token))],
  ['missing', 'a missing token is accepted', instead((token) => token === '')],
  [
    'newline',
    'a line break after the token does not count',
    (exchange) => {
      const text = exchange.sent.body.toString();
      if (!exchange.isRefresh || !/\n$/.test(text)) return;
      exchange.request.body = Buffer.from(text.trim());
      exchange.changed = true;
    },
  ],
  [
    'expired',
    'an expired token is accepted',
    both((payload) => {
      if (payload.readBigInt64BE() < BigInt(Date.now()))
        payload.writeBigInt64BE(BigInt(Date.now()) + 3_600_000n);
    }),
    'world',
  ],
  [
    'deprecated',
    'a token of before March 2021 is accepted',
    both((payload) => {
      if (payload.readBigInt64BE(49) < MARCH_2021) payload.writeBigInt64BE(MARCH_2021, 49);
    }),
    'world',
  ],
  [
    'opted-out',
    'opt-outs are not checked',
    (exchange) => {
      const { memory } = exchange;
      const gone = memory.get('gone') as Set<string> | undefined;
      if (exchange.isRefresh && gone?.has(exchange.sent.body.toString())) instead(() => true)(exchange);
      else if (exchange.isRefresh) keep(exchange);
    },
  ],
];

/** Remembers the refresh tokens of the identities that are opted out at refresh. */
const rememberGone: Fix = ({ asked, json, memory }) => {
  const body = json?.['body'];
  if (!/^refresh-optout@/.test(String(asked?.['email'])) || !isRecord(body)) return;
  const gone = (memory.get('gone') as Set<string> | undefined) ?? new Set<string>();
  memory.set('gone', gone.add(String(body['refresh_token'])));
};

const validateRows: readonly Row[] = [
  [
    'broken',
    'a broken token is false',
    (exchange) => {
      const { asked } = exchange;
      const token = asked?.['token'];
      if (typeof token !== 'string' || token.length < 218 || token.length > 219)
        exchange.replySealed({ body: false, status: 'success' });
    },
  ],
  [
    'cut',
    'noise after the token does not count',
    withAsked((asked) => {
      const token = String(asked['token']);
      return token.length > 219 ? { ...asked, token: token.replace(/AAAA$/, '') } : undefined;
    }),
  ],
];

const foreignSite: Falsification = {
  id: 'validate/foreign-site',
  says: 'a token of another site is compared',
  seenBy: 'participants',
  profile: 'current',
  answer(exchange) {
    if (!routes.VALIDATE.has(exchange) || exchange.answer?.status !== 400) return;
    if (String(exchange.json?.['message']).startsWith('Unauthorised'))
      exchange.replySealed({ body: true, status: 'success' });
  },
};

const remembering = ({ id, ...rest }: Falsification): Falsification =>
  id.startsWith('refresh/opted-out') ? { id, ...rest, answer: rememberGone } : { id, ...rest };

export const acceptedTokens = [
  ...rowsOf('refresh', refreshRows).map(remembering),
  ...rowsOf('validate', validateRows, routes.VALIDATE),
  foreignSite,
];
