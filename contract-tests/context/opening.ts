/** Opens what comes sealed: envelopes, and answers to refresh and client-generate (Protocol §7.2, §7.4). */
import { decodeBase64Strict, isBase64Strict, openResponse, openWithKey } from '../wire/index.ts';
import type { Reply } from '../target/client.ts';
import type { Answer } from '../check/answer.ts';
import { fail, type Check } from '../check/expect.ts';

export const BINARY = 'application/octet-stream';

/** Who remembers what may not come twice in a run. */
interface Freshness {
  fresh(check: Check, what: string, value: string): void;
}

export function parseJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** IV, ciphertext and tag of an answer, from either way of writing it. */
function sealedBytes(reply: Reply, answer: Answer): Buffer {
  if (answer.contentType === BINARY) return reply.body;
  if (isBase64Strict(answer.text)) {
    const bytes = decodeBase64Strict(answer.text);
    if (bytes.toString('base64') === answer.text) return bytes;
  }
  const cause = 'the answer is not sealed, lacks its padding or carries white space';
  return fail({ sent: answer.sent, cause }, 'an envelope in padded base64', answer.text.slice(0, 100));
}

export function openSealed(
  reply: Reply,
  answer: Answer,
  secret: Buffer,
  nonce: Buffer,
): NonNullable<Answer['envelope']> {
  const bytes = sealedBytes(reply, answer);
  const check = { sent: answer.sent, cause: 'the answer is sealed with another key or in another layout' };
  let opened;
  try {
    opened = openResponse(secret, bytes);
  } catch {
    return fail(
      check,
      'an envelope which the client secret opens',
      `${String(bytes.length)} bytes which it does not`,
    );
  }
  answer.sealed = true;
  const envelope = { timestampMs: opened.timestampMs, nonce: opened.nonce, iv: bytes.subarray(0, 12) };
  answer.envelope = envelope;
  answer.json = parseJson(opened.payload.toString('utf8'));
  if (answer.json === undefined) {
    const cause = 'what is sealed after timestamp and nonce is no JSON';
    fail(
      { sent: answer.sent, cause },
      'JSON inside the envelope',
      `${String(opened.payload.length)} other bytes`,
    );
  }
  if (!opened.nonce.equals(nonce)) {
    fail(
      { sent: answer.sent, cause: 'the nonce is not echoed' },
      `nonce ${nonce.toString('hex')}`,
      opened.nonce.toString('hex'),
    );
  }
  return envelope;
}

/** Opens an answer to refresh or client-generate: no timestamp, no nonce (Protocol §7.4). */
export function openBare(run: Freshness, reply: Reply, answer: Answer, key: Buffer): void {
  const bytes = sealedBytes(reply, answer);
  try {
    answer.json = parseJson(openWithKey(key, bytes).toString('utf8'));
  } catch {
    const check = { sent: answer.sent, cause: 'the answer is sealed with another key' };
    fail(check, 'an answer which the response key opens', `${String(bytes.length)} bytes which it does not`);
  }
  answer.sealed = true;
  answer.envelope = { timestampMs: Number.NaN, nonce: Buffer.alloc(0), iv: bytes.subarray(0, 12) };
  run.fresh({ sent: answer.sent }, 'IV', answer.envelope.iv.toString('hex'));
}
