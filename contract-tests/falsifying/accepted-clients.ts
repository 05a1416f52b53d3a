/** Requests of client-side generation that are to be refused and are accepted (Protocol §8.5). */
import { clientSideBody, openClientSide, sealClientSide } from './client-side.ts';
import type { Json } from './exchange.ts';
import { objectIn, rowsOf, without, type Fix, type Row } from './fixing.ts';

const ORIGIN = 'https://example.com';

const withOrigin =
  (reads: (origin: string | undefined) => boolean): Fix =>
  (exchange) => {
    if (!reads(exchange.sent.headers.origin) || !clientSideBody(exchange)) return;
    exchange.request.headers.origin = ORIGIN;
    exchange.changed = true;
  };

const withBody =
  (change: (body: Json) => Json | undefined): Fix =>
  (exchange) => {
    const body = clientSideBody(exchange);
    const changed = body && change(body);
    if (changed) exchange.ask(changed);
  };

const withText =
  (change: (text: string, body: Json) => string | undefined): Fix =>
  (exchange) => {
    const body = clientSideBody(exchange);
    const text = body && openClientSide(exchange, body);
    const changed = body && text !== undefined ? change(text, body) : undefined;
    if (body && changed !== undefined) sealClientSide(exchange, body, changed);
  };

const MEMBERS = ['payload', 'iv', 'public_key', 'timestamp', 'subscription_id', 'app_name'];

const clientRows: readonly Row[] = [
  ['no-origin', 'no Origin is needed', withOrigin((origin) => origin === undefined)],
  [
    'any-origin',
    'any Origin is accepted',
    withOrigin((origin) => origin !== undefined && !/example\.com/.test(origin)),
  ],
  [
    'suffix-origin',
    'an Origin that begins with the domain is accepted',
    withOrigin((origin) => /example\.com\./.test(origin ?? '')),
  ],
  ['null-origin', 'the Origin null is accepted', withOrigin((origin) => origin === 'null')],
  [
    'app-name',
    'any app name is accepted',
    (exchange) => {
      const body = clientSideBody(exchange);
      const text = body?.['app_name'] === undefined ? undefined : openClientSide(exchange, body);
      if (!body || text === undefined) return;
      exchange.request.headers.origin = ORIGIN;
      sealClientSide(exchange, without(body, 'app_name'), text);
    },
  ],
  [
    'subscription',
    'the subscription id does not count',
    withBody((body) =>
      /^ex(Pub|App)/.test(String(body['subscription_id']))
        ? undefined
        : { ...body, subscription_id: 'exPub1002a' },
    ),
  ],
  [
    'extra',
    'a member more does not count',
    withBody((body) => {
      const extra = Object.keys(body).find((name) => !MEMBERS.includes(name));
      return extra === undefined ? undefined : without(body, extra);
    }),
  ],
  ['tag', 'tag and additional data are not checked', withText((text) => (objectIn(text) ? text : undefined))],
  [
    'timestamp',
    'the timestamp is not bound',
    withText((text, { timestamp }) =>
      objectIn(text) && Math.abs(Number(timestamp) - Date.now()) > 1 ? text : undefined,
    ),
  ],
  [
    'both',
    'of two hashes the first counts',
    withText((text) => {
      if (!objectIn(text)) return undefined;
      const { email_hash: hash, phone_hash: phone } = JSON.parse(text) as Json;
      return hash !== undefined && phone !== undefined ? JSON.stringify({ email_hash: hash }) : undefined;
    }),
  ],
  [
    'none',
    'a missing hash is accepted',
    withText((text) =>
      objectIn(text) && !/_hash"/.test(text)
        ? JSON.stringify({ email_hash: 'A'.repeat(43) + '=' })
        : undefined,
    ),
  ],
  [
    'invalid',
    'an invalid hash is accepted',
    withText((text) => {
      if (!objectIn(text)) return undefined;
      const { email_hash: hash } = JSON.parse(text) as Json;
      return typeof hash === 'string' && hash.length !== 44 && hash.length !== 64
        ? JSON.stringify({ email_hash: 'A'.repeat(43) + '=' })
        : undefined;
    }),
  ],
  [
    'opted-out',
    'opt-outs are not checked',
    withText((text) =>
      /DYsnJ8r5|0d8b2727/.test(text) ? JSON.stringify({ email_hash: 'A'.repeat(43) + '=' }) : undefined,
    ),
  ],
  [
    'url-alphabet',
    'base64 of the payload may have the URL alphabet',
    withBody((body) => {
      const payload = String(body['payload']);
      return /[-_]/.test(payload)
        ? { ...body, payload: Buffer.from(payload, 'base64').toString('base64') }
        : undefined;
    }),
  ],
];

export const acceptedClients = rowsOf('client', clientRows);
