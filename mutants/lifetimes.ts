/** Mutants of the times of tokens (Protocol §5.6). */

import { mutantsOf } from './mutant.ts';

export const lifetimesMutants = mutantsOf('lifetimes', [
  [
    'refresh-from-at-the-end',
    'R36',
    'refresh_from lies behind identity_expires',
    {
      rules: ({ tokenTimes }) => ({
        tokenTimes(now, lasting) {
          const times = tokenTimes(now, lasting);
          return { ...times, refreshFrom: times.identityExpires + 1000 };
        },
      }),
    },
  ],
  [
    'short-refresh-token',
    'R36',
    'refresh_expires is identity_expires less a second',
    {
      rules: ({ tokenTimes }) => ({
        tokenTimes(now, lasting) {
          const times = tokenTimes(now, lasting);
          return { ...times, refreshExpires: times.identityExpires - 1000 };
        },
      }),
    },
  ],
  [
    'varying',
    'R36',
    'every token lives a minute longer than the one before',
    {
      rules({ tokenTimes }) {
        let longer = 0;
        return {
          tokenTimes: (now, lasting) =>
            tokenTimes(now, { ...lasting, identity: lasting.identity + 60_000 * longer++ }),
        };
      },
    },
  ],
  [
    'seconds',
    'S3',
    'the answer tells times in seconds',
    {
      rules: ({ tokenTimes }) => ({
        tokenTimes(now, lasting) {
          const { identityExpires, refreshExpires, refreshFrom } = tokenTimes(now, lasting);
          const [a, b, c] = [identityExpires, refreshExpires, refreshFrom].map((ms) => Math.floor(ms / 1000));
          return { identityExpires: a ?? 0, refreshExpires: b ?? 0, refreshFrom: c ?? 0 };
        },
      }),
    },
  ],
  [
    'expired-is-good',
    'R44',
    'expired refresh tokens are refreshed',
    {
      rules: ({ decodeRefreshToken }) => ({
        decodeRefreshToken: (...token) => ({ ...decodeRefreshToken(...token), validTill: Infinity }),
      }),
    },
  ],
  [
    'expires-early',
    'R44',
    'refresh tokens expire a minute before their time',
    {
      rules: ({ decodeRefreshToken }) => ({
        decodeRefreshToken(...token) {
          const decoded = decodeRefreshToken(...token);
          return { ...decoded, validTill: decoded.validTill - 60_000 };
        },
      }),
    },
  ],
  [
    'clock-behind',
    'R35',
    "the operator's clock is two minutes late in what it issues",
    {
      rules: ({ encodeAdvertisingToken }) => ({
        encodeAdvertisingToken: (version, token, ...rest) =>
          encodeAdvertisingToken(version, { ...token, created: token.created - 120_000 }, ...rest),
      }),
    },
  ],
]);
