/** Reasons for bodies that are not an envelope, or not JSON where JSON is expected. */

import { gzipSync } from 'node:zlib';
import { type Sealing, post, sealed } from './requests.ts';
import { type Row, rowsOn } from './row.ts';

const GENERATE = '/v2/token/generate';
const MAP = '/v1/identity/map';
const user = { email: 'bodies@example.com' };
const BINARY = 'application/octet-stream';

const row = rowsOn('current');
const onLocal = rowsOn('local');

const generate = (how: Sealing = {}) => sealed(GENERATE, user, how);
const text = (alter: (text: string) => string | Uint8Array) =>
  generate({ encode: (bytes) => alter(bytes.toString('base64')) });
const bytes = (alter: (bytes: Buffer) => Buffer) => generate({ bytes: alter });
const good = generate();
const typed = (type: string, encode?: Sealing['encode']) =>
  generate({ headers: { 'content-type': type }, ...(encode && { encode }) });
const asIs = (sealedBytes: Buffer): Uint8Array => sealedBytes;

const list = JSON.stringify({ email: ['bodies@example.com'] });
const map = (body: string | Uint8Array) => post(MAP, body);
const goodMap = map(list);

const withFirst = (first: number) => (given: Buffer) => Buffer.concat([Buffer.of(first), given.subarray(1)]);

export const bodyRows: Row[] = [
  row(
    'body_empty',
    text(() => ''),
    good,
  ),
  row('body_multipart', typed('multipart/form-data; boundary=x'), typed('text/plain')),
  row('body_charset', typed('text/plain; charset=utf-16'), typed('text/plain; charset=utf-8')),
  row(
    'body_plain_json',
    text(() => JSON.stringify(user)),
    good,
  ),
  row('body_binary_untyped', typed('text/plain', asIs), typed(BINARY, asIs)),
  row('body_binary_parameter', typed(`${BINARY}; charset=utf-8`, asIs), typed(BINARY, asIs)),
  row(
    'base64_quoted',
    text((given) => `"${given}"`),
    good,
  ),
  row(
    'base64_plus_lost',
    text((given) => given.replaceAll('+', ' ')),
    good,
  ),
  row(
    'base64_white_space',
    text((given) => `${given}\n`),
    good,
  ),
  row(
    'base64_url_alphabet',
    text((given) => given.replaceAll('+', '-').replaceAll('/', '_')),
    good,
  ),
  row('base64_percent_encoded', text(encodeURIComponent), good),
  row(
    'base64_padding',
    text((given) => `${given}=`),
    good,
  ),
  row(
    'base64_byte_order_mark',
    text((given) => `\ufeff${given}`),
    good,
  ),
  row(
    'base64_utf16',
    text((given) => Buffer.from(given, 'utf16le')),
    good,
  ),
  row(
    'base64_compressed',
    text((given) => gzipSync(given)),
    good,
  ),
  row(
    'base64_form_field',
    text((given) => `envelope=${given}`),
    good,
  ),
  row(
    'base64_binary',
    text((given) => `${given}\u00e9`),
    good,
  ),
  row(
    'base64_json',
    text((given) => JSON.stringify([given])),
    good,
  ),
  row(
    'base64_alphabet',
    text((given) => `${given}!`),
    good,
  ),

  row(
    'envelope_in_json',
    text((given) => JSON.stringify({ data: given })),
    good,
  ),
  row(
    'envelope_too_short',
    bytes((given) => given.subarray(0, 44)),
    good,
  ),
  row('envelope_version', bytes(withFirst(2)), good),
  row('envelope_version_character', bytes(withFirst(0x31)), good),
  rowsOn('v5.56')('envelope_text_as_binary', generateV5(BINARY), generateV5('text/plain')),
  row(
    'envelope_encoded_twice',
    text((given) => Buffer.from(given).toString('base64')),
    good,
  ),
  row('envelope_hex', generate({ encode: (given) => given.toString('hex') }), good),
  row('envelope_tag', generate({ secretOf: 'Example DSP' }), good),

  onLocal('body_not_json', map(list.slice(0, -1)), goodMap),
  onLocal('body_null', map('null'), goodMap),
  onLocal('body_not_an_object', map('[]'), goodMap),
  onLocal('body_form', map('email=bodies%40example.com'), goodMap),
  onLocal('body_compressed', map(gzipSync(list)), goodMap),
  onLocal('body_is_envelope', sealed(MAP, { email: ['bodies@example.com'] }), goodMap),
];

function generateV5(type: string) {
  return sealed(GENERATE, { ...user, optout_check: 1 }, { headers: { 'content-type': type } });
}
