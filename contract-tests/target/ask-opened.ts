/** A sealed request outside of scenarios, which finds out about the target. */
import { openResponse, sealRequest } from '../wire/index.ts';
import type { HttpClient } from './client.ts';
import type { Caller } from './credentials.ts';

/** The body of the answer, opened when it is a 200; empty without a secret, or when the secret does not open it. */
export async function askOpened(
  http: HttpClient,
  { key, secret }: Caller,
  path: string,
  payload?: unknown,
): Promise<string> {
  if (secret?.length !== 32) return '';
  const json = payload === undefined ? undefined : Buffer.from(JSON.stringify(payload));
  const body = sealRequest(secret, json, { timestampMs: Date.now() }).toString('base64');
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'text/plain' };
  const reply = await http.send({ method: 'POST', path, headers, body });
  if (reply.status !== 200) return reply.body.toString();
  try {
    return openResponse(secret, Buffer.from(reply.body.toString(), 'base64')).payload.toString();
  } catch {
    return '';
  }
}
