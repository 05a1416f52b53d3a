/**
 * The ciphers that senders use in place of AES-256-GCM, for AES keys of 16, 24 and 32 bytes.
 *
 *   GCM without its tag   CTR from  IV (12) | 00000002
 *   CTR                   from IV (16), or IV (12) | 0, or IV (12) | 1
 *   CBC   P = D(C) xor previous C        ECB   P = D(C)
 *   CFB   P = C xor E(previous C)        OFB   P = C xor E(previous output)
 *
 * NIST SP 800-38A and SP 800-38D. A stream gives the plaintext of any beginning of the ciphertext.
 */

import { gcm, gcmsiv, unsafe } from '@noble/ciphers/aes.js';
import { chacha20, chacha20poly1305, xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { concatBytes, xorBytes } from '../bytes.ts';
import type { Deviation } from './envelope-deviations.ts';

const BLOCK = 16;
const TAG = 16;

/** The block cipher of a key; the key is expanded when it is first used. */
export class Aes {
  readonly key: Uint8Array;
  #forward: Uint32Array | undefined;
  #backward: Uint32Array | undefined;

  constructor(key: Uint8Array) {
    this.key = key;
  }

  encrypt(block: Uint8Array): Uint8Array {
    this.#forward ??= unsafe.expandKeyLE(this.key);
    return unsafe.encryptBlock(this.#forward, new Uint8Array(block));
  }

  decrypt(block: Uint8Array): Uint8Array {
    this.#backward ??= unsafe.expandKeyDecLE(this.key);
    return unsafe.decryptBlock(this.#backward, new Uint8Array(block));
  }
}

/** Applies a function to each block; the last may be shorter. */
function blockwise(data: Uint8Array, change: (block: Uint8Array, at: number) => Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += BLOCK) out.set(change(data.subarray(at, at + BLOCK), at), at);
  return out;
}

type Stream = (aes: Aes, iv: Uint8Array, data: Uint8Array) => Uint8Array | undefined;

const padded = (iv: Uint8Array, ...end: number[]): Uint8Array =>
  concatBytes(iv, new Uint8Array(BLOCK - iv.length - end.length), Uint8Array.from(end));

function increment(counter: Uint8Array): void {
  for (let i = BLOCK - 1; i >= 0; i--) {
    const next = ((counter[i] ?? 0) + 1) & 0xff;
    counter[i] = next;
    if (next !== 0) return;
  }
}

/** Counter mode; `end` are the last bytes of the first counter. */
const counterFrom =
  (...end: number[]): Stream =>
  (aes, iv, data) => {
    if (iv.length + end.length > BLOCK) return undefined;
    const counter = padded(iv, ...end);
    return blockwise(data, (block) => {
      const keystream = aes.encrypt(counter);
      increment(counter);
      return xorBytes(block, keystream);
    });
  };

const blocksOnly =
  (stream: Stream): Stream =>
  (aes, iv, data) =>
    data.length === 0 || data.length % BLOCK !== 0 || iv.length > BLOCK ? undefined : stream(aes, iv, data);

const ecb = blocksOnly((aes, _, data) => blockwise(data, (block) => aes.decrypt(block)));

const cbc = blocksOnly((aes, iv, data) => {
  let previous = padded(iv);
  return blockwise(data, (block) => {
    const plain = xorBytes(aes.decrypt(block), previous);
    previous = block;
    return plain;
  });
});

const cfb: Stream = (aes, iv, data) => {
  if (iv.length > BLOCK) return undefined;
  let previous = padded(iv);
  return blockwise(data, (block) => {
    const plain = xorBytes(block, aes.encrypt(previous));
    previous = block;
    return plain;
  });
};

/** CFB with a shift of one byte, which some libraries mean by CFB. */
const cfb8: Stream = (aes, iv, data) => {
  if (iv.length > BLOCK) return undefined;
  const shifted = concatBytes(padded(iv), data);
  return data.map((byte, i) => byte ^ (aes.encrypt(shifted.subarray(i, i + BLOCK))[0] ?? 0));
};

const ofb: Stream = (aes, iv, data) => {
  if (iv.length > BLOCK) return undefined;
  let output = padded(iv);
  return blockwise(data, (block) => {
    output = aes.encrypt(output);
    return xorBytes(block, output);
  });
};

const chacha: Stream = ({ key }, iv, data) =>
  key.length === 32 && iv.length === 12 ? chacha20(key, iv, data, undefined, 1) : undefined;

const gcmStream = counterFrom(0, 0, 0, 2);

/** The plaintext of GCM whatever its tag, for an IV of any length. */
export const gcmPlain: Stream = (aes, iv, data) => {
  if (iv.length === 12) return gcmStream(aes, iv, data);
  return iv.length < 8 ? undefined : gcm(aes.key, iv).encrypt(data).subarray(0, data.length);
};

interface StreamCipher {
  readonly deviations: readonly Deviation[];
  readonly stream: Stream;
  /** lengths of the IV that are usual for it; 0 where it takes none */
  readonly ivLengths: readonly number[];
  /** whether the plaintext is padded to blocks */
  readonly pads: boolean;
  /** whether each byte takes a block; tried with fewer keys */
  readonly isSlow: boolean;
}

const cipher = (
  deviations: readonly Deviation[],
  stream: Stream,
  ivLengths: readonly number[],
  { pads = false, isSlow = false } = {},
): StreamCipher => ({ deviations, stream, ivLengths, pads, isSlow });

/** Ciphers whose result carries no tag. */
export const streamCiphers: readonly StreamCipher[] = [
  cipher([['tag_missing']], gcmPlain, [12]),
  cipher([['cipher_ctr']], counterFrom(), [16, 12, 8]),
  cipher([['cipher_ctr']], counterFrom(0, 0, 0, 1), [12]),
  cipher([['cipher_cbc']], cbc, [16, 12], { pads: true }),
  cipher([['cipher_ecb']], ecb, [0, 12, 16], { pads: true }),
  cipher([['cipher_cfb']], cfb, [16, 12]),
  cipher([['cipher_cfb']], cfb8, [16, 12], { isSlow: true }),
  cipher([['cipher_ofb']], ofb, [16, 12]),
  cipher([['cipher_chacha']], chacha, [12]),
];

function attempt(operation: () => Uint8Array): Uint8Array | undefined {
  try {
    return operation();
  } catch {
    return undefined;
  }
}

type Opener = (
  key: Uint8Array,
  iv: Uint8Array,
  sealed: Uint8Array,
  aad?: Uint8Array,
) => Uint8Array | undefined;

/** GCM for keys and IVs of any length; undefined when the tag is wrong. */
export const openGcm: Opener = (key, iv, sealed, aad) => attempt(() => gcm(key, iv, aad).decrypt(sealed));

/** Other ciphers with a tag of 16 bytes. */
export const taggedCiphers: readonly (readonly [deviation: Deviation, open: Opener])[] = [
  [['cipher_chacha'], (key, iv, sealed) => attempt(() => chacha20poly1305(key, iv).decrypt(sealed))],
  [['cipher_chacha'], (key, iv, sealed) => attempt(() => xchacha20poly1305(key, iv).decrypt(sealed))],
  [['cipher_siv'], (key, iv, sealed) => attempt(() => gcmsiv(key, iv).decrypt(sealed))],
];

/** Whether `tag` is the beginning of the GCM tag of a plaintext. */
export function isTagOf(aes: Aes, iv: Uint8Array, plain: Uint8Array, tag: Uint8Array): boolean {
  const whole = gcm(aes.key, iv).encrypt(plain).subarray(-TAG);
  return tag.length > 0 && tag.every((byte, i) => byte === whole[i]);
}

/** A plaintext of blocks without its padding: PKCS#7, or zeros. */
export function unpadded(plain: Uint8Array): Uint8Array {
  const last = plain.at(-1) ?? 0;
  const isPkcs7 = last >= 1 && last <= BLOCK && plain.subarray(-last).every((byte) => byte === last);
  if (isPkcs7) return plain.subarray(0, plain.length - last);
  let end = plain.length;
  while (end > plain.length - BLOCK && plain[end - 1] === 0) end -= 1;
  return plain.subarray(0, end);
}
