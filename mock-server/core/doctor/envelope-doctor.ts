/** Says what the sender of an envelope did, proved where the envelope opens once it is mended (Protocol §7). */

import type { Primitives } from '../primitives.ts';
import type { EnvelopeCase, EnvelopeDiagnosis } from './envelope-case.ts';
import { causeOf, isPlain, likelyCauses } from './envelope-clues.ts';
import { keysOf } from './envelope-keys.ts';
import { eraOf, refusalOf } from './envelope-refusal.ts';
import { type Opened, searchEnvelope } from './envelope-search.ts';
import { unwrap } from './envelope-wrappings.ts';

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

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

/**
 * Why an envelope is not what the operator, or the receiver of an answer, expects.
 *
 * @param primitives of the machine that runs it
 */
export function diagnoseEnvelope(primitives: Primitives, given: EnvelopeCase): EnvelopeDiagnosis {
  return diagnoseRequestEnvelope(primitives, given);
}
