/** The vectors of Protocol Appendix A, byte for byte in both directions, on both implementations of the primitives. */

import { describe, expect, it } from 'vitest';
import { loadHashVectors, loadTokenVectors } from '../../fixtures/known-answers.ts';
import { implementations } from '../testing/primitives.ts';
import {
  type AdvertisingTokenVersion,
  decodeAdvertisingToken,
  encodeAdvertisingToken,
} from './advertising-token.ts';
import { concatBytes } from './bytes.ts';
import { openRequest, sealResponse, sealWithKey } from './envelope.ts';
import { hashIdentifier, readIdentityHash } from './identity-hash.ts';
import { utf8 } from './primitives.ts';
import { type Environment, rawUidV2, rawUidV3, rawUidV4 } from './raw-uid.ts';
import {
  type RefreshTokenVersion,
  decodeRefreshToken,
  encodeRefreshToken,
  unwrapRefreshToken,
  wrapRefreshToken,
} from './refresh-token.ts';
import { bucketIdEncoder, bucketIndex, firstLevelHash } from './salts.ts';

const vectors = loadTokenVectors();
const { identities, salts, raw_uids } = loadHashVectors();
const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const bytes = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'));
const secrets = new Map(vectors.keys.map(({ id, secret }) => [id, bytes(secret)]));
const findSecret = (id: number) => secrets.get(id);
const keyFor = (use: string) => {
  const key = vectors.keys.find((candidate) => candidate.use === use);
  if (key === undefined) throw new Error(`no ${use} key`);
  return { id: key.id, secret: bytes(key.secret) };
};
const keys = { master: keyFor('master'), site: keyFor('site') };
const gcm = { outer: hex(vectors.ivs.gcm_outer), inner: hex(vectors.ivs.gcm_inner) };
const cbc = { outer: hex(vectors.ivs.cbc_outer), inner: hex(vectors.ivs.cbc_inner) };
const created = vectors.timestamp_ms;
const owner = { scope: 0, type: 0, siteId: 123, privacyBits: 1, established: created } as const;
const advertising = {
  ...owner,
  created,
  refreshed: created,
  expires: created + 3_600_000,
  rawUid: raw_uids[0]?.raw_uids[0]?.raw_uid ?? '',
};
const flh = Buffer.from(raw_uids[0]?.first_level_hash_hex ?? '', 'hex').toString('base64');
const refresh = { ...owner, created, expires: created + 86_400_000, flh };
const textOf = (id: string) => vectors.tokens.find((token) => token.id === id)?.text ?? '';

describe.each(implementations)('Appendix A on %s', (_name, primitives) => {
  it.each([2, 3, 4] as const)('advertising token V%s', (version: AdvertisingTokenVersion) => {
    const text = textOf(`advertising-v${version}`);
    const ivs = version === 2 ? cbc : gcm;
    expect(encodeAdvertisingToken(version, advertising, keys, ivs, primitives)).toBe(text);
    const times = version === 2 ? { created: 0, refreshed: 0 } : {};
    expect(decodeAdvertisingToken(text, findSecret, primitives)).toEqual({
      ...advertising,
      ...times,
      version,
      masterKeyId: 101,
      siteKeyId: 103,
    });
  });

  it.each([2, 3] as const)('refresh token V%s', (version: RefreshTokenVersion) => {
    const text = textOf(`refresh-v${version}`);
    const iv = version === 2 ? cbc.outer : gcm.outer;
    expect(encodeRefreshToken(version, refresh, keyFor('refresh'), iv, primitives)).toBe(text);
    const validTill = refresh.expires + (version === 2 ? 60_000 : 0);
    expect(decodeRefreshToken(text, findSecret, primitives)).toEqual({
      ...refresh,
      version,
      keyId: 102,
      validTill,
    });
  });

  it('wrapper of the refresh token', () => {
    const inner = { refreshToken: textOf('refresh-v3'), responseKey: bytes(vectors.refresh_response_key) };
    const iv = hex(vectors.ivs.wrapper);
    expect(wrapRefreshToken(inner, 0, keyFor('refresh'), iv, primitives)).toBe(textOf('wrapped-v3'));
    const opened = unwrapRefreshToken(textOf('wrapped-v3'), findSecret, primitives);
    expect({ ...opened, responseKey: Uint8Array.from(opened.responseKey) }).toEqual(inner);
  });

  it('request and response envelope', () => {
    const [request, response] = vectors.envelopes;
    const secret = bytes(vectors.client_secret);
    const nonce = bytes(vectors.nonce);
    const rules = { namesPlainJson: true, base64Fallback: true };
    const opened = openRequest(utf8(request?.text ?? ''), false, secret, created, rules, primitives);
    expect({ ...opened, nonce: Uint8Array.from(opened.nonce) }).toEqual({
      timestamp: created,
      nonce,
      payload: JSON.parse(request?.payload ?? ''),
      json: request?.payload,
      binary: false,
    });
    const plain = utf8(response?.payload ?? '');
    const sealed = sealResponse([plain], nonce, created, secret, hex(response?.iv ?? ''), primitives);
    expect(primitives.toBase64(concatBytes(...sealed))).toBe(response?.text);
    // the request is sealed as answers to a refresh are, but for the version byte in front
    const stamped = Buffer.concat([Buffer.alloc(8), nonce, utf8(request?.payload ?? '')]);
    stamped.writeBigInt64BE(BigInt(created));
    const body = sealWithKey(stamped, secret, hex(request?.iv ?? ''), primitives);
    expect(Buffer.concat([Buffer.of(1), body]).toString('base64')).toBe(request?.text);
  });

  it.each(raw_uids)('$id: first-level hash, bucket and every raw UID', (vector) => {
    const type = vector.kind === 'email' ? 0 : 1;
    const hash = firstLevelHash(hashIdentifier(vector.normalized, primitives), salts.first_level, primitives);
    expect(Buffer.from(hash, 'base64').toString('hex')).toBe(vector.first_level_hash_hex);
    expect(bucketIndex(hash, 1_048_576)).toBe(vector.bucket_20_bits);
    expect(bucketIndex(hash, 1000)).toBe(vector.bucket_20_bits % 1000);
    for (const { version, scope: scopeName, environment = 'test', raw_uid } of vector.raw_uids) {
      const scope = scopeName === 'UID2' ? 0 : 1;
      const place = ({ test: 0, integ: 1, prod: 2 } satisfies Record<string, Environment>)[environment];
      const made = {
        2: () => rawUidV2(hash, salts.bucket, primitives),
        3: () => rawUidV3(hash, salts.bucket, scope, type, primitives),
        4: () => rawUidV4(hash, salts.v4_key, scope, type, place, primitives),
      }[version]();
      expect(made).toBe(raw_uid);
    }
  });

  it.each(identities)('$id: its hash, in base64 and in hex', ({ normalized, sha256_base64, sha256_hex }) => {
    expect(hashIdentifier(normalized, primitives)).toBe(sha256_base64);
    expect(readIdentityHash(sha256_base64, primitives)).toBe(sha256_base64);
    expect(readIdentityHash(sha256_hex, primitives)).toBe(sha256_base64);
    expect(readIdentityHash(sha256_hex.toUpperCase(), primitives)).toBe(sha256_base64);
  });
});

it('bucket ids are those of Protocol §3.1', () => {
  const bucketId = bucketIdEncoder('m', 'OeIwrJ8SGnjVIswexSfH7i8siqilaJC+ZzBeD+FNVj4=');
  const ids = [7_100_000, 7_100_001, 7_100_002, 7_100_003, 7_100_004].map(bucketId);
  expect(ids).toEqual(['mEAeoGQQvD', 'moL9dkaaBA', 'moAKGkXXJA', 'mGAVlk11JD', 'm1AqkRNNOD']);
});
