/** The causes of refusals, at both sides of each condition. */

import { describe, expect, it } from 'vitest';
import { base64Fault } from './base64-faults.ts';
import {
  envelopePayloadFault,
  headFault,
  isEnvelopeText,
  payloadFault,
  textFault,
  timestampFault,
} from './envelope-faults.ts';
import { algorithmOf, hashFault } from './hash-faults.ts';
import { identifierFault, unreadFault } from './identifier-faults.ts';
import type { JsonObject } from './json.ts';
import { jsonBodyFault } from './json-faults.ts';
import type { Facts, Fault, Reason } from './reasons.ts';
import { tokenFault } from './token-faults.ts';

type Row = readonly [text: string, reason: Reason, facts?: Facts];

/** The fault of a row, with the kind among its facts where one is given. */
const faultOf = ([, reason, facts]: Row, kind?: Facts): Fault =>
  kind || facts ? [reason, { ...kind, ...facts }] : [reason];

/** Bytes whose base64 and base64url have letters of both cases and digits. */
const fill = (length: number, ...first: number[]): Buffer =>
  Buffer.concat([Buffer.from(first), Buffer.alloc(length - first.length, 0x5b)]);
const base64 = (length: number, ...first: number[]): string => fill(length, ...first).toString('base64');
const hex = (bytes: number): string => 'ab'.repeat(bytes);

describe('the fault of base64', () => {
  it.for<Row>([
    ['"AAAA"', 'base64_quoted'],
    [' "AAAA"', 'base64_quoted'],
    ["'AAAA' ", 'base64_quoted'],
    ['"AAAA', 'base64_alphabet'],
    ['AAAA"', 'base64_alphabet'],
    ['A"AAAA"', 'base64_alphabet'],
    ['"AAAA"A', 'base64_alphabet'],
    ['AA AA', 'base64_plus_lost'],
    [' AAAA', 'base64_white_space'],
    ['A+ AA', 'base64_white_space'],
    ['AA\tAA', 'base64_white_space'],
    ['A-_A', 'base64_url_alphabet'],
    ['A-+A', 'base64_alphabet'],
    ['A:AA', 'base64_alphabet'],
    ['AAAAA', 'base64_padding'],
    ['AAA==', 'base64_padding'],
  ])('%j: %s', ([text, reason]) => expect(base64Fault(text)).toBe(reason));
});

const algorithms: readonly (readonly [bytes: number, algorithm: string | undefined])[] = [
  [15, undefined],
  [16, 'MD5'],
  [17, undefined],
  [20, 'SHA-1'],
  [28, 'SHA-224'],
  [32, 'SHA-256'],
  [33, undefined],
  [48, 'SHA-384'],
  [64, 'SHA-512'],
];

describe('the algorithm of a hash', () => {
  it.each(algorithms)('of %i bytes is %s', (bytes, algorithm) => {
    expect(algorithmOf(hex(bytes))).toBe(algorithm);
    expect(algorithmOf(hex(bytes).toUpperCase())).toBe(algorithm);
    expect(algorithmOf(base64(bytes))).toBe(algorithm);
  });

  it('is known in either alphabet of base64', () => {
    expect(algorithmOf(`${'aB1-'.repeat(6)}aB1=`)).toBe('SHA-1');
    expect(algorithmOf(`${'aB1_'.repeat(6)}aB1=`)).toBe('SHA-1');
    expect(algorithmOf(`${'aB1/'.repeat(6)}aB1=`)).toBe('SHA-1');
  });

  it('is that of hex where a text may be both', () => {
    expect(algorithmOf('aB12'.repeat(8))).toBe('MD5');
    // as hex it would have 11 bytes
    expect(algorithmOf('aB'.repeat(10) + '12')).toBe('MD5');
  });

  it.each(['Z1', 'z1', 'zZ'])('is unknown where the text is of %s only', (characters) => {
    expect(algorithmOf(characters.repeat(11))).toBeUndefined();
  });
});

const hashFaults: readonly Row[] = [
  ['a@b.c', 'hash_is_identifier', { got: 'an email', expected: 'email' }],
  ['+123', 'hash_is_identifier', { got: 'a phone', expected: 'phone' }],
  ['x+123', 'hash_length', { length: 5 }],
  ['+123x', 'hash_length', { length: 5 }],
  ['"abc"', 'hash_quoted'],
  ["'a\nb'", 'hash_quoted'],
  ['x"abc"', 'hash_length', { length: 6 }],
  ['"abc"x', 'hash_length', { length: 6 }],
  ['ab%2Bcd', 'identifier_percent_encoded'],
  ['ab%2f', 'identifier_percent_encoded'],
  ['ab%2', 'hash_length', { length: 4 }],
  ['ab%2g', 'hash_length', { length: 5 }],
  ['ab%gg', 'hash_length', { length: 5 }],
  [base64(32).replace('1', ' '), 'hash_plus_lost'],
  [base64(31).replace('1', ' '), 'hash_white_space'],
  ['ab cd', 'hash_white_space'],
  ['ab\tcd', 'hash_white_space'],
  [`${'a'.repeat(42)}-`, 'hash_url_alphabet'],
  [`${'a'.repeat(42)}_=`, 'hash_url_alphabet'],
  ['aB1-'.repeat(11), 'hash_not_base64'],
  ['a-b', 'hash_length', { length: 3 }],
  ['a'.repeat(43), 'hash_padding_absent'],
  [`${'aB1+/'.repeat(8)}aB1`, 'hash_padding_absent'],
  // a hash in two alphabets
  [`${'aB1+-'.repeat(8)}aB1=`, 'hash_not_base64'],
  [Buffer.from(hex(32)).toString('base64'), 'hash_of_hex'],
  [Buffer.from('xy'.repeat(32)).toString('base64'), 'hash_algorithm', { algorithm: 'SHA-512' }],
  [Buffer.from(hex(20)).toString('base64'), 'hash_length', { length: 56 }],
  [hex(16), 'hash_algorithm', { algorithm: 'MD5' }],
  [base64(64), 'hash_algorithm', { algorithm: 'SHA-512' }],
  ['g'.repeat(63), 'hash_length', { length: 63 }],
  ['g'.repeat(64), 'hash_not_hex'],
  ['g'.repeat(65), 'hash_length', { length: 65 }],
  ['!'.repeat(43), 'hash_length', { length: 43 }],
  ['!'.repeat(44), 'hash_not_base64'],
  ['!'.repeat(45), 'hash_length', { length: 45 }],
];

describe.each(['email_hash', 'phone_hash'] as const)('the fault of %s', (kind) => {
  it.for(hashFaults)('%j: %s', (row) => {
    expect(hashFault(kind, row[0])).toEqual(faultOf(row, { kind }));
    expect(identifierFault(kind, row[0])).toEqual(faultOf(row, { kind }));
  });
});

const emailFaults: readonly Row[] = [
  [' ', 'identifier_empty', { kind: 'email' }],
  [' NULL ', 'identifier_placeholder', { kind: 'email', got: 'null' }],
  ['[object Object]', 'identifier_placeholder', { kind: 'email', got: '[object object]' }],
  ['123456', 'email_without_at'],
  ['1234567', 'identifier_other_kind', { kind: 'email', got: 'a phone', expected: 'phone' }],
  ['+1 (23) 45-6.7', 'identifier_other_kind', { kind: 'email', got: 'a phone', expected: 'phone' }],
  ['1234567x', 'email_without_at'],
  ['x1234567', 'email_without_at'],
  ['1'.repeat(39), 'identifier_other_kind', { kind: 'email', got: 'a phone', expected: 'phone' }],
  // as long as a SHA-1 in hex
  ['1'.repeat(40), 'identifier_is_hash', { kind: 'email' }],
  [hex(32), 'identifier_is_hash', { kind: 'email' }],
  [base64(32), 'identifier_is_hash', { kind: 'email' }],
  ['user%40example.com', 'identifier_percent_encoded', { kind: 'email' }],
  ['user', 'email_without_at'],
  ['a@b@c', 'email_with_two_ats'],
  ['@@', 'email_with_two_ats'],
  ['@', 'email_local_part_empty'],
  [' @ ', 'email_local_part_empty'],
  ['@example.com', 'email_local_part_empty'],
  // its local part is empty once it is normalised
  ['+x@gmail.com', 'email_local_part_empty'],
  ['user@', 'email_domain_empty'],
  ['user@ ', 'email_domain_empty'],
];

describe('the fault of an email', () => {
  it.for(emailFaults)('%j: %s', (row) => {
    expect(identifierFault('email', row[0])).toEqual(faultOf(row));
  });
});

const phoneFaults: readonly Row[] = [
  ['', 'identifier_empty', { kind: 'phone' }],
  ['undefined', 'identifier_placeholder', { kind: 'phone', got: 'undefined' }],
  ['a@b.c', 'identifier_other_kind', { kind: 'phone', got: 'an email', expected: 'email' }],
  [hex(16), 'identifier_is_hash', { kind: 'phone' }],
  [base64(32), 'identifier_is_hash', { kind: 'phone' }],
  // as long as an MD5 in hex, but it looks like a phone
  ['1'.repeat(32), 'phone_without_plus'],
  ['%2B123', 'identifier_percent_encoded', { kind: 'phone' }],
  ['%2b123', 'identifier_percent_encoded', { kind: 'phone' }],
  ['1%2B123', 'phone_without_plus'],
  [' 12345', 'phone_plus_lost'],
  [' 12345x', 'phone_without_plus'],
  ['1 2345', 'phone_without_plus'],
  ['0012', 'phone_with_00'],
  ['00', 'phone_without_plus'],
  ['1001', 'phone_without_plus'],
  ['+0012', 'phone_length', { digits: 4 }],
  ['+\u0661\u0662', 'phone_other_digits'],
  ['+', 'phone_length', { digits: 0 }],
  ['+1234', 'phone_length', { digits: 4 }],
  ['+1 234', 'phone_characters'],
  ['+1234x', 'phone_characters'],
];

describe('the fault of a phone', () => {
  it.for(phoneFaults)('%j: %s', (row) => {
    expect(identifierFault('phone', row[0])).toEqual(faultOf(row));
  });
});

it('an identifier is not read where its kind is not, which may be because phones are off', () => {
  const emails = ['email', 'email_hash'] as const;
  expect(unreadFault(['phone'], emails, true)).toEqual(['kind_not_read', { kind: 'phone' }]);
  expect(unreadFault(['x', 'phone_hash'], emails, false)).toEqual(['phones_off', { kind: 'phone_hash' }]);
  expect(unreadFault(['email'], emails, true)).toBeUndefined();
  expect(unreadFault([], emails, true)).toBeUndefined();
});

const advertising = { what: 'the advertising token' };
const refresh = { what: 'the refresh token' };

/** Length, first bytes, and the faults where an advertising or a refresh token is wanted. */
const tokenForms: readonly (readonly [
  number,
  readonly number[],
  (Fault | undefined)?,
  (Fault | undefined)?,
])[] = [
  [163, [0, 0x80], undefined, ['token_is_advertising']],
  [164, [0, 0x70], undefined, ['token_is_advertising']],
  [133, [2], undefined, ['token_is_advertising']],
  [124, [0, 0x70], ['token_is_refresh'], undefined],
  [125, [2], ['token_is_refresh'], undefined],
  [291, [0, 0], ['token_is_refresh'], ['token_is_wrapped']],
  [291, [0x10, 0], ['token_is_refresh'], ['token_is_wrapped']],
  [291, [0x20, 0]],
  [162, [0, 0x80], ['token_length', { ...advertising, length: 162, expected: '163 or 164' }]],
  [165, [0, 0x80], ['token_length', { ...advertising, length: 165, expected: '163 or 164' }]],
  [
    165,
    [0, 0x70],
    ['token_length', { ...advertising, length: 165, expected: '163 or 164' }],
    ['token_length', { ...refresh, length: 165, expected: '124' }],
  ],
  [
    126,
    [2],
    ['token_length', { ...advertising, length: 126, expected: '133' }],
    ['token_length', { ...refresh, length: 126, expected: '125' }],
  ],
  [290, [0, 0], undefined, ['token_length', { ...refresh, length: 290, expected: '291' }]],
  [290, [0x10, 0], undefined, ['token_length', { ...refresh, length: 290, expected: '291' }]],
  [290, [0x20, 0]],
  [31, []],
  [32, [], ['token_is_raw_uid'], ['token_is_raw_uid']],
  [33, [], ['token_is_raw_uid'], ['token_is_raw_uid']],
  [34, []],
];

describe('the fault of a token', () => {
  it.for(tokenForms)('of %i bytes that begins with %j', ([length, first, asAdvertising, asRefresh]) => {
    for (const alphabet of ['base64', 'base64url'] as const) {
      const text = fill(length, ...first).toString(alphabet);
      expect(tokenFault(text, 'advertising')).toEqual(asAdvertising);
      expect(tokenFault(text, 'refresh')).toEqual(asRefresh);
    }
  });

  it('may be that it is in lower case, if it is long enough for a token', () => {
    expect(tokenFault('a'.repeat(160), 'refresh')).toEqual(['token_lower_case', refresh]);
    expect(tokenFault('a'.repeat(159), 'refresh')).toBeUndefined();
    expect(tokenFault(`${'a'.repeat(159)}A`, 'refresh')).toBeUndefined();
  });

  it('is known for an empty text, and not for one that is not base64', () => {
    expect(tokenFault('', 'advertising')).toEqual(['base64_empty', advertising]);
    expect(tokenFault('a(bc', 'advertising')).toBeUndefined();
  });
});

/** The shortest envelope. */
const envelope = base64(45, 1);

describe('a text', () => {
  it.each([
    [envelope, true],
    [base64(46, 1), true],
    [base64(42, 1), false],
    [base64(44, 1).replace('=', ''), false],
    [base64(45, 2), false],
    [`${envelope.slice(0, -1)}!`, false],
  ])('%s may be an envelope: %s', (text, may) => expect(isEnvelopeText(text)).toBe(may));
});

const body = { what: 'the body' };

describe('the fault of a body', () => {
  it.each<readonly [JsonObject, Reason]>([
    [{}, 'body_plain_json'],
    [{ a: 'b', c: null }, 'body_plain_json'],
    [{ a: 'b', c: envelope }, 'envelope_in_json'],
  ])('that is the object %j: %s', (json, reason) => {
    expect(textFault(JSON.stringify(json), json)).toEqual([reason]);
    expect(headFault(Buffer.from(JSON.stringify(json)), true, json)).toEqual([reason]);
  });

  it.for<Row>([
    ['\x01\ufffd', 'body_binary_untyped'],
    ['\x02\ufffd', 'base64_binary', body],
    ['', 'base64_empty', body],
    ['AAAAA', 'base64_padding', body],
  ])('that is the text %j: %s', (row) => {
    expect(textFault(row[0], undefined)).toEqual(faultOf(row));
  });

  const hexText = `01${'ab'.repeat(60)}`;

  it.each<readonly [string, Uint8Array, boolean, Fault]>([
    ['compressed', fill(60, 0x1f, 0x8b), true, ['base64_compressed', { ...body, version: 0x1f }]],
    ['half of the sign of gzip', fill(60, 0x1f), true, ['envelope_version', { version: 0x1f }]],
    ['its other half', fill(60, 3, 0x8b), true, ['envelope_version', { version: 3 }]],
    ['base64', Buffer.from(envelope), true, ['envelope_text_as_binary', { version: 0x41 }]],
    ['base64 twice', Buffer.from(envelope), false, ['envelope_encoded_twice', { version: 0x41 }]],
    ['hex', Buffer.from(hexText), true, ['envelope_hex', { version: 0x30 }]],
    ['hex read as base64', Buffer.from(hexText, 'base64'), false, ['envelope_hex', { version: 0xd3 }]],
    ['44 bytes', fill(44, 1), true, ['envelope_too_short', { length: 44, minimum: 45 }]],
    ['nothing', fill(0), true, ['envelope_too_short', { length: 0, minimum: 45 }]],
    ['45 bytes', fill(45, 2), false, ['envelope_version', { version: 2 }]],
    ['a digit', fill(45, 0x31), false, ['envelope_version_character', { version: 0x31 }]],
  ])('that is %s', (_what, bytes, binary, fault) => {
    expect(headFault(bytes, binary, undefined)).toEqual(fault);
  });
});

const plainBodies: readonly (readonly [what: string, bytes: Uint8Array, value: unknown, reason: Reason])[] = [
  ['empty', fill(0), undefined, 'body_empty'],
  ['null', Buffer.from('null'), null, 'body_null'],
  ['a list', Buffer.from('[]'), [], 'body_not_an_object'],
  ['compressed', fill(60, 0x1f, 0x8b), undefined, 'body_compressed'],
  ['half of the sign of gzip', fill(60, 0x1f), undefined, 'body_not_json'],
  ['its other half', fill(60, 0x20, 0x8b), undefined, 'body_not_json'],
  ['an envelope', Buffer.from(envelope), undefined, 'body_is_envelope'],
  ['a form', Buffer.from('a.b[0]=c'), undefined, 'body_form'],
  ['a form behind a space', Buffer.from(' a=b'), undefined, 'body_not_json'],
  ['a value without a name', Buffer.from('=b'), undefined, 'body_not_json'],
];

describe('the fault of a plain body', () => {
  it.each(plainBodies)('that is %s', (_what, bytes, value, reason) => {
    expect(jsonBodyFault(bytes, value)).toEqual([reason]);
  });
});

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const int64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};
const stamped = (timestamp: number): Buffer => Buffer.concat([int64(timestamp), fill(30)]);

const seconds = Buffer.alloc(4);
seconds.writeInt32BE(NOW / 1000);
const notJson = Buffer.from('{"email":"a@example.com"');

const timestamps: readonly (readonly [string, Uint8Array, Fault])[] = [
  ['seconds', stamped(NOW / 1000), ['timestamp_unit', { unit: 'seconds' }]],
  ['microseconds', stamped(NOW * 1000), ['timestamp_unit', { unit: 'microseconds' }]],
  ['nanoseconds', stamped(NOW * 1e6), ['timestamp_unit', { unit: 'nanoseconds' }]],
  ['seconds of almost a day ago', stamped((NOW - DAY) / 1000 + 1), ['timestamp_unit', { unit: 'seconds' }]],
  [
    'seconds of a day ago',
    stamped((NOW - DAY) / 1000),
    ['timestamp_past', { seconds: Math.round((NOW - (NOW - DAY) / 1000) / 1000) }],
  ],
  ['little-endian', Buffer.concat([int64(NOW).reverse(), fill(30)]), ['timestamp_little_endian']],
  ['after the nonce', Buffer.concat([fill(8), int64(NOW), fill(30)]), ['timestamp_after_nonce']],
  ['of four bytes', Buffer.concat([seconds, fill(30)]), ['timestamp_four_bytes']],
  ['absent', Buffer.from('{"email":"a@example.com"}'), ['timestamp_absent']],
  [
    'that begins as JSON does',
    notJson,
    ['timestamp_future', { seconds: Math.round((Number(notJson.readBigInt64BE()) - NOW) / 1000) }],
  ],
];

const distances: readonly (readonly [ms: number, fault: Fault])[] = [
  [HOUR, ['timestamp_local_time', { hours: 1 }]],
  [-HOUR / 2, ['timestamp_local_time', { hours: -0.5 }]],
  [14 * HOUR, ['timestamp_local_time', { hours: 14 }]],
  [-14 * HOUR, ['timestamp_local_time', { hours: -14 }]],
  [14.5 * HOUR, ['timestamp_future', { seconds: 52_200 }]],
  [-14.5 * HOUR, ['timestamp_past', { seconds: 52_200 }]],
  [HOUR + 59_999, ['timestamp_local_time', { hours: 1 }]],
  [HOUR + 60_000, ['timestamp_future', { seconds: 3660 }]],
  [HOUR - 59_999, ['timestamp_local_time', { hours: 1 }]],
  [HOUR - 60_000, ['timestamp_future', { seconds: 3540 }]],
  [30_000, ['timestamp_future', { seconds: 30 }]],
  [-30_000, ['timestamp_past', { seconds: 30 }]],
  [90_400, ['timestamp_future', { seconds: 90 }]],
  [90_500, ['timestamp_future', { seconds: 91 }]],
];

describe('the fault of a timestamp', () => {
  it.each(timestamps)('%s', (_how, plain, fault) => expect(timestampFault(plain, NOW)).toEqual(fault));

  it.each(distances)('that is %i ms from the clock', (distance, fault) => {
    expect(timestampFault(stamped(NOW + distance), NOW)).toEqual(fault);
  });
});

const payloads: readonly (readonly [text: string, value: unknown, reason: Reason])[] = [
  ['null', null, 'payload_null'],
  ['"{}"', '{}', 'payload_encoded_twice'],
  ['"[]"', '[]', 'payload_not_an_object'],
  ['[]', [], 'payload_not_an_object'],
  ['\ufeff{}', undefined, 'payload_byte_order_mark'],
  ['{\0"\0', undefined, 'payload_utf16'],
  ['\0{\0"', undefined, 'payload_utf16'],
  ['\ufffd\ufffd{\0', undefined, 'payload_utf16'],
  ['{"a\0', undefined, 'payload_not_json'],
  ['a=b', undefined, 'payload_form'],
  ['_1=', undefined, 'payload_form'],
  ['1a=b', undefined, 'payload_not_json'],
  ['=b', undefined, 'payload_not_json'],
  ['user@example.com', undefined, 'payload_bare'],
  ['+123', undefined, 'payload_bare'],
  ['+', undefined, 'payload_not_json'],
  ['+123 x', undefined, 'payload_not_json'],
  ['x +123', undefined, 'payload_not_json'],
  ['to user@example.com', undefined, 'payload_not_json'],
  ['user@example.com x', undefined, 'payload_not_json'],
  ['{user@example.com}', undefined, 'payload_not_json'],
  [`${'a'.repeat(318)}@b`, undefined, 'payload_bare'],
  [`${'a'.repeat(319)}@b`, undefined, 'payload_not_json'],
];

describe('the fault of a payload', () => {
  it.each(payloads)('%j, read as %j: %s', (text, value, reason) => {
    expect(payloadFault(text, value)).toEqual([reason]);
    expect(envelopePayloadFault(Buffer.concat([fill(16), Buffer.from(text)]))).toEqual([reason]);
  });

  const after = (length: number, payload: string): Uint8Array =>
    Buffer.concat([fill(8 + length), Buffer.from(payload)]);

  it.each([0, 7, 9, 12, 32])('may be a nonce of %i bytes', (length) => {
    expect(envelopePayloadFault(after(length, '{"a":"b"}'))).toEqual(['nonce_length', { length }]);
    expect(envelopePayloadFault(after(length, '{"a":"b"'))).toEqual(['payload_not_json']);
  });

  it('is not looked for behind more than 32 bytes', () => {
    expect(envelopePayloadFault(after(33, '{"a":"b"}'))).toEqual(['payload_not_json']);
  });

  it('counts a space as part of the nonce', () => {
    expect(envelopePayloadFault(after(11, ' {"a":"b"}'))).toEqual(['nonce_length', { length: 12 }]);
  });
});
