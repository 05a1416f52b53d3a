/** Mistakes in the reading of answers. */

import { cause } from './text.ts';

export const answer = {
  answer_whole: cause(
    'the whole answer was given, in JSON, instead of what is sealed',
    'open the text of the answer itself; for a stored identity keep the member `body` of the opened JSON',
    '7.2',
  ),
  answer_error: cause(
    'the answer is a plain JSON error, which is never encrypted',
    'check the HTTP status first; only answers with 200 are sealed',
    '7.2',
  ),
  answer_opted_out: cause(
    'the answer to a refresh is plain JSON, as for an opted-out user or an unwrapped token',
    'read an answer of type application/json as it is; open only text/plain or octet-stream',
    '7.4',
  ),
  answer_stamped: cause(
    'the answer opens: 16 bytes of time and nonce stand in front of its JSON',
    'skip the first 16 bytes of what was opened before the JSON is read',
    '7.2',
  ),
  answer_bare: cause(
    'the answer opens: no time and nonce stand in front of its JSON',
    'do not skip 16 bytes in answers to a refresh or to client-side generation; the JSON begins at once',
    '7.4',
  ),
  answer_response_key: cause(
    'the answer is sealed with the refresh_response_key, not with the client secret',
    'open answers to a refresh with the refresh_response_key that came with the refresh token',
    '7.4',
  ),
  answer_client_secret: cause(
    'the answer is sealed with the client secret, not with the refresh_response_key',
    'use the refresh_response_key for answers to a refresh only',
    '7.2',
  ),
  answer_with_version: cause(
    'the answer was read with a version byte, which it does not have',
    'the IV is the first 12 bytes of an answer; only requests begin with a version byte',
    '7.2',
  ),
  answer_other_client: cause(
    'the answer is sealed with the secret of {owner}, not of {client}',
    'open the answer with the secret of the client whose API key the request had',
    '7.2',
  ),
  answer_is_request: cause(
    'this is a request envelope (with version byte), not an answer',
    'open the body of the response, not that of the request',
    '7.2',
  ),
  answer_unknown: cause(
    'no known key opens the answer',
    'use the secret of the client of the request; for a refresh the refresh_response_key of the token that was sent',
    '7.2',
  ),
} as const;
