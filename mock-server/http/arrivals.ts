/**
 * The hook that answers requests which need no route: invalid hosts, targets and queries, CORS, scripts, unknown paths
 * and wrong methods.
 */

import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Fault } from '../core/reasons.ts';
import { type Wire, newExchange } from '../operator/exchange.ts';
import { realTimers } from '../operator/real-timers.ts';
import { asksForPage, isAdminTarget, passToAdmin } from './admin-gate.ts';
import { TRACE_ID } from './auth.ts';
import { badRequest, failedRefusal } from './gate.ts';
import { noteExchange } from './parser-errors.ts';
import { pathFault } from './path-faults.ts';
import { type Addressed, EXPECTED_ID, TEST_ID, addressed, isTestId } from './isolation.ts';
import { serveWithFaults } from './ordered-faults.ts';
import { routedPath, splitTarget } from './paths.ts';
import { type Answer, textAnswer } from './route.ts';
import { type Plugin, corsOf, guard, guardLater, send } from './send.ts';
import { STATIC_PREFIX, answerStatic, isStaticPath } from './static-files.ts';

/** Headers that may be repeated. The operator reads the first value, where Node joins all of them. */
const FIRST_COUNTS = ['origin', TRACE_ID];

function keepFirst(raw: IncomingMessage): void {
  const { headers } = raw;
  for (const name of FIRST_COUNTS) {
    const value = headers[name];
    if (value !== undefined && value.includes(', ')) headers[name] = raw.headersDistinct[name]?.[0];
  }
}

/** Why a path has no endpoint. */
function unroutedFault(plugin: Plugin, { surface, method }: FastifyRequest, path: string): Fault {
  if (isStaticPath(path)) {
    return plugin.scripts === undefined
      ? ['scripts_off']
      : ['method_wrong', { method, allowed: 'GET or HEAD' }];
  }
  const isOff = surface.rules.routes.some((route) => route.path === path);
  return isOff ? ['client_generate_off'] : pathFault(path, [...surface.routes.keys()]);
}

/** The answer to a path or method that no route serves. */
function sendUnrouted(plugin: Plugin, request: FastifyRequest, reply: FastifyReply, fault?: Fault): void {
  const { surface, routed: path } = request;
  const { rules } = surface;
  const byMethod = surface.routes.get(path);
  const { allow, ...answer } = rules.answerUnrouted(request.method, byMethod && [...byMethod.keys()]);
  const headers = rules.corsHeaders(corsOf(request));
  if (allow !== undefined) headers.allow = allow;
  const finished = rules.finish(answer, undefined);
  if (byMethod !== undefined) send(plugin, request, reply, finished, headers);
  else {
    const [reason, facts] = fault ?? unroutedFault(plugin, request, path);
    send(plugin, request, reply, { ...finished, reason, ...(facts && { facts }) }, headers);
  }
}

interface Early {
  readonly answer: Answer;
  readonly headers: OutgoingHttpHeaders;
}

/** The answer, with its headers, to a request that needs no route; undefined for any other request. */
function answerEarly(request: FastifyRequest): Early | undefined {
  const { raw, surface, target } = request;
  const { rules, deployment } = surface;
  const refused = rules.answerArrival({
    path: target.path,
    query: target.query,
    host: raw.headers.host,
    needsHost: raw.httpVersionMinor > 0,
    namesVersion: raw.headers['x-uid2-client-version'] !== undefined,
  });
  if (refused) return { answer: refused, headers: {} };
  const isBroken = rules.isBrokenPath(target.path);
  if (isBroken && deployment.profile.refusesPathBeforeCors)
    return { answer: badRequest('path_escape'), headers: {} };
  const cors = corsOf(request);
  const answer = rules.answerCors(cors);
  if (answer?.http === 204) return { answer, headers: rules.preflightHeaders(cors) };
  if (answer) return { answer: isBroken ? failedRefusal(answer) : answer, headers: {} };
  return isBroken ? { answer: badRequest('path_escape'), headers: rules.corsHeaders(cors) } : undefined;
}

/** The answer to a request for a script. */
function sendStatic(plugin: Plugin, request: FastifyRequest, reply: FastifyReply): void {
  const { raw, exchange, surface, target } = request;
  const { rules } = surface;
  if (plugin.scripts === undefined) return sendUnrouted(plugin, request, reply, ['scripts_off']);
  exchange.route = `${STATIC_PREFIX}*`;
  plugin.connections.begin(raw);
  const later = answerStatic(plugin.scripts, rules.normalizePath(target.path), raw.headers);
  guardLater(plugin, request, reply, later, (found) => {
    if (found === undefined) return sendUnrouted(plugin, request, reply, ['script_absent']);
    const { type: _, ...bare } = found.answer;
    const answer = exchange.method === 'HEAD' ? bare : found.answer;
    const headers = { ...rules.corsHeaders(corsOf(request)), ...found.headers };
    send(plugin, request, reply, answer, headers);
  });
}

/** Of the requests that need no route, only preflights may meet an ordered fault. */
function sendEarly(
  plugin: Plugin,
  request: FastifyRequest,
  reply: FastifyReply,
  { answer, headers }: Early,
): void {
  if (plugin.states.replica.faultCount === 0 || answer.http !== 204) {
    send(plugin, request, reply, answer, headers);
    return;
  }
  plugin.connections.begin(request.raw);
  serveWithFaults(plugin, request, reply, {
    route: undefined,
    answer: () => answer,
    headers: () => headers,
  });
}

/** Answers a request that needs no route. Returns whether it is, or will be, answered. */
function answerAtGate(plugin: Plugin, request: FastifyRequest, reply: FastifyReply): boolean {
  const early = answerEarly(request);
  if (early) {
    sendEarly(plugin, request, reply, early);
    return true;
  }
  const { method, surface, routed: path } = request;
  const route = surface.routes.get(path)?.get(method);
  if (route !== undefined) {
    request.served = route;
    return false;
  }
  const isRead = method === 'GET' || method === 'HEAD';
  if (isRead && isStaticPath(path)) sendStatic(plugin, request, reply);
  else sendUnrouted(plugin, request, reply);
  return true;
}

/** The test id of a request: that of its path goes before that of its header. */
function testIdOf({ headers }: IncomingMessage, { testId }: Addressed): string {
  const header = headers[TEST_ID];
  return testId === '' && typeof header === 'string' ? header : testId;
}

const invalidTestId = (testId: string): Answer =>
  textAnswer(
    `X-UID2-Test-Id: expected ${EXPECTED_ID}; got another text of ${testId.length} characters`,
    400,
    'test_id_invalid',
  );

// with all members from the start, so that every record of a request has one shape
const wireOf = ({ raw, state }: FastifyRequest, target: string): Wire => ({
  testId: state.testId,
  target,
  headers: raw.rawHeaders,
  body: undefined,
  answerHeaders: undefined,
  answerBody: undefined,
  started: realTimers.elapsed(),
});

/** Whether a request is one of `/__admin`, or of a browser that is to be sent there. */
const isForAdmin = (target: string, raw: IncomingMessage, { surface }: Plugin): boolean =>
  isAdminTarget(target) || (target === '/' && asksForPage(raw, surface().deployment.profile));

export function addGate(plugin: Plugin): void {
  const { app, surface, states, admin } = plugin;
  app.decorateRequest('surface');
  app.decorateRequest('exchange');
  app.decorateRequest('state');
  app.decorateRequest('target');
  app.decorateRequest('routed');
  app.decorateRequest('served');
  app.addHook('onRequest', (request, reply, done) => {
    const { raw, originalUrl } = request;
    const to = admin === undefined ? { testId: '', target: originalUrl } : addressed(originalUrl);
    const { target } = to;
    if (admin !== undefined && isForAdmin(target, raw, plugin)) return passToAdmin(admin, request, reply, to);
    const testId = admin === undefined ? '' : testIdOf(raw, to);
    request.surface = surface();
    request.target = splitTarget(target);
    const { path } = request.target;
    request.routed = routedPath(path, request.surface.rules.normalizePath);
    const isInvalid = testId !== '' && !isTestId(testId);
    request.state = isInvalid ? states.common : states.of(testId);
    request.exchange = newExchange(request.state.clock.now(), request.method, path);
    if (plugin.records) request.exchange.wire = wireOf(request, target);
    noteExchange(raw.socket, request.exchange);
    keepFirst(raw);
    guard(plugin, request, reply, () => {
      if (isInvalid) send(plugin, request, reply, invalidTestId(testId), {});
      else if (!answerAtGate(plugin, request, reply)) done();
    });
  });
}
