/**
 * What is answered where Node's HTTP parser gives up on a connection. A request that came whole before is answered first:
 * a body that is longer than its length says is cut there, and what is left is no request.
 */

import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Connections } from './connections.ts';
import { textAnswer } from './route.ts';
import { answerUnparsed } from './unparsed.ts';

/** What Node's parser tells: the bytes that came last, and how many of them it read. */
interface ParserError extends Error {
  readonly rawPacket?: unknown;
  readonly bytesParsed?: number | undefined;
}

const EMPTY_REFUSAL = { answer: textAnswer('', 400), isHead: false };

function refusalOf({ rawPacket, bytesParsed }: ParserError): string {
  const known = rawPacket instanceof Uint8Array && bytesParsed !== undefined;
  const { answer, isHead } = (known ? answerUnparsed(rawPacket, bytesParsed) : undefined) ?? EMPTY_REFUSAL;
  const { http, body, phrase = STATUS_CODES[http] } = answer;
  const text = String(body);
  const head = [`HTTP/1.1 ${http} ${phrase}`, 'connection: close', `content-length: ${text.length}`, '', ''];
  return head.join('\r\n') + (isHead ? '' : text);
}

/** Ends a connection that cannot be read any further, once what came whole before is answered. */
export function answerParserError(
  error: ParserError,
  socket: IncomingMessage['socket'],
  connections: Connections,
): void {
  const end = (): void => {
    if (socket.writable) socket.end(refusalOf(error), () => socket.destroy());
    else socket.destroy();
  };
  // the handler of a request that came whole begins before the loop turns
  setImmediate(() => {
    connections.whenIdle(socket, end);
  });
}
