/**
 * Every refusal an operator answers with: HTTP status, `status` member and message, by error code (Protocol §6 to
 * §8, Appendix B). The texts are the operator's own, quirks of spelling included.
 */

import { clientGenerateMessages, envelopeMessages } from '../core/envelope-messages.ts';
import type { OperatorErrorCode } from '../core/operator-error.ts';
import type { Deployment } from '../operator/deployment.ts';

export interface Reply {
  readonly http: number;
  readonly status: string;
  /** `{name}` stands for a fact of the error, `{quoted}` for text of the request */
  readonly message?: string;
}

export type Replies = Readonly<Record<OperatorErrorCode, Reply>>;

const clientError = (message: string): Reply => ({ http: 400, status: 'client_error', message });

const TWO_KINDS = 'exactly one of email or email_hash must be specified';

function envelopeReplies({ profile, scope }: Deployment) {
  const messages = envelopeMessages(profile.detailedEnvelopeErrors, scope === 1);
  return {
    body_missing: clientError(messages.body_missing),
    body_not_base64: clientError(messages.body_not_base64),
    body_too_short: clientError(messages.body_too_short),
    body_wrong_version: clientError(messages.body_wrong_version),
    body_undecryptable: clientError(messages.body_undecryptable),
    body_unencrypted_json: clientError(messages.body_unencrypted_json),
    timestamp_out_of_window: clientError(messages.timestamp_out_of_window),
    payload_not_json: clientError(messages.payload_not_json),
  };
}

function identifierReplies({ phones, profile }: Deployment) {
  const exactlyOne = phones
    ? 'exactly one of [email, email_hash, phone, phone_hash] must be specified'
    : TWO_KINDS;
  const oneOrMore = `one or more of ${phones ? '[email, email_hash, phone, phone_hash]' : '[email, email_hash]'} must be specified`;
  const missing = clientError(`Required Parameter Missing: ${exactlyOne}`);
  const ambiguous = clientError('Only one of email or email_hash can be specified');
  return {
    identifier_missing: missing,
    identifiers_missing: clientError(`Required Parameter Missing: ${oneOrMore}`),
    identifier_invalid: clientError('Invalid Identifier'),
    email_missing: clientError(`Required Parameter Missing: ${TWO_KINDS}`),
    email_invalid: clientError('Invalid email or email_hash'),
    list_missing:
      profile.listMissing === 'exactly-one'
        ? clientError('Exactly one of email or email_hash must be specified')
        : missing,
    list_email_missing: clientError(`Required Parameter Missing: ${TWO_KINDS}`),
    list_ambiguous: ambiguous,
    list_not_an_array: clientError('{list} must be an array'),
    list_format: clientError('Incorrect request format'),
  };
}

const refreshReplies = {
  refresh_token_missing: clientError('Required Parameter Missing: refresh_token'),
  refresh_token_invalid: { http: 400, status: 'invalid_token', message: 'Invalid Token presented{quoted}' },
  refresh_token_expired: { http: 400, status: 'expired_token', message: 'Expired Token presented' },
  refresh_refused: { http: 400, status: 'error', message: 'Error refreshing token' },
  refresh_wrapper_not_base64: clientError('Invalid body: Body is not valid base64.'),
  refresh_wrapper_unknown_key: clientError(
    'Invalid key: Generator of this token (Key ID: {key_id}) does not exist.',
  ),
  refresh_wrapper_undecryptable: clientError('Invalid data: Check encryption method and encryption key.'),
  refresh_wrapper_bad_payload: clientError(
    'Invalid format: Payload is not valid json or missing required data.',
  ),
  refresh_wrapper_bad_key: { http: 500, status: 'error', message: '' },
} as const;

const tokenReplies = {
  advertising_token_invalid: clientError('Invalid token'),
  advertising_token_not_own: clientError('Unauthorised to validate token'),
  no_active_key: { http: 500, status: 'unknown', message: 'No active encryption key available' },
  policy_invalid: clientError('request body contains invalid argument(s)'),
  policy_required: clientError(
    'Required opt-out policy argument for token/generate is missing or not set to 1',
  ),
  consent_invalid: clientError('User consent is invalid'),
  logout_identifier_missing: { http: 400, status: 'invalid_token', message: 'Invalid Token presented null' },
  logout_identifier_invalid: { http: 400, status: 'invalid_token', message: 'Invalid Token presented null' },
} as const;

const otherReplies = {
  unauthorized: { http: 401, status: 'unauthorized' },
  reserved_client_site: {
    http: 401,
    status: 'invalid_client',
    message: 'Unexpected client site id {site_id}',
  },
  invalid_link_id: { http: 401, status: 'unauthorized', message: 'Invalid link_id' },
  since_timestamp_missing: clientError('missing parameter since_timestamp'),
  since_timestamp_invalid: clientError('invalid date, must conform to ISO 8601'),
  status_body_missing: clientError('Invalid request body'),
  status_ids_missing: clientError('Required Parameter Missing: advertising_ids'),
  status_too_many: clientError('Request payload is too large'),
} as const;

const clientGenerateReplies = {
  cstg_json_invalid: clientError(clientGenerateMessages.cstg_json_invalid),
  cstg_json_missing: clientError(clientGenerateMessages.cstg_json_missing),
  cstg_bad_subscription: clientError(clientGenerateMessages.cstg_bad_subscription),
  cstg_disabled: { http: 401, status: 'unauthorized', message: 'Unauthorized' },
  cstg_app_name: { http: 403, status: 'invalid_app_name', message: 'unexpected app name' },
  cstg_origin: { http: 403, status: 'invalid_http_origin', message: 'unexpected http origin' },
  cstg_parameters: clientError(clientGenerateMessages.cstg_parameters),
  cstg_bad_public_key: clientError(clientGenerateMessages.cstg_bad_public_key),
  cstg_bad_iv: clientError(clientGenerateMessages.cstg_bad_iv),
  cstg_undecryptable: clientError(clientGenerateMessages.cstg_undecryptable),
  cstg_payload_not_json: clientError(clientGenerateMessages.cstg_payload_not_json),
  cstg_phone_unsupported: clientError('phone support not enabled'),
  cstg_identifier_missing: clientError('please provide exactly one of: email_hash, phone_hash'),
  cstg_identifier_missing_no_phone: clientError('please provide email_hash'),
} as const;

/** The texts of refusals depend on the profile, the scope and whether phones are supported. */
export function repliesOf(deployment: Deployment): Replies {
  return {
    ...envelopeReplies(deployment),
    ...identifierReplies(deployment),
    ...refreshReplies,
    ...tokenReplies,
    ...otherReplies,
    ...clientGenerateReplies,
    // error-handler.ts answers these by texts or by the unknown error of a route; the entries complete the table
    refresh_token_malformed: { http: 500, status: 'unknown' },
    list_broken: { http: 500, status: 'unknown' },
    unknown: { http: 500, status: 'unknown' },
    charset_unknown: { http: 500, status: 'unknown' },
    query_broken: clientError('Bad Request'),
  };
}
