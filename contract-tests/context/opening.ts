/** Opens sealed answers: envelopes, and the answers to refresh and client-generate (Protocol §7.2, §7.4). */
import { decodeBase64Strict, isBase64Strict, openResponse, openWithKey } from '../wire/index.ts';
import type { Reply } from '../target/client.ts';
import type { Answer } from '../check/answer.ts';
import { fail } from '../check/expect.ts';
import type { ScenarioContext } from './context.ts';
import { expectFresh } from './freshness.ts';

export const BINARY = 'application/octet-stream';

/** A JSON object or array; undefined for any other text. */
export function parseJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** IV, ciphertext and tag of an answer: its bytes, or what its base64 text decodes to. */
function sealedBytes(reply: Reply, answer: Answer): Buffer {
  if (answer.contentType === BINARY) return reply.body;
  if (isBase64Strict(answer.text)) {
    const bytes = decodeBase64Strict(answer.text);
    if (bytes.toString('base64') === answer.text) return bytes;
  }
  const cause = 'the answer is not sealed, or its base64 has no padding or has white space';
  return fail({ sent: answer.sent, cause }, 'an envelope in padded base64', answer.text.slice(0, 100));
}

/** Opens an envelope and puts its JSON into `answer`. */
export function openSealed(
  reply: Reply,
  answer: Answer,
  secret: Buffer,
  nonce: Buffer,
): NonNullable<Answer['envelope']> {
  const { sent } = answer;
  const bytes = sealedBytes(reply, answer);
  let opened;
  try {
    opened = openResponse(secret, bytes);
  } catch {
    const cause = 'the answer is sealed with another key or in another layout';
    const got = `${String(bytes.length)} bytes that it does not open`;
    return fail({ sent, cause }, 'an envelope that the client secret opens', got);
  }
  answer.sealed = true;
  const envelope = { timestampMs: opened.timestampMs, nonce: opened.nonce, iv: bytes.subarray(0, 12) };
  answer.envelope = envelope;
  answer.json = parseJson(opened.payload.toString('utf8'));
  if (answer.json === undefined) {
    const cause = 'the bytes after timestamp and nonce are not JSON';
    fail({ sent, cause }, 'JSON inside the envelope', `${String(opened.payload.length)} other bytes`);
  }
  if (!opened.nonce.equals(nonce)) {
    const cause = 'the nonce is not echoed';
    fail({ sent, cause }, `nonce ${nonce.toString('hex')}`, opened.nonce.toString('hex'));
  }
  return envelope;
}

/** Opens an answer to refresh or client-generate, which has no timestamp and no nonce (Protocol §7.4). */
export function openBare(ctx: ScenarioContext, reply: Reply, answer: Answer, key: Buffer): void {
  const bytes = sealedBytes(reply, answer);
  try {
    answer.json = parseJson(openWithKey(key, bytes).toString('utf8'));
  } catch {
    const check = { sent: answer.sent, cause: 'the answer is sealed with another key' };
    const got = `${String(bytes.length)} bytes that it does not open`;
    fail(check, 'an answer that the response key opens', got);
  }
  answer.sealed = true;
  answer.envelope = { timestampMs: Number.NaN, nonce: Buffer.alloc(0), iv: bytes.subarray(0, 12) };
  expectFresh(ctx, { sent: answer.sent }, 'IV', answer.envelope.iv.toString('hex'));
}
