/** Answers as ordered faults say: in place of the operator's, and alterations of it. */

import type { OutgoingHttpHeaders } from 'node:http';
import type { OrderedFault } from '../operator/state/faults.ts';
import { type Answer, contentTypes } from './route.ts';

/** The headers of an ordered answer, by their names in lower case. */
export const orderedHeaders = ({ headers = {} }: OrderedFault): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));

/** The answer that a fault orders; undefined where the operator answers. */
export function orderedAnswer(fault: OrderedFault): Answer | undefined {
  const { status, body } = fault;
  if (status === undefined) return undefined;
  const named = orderedHeaders(fault)['content-type'];
  const type = typeof named === 'string' ? named : undefined;
  if (body === undefined) return { http: status, body: '', ...(type !== undefined && { type }) };
  return typeof body === 'string'
    ? { http: status, type: type ?? contentTypes.text, body }
    : { http: status, type: type ?? contentTypes.json, body: JSON.stringify(body) };
}

const BASE64 = /[A-Za-z0-9+/_-]{20,}={0,2}/g;

/** The text with the character in its middle replaced by one that base64 has not. */
function withStar(text: string): string {
  const middle = text.length >> 1;
  return `${text.slice(0, middle)}*${text.slice(middle + 1)}`;
}

/** Bytes in which no base64 can be decoded; raw bytes have one byte altered. */
function garbled(body: Buffer, type: string | undefined): Buffer {
  if (type === contentTypes.binary) {
    const altered = Buffer.from(body);
    const middle = altered.length >> 1;
    if (altered.length > 0) altered[middle] = (altered[middle] ?? 0) ^ 0xff;
    return altered;
  }
  const text = body.toString('latin1');
  const broken = text.replace(BASE64, withStar);
  return Buffer.from(broken === text ? withStar(text) : broken, 'latin1');
}

/** An answer with the effects of a fault that concern its bytes and its type. */
export function alteredAnswer(
  answer: Answer,
  { cut, garbled: isGarbled, content_type }: OrderedFault,
): Answer {
  let altered = content_type === undefined ? answer : { ...answer, type: content_type };
  if (isGarbled === true) {
    altered = { ...altered, body: garbled(Buffer.from(altered.body), answer.type) };
  }
  if (cut !== undefined) {
    const bytes = Buffer.from(altered.body);
    altered = { ...altered, body: bytes.subarray(0, cut === true ? bytes.length >> 1 : cut) };
  }
  return altered;
}
