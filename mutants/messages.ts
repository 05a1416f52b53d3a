/** Mutants of the messages of refusals (Protocol §6 to §8). */

import { alterRoutes } from './answers.ts';
import { alterReplies } from './faults.ts';
import { mutantsOf } from './mutant.ts';

export const messagesMutants = mutantsOf('messages', [
  [
    'missing-identifier',
    'S19',
    'the message for a missing identifier has another wording',
    alterReplies(
      ['identifier_missing', { message: 'Required Parameter Missing: email or email_hash' }],
      ['email_missing', { message: 'Required Parameter Missing: email or email_hash' }],
    ),
  ],
  [
    'invalid-identifier',
    'S19',
    'the message for an invalid identifier ends with a full stop',
    alterReplies(
      ['identifier_invalid', { message: 'Invalid Identifier.' }],
      ['email_invalid', { message: 'Invalid email.' }],
    ),
  ],
  [
    'status-of-client-errors',
    'S19',
    'the status of client errors is error',
    alterReplies(['identifier_missing', { status: 'error' }], ['email_missing', { status: 'error' }]),
  ],
  [
    'anonymous-are-told',
    'R43',
    'callers without a key learn that a token is invalid',
    alterReplies(['refresh_refused', { status: 'invalid_token', message: 'Invalid Token presented' }]),
  ],
  [
    'expired-is-invalid',
    'R44',
    'an expired token is called invalid',
    alterReplies(['refresh_token_expired', { status: 'invalid_token', message: 'Invalid Token presented' }]),
  ],
  [
    'broken-wrapper',
    'R46',
    'every wrapper that does not open is refused with the same message',
    alterReplies(
      ['refresh_wrapper_unknown_key', { message: 'Invalid body: Body is not valid base64.' }],
      ['refresh_wrapper_undecryptable', { message: 'Invalid body: Body is not valid base64.' }],
    ),
  ],
  [
    'missing-refresh-token',
    'R48',
    'the message for a missing refresh token calls it token',
    alterReplies(['refresh_token_missing', { message: 'Required Parameter Missing: token' }]),
  ],
  [
    'unauthorized-with-message',
    'R1',
    'the refusal of a key has a message',
    alterReplies(['unauthorized', { message: 'Unauthorized' }]),
  ],
  [
    'unauthorized-in-json',
    'R1',
    'every refusal of a key is in JSON',
    { http: (rules) => alterRoutes(rules, /./, () => ({ unauthorized: 'json' })) },
  ],
  [
    'map-format',
    'R58',
    'v3 map says what is wrong with a request',
    alterReplies(['list_format', { message: 'Unrecognized field' }]),
  ],
  [
    'bad-date',
    'R61',
    'the message for an invalid since_timestamp has another wording',
    alterReplies(['since_timestamp_invalid', { message: 'invalid date' }]),
  ],
  [
    'too-large',
    'R81',
    'the message for a list that is too long has another wording',
    alterReplies(['status_too_many', { message: 'Request Too Long' }]),
  ],
]);
