/** Reasons for refusals of client-side generation. */

import { createHash, generateKeyPairSync } from 'node:crypto';
import { sealClientGenerate } from '../../../contract-tests/wire/index.ts';
import { type How, post } from './requests.ts';
import { type Row, rowsOn } from './row.ts';
import { NOW, type Stage } from './stage.ts';

const HASH = Buffer.alloc(32, 4).toString('base64');
const PHONE_HASH = Buffer.alloc(32, 5).toString('base64');
const OPTED_OUT = createHash('sha256').update('optout@example.com').digest('base64');
const hashed = { email_hash: HASH };
const row = rowsOn('current');

type Options = Partial<Parameters<typeof sealClientGenerate>[0]>;
type Body = Record<string, unknown>;

/** Sealed requests by stage and options. Each sealing makes a new key, so a request is sealed only once. */
const made = new WeakMap<Stage, Map<string, ReturnType<typeof sealClientGenerate>>>();

/** Seals until the public key has one of the characters in which the alphabets of base64 differ. */
function seal(options: Parameters<typeof sealClientGenerate>[0]): ReturnType<typeof sealClientGenerate> {
  const sealed = sealClientGenerate(options);
  return /[+/]/.test(String(sealed.body['public_key'])) ? sealed : seal(options);
}

function sealedOf(stage: Stage, options: Options): Body {
  const known = made.get(stage) ?? new Map<string, ReturnType<typeof sealClientGenerate>>();
  made.set(stage, known);
  const name = JSON.stringify(options);
  const [pair] = stage.world.client_side_keypairs;
  const sealed =
    known.get(name) ??
    seal({
      subscriptionId: pair?.subscription_id ?? '',
      serverPublicKey: pair?.public_key ?? '',
      payload: hashed,
      timestampMs: NOW,
      ...options,
    });
  known.set(name, sealed);
  return sealed.body;
}

interface Changes {
  /** how the payload is sealed */
  readonly seal?: Options;
  /** members that replace those of the request; undefined leaves a member out */
  readonly body?: (body: Body, stage: Stage) => Body;
  readonly origin?: string | undefined;
}

const ORIGIN = 'https://shop.example.com';

const generate = (changes: Changes = {}, how: How = {}) =>
  post(
    '/v2/token/client-generate',
    (stage: Stage) => {
      const body = sealedOf(stage, changes.seal ?? {});
      return JSON.stringify({ ...body, ...changes.body?.(body, stage) });
    },
    { headers: { authorization: undefined, origin: 'origin' in changes ? changes.origin : ORIGIN }, ...how },
  );
const good = generate();
const body = (change: Body) => generate({ body: () => change });
const key = (alter: (der: Buffer) => string) =>
  generate({ body: ({ public_key }) => ({ public_key: alter(Buffer.from(String(public_key), 'base64')) }) });
const payload = (value: unknown) => generate({ seal: { payload: value } });
const origin = (value: string | undefined) => generate({ origin: value });
const app = (appName: string) => generate({ seal: { appName } });
const raw = (text: string | Uint8Array) =>
  post('/v2/token/client-generate', text, { headers: { authorization: undefined, origin: ORIGIN } });

const P384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({
  format: 'der',
  type: 'spki',
});
const pem = (der: Buffer): string =>
  `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`;
const offCurve = (der: Buffer): Buffer => {
  der.writeUInt8(der.readUInt8(90) ^ 1, 90);
  return der;
};
const HALF = '\ud800';

export const clientSideRows: Row[] = [
  row('body_empty', raw(''), good),
  row('body_not_json', raw('{'), good),
  row('body_null', raw('null'), good),
  row('body_not_an_object', raw('[]'), good),
  row(
    'body_multipart',
    generate({}, { headers: { origin: ORIGIN, 'content-type': 'multipart/form-data; boundary=x' } }),
    generate({}, { headers: { origin: ORIGIN, 'content-type': 'application/json' } }),
  ),
  row('member_unknown', body({ domain: 'example.com' }), good),
  row('member_misnamed', body({ subscriptionId: 'local-cstg' }), good),
  row('member_misnamed', body({ timeStamp: 0 }), good, {
    facts: { got: 'timeStamp', expected: 'timestamp' },
  }),
  row('cstg_member_not_text', body({ iv: ['AAAA'] }), good),
  row('cstg_timestamp', body({ timestamp: '2026-11-23T12:00:00Z' }), good),
  row('cstg_subscription_absent', body({ subscription_id: undefined }), good),
  row('cstg_subscription_unknown', body({ subscription_id: 'other' }), good),
  rowsOn('a disabled key pair')('cstg_subscription_disabled', good, good, { fixedOn: 'local' }),
  row('cstg_app_name_unknown', app('com.example.other'), app('com.example.app')),
  rowsOn('any origin')('cstg_app_name_not_text', app(HALF), app('com.example.app')),
  row('cstg_origin_absent', origin(undefined), good),
  row('cstg_origin_null', origin('null'), good),
  row('cstg_origin_without_scheme', origin('shop.example.com'), good),
  row('cstg_origin_scheme', origin('capacitor://localhost'), good),
  row('cstg_origin_scheme', origin('file://'), good),
  row('cstg_origin_address', origin('http://127.0.0.1:3000'), good),
  row('cstg_origin_address', origin('http://[::1]:3000'), good),
  row('cstg_origin_without_domain', origin('https://com'), good),
  row('cstg_origin_unknown', origin('https://example.net'), good),
  ...['payload', 'iv', 'public_key'].map((member) =>
    row('cstg_parameter_absent', body({ [member]: null }), good, { facts: { member } }),
  ),
  ...['payload', 'iv'].map((member) =>
    row('base64_padding', body({ [member]: 'A' }), good, { facts: { what: member } }),
  ),
  row(
    'base64_url_alphabet',
    key((der) => Buffer.from(der).toString('base64url').padEnd(122, '-')),
    good,
  ),
  row(
    'cstg_public_key_prefix',
    key((der) => `UID2-X-L-${der.toString('base64')}`),
    good,
  ),
  row('cstg_public_key_pem', key(pem), good),
  row(
    'cstg_public_key_point',
    key((der) => der.subarray(26).toString('base64')),
    good,
  ),
  row(
    'cstg_public_key_form',
    key((der) => der.subarray(0, 90).toString('base64')),
    good,
  ),
  row('cstg_public_key_curve', body({ public_key: P384.toString('base64') }), good),
  row(
    'cstg_public_key_off_curve',
    key((der) => offCurve(der).toString('base64')),
    good,
  ),
  row(
    'cstg_public_key_of_operator',
    generate({
      body: (_, { world }) => ({ public_key: world.client_side_keypairs[0]?.public_key.slice(9) }),
    }),
    good,
  ),
  row('cstg_iv_hex', body({ iv: '00'.repeat(12) }), good),
  row('cstg_iv_length', body({ iv: Buffer.alloc(16).toString('base64') }), good),
  row('cstg_payload_too_short', body({ payload: 'AAAA' }), good),
  row('cstg_payload_tag', body({ payload: Buffer.alloc(16).toString('base64') }), good),
  row('cstg_payload_tag', generate({ seal: { aadTimestampShift: 1 } }), good),
  row('payload_not_json', payload('{'), good),
  row('payload_null', payload('null'), good),
  row('payload_not_an_object', payload('[]'), good),
  row('cstg_hash_expected', payload({ email: 'client.side@example.com' }), good),
  row('cstg_hash_expected', payload({ phone: '+12345678901' }), good, { facts: { got: 'phone' } }),
  row('identifier_absent', payload({}), good),
  rowsOn('without phones')('identifier_absent', payload({}), good, { facts: { kinds: 'email_hash' } }),
  row('identifier_misnamed', payload({ emailHash: HASH }), good),
  row('identifier_null', payload({ email_hash: null }), good),
  row('identifiers_several', payload({ email_hash: HASH, phone_hash: PHONE_HASH }), good),
  row('identifier_not_text', payload({ email_hash: 7 }), good),
  row('hash_length', payload({ email_hash: HASH.slice(4) }), good),
  rowsOn('without phones')(
    'phones_off',
    payload({ phone_hash: PHONE_HASH }),
    payload({ phone_hash: PHONE_HASH }),
    { fixedOn: 'local', facts: { kind: 'phone_hash' } },
  ),
  row('opted_out_test_identity', payload({ email_hash: OPTED_OUT }), good),
  rowsOn('without client-side generation')('client_generate_off', good, good, { fixedOn: 'local' }),
];
