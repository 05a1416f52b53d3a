/** Values as messages name them. */

import { expect, it } from 'vitest';
import { came, quoted } from './words.ts';

it.each([
  [undefined, 'nothing'],
  ['', 'an empty string'],
  ['secret', 'a string'],
  [[], 'a list'],
  [{}, 'an object'],
  [null, 'null'],
  [1.5, '1.5'],
  [false, 'false'],
  [1n, 'a bigint'],
])('%o is %s', (value, words) => expect(came(value)).toBe(words));

it('a name is quoted up to 40 characters', () => {
  expect(quoted('a"b')).toBe('"a\\"b"');
  expect(quoted('x'.repeat(40))).toBe(`"${'x'.repeat(40)}"`);
  expect(quoted('x'.repeat(41))).toBe('a string of 41 characters');
});
