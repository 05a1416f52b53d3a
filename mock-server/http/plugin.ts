/**
 * The operator's surface as one Fastify plugin, with a body parser, hooks and an error handler of its own. Exact bytes
 * are its business: it writes every answer itself, because Fastify adds and completes headers.
 */

import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Exchange } from '../operator/exchange.ts';
import type { State } from '../operator/state/state.ts';
import { TRACE_ID } from './auth.ts';
import { type Connections, trackConnections } from './connections.ts';
import type { CorsRequest } from './cors.ts';
import { answerError } from './error-handler.ts';
import { badRequest, tooLong } from './gate.ts';
import { splitTarget } from './paths.ts';
import { type Answer, type Call, type Route, textAnswer } from './route.ts';
import { type Surface, routeKey } from './surface.ts';

export interface OperatorPluginOptions {
  /** what is served now; a request keeps what it began with */
  readonly surface: () => Surface;
  readonly state: State;
  readonly log: (level: 'error' | 'info', message: string) => void;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** what the request works with, whatever replaces it meanwhile */
    surface: Surface;
    exchange: Exchange;
  }
}

const NO_BODY = new Uint8Array(0);
const VALIDATE_PATH = '/v2/token/validate';
const INTERNAL_ERROR = textAnswer('Internal Server Error', 500);

/** Content types as they came: Fastify must not see them, it refuses those that it cannot parse. */
const givenTypes = new WeakMap<IncomingMessage, string>();

/** What the parts of the plugin share. */
interface Site extends OperatorPluginOptions {
  readonly app: FastifyInstance;
  readonly connections: Connections;
}

/** Headers of which the operator reads the first that came, where Node joins all. */
const FIRST_COUNTS = ['origin', TRACE_ID];

function keepFirst(raw: IncomingMessage): void {
  for (const name of FIRST_COUNTS) {
    if (raw.headers[name]?.includes(', ')) raw.headers[name] = raw.headersDistinct[name]?.[0];
  }
}

function send(
  { app, log, state, connections }: Site,
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer,
  headers: OutgoingHttpHeaders,
): void {
  const { exchange, raw } = request;
  reply.hijack();
  if (answer.type !== undefined) headers['content-type'] = answer.type;
  if (answer.http !== 204) headers['content-length'] = Buffer.byteLength(answer.body);
  // a connection kept alive would hold up the shutdown
  if (!app.server.listening) headers.connection = 'close';
  reply.raw.writeHead(answer.http, headers);
  reply.raw.end(exchange.method === 'HEAD' || answer.http === 204 ? undefined : answer.body);
  connections.end(raw);
  exchange.status = answer.http;
  exchange.answered = state.clock.now();
  log('info', `${exchange.method} ${exchange.path} ${answer.http}`);
}

const isValidate = (target: string): boolean =>
  target.startsWith(VALIDATE_PATH) && splitTarget(target).path === VALIDATE_PATH;

function corsOf({ raw, surface }: FastifyRequest): CorsRequest {
  return {
    method: raw.method ?? '',
    origin: raw.headers.origin,
    requestMethod: raw.headers['access-control-request-method'],
    doubled: surface.deployment.profile.doubleCorsOnValidate && isValidate(raw.url ?? ''),
  };
}

/** The answer to a path or method that no route serves. */
function sendUnrouted(site: Site, request: FastifyRequest, reply: FastifyReply): void {
  const { rules, methods } = request.surface;
  const { path } = splitTarget(request.raw.url ?? '');
  const { allow, ...answer } = rules.answerUnrouted(request.method, methods.get(path));
  const headers = rules.corsHeaders(corsOf(request));
  if (allow !== undefined) headers.allow = allow;
  send(site, request, reply, rules.finish(answer, undefined), headers);
}

/** Answers what needs no route: malformed targets, CORS, unknown paths and methods. True when it did. */
function answerAtGate(site: Site, request: FastifyRequest, reply: FastifyReply): boolean {
  const { rules } = request.surface;
  const malformed = rules.isMalformed(request.originalUrl);
  if (malformed && rules.isMalformed(splitTarget(request.originalUrl).query)) {
    send(site, request, reply, badRequest, {});
    return true;
  }
  const cors = corsOf(request);
  const early = rules.answerCors(cors);
  if (early) {
    send(site, request, reply, early, early.http === 204 ? rules.preflightHeaders(cors) : {});
    return true;
  }
  if (malformed) {
    send(site, request, reply, badRequest, rules.corsHeaders(cors));
    return true;
  }
  if (request.is404) {
    sendUnrouted(site, request, reply);
    return true;
  }
  return false;
}

function addGate(site: Site): void {
  const { app, surface, state } = site;
  app.decorateRequest('surface');
  app.decorateRequest('exchange');
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = request;
    request.surface = surface();
    request.exchange = {
      arrived: state.clock.now(),
      method: request.method,
      path: splitTarget(raw.url ?? '').path,
    };
    keepFirst(raw);
    guarded(site, request, reply, () => {
      if (!answerAtGate(site, request, reply)) done();
    });
  });
}

/** Every body is taken as bytes, whatever its type says and however malformed that is. */
function addBodies(site: Site): void {
  const { app } = site;
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    const type = raw.headers['content-type'];
    if (type !== undefined) {
      givenTypes.set(raw, type);
      delete raw.headers['content-type'];
    }
    done();
  });
  app.setNotFoundHandler((request, reply) => {
    sendUnrouted(site, request, reply);
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  app.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    const { statusCode = 500 } = error;
    const answer = statusCode === 413 ? tooLong : statusCode < 500 ? badRequest : INTERNAL_ERROR;
    guarded(site, request, reply, () => {
      send(site, request, reply, answer, request.surface.rules.corsHeaders(corsOf(request)));
    });
  });
}

/** The bodies of multipart forms are lost on the way to every endpoint (Protocol §7.1). */
const isMultipart = (contentType = ''): boolean =>
  contentType.trim().toLowerCase().startsWith('multipart/form-data');

function toCall(state: State, { surface, exchange, raw, body }: FastifyRequest, route: Route): Call {
  const { deployment, rules } = surface;
  const contentType = givenTypes.get(raw);
  exchange.route = route.path;
  exchange.client = rules.authenticate(deployment, route, raw.headers.authorization);
  return {
    deployment,
    state,
    exchange,
    headers: raw.headers,
    contentType,
    query: rules.parseQuery(splitTarget(raw.url ?? '').query),
    body: body instanceof Uint8Array && !isMultipart(contentType) ? body : NO_BODY,
    client: exchange.client,
  };
}

/** Runs what answers a request. Should that fail, the request is answered as a failure, or its connection cut. */
function guarded(site: Site, request: FastifyRequest, reply: FastifyReply, answer: () => void): void {
  try {
    answer();
  } catch (error) {
    report(site, request, error);
    if (reply.raw.headersSent) request.raw.socket.destroy();
    else send(site, request, reply, INTERNAL_ERROR, {});
  }
}

function report({ log }: Site, { exchange }: FastifyRequest, error: unknown): void {
  const reason = error instanceof Error ? error.message : 'unknown error';
  log('error', `${exchange.method} ${exchange.path}: ${reason}`);
}

function handle(site: Site, request: FastifyRequest, reply: FastifyReply, route: Route): void {
  const { rules } = request.surface;
  const answerOf = (error: unknown): Answer =>
    answerError(error, route, rules.replies, (unnamed) => {
      report(site, request, unnamed);
    });
  const finish = (answer: Answer): void => {
    const headers = rules.corsHeaders(corsOf(request));
    Object.assign(headers, rules.echoedHeaders(route, request.raw.headers));
    send(site, request, reply, rules.finish(answer, route), headers);
  };
  let answer: Answer | Promise<Answer>;
  try {
    answer = route.handle(toCall(site.state, request, route));
  } catch (error) {
    answer = answerOf(error);
  }
  if (answer instanceof Promise) {
    void answer.catch(answerOf).then((late) => {
      guarded(site, request, reply, () => {
        finish(late);
      });
    });
  } else finish(answer);
}

function addRoute(site: Site, { method, path }: Route): void {
  const key = routeKey({ method, path });
  site.app.route({
    method,
    url: path,
    handler(request, reply) {
      site.connections.begin(request.raw);
      const route = request.surface.routes.get(key);
      guarded(site, request, reply, () => {
        if (route === undefined) sendUnrouted(site, request, reply);
        else handle(site, request, reply, route);
      });
    },
  });
}

/** Answers every request to an operator. */
export async function operatorPlugin(app: FastifyInstance, options: OperatorPluginOptions): Promise<void> {
  const site: Site = { ...options, app, connections: trackConnections(app.server) };
  app.addHook('preClose', (done) => {
    site.connections.drain();
    done();
  });
  addGate(site);
  addBodies(site);
  for (const route of options.surface().rules.routes) addRoute(site, route);
}
