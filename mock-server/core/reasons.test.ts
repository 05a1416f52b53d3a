/** Reasons as sentences, and facts as a log may show them. */

import { describe, expect, it } from 'vitest';
import { OperatorError } from './operator-error.ts';
import { sentenceOf, shownFacts, shownText } from './reasons.ts';

describe('a text in a log', () => {
  it.each([
    ['a'.repeat(120), 'a'.repeat(120)],
    ['a'.repeat(121), `${'a'.repeat(120)}…`],
    ['a\nb\u2028\u2029\x7f', 'a?b???'],
    ['é +/', 'é +/'],
  ])('%j is shown as %j', (text, shown) => {
    expect(shownText(text)).toBe(shown);
    expect(shownFacts({ text, length: 1 })).toEqual({ text: shown, length: 1 });
  });
});

it('a sentence has the facts, or the names of those that are not given', () => {
  expect(sentenceOf('token_lower_case', { what: 'the token' })).toBe('the token is all in lower case');
  expect(sentenceOf('token_lower_case', {})).toBe('(what) is all in lower case');
});

it('an error prints its name, code and sentence, and quotes nothing unless told', () => {
  const error = new OperatorError('refresh_token_invalid', 'token_lower_case', { what: 'x' });
  expect(String(error)).toBe('OperatorError: refresh_token_invalid: x is all in lower case');
  expect([error.quoted, error.as('unknown', 'y').quoted, error.as('unknown').quoted]).toEqual(['', 'y', '']);
});
