/** Mutants that use an IV twice, in tokens or envelopes (Protocol §5, §7). */

import { alterAdvertisingTokens, alterRefreshTokens } from './faults.ts';
import { mutantsOf } from './mutant.ts';

const zeros = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes.length);

export const ivReuseMutants = mutantsOf('iv-reuse', [
  [
    'advertising-token',
    'S7',
    'the outer IV of advertising tokens is constant',
    alterAdvertisingTokens(
      (encode) =>
        (version, token, keys, { outer, inner }, primitives) =>
          encode(version, token, keys, { outer: zeros(outer), inner }, primitives),
    ),
  ],
  [
    'site-layer',
    'S7',
    'the inner IV of advertising tokens is constant',
    alterAdvertisingTokens(
      (encode) =>
        (version, token, keys, { outer, inner }, primitives) =>
          encode(version, token, keys, { outer, inner: zeros(inner) }, primitives),
    ),
  ],
  [
    'both-layers',
    'S7',
    'the two layers of an advertising token share an IV',
    alterAdvertisingTokens(
      (encode) =>
        (version, token, keys, { outer }, primitives) =>
          encode(version, token, keys, { outer, inner: outer }, primitives),
    ),
  ],
  [
    'from-the-identity',
    'S7',
    'IVs of advertising tokens follow from the raw UID',
    alterAdvertisingTokens((encode) => (version, token, keys, { outer, inner }, primitives) => {
      const derived = primitives.sha256(primitives.fromBase64(token.rawUid) ?? outer);
      const ivs = { outer: derived.subarray(0, outer.length), inner: derived.subarray(32 - inner.length) };
      return encode(version, token, keys, ivs, primitives);
    }),
  ],
  [
    'refresh-token',
    'S7',
    'the IV of refresh tokens is constant',
    alterRefreshTokens(
      (encode) => (version, token, key, iv, primitives) => encode(version, token, key, zeros(iv), primitives),
    ),
  ],
  [
    'wrapper',
    'S7',
    'the IV of the wrapper of refresh tokens is constant',
    {
      rules: ({ wrapRefreshToken }) => ({
        wrapRefreshToken: (token, scope, key, iv, primitives) =>
          wrapRefreshToken(token, scope, key, zeros(iv), primitives),
      }),
    },
  ],
  [
    'envelope',
    'R18',
    'the IV of sealed answers is constant',
    {
      rules: ({ sealResponse }) => ({
        sealResponse: (json, nonce, now, secret, iv, primitives) =>
          sealResponse(json, nonce, now, secret, zeros(iv), primitives),
      }),
    },
  ],
  [
    'from-the-nonce',
    'R18',
    'the IV of sealed answers is the nonce of the request',
    {
      rules: ({ sealResponse }) => ({
        sealResponse(json, nonce, now, secret, iv, primitives) {
          const derived = zeros(iv);
          derived.set(nonce);
          return sealResponse(json, nonce, now, secret, derived, primitives);
        },
      }),
    },
  ],
]);
