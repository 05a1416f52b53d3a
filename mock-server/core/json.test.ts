/** JSON as the operator reads and prints it (Protocol §7.3, §8). */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../testing/random.ts';
import { plainJson } from '../testing/plain-json.ts';
import { JsonNumber, jsonText, parseJson, parseJsonBytes, parseJsonObject } from './json.ts';

describe('JSON objects', () => {
  const nested = (depth: number, open: string, close: string): string =>
    `{"a":${open.repeat(depth)}1${close.repeat(depth)}}`;

  it.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
  ])(
    'of nested %s are read up to 1,000 levels, and refused beyond however deep they are',
    (_kind, open, close) => {
      expect(parseJsonObject(nested(999, open, close))).toBeDefined();
      expect(parseJsonObject(nested(1000, open, close))).toBeUndefined();
      expect(parseJsonObject(nested(100_000, open, close))).toBeUndefined();
    },
  );

  it('are read as JSON reads them', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expected = undefined;
        }
        const isObject = typeof expected === 'object' && expected !== null && !Array.isArray(expected);
        expect(plainJson(parseJsonObject(text))).toEqual(isObject ? expected : undefined);
      }),
    );
  });

  it('may have comments wherever white space may be', () => {
    const space = fc.constantFrom('', ' ', '\n', '\r\t', '/**/', '/* "a" */ ', '//x\n', '//\r', '/***/');
    fc.assert(
      fc.property(fc.array(space, { minLength: 9, maxLength: 9 }), (s) => {
        const [a, b, c, d, e, f, g, h, i] = s;
        const text = `${a}{${b}"//"${c}:${d}[${e}1${f},${g}true]${h}}${i}`;
        expect(plainJson(parseJson(text))).toEqual({ '//': [1, true] });
      }),
    );
    expect(parseJson('{"a":"b"}//')).toEqual({ a: 'b' });
  });

  it.each([
    '{}/',
    '{}/*',
    '{}/* /',
    '/',
    '{"a":1/}',
    '{"a"/:1}',
    '#\n{}',
    '/{}',
    '//{}',
    '{}// \n x',
    '{/*}',
  ])('are not %j', (text) => expect(parseJson(text)).toBeUndefined());

  it('of bytes are UTF-8, with or without a byte order mark', () => {
    const bytes = (text: string) => Buffer.from(text, 'latin1');
    expect(parseJsonBytes(bytes('{"a":"\xc3\xa9"}'))).toEqual({ a: 'é' });
    expect(parseJsonBytes(bytes('\xef\xbb\xbf{"a":"b"}'))).toEqual({ a: 'b' });
    expect(parseJsonBytes(bytes('{"a":"\xe9"}'))).toBeUndefined();
  });
});

describe('numbers', () => {
  it.each([
    ['0', '0'],
    ['-0', '0'],
    ['123', '123'],
    ['9007199254740993', '9007199254740993'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
    ['1.0', '1.0'],
    ['-0.0', '-0.0'],
    ['1.50', '1.5'],
    ['100.0', '100.0'],
    ['1e5', '100000.0'],
    ['1.0E2', '100.0'],
    ['1e7', '1.0E7'],
    ['9999999.5', '9999999.5'],
    ['12345678.9', '1.23456789E7'],
    ['1E10', '1.0E10'],
    ['0.001', '0.001'],
    ['2e-3', '0.002'],
    ['0.00099', '9.9E-4'],
    ['1e-7', '1.0E-7'],
    ['4.9e-324', '4.9E-324'],
    ['1e-323', '9.9E-324'],
    ['1e23', '1.0E23'],
    ['1.7976931348623157e308', '1.7976931348623157E308'],
    ['1e400', 'Infinity'],
    ['-1e400', '-Infinity'],
  ])('%s is read as the text %s', (source, text) => {
    expect(jsonText(parseJson(`[${source}]`))).toBe(`[${text}]`);
  });

  it('print as doubles that are read as the same', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const source = Object.is(value, -0) ? '-0.0' : value.toExponential();
        expect(Number(new JsonNumber(source).text)).toBe(value);
      }),
    );
  });

  it.each(['01', '1.', '.5', '+1', '-', '- 1', '1e', '1e+', 'NaN', 'Infinity', '0x1', '1_0'])(
    'are not %s',
    (source) => expect(parseJson(`{"a":${source}}`)).toBeUndefined(),
  );

  it('have up to 1,000 characters', () => {
    expect(jsonText(parseJson(`[${'1'.repeat(1000)}]`))).toHaveLength(1002);
    expect(parseJson(`[${'1'.repeat(1001)}]`)).toBeUndefined();
  });

  it.each([
    ['1', 1, 1n],
    ['1.9', 1, 1n],
    ['-1.9', -1, -1n],
    ['4294967297', 1, 4294967297n],
    ['2147483648', -2147483648, 2147483648n],
    ['1e10', 2147483647, 10000000000n],
    ['-1e10', -2147483648, -10000000000n],
    ['9223372036854775807', -1, 9223372036854775807n],
    ['9223372036854775808', 0, undefined],
    ['1e400', 2147483647, undefined],
  ])('%s is the integer %s in 32 bits, %s in 64', (source, int32, int64) => {
    const number = new JsonNumber(source);
    expect([number.int32, number.int64]).toEqual([int32, int64]);
  });
});

describe('the text of', () => {
  it.each([
    ['"a"', 'a'],
    ['true', 'true'],
    ['[]', '[]'],
    ['{}', '{}'],
    ['["a@b.c"]', '[a@b.c]'],
    ['["a",1,null,false,[2.0]]', '[a, 1, null, false, [2.0]]'],
    ['{"a":1,"b":["x",{"c":null}]}', '{a=1, b=[x, {c=null}]}'],
  ])('%s is %s', (json, text) => expect(jsonText(parseJson(json))).toBe(text));

  it('null, and of what is absent, is none', () => {
    expect([jsonText(null), jsonText(undefined)]).toEqual([undefined, undefined]);
  });
});
