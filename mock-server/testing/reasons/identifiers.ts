/** Reasons for refusals of identifiers and lists of them. */

import { createHash } from 'node:crypto';
import { type How, get, plain, sealed } from './requests.ts';
import { type Row, rowsOn } from './row.ts';

const GENERATE = '/v2/token/generate';
const MAP_2 = '/v2/identity/map';
const MAP_3 = '/v3/identity/map';
const EMAIL = 'identifiers@example.com';
const PHONE = '+14155550123';

const row = rowsOn('current');
const onLocal = rowsOn('local');
const generate = (payload: object, how?: How) => sealed(GENERATE, payload, how);
const good = generate({ email: EMAIL });
const email = (text: unknown) => generate({ email: text });
const phone = (text: unknown) => generate({ phone: text });
const goodPhone = phone(PHONE);

const digest = (algorithm: string) => createHash(algorithm).update(EMAIL);
/** a hash with both + and / in its base64 */
const base64 = 'Oa+/' + digest('sha256').digest('base64').slice(4);
const hash = (text: unknown) => generate({ email_hash: text });
const goodHash = hash(base64);
const hex = digest('sha256').digest('hex');

const mapOf = (query: string) => get('/v1/identity/map', query);
const list = (payload: object) => sealed(MAP_2, payload);
const goodList = list({ email: [EMAIL] });
const lists = (payload: object) => sealed(MAP_3, payload);
const goodLists = lists({ email: [EMAIL] });

export const identifierRows: Row[] = [
  row('identifier_absent', generate({ name: EMAIL }), good),
  row('identifier_misnamed', generate({ emailAddress: EMAIL }), good),
  row('identifier_misnamed', generate({ emailHash: base64 }), goodHash),
  row('identifier_null', email(null), good),
  row('identifiers_several', generate({ email: EMAIL, phone: PHONE }), good),
  rowsOn('v5.56')(
    'kind_not_read',
    get('/identity/map', { phone: PHONE }),
    get('/identity/map', { email: EMAIL }),
  ),
  onLocal(
    'kind_not_read',
    plain('/identity/map', { phone: [PHONE] }),
    plain('/identity/map', { email: [EMAIL] }),
  ),
  rowsOn('without phones')('phones_off', goodPhone, goodPhone, { fixedOn: 'local' }),
  rowsOn('without phones')('phones_off', list({ phone: [PHONE] }), list({ phone: [PHONE] }), {
    fixedOn: 'local',
  }),
  row('identifier_not_text', phone(14155550123), goodPhone),
  row('identifier_empty', email(''), good),
  row('identifier_placeholder', email('undefined'), good),
  row('identifier_percent_encoded', email(encodeURIComponent(EMAIL)), good),
  row('identifier_is_hash', email(hex), good),
  row('identifier_is_hash', email(digest('md5').digest('hex')), good),
  row('identifier_other_kind', email(PHONE), good),
  row('identifier_other_kind', phone(EMAIL), goodPhone),
  row('email_without_at', email('identifiers.example.com'), good),
  row('email_with_two_ats', email('a@b@example.com'), good),
  row('email_local_part_empty', email('+tag@gmail.com'), good),
  row('email_domain_empty', email('identifiers@ '), good),
  row('phone_without_plus', phone(PHONE.slice(1)), goodPhone),
  row('phone_with_00', phone(`00${PHONE.slice(1)}`), goodPhone),
  onLocal('phone_plus_lost', mapOf(`phone=${PHONE}`), mapOf(`phone=${encodeURIComponent(PHONE)}`)),
  row(
    'phone_other_digits',
    phone('+\uff11\uff14\uff11\uff15\uff15\uff15\uff15\uff10\uff11\uff12\uff13'),
    goodPhone,
  ),
  row('phone_characters', phone('+1 415-555-0123'), goodPhone),
  row('phone_length', phone('+1415'), goodPhone),
  row('hash_is_identifier', hash(EMAIL), goodHash),
  row('hash_is_identifier', hash(PHONE), goodHash),
  row('hash_quoted', hash(`"${base64}"`), goodHash),
  row('hash_white_space', hash(`${base64}\n`), goodHash),
  onLocal('hash_plus_lost', mapOf(`email_hash=${base64}`), mapOf(`email_hash=${encodeURIComponent(base64)}`)),
  row('hash_algorithm', hash(digest('md5').digest('hex')), goodHash),
  row('hash_algorithm', hash(digest('sha1').digest('base64')), goodHash),
  row('hash_algorithm', hash(digest('sha512').digest('base64')), goodHash),
  row('hash_of_hex', hash(Buffer.from(hex).toString('base64')), goodHash),
  row('hash_padding_absent', hash(base64.slice(0, -1)), goodHash),
  row('hash_url_alphabet', hash(base64.replaceAll('+', '-').replaceAll('/', '_')), goodHash),
  row('hash_length', hash(hex.slice(1)), goodHash),
  row('hash_not_hex', hash(`x${hex.slice(1)}`), goodHash),
  row('hash_not_base64', hash(`!${base64.slice(1)}`), goodHash),

  row('list_absent', list({ names: [EMAIL] }), goodList),
  row('list_misnamed', list({ emails: [EMAIL] }), goodList),
  row('list_misnamed', lists({ emailHash: [base64] }), lists({ email_hash: [base64] })),
  row('list_null', list({ email: null }), goodList),
  row('lists_several', list({ email: [EMAIL], phone: [PHONE] }), list({ email: [EMAIL], phone: [] })),
  row('lists_several', list({ email: [EMAIL], phone: [PHONE] }), list({ email: [], phone: [PHONE] }), {
    facts: { kinds: 'email, phone' },
  }),
  row('list_not_an_array', list({ email: EMAIL }), goodList, { facts: { list: 'email' } }),
  row('list_not_an_array', lists({ email: EMAIL }), goodLists, { facts: { list: 'email' } }),
  row('list_has_null', list({ email: [EMAIL, null] }), goodList),
  row('list_has_null', lists({ email: [EMAIL, null] }), goodLists),
  row('member_unknown', lists({ email: [EMAIL], link_id: 'example-link' }), goodLists),
  row('element_not_text', lists({ email: [[EMAIL]] }), goodLists),
];
