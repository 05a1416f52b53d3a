/**
 * Why a client cannot open an answer (Protocol §7.2, §7.4).
 *
 *   usual:                              IV (12) | GCM(client secret) of  time (8) | nonce (8) | JSON
 *   to a refresh and client-generate:   IV (12) | GCM(response or shared key) of  JSON
 */

import { decodeBase64 } from '../base64.ts';
import { isJsonObject } from '../json.ts';
import { parseJson, parseJsonObject } from '../json-reading.ts';
import type { Primitives } from '../primitives.ts';
import { fromUtf8 } from '../text.ts';
import type { Cause } from './cause.ts';
import type { EnvelopeCauseId } from './causes/envelope.ts';
import type { EnvelopeCase, EnvelopeDiagnosis } from './envelope-case.ts';
import { Aes } from './envelope-ciphers.ts';
import { causeOf } from './envelope-clues.ts';
import type { Deviation } from './envelope-deviations.ts';
import { type Key, keysOf } from './envelope-keys.ts';
import type { PlainReading } from './envelope-plain.ts';
import { type Opened, searchEnvelope } from './envelope-search.ts';
import { unwrap } from './envelope-wrappings.ts';

const STAMP = 16;

/** The JSON of an answer, with or without time and nonce in front of it. */
function readAnswer(plain: Uint8Array): PlainReading {
  const stamped = fromUtf8(plain.subarray(STAMP));
  const isStamped = plain.length >= STAMP && parseJsonObject(stamped) !== undefined;
  const text = isStamped ? stamped : fromUtf8(plain);
  const isJson = isStamped || parseJsonObject(text) !== undefined;
  return {
    deviations: isJson ? [] : [['text_binary']],
    time: undefined,
    text,
    bits: isStamped ? 64 : 0,
    isSure: isJson && text.length > 6,
    isJson,
  };
}

const isStampedAnswer = ({ reading }: Opened): boolean => reading.bits > 0;

const renamed: Readonly<Partial<Record<EnvelopeCauseId, EnvelopeCauseId>>> = {
  key_other_client: 'answer_other_client',
  wrap_json_member: 'answer_whole',
};

/** Deviations of a request, as those of an answer, which has no version byte. */
function ofAnswer(deviations: readonly Deviation[]): Deviation[] {
  const others = deviations
    .filter(([id]) => id !== 'version_missing')
    .map(([id, facts]): Deviation => [renamed[id] ?? id, facts]);
  return others.length === deviations.length ? [['answer_is_request'], ...others] : others;
}

/** An answer that is not sealed: an error, or the answer to a refresh of an opted-out user. */
function plainAnswer(text: string): Cause | undefined {
  const value = parseJson(text);
  if (!isJsonObject(value)) return undefined;
  const isError = 'message' in value || !['success', 'optout'].includes(String(value.status));
  return causeOf([isError ? 'answer_error' : 'answer_opted_out'], true);
}

/** What was opened already, and is read from the wrong place. */
function openedAlready(bytes: Uint8Array): Cause | undefined {
  if (parseJsonObject(fromUtf8(bytes.subarray(STAMP))) !== undefined)
    return causeOf(['answer_stamped'], true);
  const text = fromUtf8(bytes);
  return /^[^{[]*"[^]*\}\s*$/.test(text) && !text.includes('\ufffd')
    ? causeOf(['answer_bare'], true)
    : undefined;
}

function responseKeys({ responseKey }: EnvelopeCase): Key[] {
  const bytes = decodeBase64(responseKey ?? '');
  return bytes && [16, 24, 32].includes(bytes.length)
    ? [
        {
          aes: new Aes(bytes),
          deviations: [],
          name: 'refresh_response_key',
          owner: undefined,
          isSecret: true,
        },
      ]
    : [];
}

/** What a client that opens the answer as it should may still do wrong. */
function likelyOf(opened: Opened): Cause[] {
  const isResponseKey = opened.key.name === 'refresh_response_key';
  return [
    ...(isResponseKey ? [causeOf(['answer_response_key'], false)] : []),
    causeOf([isStampedAnswer(opened) ? 'answer_stamped' : 'answer_bare'], false),
  ];
}

/** Why a sealed answer of the operator does not open, or what it holds (Protocol §7.2). */
export function diagnoseAnswer(primitives: Primitives, given: EnvelopeCase): EnvelopeDiagnosis {
  const { body, clients, client, now, contentType } = given;
  const bytes = typeof body === 'string' ? undefined : body;
  const text = bytes ? fromUtf8(bytes) : String(body);
  const unwrapping = unwrap({ body, contentType, base64Fallback: true });
  const opened = searchEnvelope({
    primitives,
    candidates: unwrapping.candidates,
    keys: [...responseKeys(given), ...keysOf(clients, client)],
    now,
    read: readAnswer,
    names: [],
  });
  const kind = 'answer';
  if (opened) {
    const causes = ofAnswer(opened.deviations).map((one) => causeOf(one, true));
    const found = {
      key: opened.key.name,
      ...(opened.key.owner !== undefined && { client: opened.key.owner }),
      skip: isStampedAnswer(opened) ? STAMP : 0,
      payload: opened.reading.text,
    };
    return {
      kind,
      opens: causes.length === 0,
      refusal: null,
      causes: causes.length > 0 ? causes : likelyOf(opened),
      found,
    };
  }
  const raw = unwrapping.candidates.find(({ deviations }) => deviations.length <= 1)?.bytes;
  const cause =
    plainAnswer(text) ??
    openedAlready(bytes ?? new TextEncoder().encode(text)) ??
    (raw && openedAlready(raw)) ??
    causeOf(['answer_unknown'], false);
  return { kind, opens: false, refusal: null, causes: [cause], found: {} };
}
