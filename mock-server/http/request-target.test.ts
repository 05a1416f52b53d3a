/** Paths, queries and Authorization headers as the operator reads them (Protocol §6.1, §6.4, §8). */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../testing/random.ts';
import { scaled } from '../testing/scale.ts';
import { apiKey } from './auth.ts';
import { isValidHost } from './host.ts';
import { isBrokenPath, normalizePath, routedPath, splitTarget } from './paths.ts';
import { isBrokenQuery, parseQuery } from './query.ts';

describe('a query', () => {
  it('is read as browsers write it, the first of repeated names counting in any case', () => {
    const pair = fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 6 }), (pairs) => {
        const expected = new Map<string, string>();
        // without a name, the text after the equals sign is the name
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
        fc.pre(!isBrokenQuery(text));
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
    ['/v2/key//..', '/v2/key'],
    ['//..', '/'],
    ['/a/..', '/'],
    ['/a/.', '/a'],
    ['/a/b/../', '/a'],
    ['//../v2', '/v2'],
    ['/.../x', '/.../x'],
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

  it.each([
    ['%', true],
    ['/%2', true],
    ['/%zz', true],
    ['/a%20b%', true],
    ['/%%41', true],
    ['/%-1', true],
    ['/%+z', true],
    ['/%41', false],
    ['/%+1', false],
    ['/%-0', false],
    ['', false],
  ])('%j cannot be read: %s', (path, broken) => expect(isBrokenPath(path)).toBe(broken));

  it('is looked up without query, with unreserved characters decoded and without dot segments', () => {
    const routed = (target: string): string => routedPath(splitTarget(target).path, normalizePath);
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (target) => {
        expect(routed(target)).not.toContain('?');
      }),
    );
    expect(routed('/v2/./%74oken/generate/?a#b')).toBe('/v2/token/generate');
    expect(routed('/v2/token/generate#')).toBe('/v2/token/generate#');
  });
});

it.each([
  ['/a?b?c=1', '/a', 'b?c=1'],
  ['/a', '/a', ''],
  ['/a?b=1#c=2', '/a', 'b=1'],
  ['/a#b?c=1', '/a#b', ''],
  ['/a?#b', '/a', ''],
  ['http://host/a?b', '/a', 'b'],
  ['ftp://host/a?b', '/a', 'b'],
  ['http://host', '/', ''],
  ['http://host?b', '/', 'b'],
  ['a/b?c', 'a/b', 'c'],
  ['?c', '', 'c'],
  ['*', '*', ''],
  ['', '', ''],
])('the target %j has the path %j and the query %j', (target, path, query) =>
  expect(splitTarget(target)).toEqual({ path, query }),
);

it.each([
  ['a=%', true],
  ['a=%4', true],
  ['%zz', true],
  ['a=%%41', true],
  ['a=%+1', true],
  ['a=%41', false],
  ['', false],
  [`${'a=1&'.repeat(1024)}b=%`, false],
  [`${'a=1;&='.repeat(1023)}b=%`, true],
])('the query %# cannot be read: %s', (query, broken) => expect(isBrokenQuery(query)).toBe(broken));

describe('a host', () => {
  it.each(['a', 'a.b:80', 'a:', '127.0.0.1:8432', '[::1]', '[::1]:80', 'a_b~!$', 'a:0065535'])(
    '%j is valid',
    (host) => expect(isValidHost(host)).toBe(true),
  );

  it.each([
    undefined,
    '',
    ' ',
    'a b',
    'a/b',
    'a@b',
    'a:b',
    'a:65536',
    'a:1:2',
    '[]',
    '[::1',
    '\u00e9',
    'a%20',
  ])('%j is invalid', (host) => expect(isValidHost(host)).toBe(false));
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
