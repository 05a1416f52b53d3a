/**
 * The operator's surface as one Fastify plugin, with a body parser, hooks and an error handler of its own. It writes
 * every answer itself to send exact bytes, because Fastify adds and completes headers.
 */

import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OperatorError } from '../core/operator-error.ts';
import type { Deployment } from '../operator/deployment.ts';
import type { Exchange } from '../operator/exchange.ts';
import type { State } from '../operator/state/state.ts';
import { addGate } from './arrivals.ts';
import { addBodies, contentTypeOf, isBinary, isLost } from './bodies.ts';
import { answerError } from './error-handler.ts';
import { serveWithFaults } from './ordered-faults.ts';
import type { Query } from './query.ts';
import type { Answer, Call, Route } from './route.ts';
import { type OperatorPluginOptions, type Plugin, corsOf, guard, guardLater, send } from './send.ts';
import { createWaits } from './waits.ts';

const NO_BODY = new Uint8Array(0);
const NO_QUERY: Query = new Map();

/** @param deployment by which this request is served; usually that of its surface */
function toCall(
  request: FastifyRequest,
  route: Route,
  deployment: Deployment,
  state: State,
  exchange: Exchange,
): Call {
  const { surface, target, raw, body } = request;
  const { rules } = surface;
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

/** The answer of an operator to a request; refusals are answers too. */
function answerOf(
  request: FastifyRequest,
  route: Route,
  deployment: Deployment,
  state: State,
  exchange: Exchange,
): Answer | Promise<Answer> {
  const { rules } = request.surface;
  const refusalOf = (error: unknown): Answer =>
    rules.finish(answerError(error, route, rules.replies, exchange), route);
  let answer: Answer | Promise<Answer>;
  try {
    answer = route.handle(toCall(request, route, deployment, state, exchange));
  } catch (error) {
    return refusalOf(error);
  }
  if (!(answer instanceof Promise)) return rules.finish(answer, route);
  return answer.then((late) => rules.finish(late, route), refusalOf);
}

function headersOf(request: FastifyRequest, route: Route): OutgoingHttpHeaders {
  const { rules } = request.surface;
  const headers = rules.corsHeaders(corsOf(request));
  return Object.assign(headers, rules.echoedHeaders(route, request.raw.headers));
}

function handle(plugin: Plugin, request: FastifyRequest, reply: FastifyReply, route: Route): void {
  const { surface, state, exchange } = request;
  if (plugin.states.replica.faultCount > 0) {
    return serveWithFaults(plugin, request, reply, {
      route,
      answer: (...given) => answerOf(request, route, ...given),
      headers: () => headersOf(request, route),
    });
  }
  const finish = (answer: Answer): void => {
    send(plugin, request, reply, answer, headersOf(request, route));
  };
  const answer = answerOf(request, route, surface.deployment, state, exchange);
  if (answer instanceof Promise) guardLater(plugin, request, reply, answer, finish);
  else finish(answer);
}

/** The path that Fastify sees of every request. The gate finds its route. */
export const ANY_PATH = '/';

function addRoute(plugin: Plugin): void {
  plugin.app.route({
    method: ['GET', 'POST'],
    url: ANY_PATH,
    handler(request, reply) {
      plugin.connections.begin(request.raw);
      if (plugin.seeded) request.surface = plugin.seeded(request.surface, request.state.testId);
      guard(plugin, request, reply, () => {
        handle(plugin, request, reply, request.served);
      });
    },
  });
}

/**
 * Answers every request to an operator. It is registered without a context of its own, because a second one would have
 * a second router of unknown paths.
 */
export async function operatorPlugin(app: FastifyInstance, options: OperatorPluginOptions): Promise<void> {
  const plugin: Plugin = { ...options, app, waits: createWaits() };
  app.addHook('preClose', (done) => {
    plugin.waits.end();
    plugin.connections.drain();
    done();
  });
  addGate(plugin);
  addBodies(plugin);
  addRoute(plugin);
}

Object.assign(operatorPlugin, { [Symbol.for('skip-override')]: true });
