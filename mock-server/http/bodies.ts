/**
 * Reads bodies as bytes, whatever their content type says, even if it is malformed. A body that is too long, or that a
 * form decoder refuses, never reaches a route.
 */

import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isForm, readForm } from './form.ts';
import type { Reason } from '../core/reasons.ts';
import type { Exchange } from '../operator/exchange.ts';
import { badRequest, expectationFailed, internalError, tooLong } from './gate.ts';
import { type Answer, contentTypes } from './route.ts';
import { type Plugin, corsOf, guard, send } from './send.ts';

/** The first content type of each request. Fastify does not see it, because it refuses types that it cannot parse. */
const givenTypes = new WeakMap<IncomingMessage, string>();

/** The first content type of a request, by which its body is read. */
export const contentTypeOf = (raw: IncomingMessage): string | undefined => givenTypes.get(raw);

/** Requests whose body the form decoder lost. */
const lostBodies = new WeakSet<IncomingMessage>();

/** Whether the form decoder lost the body of a request. */
export const isLost = (raw: IncomingMessage): boolean => lostBodies.has(raw);

const TYPE_NAME = 'content-type';

const isBinaryType = (type: string): boolean => type.trim().toLowerCase() === contentTypes.binary;

/** Whether any of the content types says that the body is binary. */
export function isBinary(raw: IncomingMessage): boolean {
  const first = givenTypes.get(raw);
  if (first === undefined || isBinaryType(first)) return first !== undefined;
  const { rawHeaders } = raw;
  return rawHeaders.some(
    (name, index) =>
      index % 2 === 0 &&
      name.length === TYPE_NAME.length &&
      name.toLowerCase() === TYPE_NAME &&
      isBinaryType(rawHeaders[index + 1] ?? ''),
  );
}

/** Length of the request line and the headers as received. */
function headBytes({ method = '', httpVersion, rawHeaders }: IncomingMessage, target: string): number {
  const line = `${method} ${target} HTTP/${httpVersion}\r\n\r\n`;
  // two bytes follow each text: ": " after a name, a line end after a value
  return rawHeaders.reduce((sum, text) => sum + text.length + 2, line.length);
}

/** An error that `setErrorHandler` answers. */
interface HttpError extends Error {
  readonly statusCode?: number;
  readonly reason?: Reason;
}

const httpError = (statusCode: number, reason: Reason): HttpError =>
  Object.assign(new Error(), { statusCode, reason });

function sendRefusal(plugin: Plugin, request: FastifyRequest, reply: FastifyReply, answer: Answer): void {
  guard(plugin, request, reply, () => {
    send(plugin, request, reply, answer, request.surface.rules.corsHeaders(corsOf(request)));
  });
}

const limitOf = ({ surface }: FastifyRequest): number => surface.deployment.world.max_request_body_bytes;

/**
 * Reads a body up to the limit of the world with which the request began. The limit of Fastify's own reader cannot
 * change after the start.
 */
function readBody(
  request: FastifyRequest,
  payload: IncomingMessage,
  done: (body: Buffer | Error) => void,
): void {
  const limit = limitOf(request);
  const chunks: Buffer[] = [];
  let length = 0;
  const end = (body: Buffer | Error): void => {
    payload.off('data', take).off('end', finish).off('error', fail);
    done(body);
  };
  // a copy, so that a part of the body that is kept does not keep whole chunks
  const finish = (): void => {
    end(Buffer.concat(chunks, length));
  };
  const fail = (): void => {
    end(httpError(400, 'request_incomplete'));
  };
  const take = (chunk: Buffer): void => {
    length += chunk.length;
    if (length > limit) end(httpError(413, 'body_too_long'));
    else chunks.push(chunk);
  };
  if (Number(request.raw.headers['content-length']) > limit) done(httpError(413, 'body_too_long'));
  else payload.on('data', take).on('end', finish).on('error', fail);
}

/**
 * Answers the expectation `100-continue` where a body is read; any other expectation is refused. A request without a
 * body is not checked.
 */
function addExpectations(plugin: Plugin): void {
  plugin.app.addHook('preParsing', (request, reply, payload, done) => {
    const { expect, 'content-length': length, 'transfer-encoding': encoding } = request.raw.headers;
    if (expect === undefined || request.method !== 'POST' || (length ?? encoding) === undefined) {
      done(null, payload);
    } else if (Number(length) > limitOf(request)) {
      sendRefusal(plugin, request, reply, tooLong(limitOf(request)));
    } else if (expect.toLowerCase() !== '100-continue') {
      sendRefusal(plugin, request, reply, expectationFailed);
    } else {
      if (request.raw.httpVersionMinor > 0) reply.raw.writeContinue();
      done(null, payload);
    }
  });
  // without these listeners Node answers expectations itself, and ends the connection after a refusal
  const { server } = plugin.app;
  for (const event of ['checkContinue', 'checkExpectation'] as const) {
    server.on(event, (request, response) => {
      Object.assign(response, { _expect_continue: false });
      server.emit('request', request, response);
    });
  }
}

/** The body that a route gets. A form goes through a decoder, which may refuse or lose it. */
function decoded({ raw, originalUrl }: FastifyRequest, body: Buffer): Buffer | Error | undefined {
  const type = givenTypes.get(raw);
  if (type === undefined || !isForm(type)) return body;
  const outcome = readForm(type, body, headBytes(raw, originalUrl));
  if (outcome === 'refused') return httpError(400, 'form_refused');
  if (outcome === 'broken') return httpError(500, 'form_refused');
  if (outcome === 'kept') return body;
  lostBodies.add(raw);
  return undefined;
}

export function addBodies(plugin: Plugin): void {
  const { app } = plugin;
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    const type = raw.headers['content-type'];
    if (type !== undefined) {
      givenTypes.set(raw, type);
      delete raw.headers['content-type'];
    }
    done();
  });
  addExpectations(plugin);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request, payload, done) => {
    readBody(request, payload, (body) => {
      const read = body instanceof Error ? body : decoded(request, body);
      if (read instanceof Error) done(read);
      else done(null, read);
    });
  });
  app.setErrorHandler((error: HttpError, request, reply) => {
    sendRefusal(plugin, request, reply, errorAnswer(error, request.exchange, limitOf(request)));
  });
}

/** The answer to an error that occurred while a body was read. */
function errorAnswer(
  { statusCode = 500, reason, message }: HttpError,
  exchange: Exchange,
  limit: number,
): Answer {
  if (statusCode === 413) return tooLong(limit);
  if (reason === undefined) return { ...internalError('failed'), facts: { message } };
  // the parser may have recorded why the request is incomplete
  const isKnown = reason === 'request_incomplete' && exchange.reason !== 'served';
  if (isKnown) return { ...badRequest(exchange.reason), facts: exchange.facts };
  return statusCode < 500 ? badRequest(reason) : internalError(reason);
}
