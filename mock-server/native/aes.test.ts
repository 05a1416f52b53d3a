/** The block cipher on the vectors of NIST, and as node:crypto encrypts any block by any key. */

import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { block, encryptBlock, roundKeys } from './aes.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

function encrypted(key: Uint8Array, plain: Uint8Array): string {
  block.set(plain);
  encryptBlock(roundKeys(key));
  return Buffer.from(block).toString('hex');
}

/** SP 800-38A, F.1.5: ECB-AES256.Encrypt */
const KEY = hex('603deb1015ca71be2b73aef0857d7781 1f352c073b6108d72d9810a30914dff4');
const BLOCKS = [
  ['6bc1bee22e409f96e93d7e117393172a', 'f3eed1bdb5d2a03c064b5a7e3db181f8'],
  ['ae2d8a571e03ac9c9eb76fac45af8e51', '591ccb10d410ed26dc5ba74a31362870'],
  ['30c81c46a35ce411e5fbc1191a0a52ef', 'b6ed21b99ca6f4f9f153e7b1beafed1d'],
  ['f69f2445df4f9b17ad2b417be66c3710', '23304b7a39f9f3ff067d8d8f9e24ecc7'],
] as const;

describe('AES-256', () => {
  it('encrypts the example of FIPS 197', () => {
    const key = Uint8Array.from({ length: 32 }, (_, i) => i);
    expect(encrypted(key, hex('00112233445566778899aabbccddeeff'))).toBe('8ea2b7ca516745bfeafc49904b496089');
  });

  it.each(BLOCKS)('encrypts the block %s of SP 800-38A', (plain, sealed) => {
    expect(encrypted(KEY, hex(plain))).toBe(sealed);
  });

  it('encrypts as node:crypto does', () => {
    for (let round = 0; round < 2000; round++) {
      const [key, plain] = [randomBytes(32), randomBytes(16)];
      const cipher = createCipheriv('aes-256-ecb', key, null);
      expect(encrypted(key, plain), `${key.toString('hex')} ${plain.toString('hex')}`).toBe(
        cipher.update(plain).toString('hex'),
      );
    }
  });

  it('reads a key wherever it lies in its memory', () => {
    const memory = Buffer.concat([randomBytes(3), KEY, randomBytes(5)]);
    expect(encrypted(memory.subarray(3, 35), hex(BLOCKS[0][0]))).toBe(BLOCKS[0][1]);
  });
});
