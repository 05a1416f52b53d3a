/** How messages show values: never a secret. */

/** Describes an unexpected value; no part of a string is shown. */
export function came(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return value === '' ? 'an empty string' : 'a string';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

const LONGEST_SHOWN = 40;

/** A string in place of a name, in quotes. A long one may be a secret: only its length is shown. */
export const quoted = (name: string): string =>
  name.length > LONGEST_SHOWN ? `a string of ${name.length} characters` : JSON.stringify(name);
