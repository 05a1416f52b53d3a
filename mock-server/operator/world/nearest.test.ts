/** Which name a mistyped one is taken for. */

import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.ts';

describe('a name of four letters', () => {
  it.each([
    'abcd',
    'ABCD',
    'bcd',
    'abc',
    'acd',
    'xabcd',
    'abxcd',
    'abcdx',
    'xbcd',
    'abxd',
    'bacd',
    'acbd',
    'abdc',
  ])('is meant by %s, which has one edit or none', (text) => {
    expect(nearest(text, ['abcd'])).toBe('abcd');
    expect(nearest(text, ['ABCD'])).toBe('ABCD');
  });

  it.each([
    '',
    'ab',
    'cd',
    'xxabcd',
    'abcdxx',
    'xbcx',
    'badc',
    'bcad',
    'dabc',
    'adcb',
    'cabd',
    'bxcda',
    'abdx',
    'abxc',
  ])('is not meant by %j, which has more', (text) => expect(nearest(text, ['abcd'])).toBeUndefined());
});

it.each([
  ['a', 'b', true],
  ['ab', 'ba', true],
  ['ab', 'cd', false],
  ['abcde', 'bacde', true],
  ['abcde', 'baced', false],
  ['abcdef', 'bacdfe', true],
  ['abcdef', 'badcfe', false],
  ['abcdefghi', 'badcfeghi', true],
  ['abcdefghi', 'abcdef', true],
  ['abcdefghi', 'badcfehgi', false],
  ['abcdefghijkl', 'badcfeghijkl', true],
  ['abcdefghijkl', 'badcfehgijkl', false],
])('%s may be meant by %s: %s, by an edit in three letters and three at most', (name, text, may) => {
  expect(nearest(text, [name])).toBe(may ? name : undefined);
});

it('the name with the fewest edits is meant, the first of several', () => {
  expect(nearest('phone', ['phones', 'phone', 'phony'])).toBe('phone');
  expect(nearest('phonex', ['photos', 'phones', 'phoney'])).toBe('phones');
  expect(nearest('x', [])).toBeUndefined();
});
