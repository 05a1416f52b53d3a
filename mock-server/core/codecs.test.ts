/** Token codecs: tokens are read back as written; any bytes or text are decoded or refused with OperatorError. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../testing/random.ts';
import { scaled } from '../testing/scale.ts';
import { implementations } from '../testing/primitives.ts';
import {
  advertisingTokenIvLength,
  decodeAdvertisingToken,
  encodeAdvertisingToken,
} from './advertising-token.ts';
import { ByteReader, ByteWriter, OutOfBytes } from './bytes.ts';
import { OperatorError, operatorErrorCodes } from './operator-error.ts';
import type { Primitives } from './primitives.ts';
import {
  decodeRefreshToken,
  encodeRefreshToken,
  refreshTokenIvLength,
  unwrapRefreshToken,
  wrapRefreshToken,
} from './refresh-token.ts';
import type { FindSecret } from './token-format.ts';

const sized = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const ms = fc.oneof(fc.integer({ min: -(2 ** 40), max: 2 ** 43 }), fc.maxSafeInteger());
const key = fc.record({ id: int32, secret: sized(32) });
const bit = fc.constantFrom(0 as const, 1 as const);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const owner = fc.record({
  scope: bit,
  type: bit,
  siteId: int32,
  privacyBits: int32,
  established: ms,
  created: ms,
  expires: ms,
});
/** 32 bytes, or 33 whose first says the same scope and type as the token. */
const rawUid = (scope: number, type: number, body: Uint8Array, long: boolean) =>
  base64(long ? Uint8Array.of((scope << 4) | (type << 2), ...body) : body);
const finder =
  (...keys: { id: number; secret: Uint8Array }[]): FindSecret =>
  (id) =>
    keys.find((candidate) => candidate.id === id)?.secret;

const codesOf = (decode: () => unknown): string => {
  try {
    decode();
    return 'answered';
  } catch (error) {
    expect(error).toBeInstanceOf(OperatorError);
    return error instanceof OperatorError ? error.code : '';
  }
};

describe.each(implementations)('on %s', (_name, primitives: Primitives) => {
  it.each([2, 3, 4] as const)('advertising tokens V%s are read back', (version) => {
    const iv = sized(advertisingTokenIvLength(version));
    fc.assert(
      fc.property(
        owner,
        sized(32),
        fc.boolean(),
        ms,
        key,
        key,
        iv,
        iv,
        (fields, body, long, refreshed, ...rest) => {
          const [master, site, outer, inner] = rest;
          fc.pre(master.id !== site.id);
          // V2 carries an id of 44 characters, no scope and neither of two times
          const plain = version === 2 ? ({ ...fields, scope: 0, type: 0, created: 0 } as const) : fields;
          const token = {
            ...plain,
            refreshed: version === 2 ? 0 : refreshed,
            rawUid: rawUid(plain.scope, plain.type, body, long),
          };
          const text = encodeAdvertisingToken(version, token, { master, site }, { outer, inner }, primitives);
          const ids = { version, masterKeyId: master.id, siteKeyId: site.id };
          expect(decodeAdvertisingToken(text, finder(master, site), primitives)).toEqual({
            ...token,
            ...ids,
          });
          expect(codesOf(() => decodeAdvertisingToken(text, finder(master), primitives))).toBe(
            'advertising_token_invalid',
          );
        },
      ),
      { numRuns: scaled(1200) },
    );
  });

  it.each([2, 3] as const)('refresh tokens V%s are read back', (version) => {
    const publisher = sized(12).filter((bytes) => bytes.some((byte) => byte !== 0));
    const ids = version === 2 ? fc.constant(undefined) : fc.option(publisher, { nil: undefined });
    const ivs = sized(refreshTokenIvLength(version));
    fc.assert(
      fc.property(owner, sized(32), ids, key, ivs, (fields, flh, publisherIds, refresh, iv) => {
        const plain = { ...fields, ...(version === 2 && ({ scope: 0, type: 0 } as const)) };
        const token = { ...plain, flh: base64(flh), publisherIds };
        fc.pre(token.expires < Number.MAX_SAFE_INTEGER - 60_000);
        const text = encodeRefreshToken(version, token, refresh, iv, primitives);
        expect(text).toHaveLength(168);
        const validTill = token.expires + (version === 2 ? 60_000 : 0);
        const { publisherIds: read, ...rest } = decodeRefreshToken(text, finder(refresh), primitives);
        expect({ ...rest, publisherIds: read && Uint8Array.from(read) }).toEqual({
          ...token,
          version,
          keyId: refresh.id,
          validTill,
        });
        expect(codesOf(() => decodeRefreshToken(text, finder(), primitives))).toBe('refresh_token_invalid');
      }),
      { numRuns: scaled(1200) },
    );
  });

  it('wrapped refresh tokens are read back, always 388 characters', () => {
    const bare = sized(126).map(base64);
    fc.assert(
      fc.property(bare, sized(32), bit, key, sized(12), (refreshToken, responseKey, scope, refresh, iv) => {
        const text = wrapRefreshToken({ refreshToken, responseKey }, scope, refresh, iv, primitives);
        expect(text).toHaveLength(388);
        const opened = unwrapRefreshToken(text, finder(refresh), primitives);
        expect({ ...opened, responseKey: Uint8Array.from(opened.responseKey) }).toEqual({
          refreshToken,
          responseKey,
        });
      }),
      { numRuns: scaled(1200) },
    );
  });

  it('a wrapper of another length is not made', () => {
    const wrap = () =>
      wrapRefreshToken(
        { refreshToken: 'short', responseKey: new Uint8Array(32) },
        0,
        { id: 1, secret: new Uint8Array(32) },
        new Uint8Array(12),
        primitives,
      );
    expect(wrap).toThrow('expected 388 characters');
  });

  const secret = new Uint8Array(32).fill(7);
  const anyKey: FindSecret = () => secret;
  const decoders = { decodeAdvertisingToken, decodeRefreshToken, unwrapRefreshToken };
  /**
   * Texts that get far into the decoders: a valid version, and layers sealed with the right key around random bytes.
   */
  const sealedNoise = fc
    .tuple(fc.constantFrom(...[0x70, 0x80]), sized(12), fc.uint8Array({ maxLength: 200 }))
    .map(([version, iv, noise]) => {
      const inner = Buffer.concat([iv, primitives.gcmSeal(secret, iv, noise)]);
      const master = Buffer.concat([Buffer.alloc(33), inner]);
      const once = Buffer.concat([Buffer.of(3, version, 0, 0, 0, 1), inner]);
      const twice = Buffer.concat([
        Buffer.of(3, version, 0, 0, 0, 1),
        iv,
        primitives.gcmSeal(secret, iv, master),
      ]);
      const alphabet = version === 0x80 ? 'base64url' : 'base64';
      return [once, twice].map((bytes) => bytes.toString(alphabet));
    });
  const cbcNoise = fc.tuple(sized(16), fc.uint8Array({ maxLength: 200 })).map(([iv, noise]) => {
    const inner = Buffer.concat([iv, primitives.cbcEncrypt(secret, iv, noise)]);
    const master = Buffer.concat([
      iv,
      primitives.cbcEncrypt(secret, iv, Buffer.concat([Buffer.alloc(12), inner])),
    ]);
    const heads = [Buffer.of(2, 0, 0, 0, 1), Buffer.of(2, ...new Uint8Array(28))];
    return heads.flatMap((head) =>
      [inner, master].map((body) => Buffer.concat([head, body]).toString('base64')),
    );
  });
  const wrapperNoise = fc.tuple(sized(12), fc.oneof(fc.json(), fc.string())).map(([iv, json]) => {
    const sealed = primitives.gcmSeal(secret, iv, Buffer.from(json));
    return [Buffer.concat([Buffer.alloc(5), iv, sealed]).toString('base64')];
  });
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }).map((text) => [text]),
    fc.base64String({ maxLength: 400 }).map((text) => [text]),
    fc
      .tuple(
        fc.constantFrom(Buffer.of(2), Buffer.of(3, 0x70), Buffer.of(3, 0x80)),
        fc.uint8Array({ maxLength: 300 }),
      )
      .map(([head, body]) => [Buffer.concat([head, body]).toString('base64')]),
    sealedNoise,
    cbcNoise,
    wrapperNoise,
  );

  it.each(Object.entries(decoders))('%s answers any text or throws an OperatorError', (_decoder, decode) => {
    const known: readonly string[] = ['answered', ...operatorErrorCodes];
    fc.assert(
      fc.property(hostile, fc.boolean(), (texts, knowsKeys) => {
        for (const text of texts) {
          const findSecret = knowsKeys ? anyKey : finder();
          expect(known).toContain(codesOf(() => decode(text, findSecret, primitives)));
        }
      }),
      { numRuns: scaled(30_000) },
    );
  });

  it('a token altered in any one bit is refused, where GCM seals it', () => {
    const token = {
      scope: 0,
      type: 0,
      siteId: 1,
      privacyBits: 1,
      established: 1,
      created: 1,
      expires: 2,
    } as const;
    const tokenKey = { id: 5, secret };
    const pair = { master: tokenKey, site: { id: 6, secret } };
    const ivs = { outer: new Uint8Array(12), inner: new Uint8Array(12).fill(1) };
    const uid = { ...token, refreshed: 1, rawUid: base64(secret) };
    const advertising = encodeAdvertisingToken(3, uid, pair, ivs, primitives);
    const refresh = encodeRefreshToken(3, { ...token, flh: base64(secret) }, tokenKey, ivs.outer, primitives);
    const byIds = finder(tokenKey, pair.site);
    const flipped = (text: string, bitIndex: number) => {
      const bytes = Buffer.from(text, 'base64');
      const at = bitIndex >> 3;
      bytes.writeUInt8(bytes.readUInt8(at) ^ (0x80 >> (bitIndex & 7)), at);
      return bytes.toString('base64');
    };
    // bits of the type byte that carry neither scope nor type are not checked
    const ignored = [0, 1, 2, 4, 6, 7];
    for (let i = 0; i < 124 * 8; i++) {
      const outcomes = [
        codesOf(() => decodeAdvertisingToken(flipped(advertising, i), byIds, primitives)),
        codesOf(() => decodeRefreshToken(flipped(refresh, i), byIds, primitives)),
      ];
      if (ignored.includes(i)) continue;
      // nothing else gives the type of an advertising token when its raw UID has 32 bytes
      if (i >= 8) expect(outcomes[0], `bit ${i}`).toBe('advertising_token_invalid');
      expect(outcomes[1], `bit ${i}`).toMatch(/^refresh_token_(invalid|malformed)$/);
    }
  });
});

describe.each(implementations)('on %s', (_name, primitives) => {
  it('a V2 refresh token altered anywhere is refused or still has a hash of 32 bytes: CBC has no tag', () => {
    const tokenKey = { id: 5, secret: new Uint8Array(32).fill(7) };
    const times = { established: 1, created: 1, expires: 2 };
    const token = {
      scope: 0,
      type: 0,
      siteId: 1,
      privacyBits: 1,
      ...times,
      flh: base64(tokenKey.secret),
    } as const;
    const text = encodeRefreshToken(2, token, tokenKey, new Uint8Array(16), primitives);
    let refused = 0;
    for (let i = 0; i < 125 * 8; i++) {
      const bytes = Buffer.from(text, 'base64');
      bytes.writeUInt8(bytes.readUInt8(i >> 3) ^ (0x80 >> (i & 7)), i >> 3);
      const code = codesOf(() => {
        const { flh } = decodeRefreshToken(bytes.toString('base64'), finder(tokenKey), primitives);
        expect(Buffer.from(flh, 'base64').toString('base64')).toBe(flh);
        expect(Buffer.from(flh, 'base64')).toHaveLength(32);
      });
      expect(code).toMatch(/^(answered|refresh_token_(invalid|malformed))$/);
      if (code !== 'answered') refused++;
    }
    expect(refused).toBeGreaterThan(500);
  });
});

describe.each(implementations)('on %s', (_name, primitives) => {
  const tokenKey = { id: 5, secret: new Uint8Array(32).fill(7) };
  const iv = new Uint8Array(16);
  const head = Buffer.from([2, ...new Uint8Array(24), 0, 0, 0, 5]);
  const codeOf = (payload: Uint8Array) => {
    const sealed = primitives.cbcEncrypt(tokenKey.secret, iv, payload);
    const text = Buffer.concat([head, iv, sealed]).toString('base64');
    return codesOf(() => decodeRefreshToken(text, finder(tokenKey), primitives));
  };
  const payloadOf = (id: string, length = id.length) => {
    const bytes = Buffer.alloc(20 + id.length);
    bytes.writeInt32BE(length, 4);
    bytes.write(id, 8, 'latin1');
    return bytes;
  };

  it.each([
    ['a hash', 'answered', payloadOf(base64(tokenKey.secret))],
    ['no base64', 'refresh_token_invalid', payloadOf('*'.repeat(44))],
    ['an id beyond the end', 'refresh_token_invalid', payloadOf('A'.repeat(44), 444)],
    ['an id of negative length', 'refresh_token_invalid', payloadOf('A'.repeat(44), -1)],
    ['nothing after the id', 'refresh_token_malformed', payloadOf('A'.repeat(44)).subarray(0, 52)],
    ['four bytes', 'refresh_token_malformed', Buffer.alloc(4)],
  ])('a V2 refresh token that holds %s is %s', (_what, code, payload) => expect(codeOf(payload)).toBe(code));

  it.each([
    [0x00, 'answered'],
    [0x03, 'answered'],
    [0x23, 'answered'],
    [0x07, 'refresh_token_invalid'],
    [0x13, 'refresh_token_invalid'],
    [0x0b, 'refresh_token_invalid'],
    [0x0f, 'refresh_token_invalid'],
  ])('a V3 refresh token of a UID2 email under the type byte %i is %s', (byte, code) => {
    const times = { established: 1, created: 1, expires: 2 };
    const flh = base64(tokenKey.secret);
    const token = { scope: 0, type: 0, siteId: 1, privacyBits: 1, ...times, flh } as const;
    const bytes = Buffer.from(encodeRefreshToken(3, token, tokenKey, iv.subarray(4), primitives), 'base64');
    bytes[0] = byte;
    const text = bytes.toString('base64');
    expect(codesOf(() => decodeRefreshToken(text, finder(tokenKey), primitives))).toBe(code);
  });
});

describe('bytes', () => {
  it('integers are read back, big endian', () => {
    fc.assert(
      fc.property(fc.nat(255), int32, fc.maxSafeInteger(), fc.uint8Array(), (byte, int, long, rest) => {
        const written = new ByteWriter(15 + rest.length)
          .uint8(byte)
          .int32(int)
          .int64(long)
          .skip(2)
          .put(rest).bytes;
        const view = Buffer.from(written);
        expect([view.readUInt8(0), view.readInt32BE(1), Number(view.readBigInt64BE(5))]).toEqual([
          byte,
          int,
          long,
        ]);
        const reader = new ByteReader(written);
        expect([reader.uint8(), reader.int32(), reader.int64()]).toEqual([byte, int, long]);
        reader.take(2);
        expect(Uint8Array.from(reader.rest())).toEqual(rest);
        expect(reader.remaining).toBe(0);
      }),
    );
  });

  it('nothing is read out of bounds', () => {
    const reads = ['uint8', 'int32', 'int64', 'rest'] as const;
    const step = fc.oneof(fc.constantFrom(...reads), fc.integer({ min: -5, max: 40 }));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), fc.nat(35), fc.array(step), (bytes, offset, steps) => {
        const reader = new ByteReader(bytes, offset);
        for (const read of steps) {
          try {
            const value = typeof read === 'number' ? reader.take(read) : reader[read]();
            if (typeof value === 'object') expect(value.length).toBeLessThanOrEqual(bytes.length);
          } catch (error) {
            expect(error).toBeInstanceOf(OutOfBytes);
          }
          expect(reader.remaining).toBeLessThanOrEqual(bytes.length);
        }
      }),
      { numRuns: scaled(20_000) },
    );
  });
});
