/**
 * What stands around the bytes of an envelope: alphabets, encodings and containers, as a table of steps. A step takes
 * one of them away. The steps are combined, fewest first.
 */

import { decodeBase64 } from '../base64.ts';
import { fromUtf8 } from '../text.ts';
import type { Deviation, Step } from './envelope-deviations.ts';
import { binarySteps, textSteps } from './envelope-unwrapping.ts';

/** Bytes that may be an envelope, and what stood around them. */
export interface Unwrapped {
  readonly bytes: Uint8Array;
  readonly deviations: readonly Deviation[];
}

export interface Unwrapping {
  readonly candidates: readonly Unwrapped[];
  /** texts on the way, the body itself first: one of them may be JSON that is not sealed */
  readonly texts: readonly { readonly text: string; readonly deviations: readonly Deviation[] }[];
}

interface WrappedBody {
  readonly body: string | Uint8Array;
  readonly contentType?: string | undefined;
  /** whether base64 text is read under application/octet-stream */
  readonly base64Fallback: boolean;
}

interface State {
  readonly content: string | Uint8Array;
  readonly deviations: readonly Deviation[];
}

const MOST = 3;
const MOST_STATES = 80;
const TEXTUAL = /^[\t\n\r\x20-\x7e]+$/;
const OCTETS = /^application\/octet-stream$/i;

function next<T extends string | Uint8Array>(
  content: T,
  deviations: readonly Deviation[],
  steps: readonly Step<T>[],
): State[] {
  return steps.flatMap(([id, peel]) =>
    peel(content).map(([peeled, facts]): State => ({
      content: peeled,
      deviations: [...deviations, facts === undefined ? [id] : [id, facts]],
    })),
  );
}

/** How the content type has the body read: as bytes, text, or both. */
function startOf({ body, contentType = '', base64Fallback }: WrappedBody): State[] {
  const isBinary = OCTETS.test(contentType.trim());
  const bytes = typeof body === 'string' ? undefined : body;
  const text = typeof body === 'string' ? body : fromUtf8(body);
  const isText = TEXTUAL.test(text);
  const asText: State = {
    content: text,
    deviations: isBinary && isText && !base64Fallback ? [['wrap_text_as_binary']] : [],
  };
  if (bytes === undefined || (isText && !isBinary)) return [asText];
  const type = contentType === '' ? '' : `; it is ${contentType.slice(0, 60)}`;
  const asBytes: State = { content: bytes, deviations: isBinary ? [] : [['wrap_binary_untyped', { type }]] };
  return [asBytes, asText];
}

/** What can be taken off a body, fewest steps first. */
export function unwrap(given: WrappedBody): Unwrapping {
  const queue = startOf(given);
  const candidates: Unwrapped[] = [];
  const texts: { text: string; deviations: readonly Deviation[] }[] = [];
  const seen = new Set<string>();
  for (let i = 0; i < queue.length && i < MOST_STATES; i++) {
    const state = queue[i];
    if (state === undefined) break;
    const { content, deviations } = state;
    const later: State[] = [];
    if (typeof content === 'string') {
      if (seen.has(content)) continue;
      seen.add(content);
      texts.push({ text: content, deviations });
      const bytes = decodeBase64(content);
      if (bytes !== undefined && bytes.length > 0) {
        candidates.push({ bytes, deviations });
        later.push(...inner(bytes, deviations));
      }
      if (deviations.length < MOST) later.push(...next(content, deviations, textSteps));
    } else {
      candidates.push({ bytes: content, deviations });
      if (deviations.length < MOST) later.push(...next(content, deviations, binarySteps));
    }
    queue.push(...later);
    // the fewest deviations first; the order of the tables stays
    const rest = queue.splice(i + 1).sort((a, b) => a.deviations.length - b.deviations.length);
    queue.push(...rest);
  }
  return { candidates: candidates.sort((a, b) => a.deviations.length - b.deviations.length), texts };
}

/** Text inside of decoded base64. */
function inner(bytes: Uint8Array, deviations: readonly Deviation[]): State[] {
  const text = fromUtf8(bytes);
  if (!TEXTUAL.test(text)) return deviations.length < MOST ? next(bytes, deviations, binarySteps) : [];
  return [{ content: text, deviations: [...deviations, ['wrap_base64_twice']] }];
}
