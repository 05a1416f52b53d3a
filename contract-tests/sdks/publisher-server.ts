/** The publisher's server, which uses the encrypted API and gives identities to its pages. */
import { z } from 'zod';
import { openResponse, sealRequest } from '../wire/index.ts';
import type { Credential, MockBinary } from './mock-binary.ts';

const identity = z.object({
  advertising_token: z.string(),
  refresh_token: z.string(),
  identity_expires: z.number(),
  refresh_from: z.number(),
  refresh_expires: z.number(),
  refresh_response_key: z.string(),
});

/** The answer of `/v2/token/generate`: tokens, and times in Unix milliseconds. */
export type Identity = z.infer<typeof identity>;

const answer = z.object({ status: z.string(), body: z.unknown().optional() });

/**
 * One call of the encrypted API (Protocol §7), as of the operator's time `timestampMs`.
 * @throws Error when the operator refuses it.
 */
async function call(
  operator: MockBinary,
  as: Credential,
  path: string,
  payload: object,
  timestampMs: number,
) {
  const secret = Buffer.from(as.secret, 'base64');
  const sealed = sealRequest(secret, Buffer.from(JSON.stringify(payload)), { timestampMs });
  const response = await fetch(operator.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${as.key}` },
    body: sealed.toString('base64'),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: expected 200, got ${response.status} ${text}`);
  const opened = openResponse(secret, Buffer.from(text, 'base64')).payload;
  return answer.parse(JSON.parse(opened.toString('utf8')));
}

const publisher = 'Example Publisher';

/** An identity for the user, issued by an operator whose clock is `agoMs` behind. */
export async function generate(operator: MockBinary, email: string, agoMs = 0): Promise<Identity> {
  const at = Date.now() - agoMs;
  const { body } = await call(operator, operator.credential(publisher), '/v2/token/generate', { email }, at);
  return identity.parse(body);
}

/** Whether a token is one of the publisher and this user, as validate of current versions answers (Protocol §8.3.3). */
export async function isTokenOf(operator: MockBinary, user: object, token: string): Promise<boolean> {
  const payload = { token, ...user };
  const as = operator.credential(publisher);
  return (await call(operator, as, '/v2/token/validate', payload, Date.now())).body === true;
}

/** The user opts out of UID2 as a whole. */
export async function optOut(operator: MockBinary, email: string): Promise<void> {
  await call(operator, operator.credential('Opt-out Service'), '/v2/token/logout', { email }, Date.now());
}
