/** What the parts of the plugin share, and how an answer is written: exact bytes, past Fastify. */

import { type OutgoingHttpHeaders, STATUS_CODES } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Deployment } from '../operator/deployment.ts';
import { type Exchange, type Wire, explain } from '../operator/exchange.ts';
import type { State, States } from '../operator/state/state.ts';
import { atEndOfTurn } from '../operator/turns.ts';
import type { AnswerAdmin } from './admin-gate.ts';
import { TRACE_ID } from './auth.ts';
import type { Connections } from './connections.ts';
import type { CorsRequest } from './cors.ts';
import { messageOf } from './error-handler.ts';
import type { Target } from './paths.ts';
import { type Answer, type Route, textAnswer } from './route.ts';
import { prepareOneWrite } from './one-write.ts';
import type { Surface } from './surface.ts';
import type { Waits } from './waits.ts';

/** What an answer is explained by. */
interface Explained {
  readonly exchange: Exchange;
  /** of the request */
  readonly body: unknown;
  /** of the request */
  readonly contentType: string | undefined;
  readonly query: string;
  readonly deployment: Deployment;
}

/** The cause of an answer as the value of a header; undefined when nothing is wrong. */
export type Explain = (explained: Explained) => string | undefined;

export interface OperatorPluginOptions {
  /** the present surface; a request keeps the one with which it began */
  readonly surface: () => Surface;
  readonly states: States;
  /** answers `/__admin`; undefined when it is not there, and then no request names a test id */
  readonly admin: AnswerAdmin | undefined;
  readonly connections: Connections;
  /** folder behind `/static/js/` */
  readonly scripts: string | undefined;
  /** the surface for one request of a test id, where its random bytes follow from a seed */
  readonly seeded: ((surface: Surface, testId: string) => Surface) | undefined;
  /** the machine's time in ms */
  readonly machine: () => number;
  /** called with every exchange when it is answered */
  readonly observe: (exchange: Exchange) => void;
  /** whether exchanges are recorded as they stand on the wire */
  readonly records: boolean;
  /** undefined unless answers say their cause in a header */
  readonly explain: Explain | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** the surface when the request began, even if it is replaced meanwhile */
    surface: Surface;
    exchange: Exchange;
    /** the state of its test id, or the common one */
    state: State;
    /** the target of the request as received, without the prefix of a test id */
    target: Target;
    /** the path by which its route is found */
    routed: string;
    /** the route that serves it; a request without one ends at the gate */
    served: Route;
  }
}

export interface Plugin extends OperatorPluginOptions {
  readonly waits: Waits;
  readonly app: FastifyInstance;
}

const VALIDATE_PATH = '/v2/token/validate';

export function corsOf({ raw, surface, routed }: FastifyRequest): CorsRequest {
  return {
    method: raw.method ?? '',
    origin: raw.headers.origin,
    requestMethod: raw.headers['access-control-request-method'],
    requestHeaders: raw.headers['access-control-request-headers'],
    doubled: surface.deployment.profile.doubleCorsOnValidate && routed === VALIDATE_PATH,
  };
}

/** Headers whose value comes from the request. */
const ECHOES = ['access-control-allow-origin', TRACE_ID];
/** In the spelling of the other headers. */
const EXPLAIN = 'x-uid2-mock-explain';
const BEYOND_ASCII = /[\u0080-\u00ff]/;

/**
 * Node writes the head and a text body at once, in UTF-8. A head with bytes above 0x7f has to be written separately.
 */
const needsOwnHead = (headers: OutgoingHttpHeaders): boolean =>
  ECHOES.some((name) => {
    const value = headers[name];
    return typeof value === 'string' && BEYOND_ASCII.test(value);
  });

/** Statuses of answers that have no body: a client would take one for the next answer. */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);

/** Notes what was received and sent. Nothing is copied. */
function noteWire(
  wire: Wire,
  { body: received }: FastifyRequest,
  headers: OutgoingHttpHeaders | undefined,
  body: Answer['body'] | undefined,
): void {
  if (received instanceof Uint8Array) wire.body = received;
  wire.answerHeaders = headers;
  if (body !== undefined) wire.answerBody = body;
}

/** Adds the cause of an answer to its headers, where that is asked for. */
export function addCause(
  { explain: causeOf }: Plugin,
  { exchange, body, raw, target, surface }: FastifyRequest,
  headers: OutgoingHttpHeaders,
): void {
  if (causeOf === undefined) return;
  const { query } = target;
  const { rawHeaders } = raw;
  // as received: Fastify does not see the header
  const at = rawHeaders.findIndex((name, place) => place % 2 === 0 && name.toLowerCase() === 'content-type');
  const contentType = at < 0 ? undefined : rawHeaders[at + 1];
  const cause = causeOf({ exchange, body, contentType, query, deployment: surface.deployment });
  if (cause !== undefined) headers[EXPLAIN] = cause;
}

/**
 * Sends an answer at the end of this turn of the event loop, together with the others of the turn. The write to a client
 * that sleeps wakes it, which takes as long as all else that a write does; it stays awake while answers come in a row.
 */
export function send(
  plugin: Plugin,
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer,
  headers: OutgoingHttpHeaders,
): void {
  const { connections } = plugin;
  const { exchange, raw } = request;
  const { http, type, body, phrase = STATUS_CODES[http] ?? '', reason } = answer;
  if (reason !== undefined) explain(exchange, reason, answer.facts);
  addCause(plugin, request, headers);
  reply.hijack();
  if (type !== undefined) headers['content-type'] = type;
  if (http !== 204) headers['content-length'] = Buffer.byteLength(body);
  if (connections.isLast(raw)) headers.connection = 'close';
  const response = reply.raw;
  const isBare = exchange.method === 'HEAD' || BODILESS.has(http);
  const isPrepared =
    !isBare && typeof body === 'string' && prepareOneWrite(response, plugin, http, phrase, headers, body);
  let rest: Answer['body'] | undefined;
  if (!isPrepared) {
    // always with a phrase: Node would keep the phrase of an earlier head that failed
    response.writeHead(http, phrase, headers);
    if (!isBare) rest = typeof body === 'string' && needsOwnHead(headers) ? Buffer.from(body) : body;
  }
  endOfTurn(plugin, request, reply, () => {
    response.end(rest);
    observeEnd(plugin, request, http, headers, isBare ? undefined : body);
  });
}

/** Ends a request at the end of this turn of the event loop: after those that were ended before on its connection. */
export function endOfTurn(
  plugin: Plugin,
  request: FastifyRequest,
  reply: FastifyReply,
  end: () => void,
): void {
  atEndOfTurn(() => {
    guard(plugin, request, reply, end);
  });
}

/**
 * Notes that a request is over.
 *
 * @param status of the answer; it, the headers and the body are undefined where none were sent
 */
export function observeEnd(
  { connections, observe }: Plugin,
  request: FastifyRequest,
  status?: number,
  headers?: OutgoingHttpHeaders,
  body?: Answer['body'],
): void {
  const { raw, exchange, state } = request;
  if (exchange.wire !== undefined) noteWire(exchange.wire, request, headers, body);
  if (status !== undefined) exchange.status = status;
  exchange.answered = state.clock.now();
  observe(exchange);
  // last, because what waits for the end of the connection is observed after its requests
  connections.end(raw);
}

/**
 * Runs a function that answers a request. If it throws, the request is answered with a 500; if the head was sent
 * before, the connection is cut.
 */
export function guard(
  plugin: Plugin,
  request: FastifyRequest,
  reply: FastifyReply,
  answer: () => void,
): void {
  try {
    answer();
  } catch (error) {
    const { exchange, raw } = request;
    explain(exchange, 'failed', { message: messageOf(error) });
    if (!reply.raw.headersSent) {
      return send(plugin, request, reply, textAnswer('Internal Server Error', 500), {});
    }
    plugin.connections.end(raw);
    raw.socket.destroy();
    plugin.observe(exchange);
  }
}

/** The same for a result that comes later. */
export function guardLater<T>(
  plugin: Plugin,
  request: FastifyRequest,
  reply: FastifyReply,
  later: Promise<T>,
  answer: (value: T) => void,
): void {
  const settle = (run: () => void): void => {
    guard(plugin, request, reply, run);
  };
  void later.then(
    (value) => {
      settle(() => {
        answer(value);
      });
    },
    (error: unknown) => {
      settle(() => {
        throw error;
      });
    },
  );
}
