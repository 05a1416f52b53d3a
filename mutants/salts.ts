/** Mutants of how a hash becomes a raw UID, and of the answers about buckets (Protocol §3, §8.6). */

import { alterLists, alterPayloads } from './answers.ts';
import { mutantsOf } from './mutant.ts';

const BUCKETS = /\/identity\/buckets$/;
const MAPS = /\/identity\/map$/;

export const saltsMutants = mutantsOf('salts', [
  [
    'salt-before-hash',
    'R63',
    'the first-level salt stands before the hash, not after it',
    {
      rules: () => ({
        firstLevelHash: (hash, salt, primitives) => primitives.sha256Base64(salt + hash),
      }),
    },
  ],
  [
    'unsalted',
    'R63',
    'the first-level hash is the identity hash itself',
    { rules: () => ({ firstLevelHash: (hash) => hash }) },
  ],
  [
    'high-nibble',
    'R63',
    'the bucket index takes the high nibble of the third byte',
    {
      rules: (_honest, { primitives }) => ({
        bucketIndex: (flh, buckets) => {
          const [a = 0, b = 0, c = 0] = primitives.fromBase64(flh) ?? [];
          return ((a << 12) | (b << 4) | (c >> 4)) % buckets;
        },
      }),
    },
  ],
  [
    'previous-salt',
    'R63',
    'raw UIDs are made with the previous salt or key of a bucket',
    {
      rules: ({ currentRawUid, previousRawUid }) => ({
        currentRawUid: (...located) => previousRawUid(...located) ?? currentRawUid(...located),
      }),
    },
  ],
  [
    'with-type-byte',
    'R63',
    'raw UIDs of text salts have 33 bytes, with a type byte',
    {
      rules: ({ currentRawUid }) => ({
        currentRawUid: (flh, type, bucket, settings, primitives) =>
          currentRawUid(flh, type, bucket, { ...settings, identityV3: true }, primitives),
      }),
    },
  ],
  [
    'phones-as-addresses',
    'R63',
    'raw UIDs of phone numbers carry the type of addresses',
    {
      world: () => ({ identity_v3: false }),
      rules: ({ currentRawUid }) => ({
        currentRawUid: (flh, _type, ...rest) => currentRawUid(flh, 0, ...rest),
      }),
    },
  ],
  [
    'production-ids',
    'R63',
    'raw UIDs of salt keys hold the environment prod',
    { world: () => ({ identity_environment: 'prod' }) },
  ],
  [
    'previous-forever',
    'R59',
    'v3 map gives the previous raw UID however old the rotation is',
    { rules: () => ({ hasPrevious: () => true }) },
  ],
  [
    'previous-never',
    'R59',
    'v3 map never gives the previous raw UID',
    { rules: () => ({ hasPrevious: () => false }) },
  ],
  [
    'previous-is-current',
    'R59',
    'p is the current raw UID',
    {
      rules: ({ currentRawUid }) => ({ previousRawUid: (...located) => currentRawUid(...located) }),
    },
  ],
  [
    'refresh-from-in-ms',
    'R59',
    'r is in milliseconds',
    {
      rules: ({ refreshFromSeconds }) => ({
        refreshFromSeconds: (bucket, now) => refreshFromSeconds(bucket, now) * 1000,
      }),
    },
  ],
  [
    'refresh-from-passed',
    'R59',
    'r is the time of the last rotation',
    { rules: () => ({ refreshFromSeconds: ({ lastUpdated }) => Math.floor(lastUpdated / 1000) }) },
  ],
  [
    'buckets-after',
    'R60',
    'buckets leaves out what changed exactly at since_timestamp',
    {
      http: (http) =>
        alterPayloads(http, BUCKETS, (payload) => {
          const since = Date.parse(`${String(payload.since_timestamp)}Z`);
          if (Number.isNaN(since)) return payload;
          return { ...payload, since_timestamp: new Date(since + 1).toISOString().slice(0, -1) };
        }),
    },
  ],
  [
    'bucket-times-cut',
    'R60',
    'last_updated leaves out a fraction of zero',
    { profile: () => ({ shortBucketTimes: true }) },
  ],
  [
    'buckets-reversed',
    'R60',
    'buckets are listed from the last to the first',
    { http: (http) => alterLists(http, BUCKETS, 'body', (items) => [...items].reverse()) },
  ],
  [
    'zoned-times',
    'R61',
    'since_timestamp may name a time zone',
    {
      http: (http) =>
        alterPayloads(http, BUCKETS, (payload) =>
          typeof payload.since_timestamp === 'string'
            ? { ...payload, since_timestamp: payload.since_timestamp.replace(/Z$|[+-]\d\d:\d\d$/, '') }
            : payload,
        ),
    },
  ],
  [
    'since-the-beginning',
    'R61',
    'without since_timestamp all buckets are listed',
    {
      http: (http) =>
        alterPayloads(http, BUCKETS, (payload) => ({ since_timestamp: '1970-01-01T00:00:00', ...payload })),
    },
  ],
  [
    'bucket-numbers',
    'R62',
    'map and buckets give different ids for a bucket',
    {
      http: (http) =>
        alterLists(http, MAPS, 'mapped', (items) =>
          items.map((item) => ({ ...item, bucket_id: `${String(item.bucket_id)}0` })),
        ),
    },
  ],
]);
