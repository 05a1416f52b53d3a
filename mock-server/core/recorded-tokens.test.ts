/** Every recorded token decodes to its recorded fields and, given its IVs, is written again to the same text. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openWithKey } from '../../contract-tests/wire/index.ts';
import { fixturePath } from '../../fixtures/path.ts';
import { keysOf, loadWorld } from '../testing/world.ts';
import { implementations } from '../testing/primitives.ts';
import { decodeAdvertisingToken, encodeAdvertisingToken } from './advertising-token.ts';
import {
  decodeRefreshToken,
  encodeRefreshToken,
  unwrapRefreshToken,
  wrapRefreshToken,
} from './refresh-token.ts';

const fields = z.record(z.string(), z.union([z.number(), z.string()]));
const recorded = z
  .array(
    z.looseObject({
      id: z.string(),
      recorded_from: z.string(),
      advertising_token: z.string(),
      refresh_token: z.string(),
      refresh_response_key: z.string().optional(),
      decoded: z.looseObject({
        advertising_token: fields,
        refresh_token: fields,
        refresh_token_inner: z.string().optional(),
        refresh_token_wrapping: z.looseObject({ scope_byte: z.int(), key_id: z.int() }).optional(),
      }),
    }),
  )
  .parse(JSON.parse(readFileSync(fixturePath('recordings/tokens.json'), 'utf8')));

const worlds = new Map(
  [...new Set(recorded.map(({ recorded_from }) => recorded_from))].map((version) => [
    version,
    keysOf(loadWorld(fixturePath(`recordings/world-${version}.json`))),
  ]),
);

/** The members of `named` under the names that recordings give them. */
const renamed = (values: object, names: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [names[name] ?? name, value]));

const NAMES = {
  type: 'identity_type',
  masterKeyId: 'master_key_id',
  siteKeyId: 'site_key_id',
  keyId: 'key_id',
  siteId: 'site_id',
  privacyBits: 'privacy_bits',
  rawUid: 'raw_uid',
  flh: 'first_level_hash',
};

describe.each(implementations)('recorded tokens on %s', (_name, primitives) => {
  it('are all there', () => expect(recorded).toHaveLength(42));

  it.each(recorded)('$id', (token) => {
    const keys = worlds.get(token.recorded_from) ?? new Map<number, Buffer>();
    const findSecret = (id: number) => keys.get(id);
    const keyOf = (id: number) => ({ id, secret: keys.get(id) ?? Buffer.alloc(0) });
    const { decoded } = token;

    const advertising = decodeAdvertisingToken(token.advertising_token, findSecret, primitives);
    expect(decoded.advertising_token).toMatchObject(renamed(advertising, NAMES));
    const outer = Buffer.from(token.advertising_token, 'base64url');
    const master = openWithKey(keyOf(advertising.masterKeyId).secret, outer.subarray(6));
    const ivs = { outer: outer.subarray(6, 18), inner: master.subarray(33, 45) };
    const pair = { master: keyOf(advertising.masterKeyId), site: keyOf(advertising.siteKeyId) };
    expect(encodeAdvertisingToken(4, advertising, pair, ivs, primitives)).toBe(token.advertising_token);

    let bare = token.refresh_token;
    if (decoded.refresh_token_wrapping !== undefined) {
      const { scope_byte, key_id } = decoded.refresh_token_wrapping;
      const inner = unwrapRefreshToken(token.refresh_token, findSecret, primitives);
      expect(inner.refreshToken).toBe(decoded.refresh_token_inner);
      expect(primitives.toBase64(inner.responseKey)).toBe(token.refresh_response_key);
      const iv = Buffer.from(token.refresh_token, 'base64').subarray(5, 17);
      const scope = scope_byte === 0 ? 0 : 1;
      expect(scope << 4).toBe(scope_byte);
      expect(wrapRefreshToken(inner, scope, keyOf(key_id), iv, primitives)).toBe(token.refresh_token);
      bare = inner.refreshToken;
    }

    const { validTill, ...refresh } = decodeRefreshToken(bare, findSecret, primitives);
    expect(decoded.refresh_token).toMatchObject(renamed(refresh, NAMES));
    expect(validTill).toBe(refresh.expires);
    const iv = Buffer.from(bare, 'base64').subarray(6, 18);
    expect(encodeRefreshToken(3, refresh, keyOf(refresh.keyId), iv, primitives)).toBe(bare);
  });
});
