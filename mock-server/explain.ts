/** The option `explain`: the cause of an answer as a header of it. */

import { parseJson } from './core/json-reading.ts';
import { fromUtf8 } from './core/text.ts';
import type { Explain } from './http/send.ts';
import { openedRequest } from './operator/exchange.ts';
import { causesOf } from './operator/journal/causes.ts';
import { maskerOf } from './operator/journal/masking.ts';

const LONGEST = 1000;
const NOT_PRINTABLE = /[^\x20-\x7e]/gu;

/** Printable ASCII; other characters percent-encoded. */
const inAscii = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll('…', '...')
    .replace(NOT_PRINTABLE, (character) => encodeURIComponent(character));

/** Not longer than a header should be, and without half an escape at its end. */
const shortened = (text: string): string =>
  text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 3).replace(/%[0-9A-F]?$/, '')}...`;

const isJson = (body: Uint8Array): boolean => body[0] === 0x7b;

/** The id, sentence and fix of the most exact cause; undefined when nothing is wrong. */
export const explanationOf: Explain = ({ exchange, body, contentType, query, deployment }) => {
  const bytes = body instanceof Uint8Array && body.length > 0 ? body : undefined;
  const opened = bytes && openedRequest(exchange, bytes, deployment.primitives);
  const json = opened ?? (bytes && isJson(bytes) ? fromUtf8(bytes) : undefined);
  const plain = json === undefined ? undefined : parseJson(json);
  const masker = maskerOf(deployment.world, false);
  const [cause] = causesOf({ exchange, body: bytes, contentType, query, plain }, deployment, masker);
  if (cause === undefined) return undefined;
  const { id, says, fix } = cause;
  return shortened(inAscii(`${id}: ${says}; ${fix}`));
};
