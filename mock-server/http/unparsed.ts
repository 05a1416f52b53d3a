/**
 * Answers request lines that Node's parser refuses and the operator reads: targets that begin with neither a slash nor
 * a scheme. The lines are read from the received bytes.
 */

import { answerArrival } from './gate.ts';
import { splitTarget } from './paths.ts';
import type { Answer } from './route.ts';

const REQUEST_LINE = /^(\S+)\s+(\S+)\s+HTTP\/1\.([01])\s*$/;

/** The head of the request in which the parser stopped; undefined when its request line is invalid. */
function headAt(
  packet: string,
  stopped: number,
): { method: string; target: string; minor: string; lines: string[]; isWhole: boolean } | undefined {
  const start = packet.lastIndexOf('\n', stopped - 1) + 1;
  const end = packet.indexOf('\r\n\r\n', start);
  const [line = '', ...lines] = packet.slice(start, end < 0 ? undefined : end).split('\r\n');
  const [, method, target, minor] = REQUEST_LINE.exec(line) ?? [];
  return method === undefined || target === undefined || minor === undefined
    ? undefined
    : { method, target, minor, lines, isWhole: end >= 0 };
}

const valueOf = (lines: readonly string[], name: string): string | undefined =>
  lines
    .find((line) => line.toLowerCase().startsWith(`${name}:`))
    ?.slice(name.length + 1)
    .trim();

/** The refusal of a request that was not parsed, with the method and path for the log. */
export interface Unparsed {
  readonly method: string;
  readonly path: string;
  readonly answer: Answer;
}

/**
 * The refusal of a request whose target the parser refused; undefined when the operator would serve it.
 *
 * @param packet the last bytes that the connection received
 * @param stopped how many bytes of it the parser read
 */
export function answerUnparsed(packet: Uint8Array, stopped: number): Unparsed | undefined {
  const text = Buffer.from(packet).toString('latin1');
  const head = headAt(text, stopped);
  if (head === undefined) return undefined;
  const { path, query } = splitTarget(head.target);
  const answer = answerArrival({
    path,
    query,
    host: valueOf(head.lines, 'host'),
    needsHost: head.minor === '1' && head.isWhole,
    namesVersion: valueOf(head.lines, 'x-uid2-client-version') !== undefined,
  });
  return answer && { method: head.method, path, answer };
}
