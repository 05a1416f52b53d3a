/** The requirements of the end of 2021, Protocol §11. */
import type { Level } from './api.ts';

export type RequirementRow = readonly [id: string, section: string, text: string, level?: Level];

export const seedRows: readonly RequirementRow[] = [
  ['S1', '8.1.1', 'token/generate issues tokens for an email address and normalises it itself'],
  [
    'S2',
    '8.1.1',
    'token/generate issues tokens of the same identity for the SHA-256 of the normalised address',
  ],
  [
    'S3',
    '5.6',
    'the answer to generate has advertising_token, refresh_token, refresh_from, identity_expires and refresh_expires',
  ],
  [
    'S4',
    '8.1.2',
    'v1 answers a success as {"body":…,"status":"success"} and requires the API key as bearer token',
  ],
  ['S5', '8.1.1', 'the unversioned routes answer in v0 shapes: flat JSON, plain text, empty strings'],
  [
    'S6',
    '5.2',
    'the advertising token is text that needs no escaping in JSON, and key holders decrypt it as it came',
  ],
  [
    'S7',
    '5.2',
    'every token is encrypted with a random IV: two generate requests for one identity give different tokens with the same raw UID',
  ],
  ['S8', '8.2', 'refresh issues new tokens with new times and the same raw UID, any number of times'],
  ['S9', '8.2', 'refresh needs no API key'],
  ['S10', '8.2', 'a token may be refreshed before refresh_from'],
  ['S11', '8.2', 'refresh answers status optout for an opted-out identity and issues no tokens'],
  ['S12', '8.2.2', 'the answer for an opt-out is HTTP 200 with {"status":"optout"} and no member body'],
  [
    'S13',
    '8.3',
    'generate issues tokens for the validate test identity and for its hash, and validate answers true for them',
  ],
  [
    'S14',
    '8.3',
    'validate does not answer true for a broken token, for the token of another identity, or for an identity other than the test identity',
  ],
  ['S15', '8.1.2', 'generate of v0 and v1 always issues tokens for the opt-out test identity'],
  [
    'S16',
    '8.2.2',
    'refresh always answers optout for the opt-out test identity, given by address or by hash',
  ],
  [
    'S17',
    '8.2',
    'log-out needs no request: earlier tokens stay valid after a refresh and after a new generate',
  ],
  ['S18', '8.2', 'a refresh token may be used several times'],
  [
    'S19',
    '8.1.2',
    'a missing identifier, two identifiers and an invalid identifier are 400 client_error with the exact message; a missing or unknown key is 401',
  ],
  ['S20', '2.1', 'addresses are normalised exactly as in fixtures/normalization.json'],
  ['S21', '8.1.2', 'after an opt-out, generate of v0 and v1 still issues tokens for the identity'],
  [
    'S22',
    '1.4',
    'an ordinary address behaves normally on all endpoints, also after requests for the test identities',
  ],
];
