/** The Fastify app of an operator, built apart from listening. */

import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { TRACE_ID } from './http/auth.ts';
import type { CorsRequest } from './http/cors.ts';
import { answerError } from './http/error-handler.ts';
import { badRequest, methodsByPath, tooLong } from './http/gate.ts';
import { splitTarget } from './http/paths.ts';
import { type Answer, type Call, type Route, textAnswer } from './http/route.ts';
import type { HttpRules } from './http/rules.ts';
import type { Operator } from './operator/operator.ts';

export type Log = (level: 'error' | 'info', message: string) => void;

const NO_BODY = new Uint8Array(0);
const VALIDATE_PATH = '/v2/token/validate';
const BAD_CONNECTION = 'HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';

/** Content types as they came: Fastify must not see them, it refuses those that it cannot parse. */
const givenTypes = new WeakMap<IncomingMessage, string>();

/** What the parts of the app share. */
interface Site {
  readonly app: FastifyInstance;
  readonly operator: Operator;
  readonly rules: HttpRules;
  readonly log: Log;
}

/** Headers of which the operator reads the first that came, where Node joins all. */
const FIRST_COUNTS = ['origin', TRACE_ID];

function keepFirst(raw: IncomingMessage): void {
  for (const name of FIRST_COUNTS) {
    if (raw.headers[name]?.includes(', ')) raw.headers[name] = raw.headersDistinct[name]?.[0];
  }
}

function send(
  { app, log }: Site,
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer,
  headers: OutgoingHttpHeaders,
): void {
  // Fastify would add or complete content types, which the operator's answers must not have
  reply.hijack();
  if (answer.type !== undefined) headers['content-type'] = answer.type;
  if (answer.http !== 204) headers['content-length'] = Buffer.byteLength(answer.body);
  // a connection kept alive would hold up the end of a server that closes
  if (!app.server.listening) headers.connection = 'close';
  reply.raw.writeHead(answer.http, headers);
  reply.raw.end(request.method === 'HEAD' || answer.http === 204 ? undefined : answer.body);
  log('info', `${request.method} ${splitTarget(request.raw.url ?? '').path} ${answer.http}`);
}

const isValidate = (target: string): boolean =>
  target.startsWith(VALIDATE_PATH) && splitTarget(target).path === VALIDATE_PATH;

function corsOf({ operator }: Site, { raw }: FastifyRequest): CorsRequest {
  return {
    method: raw.method ?? '',
    origin: raw.headers.origin,
    requestMethod: raw.headers['access-control-request-method'],
    doubled: operator.profile.doubleCorsOnValidate && isValidate(raw.url ?? ''),
  };
}

/** What is answered before a route is asked: malformed targets, CORS, unknown paths and methods. */
function addGate(site: Site): void {
  const { app, rules } = site;
  const allowed = methodsByPath(rules.routes);
  app.addHook('onRequest', (request, reply, done) => {
    keepFirst(request.raw);
    const malformed = rules.isMalformed(request.originalUrl);
    if (malformed && rules.isMalformed(splitTarget(request.originalUrl).query)) {
      send(site, request, reply, badRequest, {});
      return;
    }
    const cors = corsOf(site, request);
    const early = rules.answerCors(cors);
    if (early) {
      send(site, request, reply, early, early.http === 204 ? rules.preflightHeaders(cors) : {});
      return;
    }
    if (malformed) {
      send(site, request, reply, badRequest, rules.corsHeaders(cors));
      return;
    }
    if (request.is404) {
      const methods = allowed.get(splitTarget(request.raw.url ?? '').path);
      const { allow, ...answer } = rules.answerUnrouted(request.method, methods);
      const headers = rules.corsHeaders(cors);
      if (allow !== undefined) headers.allow = allow;
      send(site, request, reply, rules.finish(answer, undefined), headers);
      return;
    }
    done();
  });
}

/** Every body is taken as bytes, whatever its type says and however malformed that is. */
function addBodies(site: Site): void {
  const { app, rules } = site;
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    const type = raw.headers['content-type'];
    if (type !== undefined) {
      givenTypes.set(raw, type);
      delete raw.headers['content-type'];
    }
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  app.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    const { statusCode = 500 } = error;
    const failed = textAnswer('Internal Server Error', 500);
    const answer = statusCode === 413 ? tooLong : statusCode < 500 ? badRequest : failed;
    send(site, request, reply, answer, rules.corsHeaders(corsOf(site, request)));
  });
}

/** The bodies of multipart forms are lost on the way to every endpoint (Protocol §7.1). */
const isMultipart = (contentType = ''): boolean =>
  contentType.trim().toLowerCase().startsWith('multipart/form-data');

function toCall({ operator, rules }: Site, request: FastifyRequest, route: Route): Call {
  const { raw } = request;
  const contentType = givenTypes.get(raw);
  return {
    operator,
    headers: raw.headers,
    contentType,
    query: rules.parseQuery(splitTarget(raw.url ?? '').query),
    body: request.body instanceof Uint8Array && !isMultipart(contentType) ? request.body : NO_BODY,
    client: rules.authenticate(operator, route, raw.headers.authorization),
  };
}

function addRoute(site: Site, route: Route): void {
  const { app, rules, log } = site;
  const report = (error: unknown): void => {
    const reason = error instanceof Error ? error.message : 'unknown error';
    log('error', `${route.method} ${route.path}: ${reason}`);
  };
  const answerOf = (error: unknown): Answer => answerError(error, route, rules.replies, report);
  const finish = (request: FastifyRequest, reply: FastifyReply, answer: Answer): void => {
    const headers = rules.corsHeaders(corsOf(site, request));
    Object.assign(headers, rules.echoedHeaders(route, request.raw.headers));
    send(site, request, reply, rules.finish(answer, route), headers);
  };
  app.route({
    method: route.method,
    url: route.path,
    handler(request, reply) {
      let answer: Answer | Promise<Answer>;
      try {
        answer = route.handle(toCall(site, request, route));
      } catch (error) {
        answer = answerOf(error);
      }
      if (answer instanceof Promise) {
        void answer.catch(answerOf).then((late) => {
          finish(request, reply, late);
        });
      } else {
        finish(request, reply, answer);
      }
    },
  });
}

/** Answers every request to an operator; the caller makes it listen or injects into it. */
export function createServer(operator: Operator, rules: HttpRules, log: Log): FastifyInstance {
  const app = fastify({
    bodyLimit: operator.world.max_request_body_bytes,
    routerOptions: { querystringParser: () => ({}) },
    exposeHeadRoutes: false,
    return503OnClosing: false,
    rewriteUrl(request) {
      const target = request.url ?? '/';
      if (rules.isMalformed(target)) return target.replaceAll('%', '%25');
      const { path, query } = splitTarget(target);
      return query === '' ? rules.normalizePath(path) : `${rules.normalizePath(path)}?${query}`;
    },
    clientErrorHandler(_error, socket) {
      if (socket.writable) socket.end(BAD_CONNECTION);
    },
  });
  const site: Site = { app, operator, rules, log };
  addGate(site);
  addBodies(site);
  for (const route of rules.routes) addRoute(site, route);
  return app;
}
