/** The keys that senders seal with: the secret of a client, and what they make of it in place of decoding it. */

import { hmac } from '@noble/hashes/hmac.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { decodeBase64 } from '../base64.ts';
import { concatBytes } from '../bytes.ts';
import { utf8 } from '../primitives.ts';
import { hexOf } from '../decoding.ts';
import type { DoctorClient } from './doctor-world.ts';
import { Aes } from './envelope-ciphers.ts';
import type { Deviation } from './envelope-deviations.ts';

/** A client as a doctor knows it; the secret is base64. */
export type EnvelopeClient = Pick<DoctorClient, 'name' | 'secret'> & Partial<Pick<DoctorClient, 'key'>>;

export interface Key {
  readonly aes: Aes;
  readonly deviations: readonly Deviation[];
  /** what it is, for a person */
  readonly name: string;
  readonly owner: string | undefined;
  /** whether it is a secret as it was given */
  readonly isSecret: boolean;
}

/** Clients whose secrets are also tried in altered forms; with more only those of the client itself. */
const FEW = 40;

/** The first bytes, with zeros behind them where there are fewer. */
const sized = (bytes: Uint8Array, length: number): Uint8Array =>
  bytes.length >= length
    ? bytes.subarray(0, length)
    : concatBytes(bytes, new Uint8Array(length - bytes.length));

/** Base64 decoded by a decoder that skips what it does not know. */
const lenient = (text: string): Uint8Array | undefined => {
  const letters = text.replace(/[^A-Za-z0-9+/]/g, '');
  return decodeBase64(letters.length % 4 === 1 ? letters.slice(0, -1) : letters);
};

type Derived = readonly [bytes: Uint8Array | undefined, deviation: Deviation];

/** Keys made of a text and of the bytes it stands for, the likeliest first. */
const derivations: readonly ((text: string, bytes: Uint8Array) => readonly Derived[])[] = [
  (text) => [32, 16, 24].map((size) => [sized(utf8(text), size), ['key_text']] as const),
  (_, bytes) => [
    [bytes.subarray(0, 16), ['key_size', { part: 'the first half', bits: 128 }]],
    [bytes.subarray(16), ['key_size', { part: 'the second half', bits: 128 }]],
    [bytes.subarray(0, 24), ['key_size', { part: 'the first three quarters', bits: 192 }]],
  ],
  (text, bytes) =>
    (
      [
        [bytes, 'the bytes of the secret'],
        [utf8(text), 'the text of the secret'],
      ] as const
    ).flatMap(([of, what]) => [
      [sha256(of), ['key_hashed', { hash: 'SHA-256', what }]],
      [sha256(of).subarray(0, 16), ['key_hashed', { hash: 'half of SHA-256', what }]],
      [utf8(hexOf(sha256(of))).subarray(0, 32), ['key_hashed', { hash: 'the hex text of SHA-256', what }]],
      [sha512(of).subarray(0, 32), ['key_hashed', { hash: 'half of SHA-512', what }]],
      [md5(of), ['key_hashed', { hash: 'MD5', what }]],
      [utf8(hexOf(md5(of))), ['key_hashed', { hash: 'the hex text of MD5', what }]],
      [sha1(of).subarray(0, 16), ['key_hashed', { hash: 'the beginning of SHA-1', what }]],
      [hkdf(sha256, of, undefined, undefined, 32), ['key_hashed', { hash: 'HKDF', what }]],
      [hmac(sha256, of, new Uint8Array(0)), ['key_hashed', { hash: 'HMAC', what }]],
    ]),
  (_, bytes) => [
    [utf8(hexOf(bytes)).subarray(0, 32), ['key_hex']],
    [utf8(hexOf(bytes)).subarray(0, 16), ['key_hex']],
    [utf8(hexOf(bytes).toUpperCase()).subarray(0, 32), ['key_hex']],
    [Uint8Array.from(bytes).reverse(), ['key_reversed']],
  ],
  (text) => [
    [sizedIf(lenient(text.replace(/[+/]/g, ''))), ['key_lenient', { how: 'a decoder that drops + and /' }]],
    [
      sizedIf(lenient(text.replace(/=+$/, '').slice(0, -1))),
      ['key_lenient', { how: 'its last character cut off' }],
    ],
    [sizedIf(lenient(text.toLowerCase())), ['key_lenient', { how: 'its letters in lower case' }]],
    [sizedIf(lenient(text.toUpperCase())), ['key_lenient', { how: 'its letters in upper case' }]],
    [sizedIf(lenient(text.replaceAll('+', ' '))), ['key_lenient', { how: 'blanks in place of +' }]],
  ],
];

const sizedIf = (bytes: Uint8Array | undefined): Uint8Array | undefined => bytes && sized(bytes, 32);

/** Keys made of an API key. */
function apiKeys(key: string): readonly Derived[] {
  const tail = lenient(key.split(/[-.]/).at(-1) ?? '');
  const bytes = utf8(key);
  return [
    ...[32, 16, 24].map((size) => [sized(bytes, size), ['key_api_key']] as const),
    [sha256(bytes), ['key_api_key']],
    [md5(bytes), ['key_api_key']],
    [sizedIf(lenient(key)), ['key_api_key']],
    [sizedIf(tail), ['key_api_key']],
    [sizedIf(utf8(key.split(/[-.]/).at(-1) ?? '')), ['key_api_key']],
  ];
}

const isAesKey = (bytes: Uint8Array | undefined): bytes is Uint8Array =>
  bytes !== undefined && [16, 24, 32].includes(bytes.length);

/** The decoded secret of a client; undefined when it is not base64 of a key. */
export function secretOf({ secret }: EnvelopeClient): Uint8Array | undefined {
  const bytes = decodeBase64(secret);
  return isAesKey(bytes) ? bytes : undefined;
}

/** Keys are derived once for each client, which must not change. */
const known = new WeakMap<EnvelopeClient, readonly Key[]>();

function derivedOf(client: EnvelopeClient): readonly Key[] {
  const before = known.get(client);
  if (before) return before;
  const bytes = secretOf(client);
  const derived = bytes ? derivations.flatMap((derive) => derive(client.secret, bytes)) : [];
  const all = [...derived, ...(client.key === undefined ? [] : apiKeys(client.key))];
  const keys = all.flatMap(([key, deviation]): Key[] =>
    isAesKey(key)
      ? [
          {
            aes: new Aes(key),
            deviations: [deviation],
            name: deviation[0],
            owner: client.name,
            isSecret: false,
          },
        ]
      : [],
  );
  known.set(client, keys);
  return keys;
}

const ZERO: Key = {
  aes: new Aes(new Uint8Array(32)),
  deviations: [['key_zero']],
  name: 'zeros',
  owner: undefined,
  isSecret: false,
};

/**
 * The keys to try, the likeliest first.
 *
 * @param own name of the client whose secret should be the key; undefined when any client's may be
 */
export function keysOf(clients: readonly EnvelopeClient[], own: string | undefined): Key[] {
  const otherThan = ({ name }: EnvelopeClient): Deviation[] =>
    own === undefined || name === own ? [] : [['key_other_client', { owner: name, client: own }]];
  const decoded = clients.flatMap((client): Key[] => {
    const bytes = secretOf(client);
    const name = `client secret of ${client.name}`;
    return bytes
      ? [{ aes: new Aes(bytes), deviations: otherThan(client), name, owner: client.name, isSecret: true }]
      : [];
  });
  const altered = clients.length <= FEW ? clients : clients.filter(({ name }) => name === own);
  const derived = altered.flatMap((client) =>
    derivedOf(client).map((key): Key => ({ ...key, deviations: [...key.deviations, ...otherThan(client)] })),
  );
  return [...decoded, ...derived, ZERO].sort((a, b) => a.deviations.length - b.deviations.length);
}
