/**
 * Answers a connection that Node's HTTP parser cannot read further. A complete request before the error is answered
 * first: a body that is longer than its Content-Length is cut there, and the rest is not a request.
 */

import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Fault } from '../core/reasons.ts';
import { type Exchange, explain, newExchange } from '../operator/exchange.ts';
import { realTimers } from '../operator/real-timers.ts';
import type { States } from '../operator/state/state.ts';
import type { Connections } from './connections.ts';
import { textAnswer } from './route.ts';
import { type Unparsed, answerUnparsed } from './unparsed.ts';

type Socket = IncomingMessage['socket'];

/** An error of Node's parser: the last bytes that were received, and how many of them it read. */
interface ParserError extends Error {
  readonly code?: string;
  /** in plain words */
  readonly reason?: string;
  readonly rawPacket?: unknown;
  readonly bytesParsed?: number | undefined;
}

/** The exchange of the latest request on each connection. */
const latest = new WeakMap<Socket, Exchange>();

/** Records the latest request on a connection. */
export function noteExchange(socket: Socket, exchange: Exchange): void {
  latest.set(socket, exchange);
}

const TLS_HANDSHAKE = 0x16;

/** Faults by the error codes of Node. */
const faults: Readonly<Record<string, Fault>> = {
  HPE_INVALID_EOF_STATE: ['request_incomplete'],
  HPE_HEADER_OVERFLOW: ['headers_too_long'],
  HPE_PAUSED_H2_UPGRADE: ['http2_on_plain_port'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout'],
};

function faultOf({ code = '', reason, rawPacket }: ParserError, former: Exchange | undefined): Fault {
  const known = faults[code];
  if (known !== undefined) return known;
  if (rawPacket instanceof Uint8Array && rawPacket[0] === TLS_HANDSHAKE) return ['tls_on_plain_port'];
  if (former?.route !== undefined) return ['bytes_after_request'];
  return ['request_unreadable', { cause: reason ?? code }];
}

const isCutOff = ({ route, status, reason }: Exchange): boolean =>
  route === undefined && (status === undefined || reason === 'request_incomplete');

function refusalOf({ rawPacket, bytesParsed }: ParserError): Unparsed {
  const known = rawPacket instanceof Uint8Array && bytesParsed !== undefined;
  return (
    (known ? answerUnparsed(rawPacket, bytesParsed) : undefined) ?? {
      method: '-',
      path: '-',
      answer: textAnswer('', 400),
    }
  );
}

function textOf({ answer, method }: Unparsed): string {
  const { http, body, phrase = STATUS_CODES[http] } = answer;
  const text = String(body);
  const head = [`HTTP/1.1 ${http} ${phrase}`, 'connection: close', `content-length: ${text.length}`, '', ''];
  return head.join('\r\n') + (method === 'HEAD' ? '' : text);
}

export interface ParserErrorOptions {
  readonly connections: Connections;
  readonly states: States;
  /** called with every exchange when it is answered */
  readonly observe: (exchange: Exchange) => void;
}

/** Reports a refusal for which Fastify has no request. */
function reportRefusal(
  { states, observe }: ParserErrorOptions,
  { answer, method, path }: Unparsed,
  fault: Fault,
): void {
  const exchange = newExchange(states.common.clock.now(), method, path);
  if (answer.reason === undefined) explain(exchange, ...fault);
  else explain(exchange, answer.reason, answer.facts);
  observe({ ...exchange, status: answer.http, answered: states.common.clock.now() });
}

/** Ends a connection that cannot be read further, after the complete requests before are answered. */
export function answerParserError(error: ParserError, socket: Socket, options: ParserErrorOptions): void {
  const end = (): void => {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    const former = latest.get(socket);
    const fault = faultOf(error, former);
    const refusal = refusalOf(error);
    // a request that was cut off is reported when Fastify abandons it
    if (former !== undefined && isCutOff(former)) explain(former, ...fault);
    else reportRefusal(options, refusal, fault);
    socket.end(textOf(refusal), () => socket.destroy());
  };
  // the handler of a complete request starts before this callback runs
  realTimers.setImmediate(() => {
    options.connections.whenIdle(socket, end);
  });
}
