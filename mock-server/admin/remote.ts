/** Makes control calls over HTTP, to an operator that runs elsewhere. */

import type { z } from 'zod';
import { ADMIN_PATH } from '../http/admin-gate.ts';
import { TEST_ID } from '../http/isolation.ts';
import { isObject } from '../operator/world/change.ts';
import {
  type Call,
  type CallSchemas,
  type Given,
  type Stream,
  type StreamCall,
  type StreamSchemas,
  type Streamed,
  inputOf,
  streamInputOf,
} from './calls/call.ts';
import { type ControlCode, ControlError, statuses } from './calls/control-error.ts';
import { type ReceivedEvent, readEvents } from './event-reader.ts';
import { type Line, writtenLines } from './calls/lines.ts';
import type { Transport } from './transport.ts';

interface Remote {
  /** base URL without a trailing slash and without the prefix of a test id */
  readonly base: string;
  readonly token: string | undefined;
  /** ends calls in flight and refuses later ones */
  readonly closed: AbortSignal;
}

const unreachable = ({ base }: Remote, got: string): ControlError =>
  new ControlError('unreachable', { field: base, expected: 'a mock operator that serves /__admin', got });

/** What the system says of a request that got no answer. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause ? String(cause.code) : cause.message;
}

function failureOf(remote: Remote, error: unknown): ControlError {
  if (!remote.closed.aborted) return unreachable(remote, `no answer (${causeOf(error)})`);
  return unreachable(remote, 'a connection that close() has closed');
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const entriesOf = (given: unknown): [name: string, value: unknown][] =>
  Object.entries(given ?? {}).filter(([, value]) => value !== undefined);

/** The URL of a call. */
function urlOf({ base }: Remote, { path }: Pick<Call, 'path'>, { params, query }: Given): string {
  const named = new Map(entriesOf(params));
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(textOf(named.get(name))));
  const search = new URLSearchParams();
  for (const [name, value] of entriesOf(query)) {
    for (const one of [value].flat()) search.append(name, textOf(one));
  }
  return `${base}${ADMIN_PATH}${filled}${search.size > 0 ? `?${search.toString()}` : ''}`;
}

const CODES = new Map<number, ControlCode>();
for (const [code, status] of Object.entries(statuses)) CODES.set(status, code as ControlCode);

/** The refusal in an answer of `/__admin`; undefined when something else has answered. */
function refusalOf({ base }: Remote, status: number, json: unknown): ControlError | undefined {
  const error = isObject(json) && isObject(json.error) ? json.error : {};
  const { field, expected, got, message, problems } = error;
  const code = CODES.get(status);
  if (code === undefined || ![field, expected, got, message].every((text) => typeof text === 'string')) {
    return undefined;
  }
  // a member called body cannot be told from the whole body here; the schemas have checked it before the request
  const isWhole = field === 'body' || field === 'query';
  const refusal = { field: String(field), expected: String(expected), got: String(got), isWhole };
  if (code !== 'unauthorized') {
    const lines = Array.isArray(problems) ? problems.map(String) : undefined;
    return new ControlError(code, refusal, String(message), lines);
  }
  return new ControlError(code, { field: 'token', expected: `the admin token of ${base}`, got: refusal.got });
}

interface Received {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is there in place of `/__admin`. */
function somethingElse(remote: Remote, { status, type }: Received): ControlError {
  const what = type === null ? '' : ` with ${type.replace(/;.*/, '')}`;
  const without = status === 404 ? ', as an operator without /__admin answers' : '';
  return unreachable(remote, `status ${status}${what}${without}`);
}

/** The answer of a call as its schema says. */
function answerOf<S extends CallSchemas>(
  remote: Remote,
  { schemas }: Call<S>,
  received: Received,
): z.output<S['answer']> {
  const json = parsed(received.text);
  const isOk = received.status >= 200 && received.status < 300;
  if (!isOk) throw refusalOf(remote, received.status, json) ?? somethingElse(remote, received);
  const read = schemas.answer.safeParse(json);
  if (read.success) return read.data as z.output<S['answer']>;
  throw somethingElse(remote, received);
}

const headersOf = ({ token }: Remote, testId: string): Headers => {
  const headers = new Headers();
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  if (testId !== '') headers.set(TEST_ID, testId);
  return headers;
};

/** The next event of a stream; undefined at its end. */
async function nextEvent<T>(
  remote: Remote,
  events: AsyncGenerator<ReceivedEvent, void>,
  signal: AbortSignal,
  dataOf: (json: unknown) => T,
): Promise<Streamed<T> | undefined> {
  for (;;) {
    try {
      const { value, done } = await events.next();
      if (done === true) return undefined;
      if (value.event === 'gap') return { gap: true };
      if (value.event !== '') return { id: value.id, data: dataOf(parsed(value.data)) };
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error instanceof ControlError ? error : failureOf(remote, error);
    }
  }
}

async function openStream<S extends StreamSchemas>(
  remote: Remote,
  testId: string,
  call: StreamCall<S>,
  given: Given,
): Promise<Stream<z.output<S['event']>>> {
  streamInputOf(call, given);
  const stopping = new AbortController();
  const signal = AbortSignal.any([remote.closed, stopping.signal]);
  let answer: Response;
  try {
    const request = { headers: headersOf(remote, testId), redirect: 'manual', signal } as const;
    answer = await fetch(urlOf(remote, call, given), request);
  } catch (error) {
    throw failureOf(remote, error);
  }
  const { status, body } = answer;
  if (status !== 200 || body === null) {
    const received = { status, type: answer.headers.get('content-type'), text: await answer.text() };
    throw refusalOf(remote, status, parsed(received.text)) ?? somethingElse(remote, received);
  }
  const events = readEvents(body);
  const dataOf = (json: unknown): z.output<S['event']> => {
    const read = call.schemas.event.safeParse(json);
    if (read.success) return read.data as z.output<S['event']>;
    throw unreachable(remote, 'an event of another form');
  };
  return {
    next: () => nextEvent(remote, events, signal, dataOf),
    stop() {
      stopping.abort();
    },
  };
}

/** What a caller's own lines threw while they were read. */
interface Thrown {
  readonly error: unknown;
}

/** The body of a request: JSON, or lines of JSON that are sent as they are made. */
function bodyOf(
  { takesLines }: Call,
  body: unknown,
  noteThrown: (thrown: Thrown) => void,
): { body: string | ReadableStream<Uint8Array>; duplex?: 'half' } {
  if (takesLines !== true) return { body: JSON.stringify(body) };
  async function* noted(): AsyncGenerator<Uint8Array, void> {
    try {
      yield* writtenLines(body as AsyncIterable<Iterable<Line>>);
    } catch (error) {
      noteThrown({ error });
      throw error;
    }
  }
  return { body: ReadableStream.from(noted()), duplex: 'half' };
}

/** Calls an operator over HTTP. What a schema refuses is refused without a request, in the same words. */
export const remoteTransport = (remote: Remote, testId = ''): Transport => ({
  async send(call, given = {}) {
    inputOf(call, given);
    const headers = headersOf(remote, testId);
    if (call.schemas.body !== undefined) headers.set('content-type', 'application/json');
    let thrown: Thrown | undefined;
    const noteThrown = (noted: Thrown): void => {
      thrown = noted;
    };
    const request = {
      method: call.method,
      headers,
      redirect: 'manual',
      signal: remote.closed,
      ...(given.body !== undefined && bodyOf(call, given.body, noteThrown)),
    } as const;
    let received: Received;
    try {
      const answer = await fetch(urlOf(remote, call, given), request);
      const { status } = answer;
      received = { status, type: answer.headers.get('content-type'), text: await answer.text() };
    } catch (error) {
      throw thrown === undefined ? failureOf(remote, error) : thrown.error;
    }
    return answerOf(remote, call, received);
  },
  follow: (call, given = {}) => openStream(remote, testId, call, given),
  isolate: (id) => remoteTransport(remote, id),
});
