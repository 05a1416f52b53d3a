/**
 * Reads query strings as the operator does (Protocol §8): `+` is a space, names are case-insensitive, the first of
 * repeated parameters counts, and `;` separates as `&` does. Equals signs before a name are skipped, and parameters
 * after the first 1024 are ignored.
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

/** An encoded surrogate. The operator reads it as one replacement character, the decoder here as three. */
const SURROGATE = /%ed%[ab][0-9a-f](?:%[89ab][0-9a-f])?/gi;

/** Escapes of invalid UTF-8 become replacement characters. */
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
function pairsOf(query: string): string[] {
  if (!query.includes('&') && !query.includes(';') && !query.startsWith('=')) return [query];
  return (query.includes(';') ? query.replaceAll(';', '&') : query)
    .split('&')
    .map((given) => (given.startsWith('=') ? given.replace(/^=+/, '') : given))
    .filter((pair) => pair !== '')
    .slice(0, MAX_PARAMETERS);
}

const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;

/** Whether a query has an invalid percent escape, so that it cannot be read. */
export const isBrokenQuery = (query: string): boolean =>
  BROKEN_ESCAPE.test(query) && pairsOf(query).some((pair) => BROKEN_ESCAPE.test(pair));

/** Parameters by lower-case name; a name without `=` has the value ''. The query must not be broken. */
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
