import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fixturePath } from '../../fixtures/path.ts';
import { loadHashVectors, loadTokenVectors } from '../../fixtures/known-answers.ts';
import { ContractError } from '../spec/contract-error.ts';
import {
  bucketIndex,
  decodeAdvertisingToken,
  decodeBase64Strict,
  decodeRefreshToken,
  firstLevelHash,
  openResponse,
  openWithKey,
  rawUidV2,
  rawUidV3,
  rawUidV4,
  sealClientGenerate,
  sealRequest,
  unwrapRefreshToken,
} from './index.ts';
import { readWorld } from '../target/world.ts';

const vectors = loadTokenVectors();
const hashes = loadHashVectors();
const keys = new Map(vectors.keys.map((key) => [key.id, Buffer.from(key.secret, 'base64')]));
const environments = { test: 0, integ: 1, prod: 2 };

const recordedToken = z.looseObject({
  id: z.string(),
  recorded_from: z.string(),
  advertising_token: z.string(),
  refresh_token: z.string(),
  refresh_response_key: z.string().optional(),
  decoded: z.looseObject({
    advertising_token: z.unknown(),
    refresh_token: z.unknown(),
    refresh_token_inner: z.string().optional(),
    refresh_token_wrapping: z.unknown().optional(),
  }),
});
const recordedTokens = z
  .array(recordedToken)
  .parse(JSON.parse(readFileSync(fixturePath('recordings/tokens.json'), 'utf8')));

function decode(kind: string, text: string): unknown {
  if (kind === 'advertising_token') {
    return decodeAdvertisingToken(text, keys);
  }
  if (kind === 'refresh_token') {
    return decodeRefreshToken(text, keys);
  }
  const { scopeByte, keyId, refreshToken, refreshResponseKey } = unwrapRefreshToken(text, keys);
  return {
    scope_byte: scopeByte,
    key_id: keyId,
    refresh_token: refreshToken,
    refresh_response_key: refreshResponseKey.toString('base64'),
  };
}

describe('strict base64', () => {
  it.each(['', 'AA==', 'AA', 'AAA=', 'AAA', 'AAAA', 'AB==', '+/+/'])('takes %j', (text) => {
    expect(decodeBase64Strict(text)).toEqual(Buffer.from(text, 'base64'));
  });
  it.each(['A', 'AAAAA', 'AA=', 'A===', 'AAA==', 'AAAA=', '=', '==', 'AA==A', 'AA A', 'AAAA\n', '-_-_', 'é'])(
    'refuses %j',
    (text) => {
      expect(() => decodeBase64Strict(text)).toThrow(expect.objectContaining({ code: 'malformed' }));
    },
  );
});

describe('vectors of Protocol Appendix A', () => {
  it.each(vectors.tokens)('$id decodes to its fields', ({ kind, text, decoded }) => {
    expect(decode(kind, text)).toEqual(decoded);
  });

  // Without V2: CBC has no tag, so that a change may go unnoticed.
  it.each(vectors.tokens.filter(({ id }) => !id.endsWith('v2')))(
    '$id with one bit flipped anywhere is refused',
    ({ kind, text }) => {
      const alphabet = text.includes('-') ? 'base64url' : 'base64';
      const bytes = Buffer.from(text, alphabet);
      // The tag of the wrapper does not cover its scope byte.
      const first = kind === 'wrapped_refresh_token' ? 1 : 0;
      for (let index = first; index < bytes.length; index++) {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(index) ^ 0x40, index);
        expect(() => decode(kind, changed.toString(alphabet)), `byte ${index}`).toThrow(ContractError);
      }
    },
  );

  it('seals the request and opens the answer', () => {
    const secret = Buffer.from(vectors.client_secret, 'base64');
    const nonce = Buffer.from(vectors.nonce, 'base64');
    const timestampMs = vectors.timestamp_ms;
    const done = vectors.envelopes.map(({ kind, payload, iv, text }) => {
      if (kind === 'request') {
        const options = { timestampMs, nonce, iv: Buffer.from(iv, 'hex') };
        expect(sealRequest(secret, Buffer.from(payload), options).toString('base64')).toBe(text);
      } else {
        const opened = openResponse(secret, decodeBase64Strict(text));
        expect(opened).toEqual({ timestampMs, nonce, payload: Buffer.from(payload) });
      }
      return kind;
    });
    expect(done).toEqual(['request', 'response']);
  });

  it.each(hashes.raw_uids)('$id', (vector) => {
    const flh = firstLevelHash(sha256(vector.normalized), hashes.salts.first_level);
    expect(flh.toString('hex')).toBe(vector.first_level_hash_hex);
    expect(bucketIndex(flh, 1_048_576)).toBe(vector.bucket_20_bits);
    expect(bucketIndex(flh, 1000)).toBe(vector.bucket_20_bits % 1000);
    for (const { version, scope, environment, raw_uid } of vector.raw_uids) {
      const kind = { scope: scope === 'UID2' ? 0 : 1, identityType: vector.kind === 'email' ? 0 : 1 };
      const made = {
        2: () => rawUidV2(flh, hashes.salts.bucket),
        3: () => rawUidV3(flh, hashes.salts.bucket, kind),
        4: () => rawUidV4(flh, hashes.salts.v4_key, kind, environments[environment ?? 'test']),
      }[version]();
      expect(made.toString('base64')).toBe(raw_uid);
    }
  });

  it.each(hashes.identities)('$id has its hash', ({ normalized, sha256_base64, sha256_hex }) => {
    const hash = sha256(normalized);
    expect([hash.toString('base64'), hash.toString('hex')]).toEqual([sha256_base64, sha256_hex]);
  });
});

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

function keysOfWorld(name: string): Map<number, Buffer> {
  const file = readFileSync(fixturePath(`recordings/world-${name}.json`), 'utf8');
  const { keyset_keys = [] } = readWorld(JSON.parse(file));
  return new Map(keyset_keys.map(({ id, secret }) => [id, Buffer.from(secret, 'base64')]));
}

describe('recorded tokens', () => {
  it('are complete', () => {
    expect(recordedTokens).toHaveLength(42);
  });

  it.each(recordedTokens)('$id decodes to its fields', (recorded) => {
    const worldKeys = keysOfWorld(recorded.recorded_from);
    const { decoded } = recorded;
    expect(decodeAdvertisingToken(recorded.advertising_token, worldKeys)).toEqual(decoded.advertising_token);
    let refreshToken = recorded.refresh_token;
    if (decoded.refresh_token_wrapping !== undefined) {
      const { scopeByte, keyId, jsonKeys, ...inner } = unwrapRefreshToken(refreshToken, worldKeys);
      expect({ scope_byte: scopeByte, key_id: keyId, length: 388, json_keys: jsonKeys }).toEqual(
        decoded.refresh_token_wrapping,
      );
      expect(inner.refreshToken).toBe(decoded.refresh_token_inner);
      expect(inner.refreshResponseKey.toString('base64')).toBe(recorded.refresh_response_key);
      refreshToken = inner.refreshToken;
    }
    expect(decodeRefreshToken(refreshToken, worldKeys)).toEqual(decoded.refresh_token);
  });
});

describe('bytes that are not a token', () => {
  it.each(['', 'AAAA', 'A4AAAA', 'Ag==', '!', 'A3AAAABl'])('%j is malformed', (text) => {
    for (const read of [decodeAdvertisingToken, decodeRefreshToken, unwrapRefreshToken]) {
      expect(() => read(text, keys)).toThrow(expect.objectContaining({ code: 'malformed' }));
    }
  });
});

describe('client-side generation', () => {
  it('agrees on the same key as the operator', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const spki = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const made = sealClientGenerate({
      subscriptionId: 'example',
      serverPublicKey: `UID2-X-L-${spki}`,
      payload: { email_hash: 'x' },
      timestampMs: 1,
      appName: 'app',
    });
    expect(made.sharedKey).toHaveLength(32);
    expect(made.body).toMatchObject({ subscription_id: 'example', timestamp: 1, app_name: 'app' });
    expect(() => openWithKey(made.sharedKey, Buffer.alloc(28))).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });
});
