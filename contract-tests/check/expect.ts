/** Expectations of scenarios, and the departures they report. */
import { isDeepStrictEqual } from 'node:util';
import type { Answer } from './answer.ts';
import { fail, show, type Check } from './departure.ts';
import { likelyCause, matches, type Expected } from './likely-cause.ts';

/** `what` names the value in the report. */
export function expectEqual(check: Check, what: string, got: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(got, expected)) fail(check, `${what} ${show(expected)}`, show(got));
}

/** `got` is one of several values. */
export function expectOneOf(check: Check, what: string, got: unknown, allowed: readonly unknown[]): void {
  if (allowed.some((value) => isDeepStrictEqual(got, value))) return;
  fail(check, `${what} ${[...new Set(allowed.map(show))].join(' or ')}`, show(got));
}

export function expectThat(check: Check, holds: boolean, expected: string, got: unknown): asserts holds {
  if (!holds) fail(check, expected, show(got));
}

function describeAnswer(answer: Answer): string {
  const type = answer.contentType ?? 'no content type';
  const body = answer.json === undefined ? answer.text : show(answer.json);
  return `${String(answer.status)}, ${type}, ${answer.sealed ? 'sealed ' : ''}${body === '' ? 'empty body' : body}`;
}

/** Status and body are exactly one of `allowed`; the headers are watched. */
export function expectAnswer(answer: Answer, ...allowed: Expected[]): void {
  const fitting = allowed.filter((one) => matches(answer, one));
  if (fitting.length === 0) {
    const check: Check = { sent: answer.sent, cause: likelyCause(answer, allowed) };
    const wanted = allowed.map(
      (one) =>
        `${String(one.status)}, ${one.type ?? 'no content type'}, ${show('json' in one ? one.json : (one.text ?? 'any body'))}`,
    );
    fail(check, [...new Set(wanted)].join(' or '), describeAnswer(answer));
  }
  answer.watch.look('headers/content-type', () => {
    const check: Check = { sent: answer.sent, cause: 'the content type of this answer' };
    const types = fitting.map(({ type }) => type ?? 'none');
    expectOneOf(check, 'header content-type:', answer.contentType ?? 'none', types);
  });
  watchHeaders(answer);
}

/** The headers that every answer except a preflight has, and those that none has (Protocol §6.3). */
export function watchHeaders(answer: Answer): void {
  const { watch, reply } = answer;
  const check: Check = { sent: answer.sent, cause: 'the CORS headers of this answer' };
  const header = (name: string): string | undefined => reply.headers.get(name)?.join(',').replaceAll(' ', '');
  watch.look('headers/vary', () => {
    expectOneOf(check, 'header vary:', header('vary'), answer.varies);
  });
  const origin = 'access-control-allow-origin';
  watch.look('headers/allow-origin', () => {
    expectEqual(check, `header ${origin}:`, header(origin), answer.origin);
  });
  watch.look('headers/cors', () => {
    const others = [...reply.headers.keys()].filter(
      (name) => name.startsWith('access-control-') && name !== origin,
    );
    expectEqual(check, `CORS headers besides ${origin}:`, others, []);
  });
  watch.look('headers/www-authenticate', () => {
    expectEqual(check, 'header www-authenticate:', header('www-authenticate'), undefined);
  });
  watch.look('headers/trace-id', () => {
    expectTraceId(answer, answer.traceId);
  });
}

/** The trace id that a load balancer adds to a request without one, and that the operator echoes. */
const ADDED_TRACE_ID = /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/;
/** The part that a load balancer puts before the trace id of a request. */
const TRACE_ID_PREFIX = /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};/;

/** The trace id as it was sent, or none without one (Protocol §6.1). */
function expectTraceId(answer: Answer, sent: string | undefined): void {
  const got = answer.reply.headers.get('x-amzn-trace-id')?.join();
  const isEchoed =
    sent === undefined ? ADDED_TRACE_ID.test(got ?? '') : got?.replace(TRACE_ID_PREFIX, '') === sent;
  if (isEchoed) return;
  const cause = 'the trace id is not echoed as it came';
  expectEqual({ sent: answer.sent, cause }, 'header x-amzn-trace-id:', got, sent);
}

const JSON_TYPE = 'application/json';

/** An error in JSON: exactly `status` and one of `messages`. */
export function expectError(
  answer: Answer,
  status: number,
  kind: string,
  ...messages: (string | undefined)[]
): void {
  expectAnswer(
    answer,
    ...messages.map((message) => ({
      status,
      type: JSON_TYPE,
      json: message === undefined ? { status: kind } : { message, status: kind },
    })),
  );
}

export const clientError = (answer: Answer, ...messages: string[]): void =>
  expectError(answer, 400, 'client_error', ...messages);

/** Plain text without a content type, as in the operator's generic answers. */
export const expectText = (answer: Answer, status: number, text: string): void =>
  expectAnswer(answer, { status, type: null, text });

/** 200 with this JSON, sealed in generations that seal. */
export function expectJson(answer: Answer, json: unknown): void {
  expectAnswer(answer, { status: 200, type: answer.successType, json });
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** 200 with `{"body":…,"status":"success"}`, or only the body in generations without wrapping; returns the body. */
export function expectSuccess(answer: Answer): unknown {
  const check: Check = { sent: answer.sent, cause: likelyCause(answer) };
  expectAnswer(answer, { status: 200, type: answer.successType });
  if (!answer.wrapped) return answer.json;
  const { json } = answer;
  if (!isRecord(json)) return fail(check, 'a JSON object', describeAnswer(answer));
  if (!isDeepStrictEqual(Object.keys(json).sort(), ['body', 'status']) || json['status'] !== 'success') {
    fail(check, '{"body":…,"status":"success"}', describeAnswer(answer));
  }
  return json['body'];
}

/** expectSuccess for a body that is an object. */
export function expectObject(answer: Answer): Record<string, unknown> {
  const body = expectSuccess(answer);
  if (!isRecord(body)) return fail({ sent: answer.sent }, 'an object as body', show(body));
  return body;
}

/** expectSuccess for a body that is a list of objects. */
export function expectList(answer: Answer): Record<string, unknown>[] {
  const body = expectSuccess(answer);
  if (!Array.isArray(body) || !body.every(isRecord))
    return fail({ sent: answer.sent }, 'a list of objects as body', show(body));
  return body;
}
