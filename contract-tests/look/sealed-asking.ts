/** A sealed request outside of scenarios, which finds out about the target. */
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
  /** What two answers have to agree in; else whether they open. */
  read?: (text: string) => string;
}

/** Asks until two answers agree. @throws RangeError for a caller without secret */
export async function askOpened(
  asker: Asker,
  { key, secret }: Caller,
  request: SealedRequest,
): Promise<Opened> {
  if (secret?.length !== 32) throw new RangeError('a sealed request needs a secret');
  const { path, payload, shift = 0, read = () => '' } = request;
  const json = payload === undefined ? undefined : Buffer.from(JSON.stringify(payload));
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'text/plain' };
  const make = () => {
    const body = sealRequest(secret, json, { timestampMs: Date.now() + shift }).toString('base64');
    return { method: 'POST', path, headers, body };
  };
  const { reply } = await asker.ask(make, (one) => {
    const { status, isOpen, text } = open(secret, one);
    return status === 200 ? `${isOpen ? 'opened' : 'not opened'} ${isOpen ? read(text) : ''}` : text;
  });
  return open(secret, reply);
}
