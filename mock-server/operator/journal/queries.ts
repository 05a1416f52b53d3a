/** Query strings and forms, parameter by parameter. */

import { withoutPercents } from './escapes.ts';
import type { Masker } from './masking.ts';

/** A name or value without its escapes. */
const decoded = (text: string): string => withoutPercents(text.replaceAll('+', ' '));

interface Parameter {
  readonly name: string;
  readonly value: string;
}

const splitPair = (pair: string): Parameter => {
  const equals = pair.indexOf('=', 1);
  return equals < 0
    ? { name: pair, value: '' }
    : { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
};

/** The parameters of a query, without their escapes. */
export const parametersOf = (query: string): Parameter[] =>
  query
    .split(/[&;]/)
    .filter((pair) => pair !== '')
    .map(splitPair)
    .map(({ name, value }) => ({ name: decoded(name), value: decoded(value) }));

const SEPARATORS = /[&;#%\s]/g;

/** A query in which what is masked is readable, and all else as it was sent. */
export const shownQuery = (query: string, masker: Masker): string =>
  query.replace(/[^&;]+/g, (pair) => {
    const { name, value } = splitPair(pair);
    const given = { name: decoded(name), value: decoded(value) };
    const shown = {
      name: masker.parameter('', given.name),
      value: masker.parameter(given.name, given.value),
    };
    if (shown.name === given.name && shown.value === given.value) return pair;
    const written = (text: string): string => text.replace(SEPARATORS, encodeURIComponent);
    return pair.includes('=') ? `${written(shown.name)}=${written(shown.value)}` : written(shown.name);
  });
