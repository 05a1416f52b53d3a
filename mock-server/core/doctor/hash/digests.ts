/** Bytes to a hash in other ways than SHA-256 once. */

import { blake2b, blake2s } from '@noble/hashes/blake2.js';
import { hmac } from '@noble/hashes/hmac.js';
import { md5, ripemd160, sha1 } from '@noble/hashes/legacy.js';
import { sha224, sha256, sha384, sha512, sha512_256 } from '@noble/hashes/sha2.js';
import { keccak_256, sha3_256, sha3_512 } from '@noble/hashes/sha3.js';
import { concatBytes } from '../../bytes.ts';
import { type Primitives, utf8 } from '../../primitives.ts';
import type { HashCauseId } from '../causes/hash.ts';
import { hexOf } from '../../decoding.ts';

export interface Digest {
  /** undefined for SHA-256 once, which is right */
  readonly cause?: HashCauseId;
  readonly facts?: Readonly<Record<string, string>>;
  /** as that of a step; 4 is combined with nothing but a way to write it */
  readonly rank: 1 | 2 | 3 | 4;
  /** how many bytes it gives */
  readonly length: number;
  readonly hash: (bytes: Uint8Array, primitives: Primitives) => Uint8Array;
}

type Rewrite = (hash: Uint8Array, primitives: Primitives) => Uint8Array;

/** What may be hashed again. */
const rewrites: readonly (readonly [of: string, rewrite: Rewrite, rank: 1 | 2])[] = [
  ['the bytes of the hash', (hash) => hash, 1],
  ['the base64 of the hash', (hash, primitives) => utf8(primitives.toBase64(hash)), 1],
  ['the hex text of the hash', (hash) => utf8(hexOf(hash)), 1],
  ['the upper-case hex text of the hash', (hash) => utf8(hexOf(hash).toUpperCase()), 1],
  ['the base64 of the hash in the URL alphabet', (hash, primitives) => utf8(primitives.toBase64Url(hash)), 2],
  [
    'the base64 of the hash without padding',
    (hash, primitives) => utf8(primitives.toBase64(hash).replace(/=+$/, '')),
    2,
  ],
  [
    'the base64 of the hash with a line feed',
    (hash, primitives) => utf8(`${primitives.toBase64(hash)}\n`),
    2,
  ],
  ['the hex text of the hash with a line feed', (hash) => utf8(`${hexOf(hash)}\n`), 2],
  ['the hex text of the hash in quotes', (hash) => utf8(`"${hexOf(hash)}"`), 2],
  [
    'the base64 of the hex text of the hash',
    (hash, primitives) => utf8(primitives.toBase64(utf8(hexOf(hash)))),
    2,
  ],
  ['the hash read as Latin-1 and written as UTF-8', (hash) => utf8(String.fromCharCode(...hash)), 2],
];

const twice: readonly Digest[] = rewrites.map(([of, rewrite, rank]) => ({
  cause: 'digest_twice',
  facts: { of },
  rank,
  length: 32,
  hash: (bytes, primitives) => primitives.sha256(rewrite(primitives.sha256(bytes), primitives)),
}));

const thrice: readonly Digest[] = rewrites.slice(0, 4).map(([of, rewrite]) => ({
  cause: 'digest_thrice',
  facts: { of },
  rank: 2,
  length: 32,
  hash: (bytes, primitives) => {
    const again = (hash: Uint8Array): Uint8Array => primitives.sha256(rewrite(hash, primitives));
    return again(again(primitives.sha256(bytes)));
  },
}));

type Hash = (bytes: Uint8Array) => Uint8Array;

const algorithms: readonly (readonly [algorithm: string, length: number, hash: Hash])[] = [
  ['MD5', 16, md5],
  ['SHA-1', 20, sha1],
  ['RIPEMD-160', 20, ripemd160],
  ['SHA-224', 28, sha224],
  ['SHA-384', 48, sha384],
  ['SHA-512', 64, sha512],
  ['SHA-512/256', 32, sha512_256],
  ['the first half of SHA-512', 32, (bytes) => sha512(bytes).subarray(0, 32)],
  ['SHA3-256', 32, sha3_256],
  ['Keccak-256', 32, keccak_256],
  ['SHA3-512', 64, sha3_512],
  ['BLAKE2b-256', 32, (bytes) => blake2b(bytes, { dkLen: 32 })],
  ['BLAKE2b-512', 64, (bytes) => blake2b(bytes)],
  ['BLAKE2s-256', 32, (bytes) => blake2s(bytes)],
];

const others: readonly Digest[] = algorithms.flatMap(([algorithm, length, hash]): Digest[] => [
  { cause: 'digest_algorithm', facts: { algorithm }, rank: length === 32 ? 3 : 1, length, hash },
  ...(length === 32
    ? []
    : ([
        {
          cause: 'digest_algorithm',
          facts: { algorithm: `${algorithm} of the hex text of ${algorithm}` },
          rank: 2,
          length,
          hash: (bytes) => hash(utf8(hexOf(hash(bytes)))),
        },
        {
          cause: 'digest_algorithm',
          facts: { algorithm: `${algorithm} of the hex text of SHA-256` },
          rank: 2,
          length,
          hash: (bytes, primitives) => hash(utf8(hexOf(primitives.sha256(bytes)))),
        },
      ] satisfies Digest[])),
]);

/** The text encoded again, and then hashed. */
const ofEncodings: readonly Digest[] = rewrites.slice(1, 3).map(([of, rewrite]) => ({
  cause: 'encoded_other',
  facts: { encoding: of.replace(/ of the hash$/, '').replace(/^the /, '') },
  rank: 1,
  length: 32,
  hash: (bytes, primitives) => primitives.sha256(rewrite(bytes, primitives)),
}));

/** Hashes that programs kept from before, and hashed again. */
const ofOthers: readonly Digest[] = algorithms
  .filter(([name]) => ['MD5', 'SHA-1', 'SHA-512'].includes(name))
  .flatMap(([algorithm, , hash]) =>
    rewrites.slice(0, 4).map(([of, rewrite]) => ({
      cause: 'digest_of_other_hash' as const,
      facts: { of: `${of} (${algorithm})` },
      rank: 3 as const,
      length: 32,
      hash: (bytes: Uint8Array, primitives: Primitives) =>
        primitives.sha256(rewrite(hash(bytes), primitives)),
    })),
  );

/** Keys and salts that examples use; an empty key and the identity itself are tried too. */
const WORDS = ['salt', 'secret', 'key', 'uid2', 'null', 'undefined', 'SALT', 'pepper', 'hello', 'my-salt'];

const keyed = (facts: Record<string, string>, key: (bytes: Uint8Array) => Uint8Array): Digest => ({
  cause: 'digest_keyed',
  facts,
  rank: 4,
  length: 32,
  hash: (bytes) => hmac(sha256, key(bytes), bytes),
});

const salted = (what: string, add: (bytes: Uint8Array) => Uint8Array): Digest => ({
  cause: 'digest_salted',
  facts: { what },
  rank: 4,
  length: 32,
  hash: (bytes, primitives) => primitives.sha256(add(bytes)),
});

const salts: readonly Digest[] = [
  keyed({ algorithm: 'HMAC-SHA-256 with an empty key' }, () => new Uint8Array(0)),
  keyed({ algorithm: 'HMAC-SHA-256 with the identity as key' }, (bytes) => bytes),
  ...WORDS.flatMap((word) => [
    keyed({ algorithm: `HMAC-SHA-256 with the key ${word}` }, () => utf8(word)),
    salted(`${word} behind it`, (bytes) => concatBytes(bytes, utf8(word))),
    salted(`${word} in front of it`, (bytes) => concatBytes(utf8(word), bytes)),
  ]),
];

/** SHA-256 once. */
export const rightDigest: Digest = {
  rank: 1,
  length: 32,
  hash: (bytes, primitives) => primitives.sha256(bytes),
};

/** Every other way to hash, the usual ones first. */
export const digests: readonly Digest[] = [
  ...twice,
  ...ofEncodings,
  ...others,
  ...thrice,
  ...ofOthers,
  ...salts,
];
