/** App names as client-side generation compares them (Protocol §8.5). */

import { expect, it } from 'vitest';
import { equalsIgnoringCase } from './ignoring-case.ts';

it.each([
  ['com.example.App', 'COM.EXAMPLE.APP'],
  ['i', 'ı'],
  ['i', 'İ'],
  ['I', 'ı'],
  ['s', 'ſ'],
  ['k', '\u212a'],
  ['σ', 'ς'],
  ['σς', 'ΣΣ'],
  ['å', '\u212b'],
  ['ᾳ', 'ᾼ'],
  ['ß', 'ẞ'],
  ['ǆ', 'ǅ'],
  ['𐐨', '𐐀'],
  ['', ''],
])('%j equals %j', (a, b) => {
  expect(equalsIgnoringCase(a, b)).toBe(true);
  expect(equalsIgnoringCase(b, a)).toBe(true);
});

it.each([
  ['a', 'b'],
  ['a', 'aa'],
  ['ß', 'ss'],
  ['ﬁ', 'fi'],
  ['İ', 'i\u0307'],
  ['é', 'e'],
  ['a', ''],
  ['ŉ', 'ʼn'],
  ['𐐨', 'ab'],
])('%j does not equal %j', (a, b) => {
  expect(equalsIgnoringCase(a, b)).toBe(false);
  expect(equalsIgnoringCase(b, a)).toBe(false);
});
