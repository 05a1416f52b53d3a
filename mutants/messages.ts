/** Mutants of the words of refusals (Protocol §6 to §8). */

import { onRoutes } from './answers.ts';
import { replying } from './faults.ts';
import { mutantsOf } from './mutant.ts';

export const messagesMutants = mutantsOf('messages', [
  [
    'missing-identifier',
    'S19',
    'the message for a missing identifier is worded otherwise',
    replying(
      ['identifier_missing', { message: 'Required Parameter Missing: email or email_hash' }],
      ['email_missing', { message: 'Required Parameter Missing: email or email_hash' }],
    ),
  ],
  [
    'invalid-identifier',
    'S19',
    'the message for an invalid identifier ends with a full stop',
    replying(
      ['identifier_invalid', { message: 'Invalid Identifier.' }],
      ['email_invalid', { message: 'Invalid email.' }],
    ),
  ],
  [
    'status-of-client-errors',
    'S19',
    'the status of client errors is error',
    replying(['identifier_missing', { status: 'error' }], ['email_missing', { status: 'error' }]),
  ],
  [
    'anonymous-are-told',
    'R43',
    'callers without a key are told that a token is invalid',
    replying(['refresh_refused', { status: 'invalid_token', message: 'Invalid Token presented' }]),
  ],
  [
    'expired-is-invalid',
    'R44',
    'an expired token is called invalid',
    replying(['refresh_token_expired', { status: 'invalid_token', message: 'Invalid Token presented' }]),
  ],
  [
    'broken-wrapper',
    'R46',
    'every wrapper that does not open is refused alike',
    replying(
      ['refresh_wrapper_unknown_key', { message: 'Invalid body: Body is not valid base64.' }],
      ['refresh_wrapper_undecryptable', { message: 'Invalid body: Body is not valid base64.' }],
    ),
  ],
  [
    'missing-refresh-token',
    'R48',
    'the message for a missing refresh token names it token',
    replying(['refresh_token_missing', { message: 'Required Parameter Missing: token' }]),
  ],
  [
    'unauthorized-with-message',
    'R1',
    'the refusal of a key has a message',
    replying(['unauthorized', { message: 'Unauthorized' }]),
  ],
  [
    'unauthorized-in-json',
    'R1',
    'every refusal of a key is in JSON',
    { http: (rules) => onRoutes(rules, /./, () => ({ unauthorized: 'json' })) },
  ],
  [
    'map-format',
    'R58',
    'v3 map names what is wrong with a request',
    replying(['list_format', { message: 'Unrecognized field' }]),
  ],
  [
    'bad-date',
    'R61',
    'the message for a bad since_timestamp is worded otherwise',
    replying(['since_timestamp_invalid', { message: 'invalid date' }]),
  ],
  [
    'too-large',
    'R81',
    'the message for a list that is too long is worded otherwise',
    replying(['status_too_many', { message: 'Request Too Long' }]),
  ],
]);
