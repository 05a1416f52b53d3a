/**
 * The one error that the domain throws. Its code says what happened. The table of replies (`http/replies.ts`) decides
 * the status and the message, which differ between generations of the API.
 */

import { type Facts, type Fault, type Reason, sentenceOf } from './reasons.ts';

export const operatorErrorCodes = [
  // the caller
  'unauthorized',
  'reserved_client_site',
  'invalid_link_id',
  // the v2 envelope, Protocol §7.3
  'body_missing',
  'body_not_base64',
  'body_too_short',
  'body_wrong_version',
  'body_undecryptable',
  'body_unencrypted_json',
  'timestamp_out_of_window',
  'payload_not_json',
  // query and charset
  'query_broken',
  'charset_unknown',
  // identifiers, Protocol §8
  'identifier_missing',
  'email_missing',
  'email_invalid',
  'identifier_invalid',
  'identifiers_missing',
  'list_missing',
  'list_email_missing',
  'list_ambiguous',
  'list_not_an_array',
  'list_broken',
  'list_format',
  // tokens
  'refresh_token_missing',
  'refresh_token_invalid',
  'refresh_token_expired',
  'refresh_token_malformed',
  'refresh_refused',
  'refresh_wrapper_not_base64',
  'refresh_wrapper_unknown_key',
  'refresh_wrapper_undecryptable',
  'refresh_wrapper_bad_payload',
  'refresh_wrapper_bad_key',
  'advertising_token_invalid',
  'advertising_token_not_own',
  'no_active_key',
  'policy_invalid',
  'policy_required',
  'consent_invalid',
  // other requests
  'since_timestamp_missing',
  'since_timestamp_invalid',
  'logout_identifier_missing',
  'logout_identifier_invalid',
  'status_body_missing',
  'status_ids_missing',
  'status_too_many',
  // client-side token generation, Protocol §8.5
  'cstg_json_invalid',
  'cstg_json_missing',
  'cstg_bad_subscription',
  'cstg_disabled',
  'cstg_app_name',
  'cstg_origin',
  'cstg_parameters',
  'cstg_bad_public_key',
  'cstg_bad_iv',
  'cstg_undecryptable',
  'cstg_payload_not_json',
  'cstg_phone_unsupported',
  'cstg_identifier_missing',
  'cstg_identifier_missing_no_phone',
  // what the operator calls an unknown error; its message names the endpoint
  'unknown',
] as const;

export type OperatorErrorCode = (typeof operatorErrorCodes)[number];

export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  readonly code: OperatorErrorCode;
  /** why: more exact than the code; it never reaches the wire */
  readonly reason: Reason;
  /** values for messages and sentences */
  readonly facts: Facts;
  /** text of the request that a message repeats; it is never logged */
  readonly quoted: string;

  constructor(code: OperatorErrorCode, reason: Reason, facts: Facts = {}, quoted = '') {
    super(`${code}: ${sentenceOf(reason, facts)}`);
    this.code = code;
    this.reason = reason;
    this.facts = facts;
    this.quoted = quoted;
  }

  /** The same cause under another code. */
  as(code: OperatorErrorCode, quoted?: string): OperatorError {
    return new OperatorError(code, this.reason, this.facts, quoted);
  }

  /** The same refusal with a more exact cause, if there is one. */
  because(fault: Fault | undefined): OperatorError {
    return fault === undefined ? this : new OperatorError(this.code, ...fault);
  }
}
