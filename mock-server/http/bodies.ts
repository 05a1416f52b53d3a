/**
 * How bodies are read: as bytes, whatever their type says and however malformed that is. A body that is too long, or that
 * a form decoder refuses, never reaches a route.
 */

import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isForm, readForm } from './form.ts';
import { sendUnrouted } from './arrivals.ts';
import type { Reason } from '../core/reasons.ts';
import { badRequest, expectationFailed, internalError, tooLong } from './gate.ts';
import { type Answer, contentTypes } from './route.ts';
import { type Site, corsOf, guarded, send } from './send.ts';

/** First content types as they came: Fastify must not see them, it refuses those that it cannot parse. */
const givenTypes = new WeakMap<IncomingMessage, string>();

/** The first content type of a request, in which its body is read. */
export const contentTypeOf = (raw: IncomingMessage): string | undefined => givenTypes.get(raw);

const isBinaryType = (type: string): boolean => type.trim().toLowerCase() === contentTypes.binary;

/** Whether any of the content types says that the body is binary. */
export function isBinary(raw: IncomingMessage): boolean {
  const first = givenTypes.get(raw);
  if (first === undefined || isBinaryType(first)) return first !== undefined;
  const { rawHeaders } = raw;
  return rawHeaders.some(
    (name, index) =>
      index % 2 === 0 && name.toLowerCase() === 'content-type' && isBinaryType(rawHeaders[index + 1] ?? ''),
  );
}

/** Length of the request line and the headers as they came. */
function headBytes({ method = '', httpVersion, rawHeaders }: IncomingMessage, target: string): number {
  const line = `${method} ${target} HTTP/${httpVersion}\r\n\r\n`;
  // a name and its value have ": " between them, or a line end behind them
  return rawHeaders.reduce((sum, text) => sum + text.length + 2, line.length);
}

/** An error that `setErrorHandler` answers. */
const httpError = (statusCode: number, reason: Reason): Error =>
  Object.assign(new Error(), { statusCode, reason });

function sendRefusal(site: Site, request: FastifyRequest, reply: FastifyReply, answer: Answer): void {
  guarded(site, request, reply, () => {
    send(site, request, reply, answer, request.surface.rules.corsHeaders(corsOf(request)));
  });
}

/** Says that a body may come, where one is read; every other expectation fails. Without a body none is looked at. */
function addExpectations(site: Site, limit: number): void {
  site.app.addHook('preParsing', (request, reply, payload, done) => {
    const { expect, 'content-length': length, 'transfer-encoding': encoding } = request.raw.headers;
    if (expect === undefined || request.method !== 'POST' || (length ?? encoding) === undefined) {
      done(null, payload);
    } else if (Number(length) > limit) {
      sendRefusal(site, request, reply, tooLong(limit));
    } else if (expect.toLowerCase() !== '100-continue') {
      sendRefusal(site, request, reply, expectationFailed);
    } else {
      if (request.raw.httpVersionMinor > 0) reply.raw.writeContinue();
      done(null, payload);
    }
  });
  // without listeners Node answers an expectation itself, and ends a connection on which it was not met
  const { server } = site.app;
  for (const event of ['checkContinue', 'checkExpectation'] as const) {
    server.on(event, (request, response) => {
      Object.assign(response, { _expect_continue: false });
      server.emit('request', request, response);
    });
  }
}

export function addBodies(site: Site, limit: number): void {
  const { app } = site;
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    const type = raw.headers['content-type'];
    if (type !== undefined) {
      givenTypes.set(raw, type);
      delete raw.headers['content-type'];
    }
    done();
  });
  addExpectations(site, limit);
  app.setNotFoundHandler((request, reply) => {
    sendUnrouted(site, request, reply);
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, ({ raw, originalUrl }, body, done) => {
    const type = givenTypes.get(raw);
    if (type === undefined || !isForm(type) || typeof body === 'string') {
      done(null, body);
      return;
    }
    const outcome = readForm(type, body, headBytes(raw, originalUrl));
    if (outcome === 'refused') done(httpError(400, 'form_refused'));
    else if (outcome === 'broken') done(httpError(500, 'form_refused'));
    else done(null, outcome === 'lost' ? undefined : body);
  });
  app.setErrorHandler((error: { statusCode?: number; reason?: Reason }, request, reply) => {
    const { statusCode = 500, reason = 'failed' } = error;
    const refusal = statusCode < 500 ? badRequest : internalError;
    const answer = statusCode === 413 ? tooLong(limit) : refusal(reason);
    sendRefusal(site, request, reply, answer);
  });
}
