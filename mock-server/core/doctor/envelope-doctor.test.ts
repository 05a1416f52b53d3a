/**
 * The envelope doctor names what was done to a body: for each mistake over generated bodies, alone and with another, and
 * never for random ones. Bodies are sealed here with node:crypto, not by code under test.
 */

import { createCipheriv, createECDH, hkdfSync } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { nativePrimitives } from '../../native/primitives.ts';
import { type Dice, dice } from '../../testing/random.ts';
import { inWords, scaled } from '../../testing/scale.ts';
import { writePkcs8, writeSpki } from '../client-keys.ts';
import { diagnoseEnvelope } from './envelope-doctor.ts';

const now = 1_795_000_000_123;
const random = dice(11);
const clients = ['first', 'second', 'third'].map((name, i) => ({
  name,
  key: `UID2-C-L-${100 + i}-${random.bytes(16).toString('hex')}`,
  secret: random.bytes(32).toString('base64'),
}));
const [own, other] = clients as [(typeof clients)[0], (typeof clients)[0]];

interface Parts {
  time: Buffer;
  nonce: Buffer;
  text: Buffer;
  iv: Buffer;
  key: Buffer;
  aad?: Buffer;
  cipher: string;
}

const int64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(Math.floor(value)));
  return bytes;
};

function parts(roll: Dice): Parts {
  return {
    time: int64(now - roll.below(60_000)),
    nonce: roll.bytes(8),
    text: Buffer.from(JSON.stringify({ email: `user${roll.below(1e6)}@example.com`, policy: 1 })),
    iv: roll.bytes(12),
    key: Buffer.from(own.secret, 'base64'),
    cipher: 'gcm',
  };
}

function seal({ time, nonce, text, iv, key, aad, cipher }: Parts) {
  const name = `aes-${key.length * 8}-${cipher}` as 'aes-256-gcm';
  const sealing = createCipheriv(name, key, cipher === 'ecb' ? (null as unknown as Buffer) : iv);
  if (aad) sealing.setAAD(aad);
  const ciphertext = Buffer.concat([sealing.update(Buffer.concat([time, nonce, text])), sealing.final()]);
  return { iv, ciphertext, tag: cipher === 'gcm' ? sealing.getAuthTag() : Buffer.alloc(0) };
}

type Sealed = ReturnType<typeof seal>;
const usual = ({ iv, ciphertext, tag }: Sealed): Buffer => Buffer.concat([Buffer.of(1), iv, ciphertext, tag]);
const base64 = (bytes: Buffer): string => bytes.toString('base64');

interface Mistake {
  readonly ids: readonly string[];
  readonly change?: (one: Parts, roll: Dice) => Partial<Parts>;
  readonly lay?: (sealed: Sealed) => Buffer;
  readonly wrap?: (bytes: Buffer) => string | Uint8Array;
}

const inText = (id: string, text: string | Buffer, more: string[] = []): Mistake => ({
  ids: [id, ...more],
  change: () => ({ text: Buffer.from(text) }),
});

const mistakes: Readonly<Record<string, Mistake>> = {
  quotes: { ids: ['wrap_quotes'], wrap: (bytes) => JSON.stringify(base64(bytes)) },
  newline: { ids: ['wrap_newline'], wrap: (bytes) => `${base64(bytes)}\n` },
  lines: { ids: ['wrap_lines'], wrap: (bytes) => base64(bytes).replace(/.{76}/g, '$&\r\n') },
  percent: {
    ids: ['wrap_percent'],
    wrap: (bytes) => encodeURIComponent(`${base64(bytes)}`).replace(/A/, '%41'),
  },
  'form field': { ids: ['wrap_form_field'], wrap: (bytes) => `payload=${encodeURIComponent(base64(bytes))}` },
  member: { ids: ['wrap_json_member'], wrap: (bytes) => JSON.stringify({ data: base64(bytes) }) },
  twice: { ids: ['wrap_base64_twice'], wrap: (bytes) => base64(Buffer.from(base64(bytes))) },
  hex: { ids: ['wrap_hex'], wrap: (bytes) => bytes.toString('hex') },
  numbers: { ids: ['wrap_numbers'], wrap: (bytes) => JSON.stringify([...bytes]) },
  'data URI': { ids: ['wrap_data_uri'], wrap: (bytes) => `data:text/plain;base64,${base64(bytes)}` },
  binary: { ids: ['wrap_binary_untyped'], wrap: (bytes) => bytes },
  latin1: {
    ids: ['wrap_latin1', 'wrap_binary_untyped'],
    wrap: (bytes) => Buffer.from(bytes.toString('latin1')),
  },
  'utf-16': {
    ids: ['wrap_utf16', 'wrap_binary_untyped'],
    wrap: (bytes) => Buffer.from(base64(bytes), 'utf16le'),
  },
  'no version': {
    ids: ['version_missing'],
    lay: ({ iv, ciphertext, tag }) => Buffer.concat([iv, ciphertext, tag]),
  },
  'version 2': {
    ids: ['version_other'],
    lay: (sealed) => Buffer.concat([Buffer.of(2), usual(sealed).subarray(1)]),
  },
  'character 1': {
    ids: ['version_character'],
    lay: (sealed) => Buffer.concat([Buffer.from('1'), usual(sealed).subarray(1)]),
  },
  'no tag': { ids: ['tag_missing'], lay: (sealed) => usual(sealed).subarray(0, -16) },
  'tag of 12': { ids: ['tag_short'], lay: (sealed) => usual(sealed).subarray(0, -4) },
  'tag first': {
    ids: ['tag_first'],
    lay: ({ iv, ciphertext, tag }) => Buffer.concat([Buffer.of(1), iv, tag, ciphertext]),
  },
  'iv last': {
    ids: ['iv_last'],
    lay: ({ iv, ciphertext, tag }) => Buffer.concat([Buffer.of(1), ciphertext, tag, iv]),
  },
  truncated: { ids: ['truncated'], lay: (sealed) => usual(sealed).subarray(0, 60) },
  'iv of 16': { ids: ['iv_length'], change: (_, roll) => ({ iv: roll.bytes(16) }) },
  cbc: { ids: ['cipher_cbc'], change: (_, roll) => ({ iv: roll.bytes(16), cipher: 'cbc' }) },
  ctr: { ids: ['cipher_ctr'], change: (_, roll) => ({ iv: roll.bytes(16), cipher: 'ctr' }) },
  cfb: { ids: ['cipher_cfb'], change: (_, roll) => ({ iv: roll.bytes(16), cipher: 'cfb' }) },
  aad: { ids: ['aad_set'], change: (_, roll) => ({ aad: roll.bytes(9) }) },
  'half the key': { ids: ['key_size'], change: ({ key }) => ({ key: key.subarray(0, 16) }) },
  'secret as text': { ids: ['key_text'], change: () => ({ key: Buffer.from(own.secret).subarray(0, 32) }) },
  'API key': { ids: ['key_api_key'], change: () => ({ key: Buffer.from(own.key).subarray(0, 32) }) },
  hkdf: {
    ids: ['key_hashed'],
    change: ({ key }) => ({ key: Buffer.from(hkdfSync('sha256', key, '', '', 32)) }),
  },
  "another's secret": {
    ids: ['key_other_client'],
    change: () => ({ key: Buffer.from(other.secret, 'base64') }),
  },
  'no stamp': { ids: ['stamp_missing'], change: () => ({ time: Buffer.alloc(0), nonce: Buffer.alloc(0) }) },
  seconds: { ids: ['time_unit'], change: () => ({ time: int64(now / 1000) }) },
  microseconds: { ids: ['time_unit'], change: () => ({ time: int64(now * 1000) }) },
  'little-endian': {
    ids: ['time_little_endian'],
    change: ({ time }) => ({ time: Buffer.from(time).reverse() }),
  },
  'nonce first': { ids: ['time_after_nonce'], change: ({ time, nonce }) => ({ time: nonce, nonce: time }) },
  'four bytes': { ids: ['time_narrow'], change: () => ({ time: int64(now / 1000).subarray(4) }) },
  'local time': {
    ids: ['time_zone'],
    change: (_, roll) => ({ time: int64(now + (1 + roll.below(24)) * 1_800_000) }),
  },
  drift: { ids: ['time_past'], change: (_, roll) => ({ time: int64(now - 130_000 - roll.below(900_000)) }) },
  'text time': { ids: ['time_text'], change: () => ({ time: Buffer.from(String(now)) }) },
  'nonce of 12': { ids: ['nonce_length_wrong'], change: (_, roll) => ({ nonce: roll.bytes(12) }) },
  'no nonce': { ids: ['nonce_length_wrong'], change: () => ({ nonce: Buffer.alloc(0) }) },
  'JSON in UTF-16': {
    ids: ['text_utf16'],
    change: ({ text }) => ({ text: Buffer.from(text.toString(), 'utf16le') }),
  },
  mark: { ids: ['text_bom'], change: ({ text }) => ({ text: Buffer.concat([Buffer.from('\ufeff'), text]) }) },
  list: inText('text_list', '["user@example.com"]'),
  form: inText('text_form', 'email=user%40example.com&policy=1'),
  bare: inText('text_identifier', 'user@example.com'),
  'JSON twice': inText('text_encoded_twice', JSON.stringify('{"email":"user@example.com"}')),
  zlib: inText('text_compressed', deflateSync('{"email":"user@example.com"}')),
  gzip: inText('text_compressed', gzipSync('{"email":"user@example.com"}')),
  'time of zero': { ids: ['time_unknown'], change: () => ({ time: Buffer.alloc(8) }) },
  'halves of the time exchanged': {
    ids: ['time_unknown'],
    change: ({ time }) => ({ time: Buffer.concat([time.subarray(4), time.subarray(0, 4)]) }),
  },
  'length in front': {
    ids: ['length_prefix'],
    lay: (sealed) => {
      const bytes = usual(sealed);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    },
  },
  'single quotes': inText('text_single_quotes', "{'email': 'user@example.com'}"),
};

function body(names: readonly string[], roll: Dice): string | Uint8Array {
  const chosen = names.map((name) => mistakes[name] ?? { ids: [] });
  let one = parts(roll);
  for (const { change } of chosen) one = { ...one, ...change?.(one, roll) };
  const lay = chosen.find((mistake) => mistake.lay)?.lay ?? usual;
  const wrap = chosen.find((mistake) => mistake.wrap)?.wrap ?? base64;
  return wrap(lay(seal(one)));
}

const diagnose = (given: string | Uint8Array, contentType?: string) =>
  diagnoseEnvelope(nativePrimitives, {
    body: given,
    clients,
    client: own.name,
    now,
    ...(contentType !== undefined && { contentType }),
  });

const BODIES = 20;

describe('one mistake', () => {
  it.each(Object.keys(mistakes))('%s', (name) => {
    const roll = dice(7);
    for (let i = 0; i < BODIES; i++) {
      const { opens, refusal, causes } = diagnose(body([name], roll));
      expect(refusal, name).not.toBeNull();
      expect(opens).toBe(false);
      expect(mistakes[name]?.ids).toContain(causes[0]?.id);
      expect(causes.every(({ proved }) => proved)).toBe(true);
    }
  });

  it('finds none in a right body', () => {
    const roll = dice(8);
    for (let i = 0; i < BODIES; i++) {
      expect(diagnose(body([], roll))).toMatchObject({ opens: true, refusal: null, causes: [] });
    }
  });
});

describe('mistakes together, with some that the list does not name', () => {
  it.each([
    ['newline', 'no version', 'seconds'],
    ['quotes', 'half the key'],
    ['hex', 'tag first', 'local time'],
    ['numbers', 'secret as text', 'bare'],
    ['member', 'cbc', 'no stamp'],
    ['latin1', 'iv of 16'],
    ['lines', 'ctr', 'secret as text', 'little-endian'],
    ['data URI', "another's secret", 'single quotes'],
    ['no version', 'iv of 16', 'nonce first'],
    ['twice', 'iv last', 'text time', 'list'],
    ['hkdf', 'no version'],
    ['cfb', 'half the key', 'microseconds'],
  ])('%s, %s', (...names) => {
    const roll = dice(9);
    for (let i = 0; i < 5; i++) {
      const found = new Set(diagnose(body(names, roll)).causes.map(({ id }) => id));
      for (const name of names) {
        expect(
          mistakes[name]?.ids.some((id) => found.has(id)),
          `${name} in ${[...found].join()}`,
        ).toBe(true);
      }
    }
  });
});

describe('what is not sealed', () => {
  it.each([
    ['', 'envelope_absent'],
    ['{"email":"user@example.com"}', 'plain_json'],
    [Buffer.from('{"email":"user@example.com"}').toString('base64'), 'plain_json_encoded'],
    ['user@example.com', 'plain_identifier'],
  ])('%j', (given, id) => {
    expect(diagnose(given).causes).toMatchObject([{ id, proved: true }]);
  });
});

describe('bodies of one byte', () => {
  it('proves nothing, though ciphers make text of many', () => {
    for (let byte = 0; byte < 256; byte++) {
      const { causes } = diagnose(base64(Buffer.alloc(150, byte)));
      expect(causes.filter(({ proved }) => proved)).toEqual([]);
    }
  });
});

describe('random bodies', () => {
  it(`proves nothing of ${inWords(scaled(10_000))}`, { timeout: 300_000 }, () => {
    const roll = dice(10);
    const single = [own];
    for (let i = 0; i < scaled(10_000); i++) {
      const bytes = roll.bytes(20 + roll.below(100));
      if (i % 2 === 0) bytes[0] = 1;
      const given = i % 4 === 3 ? bytes : base64(bytes);
      const { causes } = diagnoseEnvelope(nativePrimitives, {
        body: given,
        clients: single,
        client: own.name,
        now,
      });
      const proved = causes.filter((cause) => cause.proved && cause.id !== 'wrap_binary_untyped');
      expect(proved, base64(bytes)).toEqual([]);
    }
  });
});

describe('answers', () => {
  const secret = Buffer.from(own.secret, 'base64');
  const responseKey = Buffer.alloc(32, 5);
  const json = Buffer.from('{"body":{"advertising_token":"x"},"status":"success"}');
  const answer = (
    key: Buffer,
    stamp: Buffer,
    lay = (iv: Buffer, rest: Buffer) => Buffer.concat([iv, rest]),
  ) => {
    const iv = Buffer.alloc(12, 4);
    const { ciphertext, tag } = seal({
      ...parts(dice(3)),
      time: stamp,
      nonce: Buffer.alloc(0),
      text: json,
      iv,
      key,
    });
    return base64(lay(iv, Buffer.concat([ciphertext, tag])));
  };
  const stamp = Buffer.concat([int64(now), Buffer.alloc(8, 6)]);
  const read = (given: string | Uint8Array) =>
    diagnoseEnvelope(nativePrimitives, {
      body: given,
      direction: 'answer',
      clients,
      client: own.name,
      now,
      responseKey: base64(responseKey),
    });

  it('opens the usual answer, and says what to skip', () => {
    expect(read(answer(secret, stamp))).toMatchObject({
      opens: true,
      found: { skip: 16, payload: json.toString() },
      causes: [{ id: 'answer_stamped', proved: false }],
    });
  });

  it.each<[string, string | Uint8Array, string]>([
    ['to a refresh', answer(responseKey, Buffer.alloc(0)), 'answer_response_key'],
    ['of another client', answer(Buffer.from(other.secret, 'base64'), stamp), 'answer_other_client'],
    ['whole', JSON.stringify({ body: answer(secret, stamp) }), 'answer_whole'],
    ['an error', '{"message":"Invalid Identifier","status":"client_error"}', 'answer_error'],
    ['opted out', '{"status":"optout"}', 'answer_opted_out'],
    ['opened, not skipped', Buffer.concat([stamp, json]), 'answer_stamped'],
    ['opened, skipped on refresh', json.subarray(16), 'answer_bare'],
    ['of an unknown key', answer(Buffer.alloc(32, 9), stamp), 'answer_unknown'],
  ])('%s', (_, given, id) => {
    expect(read(given).causes[0]?.id).toBe(id);
  });
});

describe('client-side generation', () => {
  const pair = (seed: number) => {
    const ecdh = createECDH('prime256v1');
    ecdh.setPrivateKey(Buffer.alloc(32, seed));
    return ecdh;
  };
  const [server, wrong, browser] = [pair(1), pair(2), pair(3)];
  const keypairs = ([server, wrong] as const).map((one, i) => ({
    subscription_id: `sub${i}`,
    public_key: `UID2-X-L-${base64(Buffer.from(writeSpki(one.getPublicKey())))}`,
    private_key: `UID2-Y-L-${base64(Buffer.from(writePkcs8(one.getPrivateKey(), one.getPublicKey())))}`,
  }));
  const spki = Buffer.from(writeSpki(browser.getPublicKey()));
  const request = ({
    aad = `[${now}]`,
    key = (shared: Buffer) => shared,
    to = server,
    ...members
  }: {
    aad?: string | undefined;
    key?: (shared: Buffer) => Buffer;
    to?: typeof server;
    [member: string]: unknown;
  }) => {
    const iv = Buffer.alloc(12, 8);
    const cipher = createCipheriv('aes-256-gcm', key(browser.computeSecret(to.getPublicKey())), iv);
    if (aad !== '') cipher.setAAD(Buffer.from(aad));
    const sealed = Buffer.concat([cipher.update('{"email_hash":"x"}'), cipher.final(), cipher.getAuthTag()]);
    return JSON.stringify({
      subscription_id: 'sub0',
      public_key: base64(spki),
      timestamp: now,
      iv: base64(iv),
      payload: base64(sealed),
      ...members,
    });
  };
  const read = (given: string) =>
    diagnoseEnvelope(nativePrimitives, {
      body: given,
      clients,
      now,
      keypairs,
      route: '/v2/token/client-generate',
    });

  it('finds none in a right request', () => {
    expect(read(request({}))).toMatchObject({ opens: true, refusal: null, causes: [] });
  });

  it.each<[string, string, string, string]>([
    ['no additional data', request({ aad: '' }), 'cstg_aad_wrong', 'payload decryption failed'],
    ['no app_name in it', request({ app_name: 'app' }), 'cstg_aad_wrong', 'payload decryption failed'],
    ['another time in it', request({ aad: `[${now - 37}]` }), 'cstg_aad_time', 'payload decryption failed'],
    [
      'hashed',
      request({ key: (k) => Buffer.from(nativePrimitives.sha256(k)) }),
      'cstg_shared_hashed',
      'payload decryption failed',
    ],
    [
      'stretched',
      request({ key: (k) => Buffer.from(hkdfSync('sha256', k, '', '', 32)) }),
      'cstg_shared_hashed',
      'payload decryption failed',
    ],
    ['another key pair', request({ to: wrong }), 'cstg_other_keypair', 'payload decryption failed'],
    [
      'raw point',
      request({ public_key: browser.getPublicKey('base64') }),
      'cstg_public_key_wrong_form',
      'bad public key',
    ],
    [
      'prefix kept',
      request({ public_key: `UID2-X-L-${base64(spki)}` }),
      'cstg_public_key_wrong_form',
      'bad public key',
    ],
    ['hex iv', request({ iv: Buffer.alloc(12, 8).toString('hex') }), 'cstg_iv_form', 'bad iv'],
  ])('%s', (_, given, id, message) => {
    expect(read(given)).toMatchObject({
      opens: false,
      refusal: { status: 400, message },
      causes: [{ id, proved: true }],
    });
  });
});

describe('refreshes', () => {
  const token = base64(dice(5).bytes(291));
  const read = (given: string) =>
    diagnoseEnvelope(nativePrimitives, { body: given, clients, now, route: '/v2/token/refresh' });

  it.each([
    [token, undefined],
    [`${token}\n`, 'wrap_newline'],
    [JSON.stringify({ refresh_token: token }), 'wrap_json_member'],
    [body([], dice(6)) as string, 'refresh_sealed'],
  ])('%#', (given, id) => {
    expect(read(given).causes[0]?.id).toBe(id);
  });
});
