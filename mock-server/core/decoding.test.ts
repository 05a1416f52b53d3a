import { expect, it } from 'vitest';
import { bytesOfHex, hexOf, percentDecoded } from './decoding.ts';

it('reads hex digits in either case, in whole pairs only', () => {
  expect(bytesOfHex('00fFa7')).toEqual(Uint8Array.of(0, 255, 167));
  for (const text of ['', '0', '00f', '0g', '0x00', ' 00', '00\n']) expect(bytesOfHex(text)).toBeUndefined();
});

it('writes the hex digits of every byte, as it reads them', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  expect(hexOf(bytes)).toBe(Buffer.from(bytes).toString('hex'));
  expect(bytesOfHex(hexOf(bytes))).toEqual(bytes);
});

it('decodes percent-encoding, unless an escape is invalid', () => {
  expect(percentDecoded('a%2Bb%C3%A9+')).toBe('a+bé+');
  for (const text of ['%', '%2', '%zz', '%C3']) expect(percentDecoded(text)).toBeUndefined();
});
