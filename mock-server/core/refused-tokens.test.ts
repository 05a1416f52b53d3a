/** Why an advertising token is refused: a token is sealed, one thing about it altered, and the reason is that thing. */

import { describe, expect, it } from 'vitest';
import { nativePrimitives as primitives } from '../native/primitives.ts';
import {
  type AdvertisingToken,
  advertisingTokenIvLength,
  decodeAdvertisingToken,
  encodeAdvertisingToken,
} from './advertising-token.ts';
import { OperatorError } from './operator-error.ts';
import type { FindSecret } from './token-format.ts';

// constants: a wrong key of V2 would be noticed by its padding only, and that by 255 of 256
const master = { id: 7, secret: Buffer.alloc(32, 3) };
const site = { id: 1234, secret: Buffer.alloc(32, 4) };
const find: FindSecret = (id) => [master, site].find((key) => key.id === id)?.secret;
const person = { scope: 1, type: 1 } as const;
const typeByte = 0x17;
const long = (first: number): string =>
  Buffer.concat([Buffer.of(first), Buffer.alloc(32, 9)]).toString('base64');
const fields: AdvertisingToken = {
  ...person,
  siteId: 5,
  privacyBits: 1,
  established: 1000,
  refreshed: 3000,
  created: 2000,
  expires: 4000,
  rawUid: long(typeByte),
};

type Version = 2 | 3 | 4;

function token(version: Version, over: Partial<AdvertisingToken> = {}, keys = { master, site }): string {
  const length = advertisingTokenIvLength(version);
  const ivs = { outer: Buffer.alloc(length, 1), inner: Buffer.alloc(length, 2) };
  const plain = version === 2 ? { ...fields, rawUid: Buffer.alloc(32, 9).toString('base64') } : fields;
  return encodeAdvertisingToken(version, { ...plain, ...over }, keys, ivs, primitives);
}

const alphabet = (version: Version) => (version === 4 ? 'base64url' : 'base64');
const bytesOf = (version: Version, text: string): Buffer => Buffer.from(text, alphabet(version));

/** A token whose bytes were altered. */
function altered(version: Version, alter: (bytes: Buffer) => Buffer): string {
  return alter(bytesOf(version, token(version))).toString(alphabet(version));
}

const flip = (at: number) => (bytes: Buffer) => {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes;
};

function refusalOf(text: string, secrets: FindSecret = find): unknown {
  try {
    return decodeAdvertisingToken(text, secrets, primitives);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return [error.code, error.reason, error.facts];
  }
}

const refused = (reason: string, facts: object = {}) => [
  'advertising_token_invalid',
  reason,
  { what: 'the advertising token', ...facts },
];

/** A key is found, but is not the one that the token was sealed with. */
const otherSecret: FindSecret = () => Buffer.alloc(32, 1);

describe.each([2, 3, 4] as const)('an advertising token V%s', (version) => {
  it('is read with its keys', () => {
    expect(refusalOf(token(version))).toMatchObject({ version, masterKeyId: 7, siteKeyId: 1234, siteId: 5 });
  });

  it('names the key that is unknown', () => {
    expect(refusalOf(token(version), () => undefined)).toEqual(refused('token_key_unknown', { key_id: 7 }));
    const onlyMaster: FindSecret = (id) => (id === 7 ? master.secret : undefined);
    expect(refusalOf(token(version), onlyMaster)).toEqual(refused('token_key_unknown', { key_id: 1234 }));
  });

  it('is altered where a key does not open it', () => {
    expect(refusalOf(token(version), otherSecret)).toEqual(refused('token_altered'));
    const onlyMaster: FindSecret = (id) => (id === 7 ? master.secret : otherSecret(id));
    expect(refusalOf(token(version), onlyMaster)).toEqual(refused('token_altered'));
  });

  it('is altered where it ends within a section, and too short before that', () => {
    const head = version === 2 ? 5 : 6;
    const shortest = version === 2 ? 32 : 28;
    const cut = (length: number) => refusalOf(altered(version, (bytes) => bytes.subarray(0, length)));
    expect(cut(head + shortest - 1)).toEqual(refused('token_altered'));
    expect(cut(head)).toEqual(refused('token_altered'));
    expect(cut(head - 1)).toEqual(refused('token_too_short'));
    expect(cut(3)).toEqual(refused('token_too_short'));
  });
});

describe.each([3, 4] as const)('an advertising token V%s', (version) => {
  it('is altered where a bit of it is', () => {
    for (const at of [6, 18, 60, -1]) {
      const text = altered(version, (bytes) => flip(at < 0 ? bytes.length + at : at)(bytes));
      expect(refusalOf(text), `byte ${at}`).toEqual(refused('token_altered'));
    }
  });

  it('has the scope and type of its raw UID, or of its first byte where that is a hash alone', () => {
    const hash = Buffer.alloc(32, 9).toString('base64');
    expect(refusalOf(token(version, { rawUid: hash }))).toMatchObject(person);
    const nobody = altered(version, (bytes) => {
      bytes.writeUInt8(typeByte, 0);
      return bytes;
    });
    expect(refusalOf(nobody)).toMatchObject(person);
    for (const [first, owner] of [
      [0x1f, { scope: 1, type: 0 }],
      [0x0b, { scope: 0, type: 0 }],
    ] as const) {
      const text = bytesOf(version, token(version, { rawUid: hash }));
      text.writeUInt8(first, 0);
      expect(refusalOf(text.toString(alphabet(version))), `first byte ${first}`).toMatchObject(owner);
    }
  });

  it('is refused where the two disagree', () => {
    for (const first of [0x13, 0x07]) {
      const text = altered(version, (bytes) => {
        bytes.writeUInt8(first, 0);
        return bytes;
      });
      expect(refusalOf(text), `first byte ${first}`).toEqual(refused('token_types_disagree'));
    }
  });

  it('is refused where the raw UID is of no identity', () => {
    for (const first of [0x0b, 0x0f, 0x1b]) {
      expect(refusalOf(token(version, { rawUid: long(first) }))).toEqual(refused('token_type'));
    }
    expect(refusalOf(token(version, { rawUid: '' }))).toEqual(refused('token_too_short'));
    // a raw UID of fewer bytes than a hash is compared with nothing
    const short = Buffer.of(0x04, 1, 2).toString('base64');
    expect(refusalOf(token(version, { rawUid: short }))).toMatchObject({ scope: 0, type: 1 });
  });
});

describe('the text of an advertising token', () => {
  it.each([
    ['', 'token_too_short'],
    ['AAA', 'token_too_short'],
    ['AA==', 'token_too_short'],
    ['A(AA', 'base64_alphabet'],
    ['AwBB', 'token_version'],
    ['-3-_AAAA', 'token_version'],
  ])('%j is refused as %s', (text, reason) => {
    expect(refusalOf(text)).toMatchObject([
      'advertising_token_invalid',
      reason,
      { what: 'the advertising token' },
    ]);
  });

  it('tells the version that no token has', () => {
    expect(refusalOf('AwBB')).toEqual(refused('token_version', { version: 0 }));
    expect(refusalOf('A2BB')).toEqual(refused('token_version', { version: 0x60 }));
  });

  it('is in the standard alphabet in V2 and V3, in that of URLs in V4', () => {
    const other = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');
    for (const version of [2, 3] as const) {
      const text = token(version).replace(/.$/, '-');
      expect(refusalOf(other(text)), `V${version}`).toEqual(refused('base64_url_alphabet'));
    }
    const standard = `${token(4).slice(0, -1)}+`;
    expect(refusalOf(standard)).toEqual(refused('token_standard_alphabet'));
  });
});

it('is as long as its version has it', () => {
  expect([token(2).length, token(3).length, token(4).length]).toEqual([180, 220, 219]);
});

it('repeats the publisher of the token that it is refreshed from', () => {
  const publisherIds = Buffer.from('000102030405060708090a0b', 'hex');
  const ivs = { outer: Buffer.alloc(12, 1), inner: Buffer.alloc(12, 2) };
  const make = (ids?: Uint8Array): Buffer =>
    Buffer.from(
      encodeAdvertisingToken(4, { ...fields, publisherIds: ids }, { master, site }, ivs, primitives),
      'base64url',
    );
  const siteLayer = (bytes: Buffer): Buffer => {
    const open = (secret: Uint8Array, sealed: Buffer) =>
      Buffer.from(primitives.gcmOpen(secret, sealed.subarray(0, 12), sealed.subarray(12)) ?? []);
    const outer = open(master.secret, bytes.subarray(6));
    return open(site.secret, outer.subarray(33));
  };
  expect(siteLayer(make(publisherIds)).subarray(4, 16)).toEqual(publisherIds);
  expect(siteLayer(make()).subarray(4, 16)).toEqual(Buffer.alloc(12));
});
