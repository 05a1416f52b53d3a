/** Says what the sender of an envelope did wrong: proved where the fixed envelope opens (Protocol §7). */

import type { Primitives } from '../primitives.ts';
import { fromUtf8 } from '../text.ts';
import { hexOf } from '../decoding.ts';
import { diagnoseAnswer } from './envelope-answer.ts';
import { diagnoseClientGenerate } from './envelope-client-generate.ts';
import type { EnvelopeCase, EnvelopeDiagnosis } from './envelope-case.ts';
import { causeOf, isPlain, likelyCauses } from './envelope-clues.ts';
import { keysOf } from './envelope-keys.ts';
import { eraOf, refusalOf } from './envelope-refusal.ts';
import { type Opened, searchEnvelope } from './envelope-search.ts';
import { unwrap } from './envelope-wrappings.ts';

/** What was found inside, for a person. */
function foundIn({ key, iv, reading }: Opened, now: number): Record<string, unknown> {
  const { time, text } = reading;
  const isTime = time !== undefined && Math.abs(time) < 8.64e15;
  return {
    key: key.isSecret ? key.name : `${key.owner ?? 'nobody'}: ${key.name}`,
    ...(key.owner === undefined ? {} : { client: key.owner }),
    iv: hexOf(iv),
    ...(isTime
      ? { time: new Date(time).toISOString(), seconds_from_clock: Math.round((time - now) / 1000) }
      : {}),
    ...(text === undefined ? {} : { payload: text }),
  };
}

function diagnoseRequestEnvelope(primitives: Primitives, given: EnvelopeCase): EnvelopeDiagnosis {
  const { clients, client, now, contentType } = given;
  const { refusal } = refusalOf(primitives, given);
  const unwrapping = unwrap({
    body: given.body,
    contentType,
    base64Fallback: eraOf(given).variant.base64Fallback,
  });
  const opened = isPlain(unwrapping)
    ? undefined
    : searchEnvelope({
        primitives,
        candidates: unwrapping.candidates,
        keys: keysOf(clients, client),
        now,
        names: clients.flatMap(({ name, key, secret }) => [
          name,
          secret,
          ...(key === undefined ? [] : [key]),
        ]),
      });
  const found = opened ? foundIn(opened, now) : {};
  const kind = opened || refusal === null ? 'request_envelope' : 'unknown';
  if (refusal === null) return { kind, opens: true, refusal, causes: [], found };
  if (opened === undefined) {
    const causes = likelyCauses(given, unwrapping);
    return {
      kind: causes[0]?.id.startsWith('plain') === true ? 'plain' : kind,
      opens: false,
      refusal,
      causes,
      found,
    };
  }
  const { deviations, reading } = opened;
  const causes = [
    ...deviations.map((one) => causeOf(one, true)),
    ...reading.deviations.map((one) => causeOf(one, true)),
  ];
  return { kind, opens: false, refusal, causes, found };
}

const textOf = ({ body }: EnvelopeCase): string => (typeof body === 'string' ? body : fromUtf8(body));

/** Characters of a wrapped refresh token (Protocol §7.4). */
const WRAPPED = 388;

/** A refresh has no envelope: its body is the token. What stands around a token is taken off, or an envelope opened. */
function diagnoseRefresh(primitives: Primitives, given: EnvelopeCase): EnvelopeDiagnosis {
  const text = textOf(given);
  const kind = 'refresh_request';
  const isToken = (one: string): boolean => one.length === WRAPPED && /^[A-Za-z0-9+/]+$/.test(one);
  if (isToken(text)) return { kind, opens: true, refusal: null, causes: [], found: {} };
  const { texts } = unwrap({ body: text, base64Fallback: true });
  const inner = texts.find((one) => isToken(one.text));
  const refusal = { status: 400, message: 'Invalid Token presented' };
  if (inner) {
    return {
      kind,
      opens: false,
      refusal,
      causes: inner.deviations.map((one) => causeOf(one, true)),
      found: {},
    };
  }
  const sealed = diagnoseRequestEnvelope(primitives, { ...given, route: '' });
  const isSealed = sealed.opens || (sealed.kind === 'request_envelope' && sealed.causes.length > 0);
  const causes = isSealed ? [causeOf(['refresh_sealed'], true)] : [];
  return { kind, opens: false, refusal, causes, found: isSealed ? sealed.found : {} };
}

/**
 * Why the operator refuses a request body, or why an answer of the operator does not open. Any body is taken.
 *
 * @param given the body, with the secrets that may open it
 */
export function diagnoseEnvelope(primitives: Primitives, given: EnvelopeCase): EnvelopeDiagnosis {
  if (given.direction === 'answer') return diagnoseAnswer(primitives, given);
  if (/\/token\/client-generate\/?$/.test(given.route ?? ''))
    return diagnoseClientGenerate(primitives, given);
  if (/\/token\/refresh\/?$/.test(given.route ?? '')) return diagnoseRefresh(primitives, given);
  return diagnoseRequestEnvelope(primitives, given);
}
