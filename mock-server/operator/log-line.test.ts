/** Lines of the log show no identifier, token or secret of a path. */

import { describe, expect, it } from 'vitest';
import { explain, newExchange } from './exchange.ts';
import { logLine } from './log-line.ts';

const lineOf = (method: string, path: string): string =>
  logLine({ ...newExchange(0, method, path), status: 200 });

describe('a method', () => {
  it.each(['GET', 'M-SEARCH', 'A'.repeat(20)])('%s is shown', (method) => {
    expect(lineOf(method, '/')).toBe(`${method} / 200`);
  });

  it.each(['get', 'GETx', 'xGET', 'A B', '', 'A'.repeat(21)])('%j is not shown', (method) => {
    expect(lineOf(method, '/')).toBe('- / 200');
  });
});

describe('a path', () => {
  it.each([
    '/v2/token/generate',
    '/1234567',
    `/${'a'.repeat(59)}`,
    '/V2/Token',
    `/A${'a'.repeat(23)}`,
    '/A123456',
    '/A%41',
  ])('%s is shown', (path) => expect(lineOf('GET', path)).toBe(`GET ${path} 200`));

  it.each([
    ['', '-'],
    [`/${'a'.repeat(60)}`, '/aaaaaaaa…'],
    [`/A${'a'.repeat(24)}/x`, '/Aaaaaaaa…/x'],
    ['/users/A@b', '/users/…'],
    ['/A%40b/x', '/…/x'],
    ['/A1234567', '/…'],
    ['/Ab\nc', '/Ab?c'],
  ])('%j is shown as %s', (path, shown) => expect(lineOf('GET', path)).toBe(`GET ${shown} 200`));
});

it('a line ends with the reason and what fixes it, unless the request is served', () => {
  const exchange = newExchange(0, 'POST', '/x');
  expect(logLine(exchange)).toBe('POST /x cut off');
  explain(exchange, 'token_lower_case', { what: 'the\ntoken' });
  expect(logLine({ ...exchange, status: 400 })).toBe(
    'POST /x 400: the?token is all in lower case; keep the letter case of the token',
  );
  explain(exchange, 'preflight');
  expect(logLine({ ...exchange, status: 204 })).toBe('POST /x 204: answered as a CORS preflight');
});
