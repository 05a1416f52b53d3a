/**
 * Fills values of earlier answers into a later request: `${name}`, `${name|unwrap}`, `${name|urlencode}`,
 * `${name|m:[["flip",3,64]]}`. A value that no answer gave is the empty text, as in the recordings.
 */
import { z } from 'zod';
import { unwrapRefreshToken, type Keys } from '../../../contract-tests/wire/index.ts';
import { alterText } from './alter-text.ts';

type Captures = ReadonlyMap<string, string>;

const alterations = z.array(z.tuple([z.string()], z.union([z.string(), z.number()])));

function unwrapped(token: string, keys: Keys): string {
  try {
    return unwrapRefreshToken(token, keys).refreshToken;
  } catch {
    return token;
  }
}

function filtered(value: string, filter: string, keys: Keys): string {
  if (filter === 'unwrap') return unwrapped(value, keys);
  if (filter === 'urlencode') return encodeURIComponent(value);
  if (filter.startsWith('m:')) return alterText(value, alterations.parse(JSON.parse(filter.slice(2))));
  throw new Error(`filter: expected unwrap, urlencode or m:, got ${filter}`);
}

function fillText(text: string, captures: Captures, keys: Keys): string {
  return text.replace(
    /\$\{(\w+)((?:\|(?:unwrap|urlencode|m:\[\[.*?\]\]))*)\}/gs,
    (_, name, filters: string) =>
      (filters.match(/unwrap|urlencode|m:\[\[.*?\]\]/gs) ?? []).reduce(
        (value, filter) => filtered(value, filter, keys),
        captures.get(name) ?? '',
      ),
  );
}

/** A copy of `value` with the captures filled into every string of it. */
export function fill(value: unknown, captures: Captures, keys: Keys): unknown {
  if (typeof value === 'string') return fillText(value, captures, keys);
  if (Array.isArray(value)) return value.map((item) => fill(item, captures, keys));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, captures, keys)]));
}
