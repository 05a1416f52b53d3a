/** An exchange of the journal as a line for people. */

import type { RequestSummary } from './calls/request-schema.ts';

/** Colours a part of a line. */
export type Paint = (part: 'time' | 'good' | 'refused' | 'failed' | 'fault', text: string) => string;

const plain: Paint = (_part, text) => text;

const METHOD = 6;
const PATH = 26;
const CLIENT = 20;

/** Without characters that would move the cursor of a terminal. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, '?');

const partOf = (status: number | null): 'good' | 'refused' | 'failed' =>
  status === null || status >= 500 ? 'failed' : status >= 400 ? 'refused' : 'good';

const reasonOf = ({ reason, reason_text }: RequestSummary): string =>
  reason === reason_text ? reason : `${reason}: ${reason_text}`;

/** Time, method, path, status, client and reason; `-` where there is no status or no client. */
export function exchangeLine(summary: RequestSummary, paint: Paint = plain): string {
  const { at, method, path, status, client, fault } = summary;
  const columns = [
    paint('time', at),
    printable(method).padEnd(METHOD),
    printable(path).padEnd(PATH),
    paint(partOf(status), String(status ?? '-').padEnd(3)),
    printable(client ?? '-').padEnd(CLIENT),
    paint(partOf(status), printable(reasonOf(summary))),
    ...(fault === null ? [] : [paint('fault', `fault ${printable(fault)}`)]),
  ];
  return columns.join('  ');
}
