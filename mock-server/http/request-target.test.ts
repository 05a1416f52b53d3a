/** Paths, queries and Authorization headers as the operator reads them (Protocol §6.1, §6.4, §8). */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../testing/random.ts';
import { scaled } from '../testing/scale.ts';
import { apiKey } from './auth.ts';
import { isMalformed } from './gate.ts';
import { normalizePath, splitTarget } from './paths.ts';
import { parseQuery } from './query.ts';

describe('a query', () => {
  it('is read as browsers write it, the first of repeated names counting in any case', () => {
    const pair = fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 6 }), (pairs) => {
        const expected = new Map<string, string>();
        // without a name, what stands behind the equals sign is the name
        const named = pairs.map(([name, value]): [string, string] =>
          name === '' ? [value, ''] : [name, value],
        );
        for (const [name, value] of named) {
          if (name !== '' && !expected.has(name.toLowerCase())) expected.set(name.toLowerCase(), value);
        }
        const text = new URLSearchParams(pairs).toString();
        expect(parseQuery(text)).toEqual(expected);
      }),
      { numRuns: scaled(8000) },
    );
  });

  it.each([
    ['email=a+b%40c.d', { email: 'a b@c.d' }],
    ['EMAIL=x&email=y', { email: 'x' }],
    ['email', { email: '' }],
    ['email=', { email: '' }],
    ['a=1;b=2', { a: '1', b: '2' }],
    ['a=b=c', { a: 'b=c' }],
    ['==a=b&=&=c', { a: 'b', c: '' }],
    ['&&', {}],
    ['', {}],
    ['a=%ff%C3%A9', { a: '\ufffdé' }],
    ['a=%EF%BB%BFb%FF', { a: '\ufeffb\ufffd' }],
    ['a=%C0%80%E2%82%2B', { a: '\ufffd\ufffd\ufffd+' }],
    ['a=%ED%A0%80b%ed%bfc', { a: '\ufffdb\ufffdc' }],
    ['a=é', { a: 'é' }],
    ['%45mail=x', { email: 'x' }],
    ['__proto__=x', JSON.parse('{"__proto__":"x"}')],
  ])('%j', (query, expected) => {
    expect([...parseQuery(query)]).toEqual(Object.entries(expected));
  });

  it('of any text is answered', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!isMalformed(text));
        for (const value of parseQuery(text).values()) expect(typeof value).toBe('string');
      }),
      { numRuns: scaled(8000) },
    );
  });
});

describe('a path', () => {
  it.each([
    ['/v2/token/generate', '/v2/token/generate'],
    ['/v2/token/generate/', '/v2/token/generate'],
    ['//v2///token/generate', '/v2/token/generate'],
    ['/v2/./token/x/../generate', '/v2/token/generate'],
    ['/../../v2/token/generate', '/v2/token/generate'],
    ['/v2/%74oken/generate', '/v2/token/generate'],
    ['/%2e%2e/v2', '/v2'],
    ['/V2/token/generate', '/V2/token/generate'],
    ['/v2%2ftoken/generate', '/v2%2ftoken/generate'],
    ['/', '/'],
    ['', '/'],
    ['*', '/*'],
  ])('%j is found under %j', (path, found) => expect(normalizePath(path)).toBe(found));

  it('is found under the same path again', () => {
    const segment = fc.constantFrom(
      'v2',
      'token',
      '.',
      '..',
      '',
      '%74',
      '%2f',
      '%2e',
      'A',
      'é',
      '%25',
      '%2574',
    );
    fc.assert(
      fc.property(fc.array(segment), (segments) => {
        const once = normalizePath(`/${segments.join('/')}`);
        expect(once).toMatch(/^\/(?!.*\/\/)/);
        expect(once.split('/')).not.toContain('..');
      }),
    );
  });

  it('ends at the first question mark', () => {
    expect(splitTarget('/a?b?c=1')).toEqual({ path: '/a', query: 'b?c=1' });
    expect(splitTarget('/a')).toEqual({ path: '/a', query: '' });
  });

  it.each([
    ['%', true],
    ['%2', true],
    ['%zz', true],
    ['a%20b%', true],
    ['%41', false],
    ['', false],
    ['%%41', true],
  ])('with %j is malformed: %s', (target, malformed) => expect(isMalformed(target)).toBe(malformed));
});

it.each([
  ['Bearer key', 'key'],
  ['  bEaReR key  ', 'key'],
  ['Bearer a b', 'a b'],
  ['Bearer  key', ' key'],
  ['Bearer ', undefined],
  ['Bearer\tkey', undefined],
  ['Basic key', undefined],
  ['key', undefined],
  ['', undefined],
  [undefined, undefined],
])('the header %j gives the key %j', (header, key) => expect(apiKey(header)).toBe(key));
