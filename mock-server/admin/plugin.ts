/** `/__admin` as a Fastify plugin: a route per call, with schemas, and one shape for all errors. */

import type { IncomingMessage } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Connections } from '../http/connections.ts';
import { ADMIN_PATH } from '../http/admin-gate.ts';
import {
  type Call,
  type Context,
  type Controlled,
  LONGEST_BODY,
  type StreamCall,
  type WhenGone,
  inputOf,
  streamInputOf,
} from './calls/call.ts';
import { calls, streams } from './calls/index.ts';
import { ControlError, invalid, statuses, withoutStore } from './calls/control-error.ts';
import { writeEvents } from './event-stream.ts';
import { type Line, readLines } from './calls/lines.ts';
import { type GuardOptions, checkCaller, checkSite } from './guard.ts';
import { whenGone } from '../http/gone.ts';
import { openApi } from './openapi.ts';
import { addPage, pagePaths } from './page.ts';

export interface AdminOptions extends Controlled {
  /** is told which calls are complete and not answered */
  readonly connections: Pick<Connections, 'begin' | 'end'>;
  readonly guard: GuardOptions;
  /** which calls are served, by their paths behind `/__admin`; all if absent */
  readonly serves?: (path: string) => boolean;
  /** The test id that a request names; '' for none. */
  readonly testIdOf: (headers: NodeJS.Dict<string | string[]>) => string;
  /** where the inspector page is, in place of the folder of the build */
  readonly page?: URL | undefined;
}

const isDeep = (error: unknown): boolean => error instanceof RangeError && /call stack/.test(error.message);

/**
 * A refusal by Fastify, such as of a body that is too long.
 *
 * @param most bytes of a body
 */
function refusedByServer(
  { statusCode = 500, code }: Partial<FastifyError>,
  most: number,
): ControlError | undefined {
  if (statusCode === statuses.large) {
    return new ControlError('large', { field: 'body', expected: `at most ${most} bytes`, got: 'more' });
  }
  return statusCode < 500 ? invalid('request', 'a request that HTTP allows', String(code)) : undefined;
}

function controlErrorOf(thrown: unknown, most: number): ControlError {
  const error = withoutStore(thrown);
  if (error instanceof ControlError) return error;
  if (isDeep(error)) return invalid('', 'JSON of a few levels', 'thousands of levels');
  const refused = error instanceof Error ? refusedByServer(error, most) : undefined;
  if (refused) return refused;
  return new ControlError('failed', { field: 'operator', expected: 'no failure', got: 'an internal error' });
}

/** Answers with an error, in the one shape that every refusal has. */
export function sendError(reply: FastifyReply, error: unknown): FastifyReply {
  const { bodyLimit: most } = reply.request.routeOptions;
  const { code, field, expected, got, message, problems } = controlErrorOf(error, most);
  if (code === 'unauthorized') reply.header('www-authenticate', 'Bearer');
  return reply
    .code(statuses[code])
    .send({ error: { field, expected, got, message, ...(problems && { problems }) } });
}

function parseBody(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('', 'JSON', 'a text that is not');
  }
}

/** The entries whose calls are served. */
const servedOf = <T extends { readonly path: string }>(
  { serves = () => true }: AdminOptions,
  all: Readonly<Record<string, T>>,
): Record<string, T> => Object.fromEntries(Object.entries(all).filter(([, { path }]) => serves(path)));

const callsOf = (options: AdminOptions): Call[] => Object.values(servedOf<Call>(options, calls));
const streamsOf = (options: AdminOptions): StreamCall[] =>
  Object.values(servedOf<StreamCall>(options, streams));

function contextOf(
  { testIdOf, ...controlled }: AdminOptions,
  { raw, headers }: FastifyRequest,
): Context & { readonly whenGone: WhenGone } {
  return {
    ...controlled,
    state: controlled.states.of(testIdOf(headers)),
    whenGone: (act) => whenGone(raw, act),
  };
}

/** Whether a write waits until every instance has applied it, `?wait=all`, and the rest of its query. */
function splitWait({ method }: Call, query: unknown): { waits: boolean; rest: unknown } {
  if (method === 'GET' || typeof query !== 'object' || query === null || !('wait' in query)) {
    return { waits: false, rest: query };
  }
  const { wait, ...rest } = query;
  if (wait !== 'all') throw invalid('wait', 'all', 'another text');
  return { waits: true, rest };
}

function addCall(app: FastifyInstance, options: AdminOptions, one: Call): void {
  app.route({
    method: one.method,
    url: `${ADMIN_PATH}${one.path}`,
    bodyLimit: one.longest ?? LONGEST_BODY,
    async handler(request) {
      const { params, query, body } = request;
      const { waits, rest } = splitWait(one, query);
      const answer = await one.run(contextOf(options, request), inputOf(one, { params, query: rest, body }));
      if (waits) await options.states.store.obeyedByAll();
      return answer;
    },
  });
}

/** A reader that connects again says in a header which event it had last. */
function addStream(app: FastifyInstance, options: AdminOptions, one: StreamCall): void {
  app.route({
    method: one.method,
    url: `${ADMIN_PATH}${one.path}`,
    async handler(request, reply) {
      const { query, headers } = request;
      const after = headers['last-event-id'];
      const named = typeof query === 'object' ? query : {};
      const given = { query: { ...named, ...(after !== undefined && { after }) } };
      const context = contextOf(options, request);
      const stream = one.open(context, streamInputOf(one, given));
      reply.hijack();
      await writeEvents(reply.raw, stream, one.event, context.whenGone);
    },
  });
}

const DOCUMENT = '/openapi.json';

/** The OpenAPI document, made when it is first asked for. */
function addDocument(app: FastifyInstance, options: AdminOptions): void {
  let document: unknown;
  app.get(`${ADMIN_PATH}${DOCUMENT}`, () => {
    document ??= openApi(ADMIN_PATH, servedOf<Call>(options, calls), servedOf<StreamCall>(options, streams));
    return document;
  });
}

/** The methods of each path, with a pattern for its parameters. */
const paths = [
  ...[...Object.values(calls), ...Object.values(streams)].map(({ method, path }) => ({
    method,
    call: path,
    path: `${ADMIN_PATH}${path}`,
  })),
  ...[`${ADMIN_PATH}${DOCUMENT}`, ...pagePaths].map((path) => ({ method: 'GET', call: undefined, path })),
].map((one) => ({
  ...one,
  pattern: new RegExp(`^${one.path.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`),
}));

const methodsOf = (path: string, { serves = () => true }: AdminOptions): string[] =>
  paths
    .filter(({ pattern, call: called }) => pattern.test(path) && (called === undefined || serves(called)))
    .map(({ method }) => method);

/** The error for a path or method that no call has. */
function unserved(options: AdminOptions, { method, url }: FastifyRequest, reply: FastifyReply): ControlError {
  const [path = ''] = url.split('?');
  const allowed = methodsOf(path, options).join(', ');
  if (allowed === '') {
    const expected = `a call that ${ADMIN_PATH}${DOCUMENT} lists`;
    return new ControlError('missing', { field: 'path', expected, got: 'another path' });
  }
  reply.header('allow', allowed);
  return new ControlError('method', { field: 'method', expected: allowed, got: method });
}

/** The lines of a body, while it comes. After an invalid line the rest is read and dropped, so that the answer arrives. */
async function* linesFrom(body: IncomingMessage): AsyncGenerator<Iterable<Line>, void> {
  try {
    yield* readLines(body.iterator({ destroyOnReturn: false }));
  } finally {
    body.resume();
  }
}

/** The calls whose bodies are not read before they run. */
async function streamedCalls(app: FastifyInstance, options: AdminOptions): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => {
    done(null, linesFrom(payload));
  });
  for (const one of callsOf(options)) if (one.takesLines === true) addCall(app, options, one);
}

/** The paths of streams, whose answers have no end. */
const streamed: ReadonlySet<string | undefined> = new Set(
  Object.values(streams).map(({ path }) => `${ADMIN_PATH}${path}`),
);

const isPublic: ReadonlySet<string | undefined> = new Set(pagePaths);

/** Whether all of a request was received. */
const isComplete = ({ complete, headers }: IncomingMessage): boolean =>
  complete || (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined);

export async function adminPlugin(app: FastifyInstance, options: AdminOptions): Promise<void> {
  app.removeAllContentTypeParsers();
  // a body is JSON whatever its type says: curl -d names a form
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, parseBody(String(text)));
    } catch (error) {
      done(error as Error);
    }
  });
  app.addHook('onRequest', (request, reply, done) => {
    const check = isPublic.has(request.routeOptions.url) ? checkSite : checkCaller;
    check(options.guard, request.raw);
    // before Fastify looks at the content type
    if (request.is404) throw unserved(options, request, reply);
    done();
  });
  app.addHook('preHandler', ({ raw, routeOptions }, _reply, done) => {
    if (isComplete(raw) && !streamed.has(routeOptions.url)) options.connections.begin(raw);
    done();
  });
  app.addHook('onSend', ({ raw }, _reply, payload, done) => {
    // the answer is written within this call
    done(null, payload);
    options.connections.end(raw);
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => sendError(reply, error));
  for (const one of streamsOf(options)) addStream(app, options, one);
  addDocument(app, options);
  addPage(app, options.page);
  app.setNotFoundHandler((request, reply) => sendError(reply, unserved(options, request, reply)));
  for (const one of callsOf(options)) if (one.takesLines !== true) addCall(app, options, one);
  await app.register(streamedCalls, options);
}
