/** What the log says of an exchange: a line that holds no secret, no token and no identifier. */

import { causeOfReason } from '../core/doctor/causes/reasons.ts';
import { type Reason, sentenceOf, shownText } from '../core/reasons.ts';
import type { Exchange } from './exchange.ts';

const METHOD = /^[A-Z-]{1,20}$/;
const PLAIN = /^[a-z0-9/_.-]{1,60}$/;
const LONG = 24;

/**
 * A segment of a path as the log shows it. It is shortened when it is long, or may hold an address or a number: no
 * endpoint has such segments.
 */
function shownSegment(segment: string): string {
  if (segment.length > LONG) return `${segment.slice(0, 8)}…`;
  return /@|%40|\d{7}/i.test(segment) ? '…' : segment;
}

/** A path as the log shows it. */
export function shownPath(path: string): string {
  if (PLAIN.test(path)) return path;
  return shownText(path.split('/').map(shownSegment).join('/')) || '-';
}

/** What a line says of a fault where another reason is the cause. */
const faultNote = (fault: string | undefined, reason: Reason): string =>
  fault === undefined || reason === 'fault_ordered' ? '' : ` (and the fault ${fault} was ordered)`;

/** What fixes a refusal, as the end of its line. */
function fixNote({ reason, facts }: Exchange): string {
  const cause = causeOfReason(reason, facts);
  return cause === undefined ? '' : `; ${cause.fix}`;
}

/** Method, path and status of an exchange, and its reason unless that is `served`, with what fixes a refusal. */
export function logLine(exchange: Exchange): string {
  const { method, path, status, reason, facts, fault } = exchange;
  const shownMethod = METHOD.test(method) ? method : '-';
  const line = `${shownMethod} ${shownPath(path)} ${status ?? 'cut off'}`;
  if (reason === 'served') return line;
  return `${line}: ${sentenceOf(reason, facts)}${faultNote(fault, reason)}${fixNote(exchange)}`;
}
