/** The charset that a Content-Type names, and what it makes of a body. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../testing/random.ts';
import { OperatorError } from '../core/operator-error.ts';
import { charsetOf, isKnownCharset, readAsText } from './charset.ts';

it.each([
  ['text/plain', undefined],
  ['text/plain; charset=UTF-16', 'utf-16'],
  ['text/plain;charset="utf-16"', 'utf-16'],
  ['a/b; x=1;  charset=utf-8 ; y', 'utf-8'],
  ['a/b; charset=a; charset=b', 'b'],
  ['a/b; charset=', ''],
  ['a/b; CHARSET=utf-16', undefined],
  ['a/b; charset =utf-16', undefined],
  ['a/b; x="; charset=utf-16"', undefined],
  ['a/b; x="\\"; charset=utf-16', undefined],
  ['charset=utf-16', undefined],
])('%j names the charset %j', (contentType, charset) => expect(charsetOf(contentType)).toBe(charset));

it.each([
  ['utf-8', true],
  ['UTF-16LE', true],
  ['utf_16', true],
  ['iso-8859-1', true],
  ['us-ascii', true],
  ['windows-1252', true],
  ['', false],
  ['nosuch', false],
  ['utf 8', false],
])('%j is known: %s', (charset, known) => expect(isKnownCharset(charset.toLowerCase())).toBe(known));

describe('a body', () => {
  const text = (body: Uint8Array, charset: string) =>
    Buffer.from(readAsText(body, `text/plain; charset=${charset}`)).toString();
  const wide = (given: string) => Buffer.from(given, 'utf16le');

  it('without a charset, or in UTF-8, stays as it is, valid or not', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (body) => {
        expect(readAsText(body, undefined)).toBe(body);
        expect(readAsText(body, 'text/plain')).toBe(body);
        expect(readAsText(body, 'text/plain; charset=UTF-8')).toBe(body);
      }),
    );
  });

  it('is read in the charset', () => {
    expect(text(wide('\uFEFFAé='), 'utf-16')).toBe('Aé=');
    expect(text(wide('Aé=').swap16(), 'utf-16')).toBe('Aé=');
    expect(text(wide('Aé='), 'utf-16le')).toBe('Aé=');
    expect(text(wide('Aé=').swap16(), 'utf-16be')).toBe('Aé=');
    expect(text(Buffer.from([0x41, 0xe9]), 'iso-8859-1')).toBe('Aé');
  });

  it('of ASCII text is something else in UTF-16 and UTF-32', () => {
    for (const charset of ['utf-16', 'utf-16le', 'utf-32']) {
      expect(text(Buffer.from('AAAA'), charset)).not.toMatch(/[A-Za-z0-9+/=]/);
    }
  });

  it('has one character for each byte in Latin alphabets', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (body) => {
        expect([...text(body, 'iso-8859-1')]).toHaveLength(body.length);
      }),
    );
  });

  it('in an unknown charset is a failure', () => {
    expect(() => readAsText(Buffer.of(0x41), 'a/b; charset=nosuch')).toThrow(
      new OperatorError('charset_unknown', 'charset_unknown'),
    );
  });
});
