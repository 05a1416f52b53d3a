/** What the journal shows of an exchange: a summary for lists and streams, and the whole. */

import { isoTime } from '../../core/iso-time.ts';
import { isJsonObject } from '../../core/json.ts';
import { parseJson } from '../../core/json-reading.ts';
import { sentenceOf } from '../../core/reasons.ts';
import type { Deployment } from '../deployment.ts';
import { type Passage, openedAnswer, openedRequest } from '../exchange.ts';
import { shownPath } from '../log-line.ts';
import type { CausesOf } from './causes.ts';
import { type ReadBody, readBody, shownBody } from './bodies.ts';
import type { Recorded } from './journals.ts';
import { type Masker, maskedFacts } from './masking.ts';
import { parametersOf, shownQuery } from './queries.ts';
import { type Found, decodedToken, tokenAt, tokensIn } from './tokens.ts';

/** An exchange in a list. Times in ms by the operator's clock, except `duration_ms`, which is real. */
export function summaryOf(
  { id, exchange, testId, duration, requestBytes, answerBytes, passage }: Recorded,
  masker: Masker,
) {
  const { arrived, answered, method, path, route, client, status, reason, facts, fault } = exchange;
  return {
    id: String(id),
    at: isoTime(arrived) ?? '',
    arrived_ms: arrived,
    answered_ms: answered ?? null,
    duration_ms: Math.round(duration * 1000) / 1000,
    method: masker.text(method),
    path: shownPathOf(path, masker),
    route: route ?? null,
    client: client?.name ?? null,
    status: status ?? null,
    reason,
    reason_text: sentenceOf(reason, maskedFacts(facts, masker)),
    test_id: testId === '' ? null : testId,
    fault: fault ?? null,
    request_bytes: requestBytes,
    answer_bytes: answerBytes,
    ...(passage?.departures !== undefined && {
      departures: passage.departures.map((text) => masker.text(text)),
    }),
  };
}

/** What a proxy learnt of an exchange. */
const shownPassage = ({ target, targetClock, clientClock }: Passage) => ({
  target,
  target_clock_ms: targetClock?.ms ?? null,
  target_clock_within_ms: targetClock?.within ?? null,
  target_clock_by: targetClock?.by ?? null,
  client_clock_ms: clientClock?.ms ?? null,
});

const shownPathOf = (path: string, masker: Masker): string =>
  masker.isPlain ? path : masker.text(shownPath(path));

const queryOf = (target: string): string => {
  const mark = target.indexOf('?');
  return mark < 0 ? '' : target.slice(mark + 1);
};

function shownTarget({ target, exchange }: Recorded, masker: Masker): string {
  if (masker.isPlain) return target;
  const path = shownPathOf(exchange.path, masker);
  return target.includes('?') ? `${path}?${shownQuery(queryOf(target), masker)}` : path;
}

type Headers = Record<string, string | string[]>;

/** Headers by name in lower case, masked; one that is repeated is a list. */
function shownHeaders(pairs: Iterable<readonly [string, unknown]>, masker: Masker): Headers {
  const headers = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const shown = [value].flat().map((one) => masker.header(name, String(one)));
    const key = masker.text(name.toLowerCase());
    headers.set(key, [...(headers.get(key) ?? []), ...shown]);
  }
  return Object.fromEntries(
    [...headers].map(([name, values]) => [name, values.length === 1 ? String(values[0]) : values]),
  );
}

function* pairsOf(headers: readonly string[]): Generator<readonly [string, string]> {
  for (let at = 0; at + 1 < headers.length; at += 2) yield [headers[at] ?? '', headers[at + 1] ?? ''];
}

/** One side of an exchange, read. */
interface Side {
  readonly body: ReadBody | undefined;
  /** the opened payload, or the JSON of a body that is not sealed */
  readonly plain: unknown;
  readonly isSealed: boolean;
}

const NO_SIDE: Side = { body: undefined, plain: undefined, isSealed: false };

/**
 * @param json what was sealed; undefined where nothing was, or it does not open
 * @param isSealed whether it is known to be sealed, even if it does not open
 */
const sideOf = (body: ReadBody, json: string | undefined, isSealed = false): Side => ({
  body,
  plain: json === undefined ? body.json : parseJson(json),
  isSealed: isSealed || json !== undefined,
});

function requestOf({ exchange, body }: Recorded, { primitives }: Deployment): Side {
  if (body === undefined) return NO_SIDE;
  const read = readBody(body, true);
  return sideOf(read, openedRequest(exchange, read.bytes, primitives));
}

function answerOf({ exchange, answerBody }: Recorded, { primitives }: Deployment): Side {
  if (answerBody === undefined) return NO_SIDE;
  const read = readBody(answerBody, false);
  return sideOf(read, openedAnswer(exchange, read.bytes, primitives), exchange.answerKey !== undefined);
}

function shownSide({ body, plain, isSealed }: Side, of: 'request' | 'answer', masker: Masker) {
  const shown = body && shownBody(body, of, isSealed, masker);
  return {
    body: shown?.text ?? null,
    body_encoding: shown?.encoding ?? null,
    plain: plain === undefined ? null : masker.json(plain, of),
  };
}

/** The tokens of one side: in its plain values, or a body that is one. */
function tokensOf({ body, plain }: Side, of: 'request' | 'answer'): Found[] {
  if (isJsonObject(plain) || Array.isArray(plain)) return tokensIn(plain, `${of}.plain`);
  return body?.text === undefined ? [] : tokenAt(`${of}.body`, '', body.text.trim());
}

/** Why the answer is what it is, the most exact cause first. */
function causesShown(
  entry: Recorded,
  { body, plain }: Side,
  deployment: Deployment,
  masker: Masker,
  causesOf: CausesOf,
) {
  const { exchange, target, headers } = entry;
  const [, contentType] = [...pairsOf(headers)].find(([name]) => name.toLowerCase() === 'content-type') ?? [];
  const asked = { exchange, body: body?.bytes, contentType, query: queryOf(target), plain };
  return causesOf(asked, deployment, masker);
}

/**
 * An exchange in full.
 *
 * @param causesOf of `causes.ts`, which is loaded only when a request is looked at
 */
export function detailOf(entry: Recorded, deployment: Deployment, masker: Masker, causesOf: CausesOf) {
  const request = requestOf(entry, deployment);
  const answer = answerOf(entry, deployment);
  const { exchange, target, headers, answerHeaders = {} } = entry;
  const inQuery = parametersOf(queryOf(target)).flatMap(({ name, value }) =>
    tokenAt(`request.query.${name}`, name, value),
  );
  const tokens = [...inQuery, ...tokensOf(request, 'request'), ...tokensOf(answer, 'answer')];
  return {
    ...summaryOf(entry, masker),
    ...(entry.passage && { passage: shownPassage(entry.passage) }),
    request: {
      target: shownTarget(entry, masker),
      headers: shownHeaders(pairsOf(headers), masker),
      ...shownSide(request, 'request', masker),
    },
    answer: {
      status: exchange.status ?? null,
      headers: shownHeaders(Object.entries(answerHeaders), masker),
      ...shownSide(answer, 'answer', masker),
    },
    causes: causesShown(entry, request, deployment, masker, causesOf),
    tokens: tokens.map((token) => decodedToken(token, deployment, masker)),
  };
}
