/** Fills values that earlier steps captured into a later request: `${name}`, `${name|filter:argument|filter}`. */
import { unwrapRefreshToken, type Keys } from '../../../contract-tests/wire/index.ts';

export type Captures = ReadonlyMap<string, string>;

type Filter = (value: string, argument: number, keys: Keys) => string;

const filters = new Map<string, Filter>([
  ['urlencode', (value) => encodeURIComponent(value)],
  ['first', (value, count) => value.slice(0, count)],
  ['drop_last', (value, count) => value.slice(0, value.length - count)],
  ['flip', (value, at) => value.slice(0, at) + (value[at] === 'A' ? 'B' : 'A') + value.slice(at + 1)],
  ['unpad', (value) => value.replace(/=+$/, '')],
  ['std_b64', (value) => Buffer.from(value, 'base64url').toString('base64')],
  ['unwrap', (value, _, keys) => unwrapRefreshToken(value, keys).refreshToken],
]);

function fillText(text: string, captures: Captures, keys: Keys): string {
  return text.replace(/\$\{([^}]*)\}/g, (_, expression: string) => {
    const [name = '', ...steps] = expression.split('|');
    const captured = captures.get(name);
    if (captured === undefined) {
      throw new Error(`template: expected an earlier step to have captured ${name}, got none`);
    }
    return steps.reduce((value, step) => {
      const [filterName = '', argument] = step.split(':');
      const filter = filters.get(filterName);
      if (filter === undefined) {
        throw new Error(`template: expected a known filter, got ${filterName}`);
      }
      return filter(value, Number(argument), keys);
    }, captured);
  });
}

function repeated(value: unknown): unknown[] | undefined {
  if (typeof value !== 'object' || value === null || !('$repeat' in value)) {
    return undefined;
  }
  const { $repeat } = value;
  if (typeof $repeat !== 'object' || $repeat === null || !('value' in $repeat) || !('count' in $repeat)) {
    throw new Error('$repeat: expected value and count');
  }
  return Array.from({ length: Number($repeat.count) }, () => $repeat.value);
}

/** A copy of `value` with the captures filled into every string of it and every `$repeat` written out. */
export function fill(value: unknown, captures: Captures, keys: Keys): unknown {
  if (typeof value === 'string') {
    return fillText(value, captures, keys);
  }
  if (Array.isArray(value)) {
    return value.map((item) => fill(item, captures, keys));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return (
    repeated(value)?.map((item) => fill(item, captures, keys)) ??
    Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, captures, keys)]))
  );
}
