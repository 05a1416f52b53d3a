/** Which bodies of a form type are refused. The lengths of pieces are those of a body that arrives at once. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../testing/random.ts';
import { chunkEnds, isForm, readForm } from './form.ts';

const URL_ENCODED = 'application/x-www-form-urlencoded';
const HEAD_BYTES = 200;

const outcome = (body: string | Uint8Array, contentType = URL_ENCODED) =>
  readForm(contentType, typeof body === 'string' ? Buffer.from(body, 'latin1') : body, HEAD_BYTES);

const times = (count: number, text: string, between = '&') =>
  Array.from({ length: count }, () => text).join(between);

describe('fields', () => {
  it.each([
    ['', 'kept'],
    ['a', 'kept'],
    ['a=1&b=2', 'kept'],
    ['&&', 'kept'],
    ['a%41=%42', 'kept'],
    ['%00=1', 'kept'],
    ['%ff=\xff', 'kept'],
    ['=', 'refused'],
    ['=a', 'refused'],
    ['a=1&=2', 'refused'],
    [' =1', 'refused'],
    ['+=1', 'refused'],
    ['%20%0a=1', 'refused'],
    ['%zz=a', 'refused'],
    ['a=1&b%z=2', 'refused'],
    ['%&', 'refused'],
    ['%zz&a', 'refused'],
    ['%zz', 'kept'],
    ['a%', 'kept'],
    ['a=%zz', 'kept'],
    ['a=%', 'kept'],
    ['a=%&b', 'refused'],
    ['a=%4&b', 'refused'],
    ['a=1\rb', 'refused'],
    ['a=1\r', 'kept'],
    ['a=%\r\n', 'refused'],
    ['a=1\r\n%zz=', 'kept'],
    ['a=1\n%zz=', 'kept'],
    ['a\r\nb=1', 'kept'],
  ])('%j is %s', (body, expected) => expect(outcome(body)).toBe(expected));

  it.each([
    ['a value of 8192 bytes', `a=${'x'.repeat(8192)}`, 'kept'],
    ['one of 8193', `a=${'x'.repeat(8193)}`, 'refused'],
    ['one of 8193 between others', `b=&a=${'x'.repeat(8193)}&c=`, 'refused'],
    ['many long ones', times(20, `a=${'x'.repeat(8000)}`), 'kept'],
    ['257 fields', times(257, 'a=1'), 'kept'],
    ['258 fields', times(258, 'a=1'), 'refused'],
    ['258 names', times(258, 'a'), 'refused'],
    ['257 names and blanks between', times(257, 'a', '&&&'), 'kept'],
    ['1024 bytes without equals sign', 'n'.repeat(1024), 'kept'],
    ['1025 of them', 'n'.repeat(1025), 'refused'],
    ['a name that is read at once', `${'n'.repeat(2048 - HEAD_BYTES - 1)}=`, 'kept'],
    ['a name that is not', `${'n'.repeat(2048 - HEAD_BYTES)}=`, 'refused'],
    ['1024 bytes behind a line end', `a=1\n${'x'.repeat(1024)}`, 'kept'],
    ['1025 of them', `a=1\n${'x'.repeat(1025)}`, 'refused'],
  ])('%s: %#', (_, body, expected) => expect(outcome(body)).toBe(expected));

  it('are kept as browsers write them', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 });
    const pair = fc.tuple(
      word.filter((name) => /[^\s]/.test(name)),
      word,
    );
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 20 }), (pairs) => {
        expect(outcome(new URLSearchParams(pairs).toString())).toBe('kept');
      }),
    );
  });

  it('are refused for a broken escape in a name wherever it stands', () => {
    const field = fc.constantFrom('a', 'b=1', 'c=%41', '%41=x', '');
    const broken = fc.constantFrom('%=', '%z=', 'a%4=1', '%%41&', '%&');
    fc.assert(
      fc.property(
        fc.array(field, { maxLength: 8 }),
        broken,
        fc.array(field, { maxLength: 8 }),
        (left, bad, right) => {
          expect(outcome([...left, bad, ...right].join('&'))).toBe('refused');
        },
      ),
    );
  });

  it('of any bytes have an outcome', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), (body) => {
        expect(['kept', 'refused']).toContain(outcome(body));
      }),
    );
  });
});

describe('the content type', () => {
  it.each([
    [URL_ENCODED, 'refused'],
    ['Application/X-WWW-form-urlencoded; charset=UTF-8', 'refused'],
    ['application/x-www-form-urlencoded;charset=nosuch', 'refused'],
    ['multipart/form-data', 'refused'],
    ['multipart/form-data; charset=utf-8', 'refused'],
    ['Multipart/form-data; boundary=x', 'refused'],
    ['multipart/form-data; boundary=x', 'lost'],
    ['multipart/form-data;charset=utf-8;boundary="x"', 'lost'],
    ['multipart/form-data; boundary', 'broken'],
    ['multipart/form-data; boundary=', 'broken'],
    ['multipart/form-data; boundary="', 'broken'],
    ['multipart/form-data; boundary=x; charset=nosuch', 'broken'],
  ])('%s makes a broken field %s', (contentType, expected) => {
    expect(isForm(contentType)).toBe(true);
    expect(outcome('%=', contentType)).toBe(expected);
  });

  it.each(['text/plain', 'application/json', '', 'x-www-form-urlencoded', 'multipart/mixed'])(
    '%j is of no form',
    (contentType) => expect(isForm(contentType)).toBe(false),
  );

  it('multipart loses a body that passes', () => {
    expect(outcome('a=1', 'multipart/form-data')).toBe('lost');
    expect(outcome('a=1', 'multipart/form-data; boundary=x')).toBe('lost');
  });

  it.each([
    ['n'.repeat(1024), 'lost'],
    ['n'.repeat(1025), 'refused'],
    [`--x\r\n${'n'.repeat(2000)}`, 'lost'],
    [`--xn${'n'.repeat(2000)}`, 'refused'],
    [`${'n'.repeat(2000)}--x--`, 'refused'],
  ])('multipart looks for its delimiter within 1024 bytes: %#', (body, expected) =>
    expect(outcome(body, 'multipart/form-data; boundary=x')).toBe(expected),
  );
});

it('a body is read in pieces that end with it, none of more than 8192 bytes', () => {
  expect(chunkEnds(48, 100)).toEqual([100]);
  expect(chunkEnds(48, 2001)).toEqual([2000, 2001]);
  expect(chunkEnds(3000, 100)).toEqual([100]);
  const length = fc.nat({ max: 300_000 });
  fc.assert(
    fc.property(fc.nat({ max: 9000 }), length, (head, body) => {
      const ends = chunkEnds(head, body);
      expect(ends.at(-1) ?? 0).toBe(body);
      for (const [index, end] of ends.entries()) {
        const piece = end - (ends[index - 1] ?? 0);
        expect(piece).toBeGreaterThan(0);
        expect(piece).toBeLessThanOrEqual(8192);
      }
    }),
  );
});
