/** Values in messages: as much as helps, and never a secret. */

/** What came where something else was expected; of a string, not even a part. */
export function came(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return value === '' ? 'an empty string' : 'a string';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

const LONGEST_SHOWN = 40;

/** A string that should have been a name; names are no secrets, unless they are long. */
export const quoted = (name: string): string =>
  name.length > LONGEST_SHOWN ? `a string of ${name.length} characters` : JSON.stringify(name);
