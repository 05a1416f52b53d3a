/** Requests for the tables of reasons. Times, nonces and IVs are fixed, so that equal requests are equal bytes. */

import { sealWithKey } from '../../../contract-tests/wire/index.ts';
import type { Sent } from '../wire-client.ts';
import { COMPANY, NOW, type Stage } from './stage.ts';

/** What is written to a new connection. The connection stays open if `ends` is false. */
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
  /** headers that replace the one with the client's API key, or are added to it; undefined leaves a header out */
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

/** A request with exactly this body. */
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
  /** the client whose secret seals the envelope; the caller if absent */
  readonly secretOf?: string;
  /** gives timestamp, nonce and payload in place of the usual ones */
  readonly plain?: (usual: Buffer) => Uint8Array;
  /** alters the sealed bytes */
  readonly bytes?: (sealed: Buffer) => Buffer;
  /** encodes the sealed bytes; as base64 if absent */
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

/** The payload of a request: a value as JSON, a text as it is, or nothing. */
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

/** Text that is written to a connection; `$KEY` stands for the API key of the client. */
export const written =
  (text: string, ends?: boolean): Shot =>
  (stage) => ({
    bytes: Buffer.from(text.replaceAll('$KEY', stage.clientOf(COMPANY).key), 'latin1'),
    ...(ends !== undefined && { ends }),
  });
