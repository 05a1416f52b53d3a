/**
 * Query strings as the operator reads them (Protocol §8): `+` is a space, names are case-insensitive, of repeated
 * parameters the first counts, `;` separates as `&` does, equals signs before a name are skipped, and what comes after
 * 1024 parameters is not read.
 */

import { utf8 } from '../core/primitives.ts';
import { fromUtf8 } from '../core/text.ts';

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return decodeLossy(spaced);
  }
}

/** An encoded surrogate, of which the operator makes one replacement character and the decoder here three. */
const SURROGATE = /%ed%[ab][0-9a-f](?:%[89ab][0-9a-f])?/gi;

/** Escapes that are no UTF-8 become replacement characters. */
function decodeLossy(text: string): string {
  const bytes: number[] = [];
  for (const part of text.replace(SURROGATE, '%ff').split(/(%[0-9A-Fa-f]{2})/)) {
    if (part.startsWith('%')) bytes.push(parseInt(part.slice(1), 16));
    else bytes.push(...utf8(part));
  }
  return fromUtf8(Uint8Array.from(bytes));
}

export type Query = ReadonlyMap<string, string>;

const NO_PARAMETERS: Query = new Map();

const MAX_PARAMETERS = 1024;

/** The parameters that are read, as `name=value` or `name`. */
const pairsOf = (query: string): string[] =>
  (query.includes(';') ? query.replaceAll(';', '&') : query)
    .split('&')
    .map((given) => (given.startsWith('=') ? given.replace(/^=+/, '') : given))
    .filter((pair) => pair !== '')
    .slice(0, MAX_PARAMETERS);

const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;

/** Whether a percent sign in it escapes nothing: such a query cannot be read. */
export const isBrokenQuery = (query: string): boolean =>
  BROKEN_ESCAPE.test(query) && pairsOf(query).some((pair) => BROKEN_ESCAPE.test(pair));

/** Parameters by lower-case name; a name without `=` has the value ''. The query is not broken. */
export function parseQuery(query: string): Query {
  if (query === '') return NO_PARAMETERS;
  const parameters = new Map<string, string>();
  for (const pair of pairsOf(query)) {
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals)).toLowerCase();
    if (!parameters.has(name)) parameters.set(name, equals < 0 ? '' : decode(pair.slice(equals + 1)));
  }
  return parameters;
}
