/** Decodes bytes to text as the runtime of the operator does. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import '../testing/random.ts';
import { fromUtf8 } from './text.ts';

const read = (latin1: string) => fromUtf8(Buffer.from(latin1, 'latin1'));

it.each([
  ['an encoded surrogate', 'a\xed\xa0\x80b', 'a\ufffdb'],
  ['two of them', '\xed\xa0\xbd\xed\xb8\x80', '\ufffd\ufffd'],
  ['one that is cut off', '\xed\xa0', '\ufffd'],
  ['one whose last byte is another character', '\xed\xa0b', '\ufffdb'],
  ['one behind a character that is cut off', '\xe2\x82\xed\xbf\xbf', '\ufffd\ufffd'],
  ['one in front of stray bytes', '\xed\xa0\x80\x80', '\ufffd\ufffd'],
  ['a lead byte alone', '\xed', '\ufffd'],
  ['a character of that lead byte', '\xed\x9f\xbf', '\ud7ff'],
  ['more bytes than a number needs', '\xc0\x80\xe0\x80\x80', '\ufffd'.repeat(5)],
  ['a number beyond all characters', '\xf4\x90\x80\x80', '\ufffd'.repeat(4)],
  ['a byte order mark', '\xef\xbb\xbfa', '\ufeffa'],
])('%s', (_what, bytes, text) => expect(read(bytes)).toBe(text));

it('every good text is read as it is, whatever stands around it', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const bytes = Buffer.concat([Buffer.from(a), Buffer.from([0xed, 0xa1, 0x81]), Buffer.from(b)]);
      expect(fromUtf8(bytes)).toBe(`${a}\ufffd${b}`);
      expect(fromUtf8(Buffer.from(a))).toBe(a);
    }),
  );
});
