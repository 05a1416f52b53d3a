/** Envelopes that are to be refused and are accepted (Protocol §7). */
import { createDecipheriv } from 'node:crypto';
import { secretOf } from './deployment.ts';
import { HEAD, type Exchange } from './exchange.ts';
import { objectIn, rowsOf, sealer, type Fix, type Row } from './fixing.ts';

/** Reads base64 that is not strict. */
const base64 =
  (read: (text: string) => string): Fix =>
  (exchange) => {
    const text = exchange.sent.body.toString('latin1');
    const fixed = read(text);
    if (exchange.isBinary || fixed === text || !exchange.isEnveloped) return;
    exchange.request.body = Buffer.from(fixed);
    exchange.changed = true;
  };

/** The contents of the envelope, without checking version and tag. */
function openUnchecked({ envelope, client }: Exchange): { head: Buffer; text: string } | undefined {
  if (!client || !envelope || envelope.length < 45) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', secretOf(client), envelope.subarray(1, 13));
  const plain = decipher.update(envelope.subarray(13, -16));
  return { head: plain.subarray(0, HEAD), text: plain.subarray(HEAD).toString() };
}

const withHead =
  (change: (time: number, now: number) => number | undefined): Fix =>
  (exchange) => {
    const opened = exchange.isEnveloped ? exchange.openRequest() : undefined;
    if (!opened) return;
    const time = change(Number(opened.head.readBigInt64BE()), Date.now());
    if (time === undefined) return;
    opened.head.writeBigInt64BE(BigInt(time));
    exchange.sealRequest(opened.head, opened.text);
  };

/** Reads a payload that is not JSON as `read` says. */
const withPayload =
  (read: (text: string) => string | undefined): Fix =>
  (exchange) => {
    const opened = exchange.isEnveloped ? exchange.openRequest() : undefined;
    const text = opened && read(opened.text);
    if (opened && text !== undefined && text !== opened.text) exchange.sealRequest(opened.head, text);
  };

/** Time and nonce of a request that has none. */
function freshHead(): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeBigInt64BE(BigInt(Date.now()));
  return head;
}

const MINUTE = 60_000;

const envelopeRows: readonly Row[] = [
  ['base64-lines', 'base64 may have line breaks', base64((text) => text.replace(/[\r\n]/g, ''))],
  [
    'base64-url',
    'base64 may have the URL alphabet',
    base64((text) => text.replaceAll('-', '+').replaceAll('_', '/')),
  ],
  ['base64-quotes', 'base64 may stand in quotes', base64((text) => text.replace(/^"(.*)"$/, '$1'))],
  [
    'version',
    'the version is not checked',
    (exchange) => {
      const opened =
        exchange.isEnveloped && exchange.envelope?.[0] !== 1 ? openUnchecked(exchange) : undefined;
      if (opened && objectIn(opened.text)) exchange.sealRequest(opened.head, opened.text);
    },
  ],
  [
    'tag',
    'the tag is not checked',
    (exchange) => {
      if (!exchange.isEnveloped || exchange.envelope?.[0] !== 1 || exchange.openRequest()) return;
      const opened = openUnchecked(exchange);
      if (opened && objectIn(opened.text)) exchange.sealRequest(opened.head, opened.text);
    },
  ],
  [
    'other-secret',
    'the secret of any client is accepted',
    (exchange) => {
      const { client } = exchange;
      if (!client || !exchange.isEnveloped || exchange.openRequest()) return;
      const other = sealer(exchange);
      const opened = other && exchange.openRequest(other);
      if (opened) exchange.sealRequest(opened.head, opened.text, client);
    },
    'participants',
  ],
  [
    'old',
    'old requests are accepted',
    withHead((time, now) => (time < now - 2 * MINUTE && time > now / 2 ? now : undefined)),
  ],
  [
    'early',
    'requests of the future are accepted',
    withHead((time, now) => (time > now + 2 * MINUTE ? now : undefined)),
  ],
  [
    'window',
    'requests may be five minutes off',
    withHead((time, now) =>
      Math.abs(time - now) > 2 * MINUTE && Math.abs(time - now) < 5 * MINUTE ? now : undefined,
    ),
  ],
  [
    'seconds',
    'times in seconds are accepted',
    withHead((time, now) => (Math.abs(time * 1000 - now) < 2 * MINUTE ? now : undefined)),
  ],
  ['time-zero', 'the time zero is accepted', withHead((time, now) => (time === 0 ? now : undefined))],
  [
    'trailing',
    'what follows the JSON does not count',
    withPayload((text) => /^(\{.*\})[^}]+$/.exec(text.trim())?.[1]),
  ],
  [
    'quotes',
    'single quotes are accepted',
    withPayload((text) => (objectIn(text) ? undefined : text.replaceAll("'", '"'))),
  ],
  ['comma', 'a comma at the end is accepted', withPayload((text) => text.replace(/,\}$/, '}'))],
  [
    'array',
    'a payload that is no object counts as an empty one',
    withPayload((text) => (/^(\[\]|null|5|"text")$/.test(text) ? '{}' : undefined)),
  ],
  [
    'unencrypted',
    'plain JSON is accepted',
    (exchange) => {
      const text = exchange.sent.body.toString();
      if (exchange.isEnveloped && exchange.client && objectIn(text)) exchange.sealRequest(freshHead(), text);
    },
  ],
  [
    'empty',
    'a missing body counts as an empty object',
    (exchange) => {
      if (exchange.isEnveloped && exchange.client && exchange.sent.body.length === 0)
        exchange.sealRequest(freshHead(), '{}');
    },
  ],
  [
    'type-parameter',
    'octet-stream with a parameter is octet-stream',
    (exchange) => {
      if (!/^application\/octet-stream;/.test(exchange.sent.headers['content-type'] ?? '')) return;
      exchange.request.headers['content-type'] = 'application/octet-stream';
      exchange.changed = true;
    },
  ],
];

export const acceptedEnvelopes = rowsOf('accepts-envelope', envelopeRows);
