/** The envelope of the encrypted API (Protocol §7): properties, the window of §7.3, and every refusal in its order. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openResponse, openWithKey, sealRequest } from '../../contract-tests/wire/index.ts';
import '../testing/random.ts';
import { scaled } from '../testing/scale.ts';
import { plainJson } from '../testing/plain-json.ts';
import { implementations } from '../testing/primitives.ts';
import { type EnvelopeVariant, isOutsideWindow, openRequest, sealResponse, sealWithKey } from './envelope.ts';
import { OperatorError, operatorErrorCodes } from './operator-error.ts';
import { utf8 } from './primitives.ts';

const now = 1_795_422_000_000;
const secret = Buffer.alloc(32, 5);
const today: EnvelopeVariant = { namesPlainJson: true, base64Fallback: true };
const before: EnvelopeVariant = { namesPlainJson: false, base64Fallback: false };
const sized = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const long = fc.integer({ min: 4000, max: 10_000 }).map((length) => new Uint8Array(length).fill(length));
/** the JSON of an answer in parts: one short part, one long part, no part, several parts */
const parts = fc.array(fc.oneof({ weight: 4, arbitrary: fc.uint8Array() }, long), { maxLength: 4 });

describe.each(implementations)('on %s', (_name, primitives) => {
  const open = (body: Uint8Array, binary = false, variant = today) =>
    openRequest(body, binary, secret, now, variant, primitives);
  const codeOf = (body: Uint8Array, binary = false, variant = today): string => {
    try {
      open(body, binary, variant);
      return 'opened';
    } catch (error) {
      expect(error).toBeInstanceOf(OperatorError);
      return error instanceof OperatorError ? error.code : '';
    }
  };
  const sealed = (payload?: unknown, timestampMs = now): Buffer =>
    sealRequest(secret, payload === undefined ? undefined : Buffer.from(JSON.stringify(payload)), {
      timestampMs,
    });
  const asText = (bytes: Buffer): Uint8Array => utf8(bytes.toString('base64'));

  it('opens what an independent implementation seals, as text and as bytes', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        sized(8),
        fc.boolean(),
        (payload, nonce, binary) => {
          const json = Buffer.from(JSON.stringify(payload));
          const body = sealRequest(secret, json, { timestampMs: now, nonce: Buffer.from(nonce) });
          const opened = open(binary ? body : asText(body), binary);
          const read = plainJson(opened.payload);
          expect({ ...opened, payload: read, nonce: Uint8Array.from(opened.nonce) }).toEqual({
            timestamp: now,
            nonce,
            payload: JSON.parse(json.toString()),
            json: json.toString(),
            binary,
          });
        },
      ),
    );
    expect(open(asText(sealed())).payload).toBeUndefined();
  });

  it('seals what an independent implementation opens', () => {
    fc.assert(
      fc.property(parts, sized(8), sized(12), fc.nat({ max: 2 ** 43 }), (json, nonce, iv, time) => {
        const payload = Buffer.concat(json);
        const answer = Buffer.concat([...sealResponse(json, nonce, time, secret, iv, primitives)]);
        expect(openResponse(secret, answer)).toEqual({
          timestampMs: time,
          nonce: Buffer.from(nonce),
          payload,
        });
        const bare = Buffer.from(sealWithKey(payload, secret, iv, primitives));
        expect(openWithKey(secret, bare)).toEqual(payload);
        expect(bare.subarray(0, 12)).toEqual(Buffer.from(iv));
      }),
    );
  });

  it('refuses a request with any one bit flipped', () => {
    const body = sealed({ email: 'user@example.com' });
    for (let bit = 0; bit < body.length * 8; bit++) {
      const flipped = Buffer.from(body);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (0x80 >> (bit & 7)), bit >> 3);
      const code = bit < 8 ? 'body_wrong_version' : 'body_undecryptable';
      expect(codeOf(flipped, true), `bit ${bit}`).toBe(code);
      expect(codeOf(asText(flipped)), `bit ${bit}`).toBe(code);
    }
  });

  it('refuses a request cut anywhere', () => {
    const body = sealed({ email: 'user@example.com' });
    for (let length = 0; length < body.length; length++) {
      const code = length === 0 ? 'body_missing' : length < 45 ? 'body_too_short' : 'body_undecryptable';
      expect(codeOf(body.subarray(0, length), true), `${length} bytes`).toBe(code);
      expect(codeOf(asText(body.subarray(0, length))), `${length} bytes`).toBe(code);
    }
  });

  it('answers any bytes, or throws an OperatorError', () => {
    const known: readonly string[] = ['opened', ...operatorErrorCodes];
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: 'binary' }).map(utf8),
      fc.json().map(utf8),
      fc
        .uint8Array({ maxLength: 99 })
        .map((bytes) => sealRequest(secret, Buffer.from(bytes), { timestampMs: now })),
      // sealed with the right secret, but shorter than time and nonce
      fc
        .uint8Array({ minLength: 16, maxLength: 24 })
        .map((plain) =>
          Buffer.concat([Buffer.of(1), sealWithKey(plain, secret, new Uint8Array(12), primitives)]),
        ),
    );
    fc.assert(
      fc.property(noise, fc.boolean(), fc.constantFrom(today, before), (body, binary, variant) => {
        expect(known).toContain(codeOf(body, binary, variant));
      }),
      { numRuns: scaled(30_000) },
    );
  });

  const unencrypted = utf8(' {"email": "user@example.com", "padding": "0123456789"} ');
  const cases: readonly (readonly [string, Uint8Array, boolean, string, string])[] = [
    ['no body', Buffer.alloc(0), false, 'body_missing', 'body_missing'],
    ['no base64', utf8('a b'), false, 'body_not_base64', 'body_not_base64'],
    [
      'base64 with a newline',
      utf8(`${sealed({}).toString('base64')}\n`),
      false,
      'body_not_base64',
      'body_not_base64',
    ],
    ['base64 of the URL alphabet', utf8('-_-_'), false, 'body_not_base64', 'body_not_base64'],
    ['JSON text', unencrypted, false, 'body_unencrypted_json', 'body_not_base64'],
    ['a JSON array', utf8('[1]'), false, 'body_not_base64', 'body_not_base64'],
    ['JSON bytes', unencrypted, true, 'body_unencrypted_json', 'body_wrong_version'],
    ['few JSON bytes', utf8('{}'), true, 'body_unencrypted_json', 'body_too_short'],
    [
      'base64 of JSON',
      asText(Buffer.from(unencrypted)),
      false,
      'body_unencrypted_json',
      'body_wrong_version',
    ],
    ['few bytes', asText(Buffer.alloc(44, 1)), false, 'body_too_short', 'body_too_short'],
    ['version 0', asText(Buffer.alloc(45, 0)), false, 'body_wrong_version', 'body_wrong_version'],
    ['version 255', Buffer.alloc(45, 255), true, 'body_wrong_version', 'body_wrong_version'],
    ['another key', asText(Buffer.alloc(45, 1)), false, 'body_undecryptable', 'body_undecryptable'],
    [
      'an old request',
      asText(sealed({}, now - 120_000)),
      false,
      'timestamp_out_of_window',
      'timestamp_out_of_window',
    ],
    ['base64 under octet-stream', asText(sealed({})), true, 'opened', 'body_wrong_version'],
    ['old base64 there', asText(sealed({}, 0)), true, 'timestamp_out_of_window', 'body_wrong_version'],
  ];
  it.each(cases)('%s', (_case, body, binary, codeToday, codeBefore) => {
    expect([codeOf(body, binary, today), codeOf(body, binary, before)]).toEqual([codeToday, codeBefore]);
  });

  it('base64 that only the fallback reads is answered in base64', () => {
    expect([open(asText(sealed({})), true).binary, open(sealed({}), true).binary]).toEqual([false, true]);
  });

  it('quotes the version as an unsigned number', () => {
    expect(() => open(Buffer.alloc(45, 200), true)).toThrow('the first byte of the envelope is 200');
  });

  it.each([
    '[]',
    'null',
    '1',
    '"a"',
    '{} x',
    '{}{}',
    "{'a':1}",
    '\ufeff{}',
    '{"a":1,}',
    ''.padEnd(3),
    'undefined',
  ])('the payload %j is refused', (text) => {
    const body = sealRequest(secret, Buffer.from(text), { timestampMs: now });
    expect(codeOf(body, true)).toBe('payload_not_json');
  });

  it.each([
    [' {"a":1}\n', { a: 1 }],
    ['{"a":1,"a":2}', { a: 2 }],
    ['{"__proto__":1}', JSON.parse('{"__proto__":1}')],
  ])('the payload %j is read', (text, payload) => {
    const { payload: read } = open(sealRequest(secret, Buffer.from(text), { timestampMs: now }), true);
    expect(plainJson(read)).toEqual(payload);
  });

  it('invalid UTF-8 becomes replacement characters', () => {
    const json = Buffer.from('{"a":"\xff\xfe"}', 'latin1');
    expect(open(sealRequest(secret, json, { timestampMs: now }), true).payload).toEqual({
      a: '\ufffd\ufffd',
    });
  });
});

describe('the window of a timestamp', () => {
  it.each([
    [0, false],
    [119_999, false],
    [120_000, true],
    [120_100, true],
    [-118_500, false],
    [-119_000, false],
    [-119_001, true],
    [-119_500, true],
    [Infinity, true],
    [-Infinity, true],
  ])('a request %i ms old is refused: %s', (age, refused) => {
    expect(isOutsideWindow(now - age, now)).toBe(refused);
  });

  it('is 120 s back and 119 s ahead to the millisecond, at any time', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 43 }), fc.integer({ min: -300_000, max: 300_000 }), (time, age) => {
        expect(isOutsideWindow(time - age, time)).toBe(age >= 120_000 || age < -119_000);
      }),
      { numRuns: scaled(40_000) },
    );
  });
});
