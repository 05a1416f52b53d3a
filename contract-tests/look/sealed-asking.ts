/** Sealed requests of the look. */
import { randomBytes } from 'node:crypto';
import { decodeBase64Strict, isBase64Strict, openResponse, sealRequest } from '../wire/index.ts';
import type { Reply } from '../target/client.ts';
import type { Caller } from '../target/credentials.ts';
import type { Asker } from './agreement.ts';

export interface Opened {
  status: number;
  /** The body, opened when it is a 200. */
  text: string;
  /** The secret opened the answer. */
  isOpen: boolean;
  /** Milliseconds by which the operator's clock is ahead of ours; undefined for an answer without time. */
  ahead: number | undefined;
}

function open(secret: Buffer, reply: Reply): Opened {
  const text = reply.body.toString('utf8');
  const closed = { status: reply.status, text, isOpen: false, ahead: undefined };
  if (reply.status !== 200 || !isBase64Strict(text)) return closed;
  try {
    const { payload, timestampMs } = openResponse(secret, decodeBase64Strict(text));
    const ahead = timestampMs - (reply.sentAt + reply.receivedAt) / 2;
    return { status: 200, text: payload.toString('utf8'), isOpen: true, ahead };
  } catch {
    return closed;
  }
}

interface SealedRequest {
  path: string;
  payload: unknown;
  /** Milliseconds to add to the time of the request. */
  shift?: number;
  /** The part of the opened text that two answers must agree on; default: none, only whether they open. */
  read?: (text: string) => string;
}

/** Times within this many milliseconds count as the same. */
const SAME_TIME = 10_000;

/** Asks until two answers agree. @throws RangeError for a caller without secret */
export async function askOpened(
  asker: Asker,
  caller: Caller,
  { path, payload, shift = 0, read = () => '' }: SealedRequest,
): Promise<Opened> {
  const { key, secret } = caller;
  if (secret?.length !== 32) throw new RangeError('a sealed request needs a secret');
  const json = payload === undefined ? undefined : Buffer.from(JSON.stringify(payload));
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'text/plain' };
  const nonce = randomBytes(8);
  const make = () => {
    const body = sealRequest(secret, json, { timestampMs: Date.now() + shift, nonce }).toString('base64');
    return { method: 'POST', path, headers, body };
  };
  let first: number | undefined;
  const { reply, agreeing } = await asker.ask(make, (one) => {
    const { status, isOpen, text, ahead } = open(secret, one);
    if (status !== 200) return text;
    first ??= ahead;
    const later = Math.round(((ahead ?? 0) - (first ?? 0)) / SAME_TIME);
    return `${isOpen ? `opened, with a time ${String(later * 10)} s later` : 'not opened'} ${isOpen ? read(text) : ''}`;
  });
  for (const one of agreeing) asker.sealed.push({ reply: one, caller, nonce, path, payload });
  return open(secret, reply);
}
