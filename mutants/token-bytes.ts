/** Mutants of the contents of tokens (Protocol §5). */

import { alterAdvertisingTokens, alterRefreshTokens } from './faults.ts';
import { mutantsOf } from './mutant.ts';

export const tokenBytesMutants = mutantsOf('token-bytes', [
  [
    'third-version',
    'R32',
    'advertising tokens have version 3',
    { profile: () => ({ advertisingTokenVersion: 3 }) },
  ],
  [
    'standard-alphabet',
    'R32',
    'advertising tokens of version 4 are in the standard alphabet of base64',
    alterAdvertisingTokens(
      (encode) =>
        (...token) =>
          encode(...token)
            .replaceAll('-', '+')
            .replaceAll('_', '/'),
    ),
  ],
  [
    'phones-typed-as-email',
    'R32',
    'advertising tokens of phone numbers carry the type of addresses',
    alterAdvertisingTokens(
      (encode) =>
        (version, token, ...rest) =>
          encode(version, { ...token, type: 0 }, ...rest),
    ),
  ],
  [
    'line-breaks',
    'S6',
    'tokens are broken into lines of 76 characters',
    alterAdvertisingTokens(
      (encode) =>
        (...token) =>
          encode(...token).replace(/.{76}/g, '$&\r\n'),
    ),
  ],
  [
    'trailing-newline',
    'S6',
    'a line break follows every advertising token',
    alterAdvertisingTokens(
      (encode) =>
        (...token) =>
          `${encode(...token)}\n`,
    ),
  ],
  [
    'fallback-key-always',
    'R33',
    "every site's tokens are sealed with the key of the fallback site",
    {
      rules: ({ siteKey }) => ({
        siteKey: (directory, world, _siteId, now) =>
          siteKey(directory, world, world.fallback_token_site_id, now),
      }),
    },
  ],
  [
    'oldest-key',
    'R33',
    'tokens are sealed with the oldest key of the site, not the active one',
    {
      rules: ({ siteKey }) => ({
        siteKey(directory, world, siteId, now) {
          const active = siteKey(directory, world, siteId, now);
          return directory.keysOf.get(active.keysetId)?.[0] ?? active;
        },
      }),
    },
  ],
  [
    'site-layer-under-master',
    'R33',
    'the inner layer is sealed with the master key too',
    alterAdvertisingTokens(
      (encode) =>
        (version, token, { master }, ...rest) =>
          encode(version, token, { master, site: master }, ...rest),
    ),
  ],
  [
    'no-site',
    'R34',
    'tokens do not carry the site of the caller',
    alterAdvertisingTokens(
      (encode) =>
        (version, token, ...rest) =>
          encode(version, { ...token, siteId: 0 }, ...rest),
    ),
  ],
  [
    'privacy-bits-unset',
    'R34',
    'privacy bits are 0',
    alterAdvertisingTokens(
      (encode) =>
        (version, token, ...rest) =>
          encode(version, { ...token, privacyBits: 0 }, ...rest),
    ),
  ],
  [
    'privacy-bits-of-browsers',
    'R34',
    'refresh tokens have the privacy bits of client-side tokens',
    alterRefreshTokens(
      (encode) =>
        (version, token, ...rest) =>
          encode(version, { ...token, privacyBits: 3 }, ...rest),
    ),
  ],
  [
    'expiry-with-tolerance',
    'R35',
    'the expiry in the advertising token is ten seconds after identity_expires',
    alterAdvertisingTokens(
      (encode) =>
        (version, token, ...rest) =>
          encode(version, { ...token, expires: token.expires + 10_000 }, ...rest),
    ),
  ],
  [
    'times-in-seconds',
    'R35',
    'the creation time in the advertising token is in seconds',
    alterAdvertisingTokens(
      (encode) =>
        (version, token, ...rest) =>
          encode(version, { ...token, created: Math.floor(token.created / 1000) }, ...rest),
    ),
  ],
  [
    'refreshed-when-established',
    'R35',
    'the refresh time in the advertising token is a day too early',
    alterAdvertisingTokens(
      (encode) =>
        (version, token, ...rest) =>
          encode(version, { ...token, refreshed: token.refreshed - 86_400_000 }, ...rest),
    ),
  ],
  [
    'other-raw-uid',
    'R37',
    'the raw UID in tokens begins with a type byte that identity map does not give',
    alterAdvertisingTokens((encode) => (version, token, keys, ivs, primitives) => {
      const uid = primitives.fromBase64(token.rawUid) ?? new Uint8Array(0);
      const rawUid = uid.length === 32 ? Uint8Array.of((token.scope << 4) | (token.type << 2), ...uid) : uid;
      return encode(version, { ...token, rawUid: primitives.toBase64(rawUid) }, keys, ivs, primitives);
    }),
  ],
  [
    'refresh-of-the-other-type',
    'R38',
    'refresh tokens carry the wrong identity type',
    alterRefreshTokens(
      (encode) =>
        (version, token, ...rest) =>
          encode(version, { ...token, type: token.type === 0 ? 1 : 0 }, ...rest),
    ),
  ],
  [
    'refresh-of-another-hash',
    'R38',
    'refresh tokens hold the hash of the first-level hash',
    alterRefreshTokens(
      (encode) => (version, token, key, iv, primitives) =>
        encode(version, { ...token, flh: primitives.sha256Base64(token.flh) }, key, iv, primitives),
    ),
  ],
  [
    'another-response-key-inside',
    'R39',
    'the response key in the wrapper differs from that in the answer',
    {
      rules: ({ wrapRefreshToken }) => ({
        wrapRefreshToken: ({ refreshToken, responseKey }, scope, key, iv, primitives) =>
          wrapRefreshToken(
            { refreshToken, responseKey: primitives.sha256(responseKey) },
            scope,
            key,
            iv,
            primitives,
          ),
      }),
    },
  ],
  [
    'one-response-key',
    'R39',
    'every wrapped refresh token has the same response key',
    {
      primitives: (honest) => ({
        randomBytes: (length) => (length === 32 ? new Uint8Array(32).fill(7) : honest.randomBytes(length)),
      }),
    },
  ],
]);
