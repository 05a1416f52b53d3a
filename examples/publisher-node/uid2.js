// The encrypted API of a UID2 operator, as far as a publisher's server needs it.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const TIME_BYTES = 8;
const NONCE_BYTES = 8;
const TIMEOUT_MS = 5000;

/** The operator answered with another status than 200, and JSON that is not sealed. */
export class Uid2Error extends Error {
  constructor(path, httpStatus, text) {
    super(`${path}: ${httpStatus} ${text}`);
    this.httpStatus = httpStatus;
  }
}

/** A request: version, IV, sealed (time in ms, nonce, JSON), tag; in base64. */
function seal(secret, nonce, payload) {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(Date.now()));
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', secret, iv);
  const plain = Buffer.concat([time, nonce, Buffer.from(JSON.stringify(payload))]);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.of(1), iv, sealed, cipher.getAuthTag()]).toString('base64');
}

/** What was sealed in an answer: IV, sealed bytes, tag; in base64, without a version. */
function open(key, text) {
  const answer = Buffer.from(text, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, answer.subarray(0, IV_BYTES));
  decipher.setAuthTag(answer.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(answer.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
}

/**
 * A client of the operator at `baseUrl`.
 *
 * Both calls resolve with `{ status: 'success', body }` or `{ status: 'optout' }`, and reject with a Uid2Error, or with
 * the error of `fetch` when the operator cannot be reached. `body` is the identity: tokens, and times in Unix ms.
 */
export function uid2Client({ baseUrl, apiKey, clientSecret }) {
  const secret = Buffer.from(clientSecret, 'base64');

  async function post(path, body) {
    const response = await fetch(baseUrl + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}` },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Uid2Error(path, response.status, text);
    return text;
  }

  return {
    async generate(email) {
      const nonce = randomBytes(NONCE_BYTES);
      const opened = open(secret, await post('/v2/token/generate', seal(secret, nonce, { email })));
      const echoed = opened.subarray(TIME_BYTES, TIME_BYTES + NONCE_BYTES);
      if (!echoed.equals(nonce)) throw new Error('the answer belongs to another request');
      return JSON.parse(opened.subarray(TIME_BYTES + NONCE_BYTES));
    },

    /** The refresh token is the whole body; the answer is sealed with the key that came with it. */
    async refresh(identity) {
      const answer = await post('/v2/token/refresh', identity.refresh_token);
      return JSON.parse(open(Buffer.from(identity.refresh_response_key, 'base64'), answer));
    },
  };
}
