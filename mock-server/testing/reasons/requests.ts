/** Requests of the tables of reasons. The same request is the same bytes: times, nonces and IVs are fixed. */

import { sealWithKey } from '../../../contract-tests/wire/index.ts';
import type { Sent } from '../wire-client.ts';
import { COMPANY, NOW, type Stage } from './stage.ts';

/** What is written to a new connection; the connection stays open where `ends` is false. */
interface Written {
  readonly bytes: string | Uint8Array;
  readonly ends?: boolean;
}

export type Shot = (stage: Stage) => Sent | Written;

type Headers = NonNullable<Sent['headers']>;

type FromStage<T> = T | ((stage: Stage) => T);

const valueOf = <T>(stage: Stage, value: FromStage<T>): T =>
  typeof value === 'function' ? (value as (stage: Stage) => T)(stage) : value;

export const bearerOf = (stage: Stage, client = COMPANY): string => `Bearer ${stage.clientOf(client).key}`;

export interface How {
  /** the client whose key and secret are used */
  readonly by?: string;
  /** in place of the client's API key, or beside it; undefined leaves one out */
  readonly headers?: FromStage<Readonly<Record<string, string | string[] | undefined>>>;
}

function headersOf(stage: Stage, { by, headers = {} }: How): Headers {
  const all = { authorization: bearerOf(stage, by), ...valueOf(stage, headers) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

type Query = Readonly<Record<string, string>> | string;

/** A request without a body; the query is escaped unless it is a text. */
export const get =
  (path: string, query: FromStage<Query> = '', how: How & { readonly method?: string } = {}): Shot =>
  (stage) => {
    const given = valueOf(stage, query);
    const text = typeof given === 'string' ? given : new URLSearchParams(given).toString();
    const target = text === '' ? path : `${path}?${text}`;
    return { method: how.method ?? 'GET', target, headers: headersOf(stage, how) };
  };

/** A request with a body as it is. */
export const post =
  (path: string, body: FromStage<string | Uint8Array>, how: How = {}): Shot =>
  (stage) => ({
    method: 'POST',
    target: path,
    headers: headersOf(stage, how),
    body: valueOf(stage, body),
  });

/** Plain JSON, as v1 takes it. */
export const plain = (path: string, json: unknown, how?: How): Shot => post(path, JSON.stringify(json), how);

export interface Sealing extends How {
  readonly timestampMs?: number;
  /** a client whose secret seals in place of that of the caller */
  readonly secretOf?: string;
  /** timestamp, nonce and payload in place of the usual ones */
  readonly plain?: (usual: Buffer) => Uint8Array;
  /** the sealed bytes, altered */
  readonly bytes?: (sealed: Buffer) => Buffer;
  /** how the sealed bytes are sent, base64 if absent */
  readonly encode?: (sealed: Buffer) => string | Uint8Array;
}

const NONCE = Buffer.from('nonce 8b');

/** The envelope with the first IV that gives base64 with `+` and `/` in it. */
function envelopeOf(secret: Buffer, plain: Buffer): Buffer {
  for (let attempt = 0; ; attempt++) {
    const envelope = Buffer.concat([Buffer.of(1), sealWithKey(secret, plain, Buffer.alloc(12, attempt))]);
    const text = envelope.toString('base64');
    if (text.includes('+') && text.includes('/')) return envelope;
  }
}

/** What a request holds: JSON of a value, a text as it is, or nothing. */
type Payload = FromStage<object | string | undefined>;

function payloadBytes(payload: object | string | undefined): Buffer | undefined {
  if (payload === undefined) return undefined;
  if (payload instanceof Uint8Array) return Buffer.from(payload);
  return Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
}

/** A request in the envelope. */
export const sealed =
  (path: string, payload: Payload, how: Sealing = {}): Shot =>
  (stage) => {
    const { by, secretOf = by ?? COMPANY, timestampMs = NOW, plain, bytes, encode } = how;
    const secret = Buffer.from(stage.clientOf(secretOf).secret, 'base64');
    const json = payloadBytes(valueOf(stage, payload));
    const stamp = Buffer.alloc(8);
    stamp.writeBigInt64BE(BigInt(timestampMs));
    const usual = Buffer.concat([stamp, NONCE, json ?? Buffer.alloc(0)]);
    const made = envelopeOf(secret, Buffer.from(plain?.(usual) ?? usual));
    const given = bytes?.(made) ?? made;
    const body = encode?.(given) ?? given.toString('base64');
    return { method: 'POST', target: path, headers: headersOf(stage, how), body };
  };

/** What is written to a connection, with `$KEY` for the API key of the client. */
export const written =
  (text: string, ends?: boolean): Shot =>
  (stage) => ({
    bytes: Buffer.from(text.replaceAll('$KEY', stage.clientOf(COMPANY).key), 'latin1'),
    ...(ends !== undefined && { ends }),
  });
