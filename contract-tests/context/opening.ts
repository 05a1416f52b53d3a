/** Opens sealed answers: envelopes, and the answers to refresh and client-generate (Protocol §7.2, §7.4). */
import type { AnswerRuleId } from '../spec/answer-rules.ts';
import { decodeBase64Strict, isBase64Strict, openResponse, openWithKey } from '../wire/index.ts';
import type { Reply } from '../target/client.ts';
import type { Answer } from '../check/answer.ts';
import { fail } from '../check/departure.ts';
import { clip } from '../check/sent.ts';
import { watchTime } from './calibration.ts';

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
  if (answer.successType === BINARY) return reply.body;
  const text = reply.body.toString('utf8');
  if (isBase64Strict(text)) {
    const bytes = decodeBase64Strict(text);
    if (bytes.toString('base64') === text) return bytes;
  }
  const cause = 'the answer is not sealed, or its base64 has no padding or has white space';
  return fail({ sent: answer.sent, cause }, 'an envelope in padded base64', clip(text, 100));
}

interface Opened {
  payload: Buffer;
  /** NaN and none for an answer without time and nonce. */
  timestampMs: number;
  nonce: Buffer;
}

/** Opens the answer with `open`, and puts its envelope into it; the IV is watched. */
function openWatched(
  rule: AnswerRuleId,
  reply: Reply,
  answer: Answer,
  expected: string,
  open: (sealed: Buffer) => Opened,
): Opened {
  const { sent, watch } = answer;
  const { iv, opened } = watch.require(rule, () => {
    const sealed = sealedBytes(reply, answer);
    try {
      return { iv: sealed.subarray(0, 12), opened: open(sealed) };
    } catch {
      const cause = 'the answer is sealed with another key or in another layout';
      return fail({ sent, cause }, expected, `${String(sealed.length)} bytes that it does not open`);
    }
  });
  const { timestampMs, nonce } = opened;
  answer.sealed = true;
  answer.envelope = { timestampMs, nonce, iv };
  watch.fresh('envelope/iv', { sent }, 'IV', iv.toString('hex'));
  return opened;
}

/** Opens an envelope and puts its JSON into `answer`; nonce, time and IV are watched. */
export function openSealed(reply: Reply, answer: Answer, secret: Buffer, nonce: Buffer): void {
  const { sent, watch } = answer;
  const expected = 'an envelope that the client secret opens';
  const opened = openWatched('envelope/opens', reply, answer, expected, (sealed) =>
    openResponse(secret, sealed),
  );
  watchTime(answer, { sent }, opened.timestampMs);
  watch.look('envelope/nonce', () => {
    if (opened.nonce.equals(nonce)) return;
    const cause = 'the nonce is not echoed';
    fail({ sent, cause }, `nonce ${nonce.toString('hex')}`, opened.nonce.toString('hex'));
  });
  answer.json = readInside(answer, opened.payload);
}

/** Opens an answer to refresh or client-generate, which has no timestamp and no nonce (Protocol §7.4). */
export function openBare(
  rule: 'envelope/response-key' | 'envelope/shared-key',
  reply: Reply,
  answer: Answer,
  key: Buffer,
): void {
  const { payload } = openWatched(rule, reply, answer, 'an answer that its key opens', (sealed) => ({
    payload: openWithKey(key, sealed),
    timestampMs: Number.NaN,
    nonce: Buffer.alloc(0),
  }));
  answer.json = readInside(answer, payload);
}

/** The JSON inside an envelope. */
const readInside = ({ watch, sent }: Answer, payload: Buffer): unknown =>
  watch.require('envelope/json', () => {
    const json = parseJson(payload.toString('utf8'));
    if (json !== undefined) return json;
    const cause = 'the bytes after timestamp and nonce are not JSON';
    return fail({ sent, cause }, 'JSON inside the envelope', `${String(payload.length)} other bytes`);
  });
