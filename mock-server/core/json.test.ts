/** JSON as the operator reads, prints and writes it (Protocol §7.3, §8). */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../testing/random.ts';
import { plainJson } from '../testing/plain-json.ts';
import { JsonNumber, jsonText, writeJson } from './json.ts';
import { JsonReading, parseJson, parseJsonBytes, parseJsonObject } from './json-reading.ts';

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
    '{/*\0*/}',
    '{/* \t\r\n\x0b*/}',
    '{}//\x1f',
    '{"a":1,}',
    '{,}',
    '[,]',
    '{"a" 1}',
    '{"a":}',
    '{"a"}',
    '[}',
    '{"a":[}',
    '["\0"]',
    '["\\x"]',
    '["\\u12g4"]',
    '["a',
    '{x":1}',
    '{"a":1,x":1}',
    '[nul]',
    '1/**/',
  ])('are not %j', (text) => expect(parseJson(text)).toBeUndefined());

  it('keep the order of their names, also of those that look like indexes', () => {
    const printed = (json: string) => jsonText(parseJson(json));
    expect(printed('{"b":1,"2":2,"1":3}')).toBe('{b=1, 2=2, 1=3}');
    expect(printed('{"2":1,"a":2,"2":3,"0":{"9":1,"8":2}}')).toBe('{2=3, a=2, 0={9=1, 8=2}}');
    expect(printed('{"a":1,"b":2,"a":3}')).toBe('{a=3, b=2}');
    expect(printed('{"__proto__":1,"constructor":2,"__proto__":3}')).toBe('{__proto__=3, constructor=2}');
  });

  it('have names of up to 50,000 characters', () => {
    expect(parseJson(`{"${'n'.repeat(50_000)}":1}`)).toBeDefined();
    expect(parseJson(`{"${'n'.repeat(50_001)}":1}`)).toBeUndefined();
    expect(parseJson(`{"${'n'.repeat(50_001)}":1,"a":1}`)).toBeUndefined();
  });

  it('may be read in steps', () => {
    const text = fc.oneof(
      fc.json(),
      fc.json().map((json) => `${json}x`),
      fc.string(),
    );
    fc.assert(
      fc.property(text, fc.array(fc.nat({ max: 10 }), { minLength: 1 }), (json, steps) => {
        const reading = new JsonReading(json);
        let taken = 0;
        while (!reading.advance(steps[taken % steps.length])) taken += 1;
        expect(reading.advance()).toBe(true);
        expect(plainJson(reading.value)).toEqual(plainJson(parseJson(json)));
      }),
    );
    const long = new JsonReading(`[${'1,'.repeat(1000)}1]`);
    expect(long.advance(100)).toBe(false);
    expect(long.value).toBeUndefined();
  });
});

it('invalid JSON stays invalid, however often it is read on', () => {
  const reading = new JsonReading('[01]');
  expect([reading.advance(), reading.advance(), reading.value]).toEqual([true, true, undefined]);
});

it('a number may be all of the text', () => expect(jsonText(parseJson('1.0'))).toBe('1.0'));

describe('long lists of texts', () => {
  const items = (count: number) => Array.from({ length: count }, (_, i) => `user.${i}@example.com`);
  const stepsOf = (reading: JsonReading): number => {
    let steps = 1;
    while (!reading.advance(0)) steps += 1;
    return steps;
  };

  it.each([
    ['as they are', '@', '","'],
    ['with line ends', '@', '" ,\r\n "'],
    ['with commas in them', ',,,,,,,,,,,,', '","'],
  ])('are read in few steps, each of a part, %s', (_how, at, comma) => {
    const texts = items(40_000).map((text) => text.replace('@', at));
    const json = `{"email":["${texts.join(comma)}"],"phone":["a","b"],"other":"c"}`;
    const reading = new JsonReading(json);
    const steps = stepsOf(reading);
    expect(reading.value).toEqual({ email: texts, phone: ['a', 'b'], other: 'c' });
    const parts = json.length / 65_536;
    expect(steps).toBeGreaterThan(parts);
    expect(steps).toBeLessThan(2 * parts + 30);
  });

  it('are read in one step from 1,000 characters on', () => {
    const list = (length: number) => `{"a":["${'x'.repeat(length - 6)}","y"]}`;
    const [short, long] = [999, 1000].map((length) => stepsOf(new JsonReading(list(length))));
    expect([short, long]).toEqual([9, 7]);
  });

  it('are read text by text inside of other lists', () => {
    const reading = new JsonReading(JSON.stringify({ email: [items(100)] }));
    expect(stepsOf(reading)).toBeGreaterThan(200);
    expect(reading.value).toEqual({ email: [items(100)] });
  });

  it('may have a text that is longer than such a part', () => {
    const texts = ['x'.repeat(70_000), 'y'];
    expect(parseJson(JSON.stringify({ email: texts }))).toEqual({ email: texts });
  });

  it.each([
    ['as they are', (text: string) => text],
    ['with spaces', (text: string) => text.replaceAll('","', '", "')],
    ['with line ends', (text: string) => text.replaceAll('","', '"\n ,\r\n"')],
    [
      'with commas and brackets in them',
      (text: string) => text.replaceAll('user', '],[ ", "'.replaceAll('"', '\\"')),
    ],
    ['with escapes', (text: string) => text.replaceAll('user', '\\u0075ser')],
  ])('are read, %s', (_how, bent) => {
    for (const count of [0, 1, 40, 5000]) {
      const json = bent(JSON.stringify({ email: items(count), phone: items(100), other: null }));
      expect(parseJson(json)).toEqual(JSON.parse(json));
    }
  });

  it.each([
    ['1', '1'],
    ['1.0', '1.0'],
    ['null', 'null'],
    ['["x"]', '[x]'],
    ['{"a":"b"}', '{a=b}'],
    ['/* "," */"x"', 'x'],
    ['"a\\",\\"b"', 'a","b'],
  ])('may hold %s among them', (item, printed) => {
    for (const at of [0, 100, 4000]) {
      const texts: string[] = items(5000).map((text) => `"${text}"`);
      texts.splice(at, 0, item);
      const read = parseJsonObject(`{"email":[${texts.join()}]}`)?.email;
      const expected: string[] = items(5000);
      expected.splice(at, 0, printed);
      expect(Array.isArray(read) && read.map((element) => jsonText(element) ?? 'null')).toEqual(expected);
    }
  });

  it.each(['"\0"', '"\\x"', '"', '', '"a" "b"', ']'])('may not hold %j', (item) => {
    for (const at of [0, 100, 4000]) {
      const texts = items(5000).map((text) => `"${text}"`);
      texts.splice(at, 0, item);
      expect(parseJson(`{"email":[${texts.join()}]}`)).toBeUndefined();
    }
  });
});

describe('bytes of JSON', () => {
  const bytes = (text: string) => Buffer.from(text, 'latin1');
  const wide = (text: string, bits: 16 | 32, littleEndian: boolean): Buffer => {
    const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
    const step = bits / 8;
    const buffer = Buffer.alloc(units.length * step);
    for (const [i, unit] of units.entries()) {
      if (littleEndian) buffer.writeUIntLE(unit, i * step, step);
      else buffer.writeUIntBE(unit, i * step, step);
    }
    return buffer;
  };

  it('are UTF-8, with or without a byte order mark', () => {
    expect(parseJsonBytes(bytes('{"a":"\xc3\xa9"}'))).toEqual({ a: 'é' });
    expect(parseJsonBytes(bytes('\xef\xbb\xbf{"a":"b"}'))).toEqual({ a: 'b' });
    expect(parseJsonBytes(bytes('\xef\xbb\xbf\xef\xbb\xbf{"a":"b"}'))).toBeUndefined();
    expect(parseJsonBytes(bytes('{"a":"\xe9"}'))).toBeUndefined();
    expect(parseJsonBytes(bytes(''))).toBeUndefined();
  });

  it.each([
    ['\xed\xa0\x80', '\ud800'],
    ['\xed\xbf\xbf', '\udfff'],
    ['\xc0\x80', '\0'],
    ['\xc0\xa2', '"'],
    ['\xe0\x80\xa2', '"'],
    ['\xe0\x82\xa9', '\xa9'],
    ['\xf4\x90\x80\x80', '\udc00\udc00'],
    ['\xef\xbb\xbf\xc0\x80', '\ufeff\0'],
  ])('that are no good UTF-8 are read by their lead byte: %j', (raw, read) => {
    expect(parseJsonBytes(bytes(`{"a":"${raw}"}`))).toEqual({ a: read });
    expect(parseJsonBytes(bytes(`\xef\xbb\xbf{"a":"${raw}"}`))).toEqual({ a: read });
  });

  it.each(['\xf8\x80\x80\x80\x80', '\xf8\x88\x80\x80', '\x80', '\xc2', '\xe2\x82', '\xff', '\xc2"'])(
    'may not be %j',
    (raw) => {
      expect(parseJsonBytes(bytes(`{"a":"${raw}"}`))).toBeUndefined();
      expect(parseJsonBytes(bytes(`{"a":"b"}${raw}`))).toBeUndefined();
    },
  );

  it.each([16, 32] as const)(
    'may be UTF-%i of either byte order, with or without a byte order mark',
    (bits) => {
      for (const littleEndian of [true, false]) {
        for (const text of ['{"a":"é€\ufeff"}', '\ufeff{"a":"é€\ufeff"}']) {
          expect(parseJsonBytes(wide(text, bits, littleEndian))).toEqual({ a: 'é€\ufeff' });
        }
        expect(jsonText(parseJsonBytes(wide('1', bits, littleEndian)))).toBe('1');
        expect(parseJsonBytes(wide('{"a":1', bits, littleEndian))).toBeUndefined();
      }
      expect(parseJsonBytes(wide('{}', 32, true).subarray(0, 7))).toBeUndefined();
    },
  );

  it('that are UTF-32 have numbers up to that of the last character', () => {
    const numbered = (code: number) =>
      Buffer.from([0, 0, 0, 0x22, 0, ...[16, 8, 0].map((bits) => (code >> bits) & 0xff), 0, 0, 0, 0x22]);
    expect(parseJsonBytes(numbered(0x10ffff))).toBe('\u{10ffff}');
    expect(parseJsonBytes(numbered(0x110000))).toBeUndefined();
  });

  it.each(['\xc3\xa9', '\xc2\x80'])('that are no good UTF-8 have no escape of %j', (character) => {
    expect(parseJsonBytes(bytes(`["\\${character}","\xc0\x80"]`))).toBeUndefined();
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

  it('have up to 1,000 digits, whatever else they are written with', () => {
    const digits = (count: number) => '1'.repeat(count);
    const zeros = (count: number) => '0'.repeat(count);
    expect(jsonText(parseJson(`[${digits(1000)}]`))).toHaveLength(1002);
    expect(jsonText(parseJson(`[-${digits(1000)}]`))).toHaveLength(1003);
    expect(jsonText(parseJson(`[-1.${digits(990)}E+${zeros(9)}]`))).toBe('[-1.1111111111111112]');
    for (const source of [
      digits(1001),
      `-${digits(1001)}`,
      `1.${digits(1000)}`,
      `1.${digits(999)}e1`,
      `1e${zeros(1000)}`,
    ]) {
      expect(parseJson(`[${source}]`)).toBeUndefined();
      expect(parseJson(`{"a":${source},"a":"b"}`)).toBeUndefined();
    }
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

  it('null and undefined is undefined', () => {
    expect([jsonText(null), jsonText(undefined)]).toEqual([undefined, undefined]);
  });
});

describe('JSON is written', () => {
  it('with capital hex digits for control characters', () => {
    const controls = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('');
    expect(writeJson(controls)).toBe(
      '"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000B\\f\\r\\u000E\\u000F' +
        '\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001A\\u001B\\u001C\\u001D\\u001E\\u001F"',
    );
  });

  it.each([
    ['\ud800', '"?"'],
    ['a\udc00\ud83d', '"a??"'],
    ['\ud83d\ude00', '"\ud83d\ude00"'],
    ['\\u001c\x1c', '"\\\\u001c\\u001C"'],
    ['\\ud800\ud800', '"\\\\ud800?"'],
    ['/\x7f\u2028"\\', '"/\x7f\u2028\\"\\\\"'],
  ])('%j as %s', (text, json) => expect(writeJson(text)).toBe(json));

  it('as any JSON, where there is nothing odd in it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(writeJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(writeJson({ b: [1, null, true], a: 'x' })).toBe('{"b":[1,null,true],"a":"x"}');
  });
});
