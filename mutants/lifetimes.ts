/** Mutants of the times of tokens (Protocol §5.6). */

import { mutantsOf } from './mutant.ts';

export const lifetimesMutants = mutantsOf('lifetimes', [
  [
    'refresh-from-at-the-end',
    'R36',
    'refresh_from is later than identity_expires',
    {
      rules: ({ tokenTimes }) => ({
        tokenTimes(now, lifetimes) {
          const times = tokenTimes(now, lifetimes);
          return { ...times, refreshFrom: times.identityExpires + 1000 };
        },
      }),
    },
  ],
  [
    'short-refresh-token',
    'R36',
    'refresh_expires is a second before identity_expires',
    {
      rules: ({ tokenTimes }) => ({
        tokenTimes(now, lifetimes) {
          const times = tokenTimes(now, lifetimes);
          return { ...times, refreshExpires: times.identityExpires - 1000 };
        },
      }),
    },
  ],
  [
    'varying',
    'R36',
    'the lifetime grows by a minute with every token',
    {
      rules({ tokenTimes }) {
        let longer = 0;
        return {
          tokenTimes: (now, lifetimes) =>
            tokenTimes(now, { ...lifetimes, identity: lifetimes.identity + 60_000 * longer++ }),
        };
      },
    },
  ],
  [
    'seconds',
    'S3',
    'times in the answer are in seconds',
    {
      rules: ({ tokenTimes }) => ({
        tokenTimes(now, lifetimes) {
          const { identityExpires, refreshExpires, refreshFrom } = tokenTimes(now, lifetimes);
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
    "tokens are created two minutes before the operator's time",
    {
      rules: ({ encodeAdvertisingToken }) => ({
        encodeAdvertisingToken: (version, token, ...rest) =>
          encodeAdvertisingToken(version, { ...token, created: token.created - 120_000 }, ...rest),
      }),
    },
  ],
]);
