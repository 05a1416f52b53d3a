/** Reasons for refusals of tokens. */

import {
  advertisingToken,
  altered,
  rawUid,
  refreshToken,
  refreshTokenAround,
  refreshTokenOfType,
  wrapperOf,
} from './forged.ts';
import { type How, get, post, sealed } from './requests.ts';
import { type Row, rowsOn } from './row.ts';
import { NOW, type Stage } from './stage.ts';

const EMAIL = 'tokens@example.com';
const TEST_EMAIL = 'validate@example.com';
const VALIDATE = '/v2/token/validate';
const row = rowsOn('current');
const onLocal = rowsOn('local');

type Make = (stage: Stage) => string;

const refresh = (token: Make, how?: How) => post('/v2/token/refresh', token, how);
const refreshV1 = (query: (stage: Stage) => Record<string, string>) => get('/v1/token/refresh', query);
const good = refresh((stage) => refreshToken(stage));
const bare: Make = (stage) => stage.tokensOf(EMAIL).refresh;
const wrapped: Make = (stage) => stage.tokensOf(EMAIL).wrapped;
const advertising: Make = (stage) => stage.tokensOf(EMAIL).advertising;
const goodBare = refresh(bare);
const goodWrapped = refresh(wrapped);

const validate = (token: Make, how: How & { readonly email?: string } = {}) =>
  sealed(VALIDATE, (stage: Stage) => ({ email: how.email ?? EMAIL, token: token(stage) }), how);
const goodValidate = validate(advertising);
const goodTestIdentity = validate((stage) => stage.tokensOf(TEST_EMAIL).advertising, { email: TEST_EMAIL });

const flip = (at: number) => (bytes: Buffer) => {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
};
const cut = (length: number) => (bytes: Buffer) => bytes.subarray(0, length);
/** advertising tokens of version 4 are in the URL alphabet */
const url = (token: string): string => Buffer.from(token, 'base64').toString('base64url');

const WITHOUT = 'Example Publisher without keyset';
/** The token of the email on current, with + and / in its standard base64. */
const goodUid32: Make = (stage) => stage.tokensOf(EMAIL).advertising;
const standard = (token: string): string => Buffer.from(token, 'base64url').toString('base64');

const RESPONSE_KEY = Buffer.alloc(32, 7).toString('base64');
const around = (stage: Stage) => ({ refresh_response_key: RESPONSE_KEY, refresh_token: refreshToken(stage) });
const goodAround = refresh((stage) => wrapperOf(stage, around(stage)));

/** a raw UID of 33 bytes, the first of which has scope and type */
const uidOfType = (first: number) => Buffer.concat([Buffer.of(first), Buffer.alloc(32, 5)]);
const UID_33 = rowsOn('raw UIDs of 33 bytes');
const goodUid33: Make = (stage) =>
  advertisingToken(stage, Buffer.concat([Buffer.of(0), rawUid(stage, EMAIL, 'salt')]));

const refreshRows: Row[] = [
  onLocal(
    'refresh_token_absent',
    refreshV1(() => ({})),
    refreshV1((stage) => ({ refresh_token: bare(stage) })),
  ),
  onLocal(
    'member_misnamed',
    refreshV1((stage) => ({ refreshToken: bare(stage) })),
    refreshV1((stage) => ({ refresh_token: bare(stage) })),
  ),
  rowsOn('v5.56')(
    'member_misnamed',
    refreshV1((stage) => ({ token: bare(stage) })),
    refreshV1((stage) => ({ refresh_token: bare(stage) })),
  ),
  onLocal(
    'base64_empty',
    refreshV1(() => ({ refresh_token: '' })),
    refreshV1((stage) => ({ refresh_token: bare(stage) })),
  ),
  row(
    'body_empty',
    refresh(() => ''),
    goodBare,
  ),
  row(
    'body_multipart',
    refresh(bare, { headers: { 'content-type': 'multipart/form-data; boundary=x' } }),
    goodBare,
  ),
  row(
    'body_charset',
    refresh(wrapped, { headers: { 'content-type': 'text/plain; charset=utf-16' } }),
    goodWrapped,
  ),
  row(
    'base64_json',
    refresh((stage) => JSON.stringify({ refresh_token: wrapped(stage) })),
    goodWrapped,
  ),
  row(
    'base64_white_space',
    refresh((stage) => `${wrapped(stage)}\n`),
    goodWrapped,
  ),
  row(
    'base64_url_alphabet',
    refresh((stage) => url(wrapperOf(stage, around(stage)))),
    goodAround,
  ),
  row(
    'base64_percent_encoded',
    refresh((stage) => encodeURIComponent(wrapperOf(stage, around(stage)))),
    goodAround,
  ),
  row(
    'token_too_short',
    refresh(() => 'AA=='),
    goodBare,
  ),
  row(
    'token_length',
    refresh((stage) => altered(bare(stage), cut(100))),
    goodBare,
  ),
  row(
    'token_length',
    refresh((stage) => altered(wrapped(stage), cut(200))),
    goodWrapped,
  ),
  row(
    'token_version',
    refresh((stage) => altered(bare(stage), flip(1))),
    goodBare,
  ),
  row('token_is_advertising', refresh(advertising), goodBare),
  row(
    'token_is_raw_uid',
    refresh((stage) => rawUid(stage, EMAIL, 'salt').toString('base64')),
    goodBare,
  ),
  row(
    'token_lower_case',
    refresh((stage) => bare(stage).toLowerCase()),
    goodBare,
  ),
  row(
    'token_key_unknown',
    refresh((stage) => altered(bare(stage), flip(4))),
    goodBare,
  ),
  row(
    'token_altered',
    refresh((stage) => altered(bare(stage), flip(60))),
    goodBare,
  ),
  row(
    'token_type',
    refresh((stage) => refreshTokenOfType(stage, 0x0b)),
    good,
  ),
  row(
    'token_types_disagree',
    refresh((stage) => refreshTokenOfType(stage, 0x13)),
    good,
  ),
  rowsOn('tokens of version 2')(
    'token_identity',
    refresh((stage) => refreshTokenAround(stage, '*'.repeat(44))),
    refresh((stage) => refreshTokenAround(stage, Buffer.alloc(32, 9).toString('base64'))),
  ),
  row(
    'token_other_scope',
    refresh((stage) => refreshToken(stage, { scope: 1 })),
    good,
  ),
  row(
    'token_expired',
    refresh((stage) => refreshToken(stage, { expires: NOW - 1 })),
    refresh((stage) => refreshToken(stage, { expires: NOW })),
  ),
  row(
    'chain_too_old',
    refresh((stage) => refreshToken(stage, { established: Date.UTC(2021, 2, 8, 17) - 1 })),
    refresh((stage) => refreshToken(stage, { established: Date.UTC(2021, 2, 8, 17) })),
  ),
  rowsOn('v5.56')(
    'token_is_wrapped',
    get('/token/refresh', (stage) => ({ refresh_token: wrapped(stage) })),
    get('/token/refresh', (stage) => ({ refresh_token: bare(stage) })),
  ),
  row(
    'wrapper_key_unknown',
    refresh((stage) => altered(wrapped(stage), flip(3))),
    goodWrapped,
  ),
  row(
    'wrapper_altered',
    refresh((stage) => altered(wrapped(stage), flip(100))),
    goodWrapped,
  ),
  row(
    'wrapper_payload',
    refresh((stage) => wrapperOf(stage, { refresh_token: refreshToken(stage) })),
    goodAround,
  ),
  row(
    'wrapper_payload',
    refresh((stage) => wrapperOf(stage, { refresh_response_key: RESPONSE_KEY })),
    goodAround,
  ),
  row(
    'wrapper_key_length',
    refresh((stage) => wrapperOf(stage, { ...around(stage), refresh_response_key: 'AAAA' })),
    goodAround,
  ),
];

const validateRows: Row[] = [
  row('token_absent', sealed(VALIDATE, { email: EMAIL }), goodValidate),
  row(
    'member_misnamed',
    sealed(VALIDATE, (stage: Stage) => ({ email: EMAIL, advertising_token: advertising(stage) })),
    goodValidate,
  ),
  row(
    'base64_empty',
    validate(() => ''),
    goodValidate,
  ),
  row(
    'base64_alphabet',
    validate((stage) => `!${advertising(stage)}`),
    goodValidate,
  ),
  row(
    'token_too_short',
    validate(() => 'AA=='),
    goodValidate,
  ),
  row(
    'token_version',
    validate((stage) => url(altered(advertising(stage), flip(1)))),
    goodValidate,
  ),
  row('token_is_refresh', validate(bare), goodValidate),
  row('token_is_refresh', validate(wrapped), goodValidate),
  row(
    'token_is_raw_uid',
    validate((stage) => rawUid(stage, EMAIL, 'salt').toString('base64')),
    goodValidate,
  ),
  row(
    'token_lower_case',
    validate((stage) => advertising(stage).toLowerCase()),
    goodValidate,
  ),
  row(
    'token_length',
    validate((stage) => advertising(stage).slice(0, -8)),
    goodValidate,
  ),
  row(
    'token_standard_alphabet',
    validate((stage) => standard(goodUid32(stage))),
    validate((stage) => goodUid32(stage)),
  ),
  row(
    'token_key_unknown',
    validate((stage) => url(altered(advertising(stage), flip(4)))),
    goodValidate,
  ),
  row(
    'token_altered',
    validate((stage) => url(altered(advertising(stage), flip(60)))),
    goodValidate,
  ),
  UID_33(
    'token_type',
    validate((stage) => advertisingToken(stage, uidOfType(0x0b))),
    validate(goodUid33),
  ),
  UID_33(
    'token_types_disagree',
    validate((stage) => advertisingToken(stage, uidOfType(0x04))),
    validate(goodUid33),
  ),
  row(
    'token_of_other_site',
    validate(advertising, { by: 'Example Publisher' }),
    validate((stage) => stage.tokensOf(EMAIL, 'Example Publisher').advertising, { by: 'Example Publisher' }),
  ),
  row(
    'site_without_keyset',
    validate((stage) => stage.tokensOf(EMAIL, WITHOUT).advertising, { by: WITHOUT }),
    validate((stage) => stage.tokensOf(EMAIL, WITHOUT).advertising, { by: WITHOUT }),
    { fixedOn: 'a keyset for every site' },
  ),
  row('other_identity', validate(advertising, { email: 'someone.else@example.com' }), goodValidate),
  rowsOn('rotated salts')(
    'former_raw_uid',
    validate((stage) => advertisingToken(stage, rawUid(stage, EMAIL, 'old salt'))),
    validate((stage) => advertisingToken(stage, rawUid(stage, EMAIL, 'new salt'))),
  ),
  rowsOn('v5.56')('token_absent', sealed(VALIDATE, { email: TEST_EMAIL }), goodTestIdentity),
  rowsOn('v5.56')(
    'token_too_short',
    validate(() => 'AA==', { email: TEST_EMAIL }),
    goodTestIdentity,
    { facts: { what: 'the advertising token' } },
  ),
  rowsOn('v5.56')(
    'not_the_test_identity',
    validate((stage) => stage.tokensOf(TEST_EMAIL).advertising),
    goodTestIdentity,
  ),
];

export const tokenRows: Row[] = [...refreshRows, ...validateRows];
