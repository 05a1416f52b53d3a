/**
 * The operator's surface as one Fastify plugin, with a body parser, hooks and an error handler of its own. It writes
 * every answer itself to send exact bytes, because Fastify adds and completes headers.
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OperatorError } from '../core/operator-error.ts';
import { addGate, sendUnrouted } from './arrivals.ts';
import { addBodies, contentTypeOf, isBinary, isLost } from './bodies.ts';
import { answerError } from './error-handler.ts';
import type { Query } from './query.ts';
import type { Answer, Call, Route } from './route.ts';
import { type OperatorPluginOptions, type Plugin, corsOf, guard, guardLater, send } from './send.ts';
import { routeKey } from './surface.ts';

const NO_BODY = new Uint8Array(0);
const NO_QUERY: Query = new Map();

function toCall(request: FastifyRequest, route: Route): Call {
  const { surface, exchange, state, target, raw, body } = request;
  const { deployment, rules } = surface;
  exchange.route = route.path;
  exchange.client = rules.authenticate(
    deployment,
    route,
    raw.headers.authorization,
    () => raw.headersDistinct,
  );
  const isBroken = rules.isBrokenQuery(target.query);
  const isBytes = body instanceof Uint8Array;
  const call = {
    deployment,
    state,
    exchange,
    headers: raw.headers,
    contentType: contentTypeOf(raw),
    isBinary: isBinary(raw),
    query: isBroken ? NO_QUERY : rules.parseQuery(target.query),
    body: isBytes ? body : NO_BODY,
    isLost: !isBytes && isLost(raw),
    client: exchange.client,
  };
  return isBroken ? withBrokenQuery(call) : call;
}

/** A call that fails when its query is read. Many endpoints do not read it. */
const withBrokenQuery = (call: Call): Call =>
  Object.defineProperty(call, 'query', {
    enumerable: true,
    get() {
      throw new OperatorError('query_broken', 'query_escape');
    },
  });

function handle(plugin: Plugin, request: FastifyRequest, reply: FastifyReply, route: Route): void {
  const { rules } = request.surface;
  const answerOf = (error: unknown): Answer => answerError(error, route, rules.replies, request.exchange);
  const finish = (answer: Answer): void => {
    const headers = rules.corsHeaders(corsOf(request));
    Object.assign(headers, rules.echoedHeaders(route, request.raw.headers));
    send(plugin, request, reply, rules.finish(answer, route), headers);
  };
  let answer: Answer | Promise<Answer>;
  try {
    answer = route.handle(toCall(request, route));
  } catch (error) {
    answer = answerOf(error);
  }
  if (answer instanceof Promise) guardLater(plugin, request, reply, answer.catch(answerOf), finish);
  else finish(answer);
}

function addRoute(plugin: Plugin, { method, path }: Route): void {
  const key = routeKey({ method, path });
  plugin.app.route({
    method,
    url: path,
    handler(request, reply) {
      plugin.connections.begin(request.raw);
      const route = request.surface.routes.get(key);
      guard(plugin, request, reply, () => {
        if (route === undefined) sendUnrouted(plugin, request, reply);
        else handle(plugin, request, reply, route);
      });
    },
  });
}

/** Answers every request to an operator. */
export async function operatorPlugin(app: FastifyInstance, options: OperatorPluginOptions): Promise<void> {
  const plugin: Plugin = { ...options, app };
  const { rules } = options.surface();
  app.addHook('preClose', (done) => {
    plugin.connections.drain();
    done();
  });
  addGate(plugin);
  addBodies(plugin);
  for (const route of rules.routes) addRoute(plugin, route);
}
