/**
 * Why an answer is what it is: a code, and a sentence for a person, with `{name}` for the facts of the case. Reasons are
 * finer than what the wire tells; they never reach it. Two causes that a person would mend differently are two reasons.
 */

const served = {
  served: 'served',
  preflight: 'answered as a CORS preflight',
  opted_out: 'the user has opted out',
  opted_out_test_identity: 'the identity is a test identity that is always opted out',
  chain_too_old: 'the tokens were first issued before 8 March 2021, and such chains have ended',
  consent_insufficient: 'the consent string does not allow the vendor {vendor} every purpose it needs',
  other_identity: 'the token is of another identity',
  not_the_test_identity: 'here only a token of the test identity is ever valid',
} as const;

const targets = {
  host_invalid: 'the Host header is missing or names no host',
  target_empty: 'the request target has no path',
  target_form: 'the path of the request target does not begin with a slash',
  path_escape: 'the path has a % that no two hex digits follow',
  query_escape: 'the query has a % that no two hex digits follow',
  origin_empty: 'the Origin header is empty',
  origin_invalid: 'the Origin header has a line end in it',
  path_unknown: 'no endpoint has this path',
  path_case: 'no endpoint has this path in capitals; {path} is one',
  path_repeated: 'the path has a version twice, so the base URL has one already; {path} is an endpoint',
  path_version: 'no endpoint has this path; {path} is one of another version',
  method_wrong: 'the endpoint takes {allowed}, not {method}',
  script_absent: 'the folder of the option static has no such file',
  script_unchanged: 'the script has not changed since the time of the request',
  script_range: 'the script has no such range of bytes',
  expectation_unknown: 'the Expect header is not 100-continue',
  body_too_long: 'the body is longer than {limit} bytes',
  form_refused:
    'the content type is that of a form, and the form decoder cannot read the body; send another content type',
  charset_unknown: 'the content type names a charset that is not known',
} as const;

const keys = {
  header_absent: 'no Authorization header',
  header_empty: 'the Authorization header is empty',
  key_in_other_header: 'the API key came in the header {header}; it belongs in Authorization: Bearer KEY',
  scheme_absent: 'the Authorization header holds the API key alone; it has to begin with "Bearer "',
  scheme_unknown: 'the Authorization header has the scheme {scheme}; it has to be Bearer',
  key_absent: 'the Authorization header has no key after Bearer',
  key_after_blanks: 'the API key follows Bearer after more than one blank, or a tab',
  key_quoted: 'the API key stands in quotes',
  key_percent_encoded: 'the API key of {client} came percent-encoded',
  key_cut: 'the API key is that of {client}, cut short',
  key_is_secret: 'the client secret of {client} came in place of its API key',
  key_other_scope: 'the API key begins with {got}-, and this operator serves {expected}',
  key_other_environment: 'the API key is of environment {got}, and the clients here are of {expected}',
  key_unknown: 'no client has this API key',
  client_disabled: 'the client {client} is disabled',
  role_absent: 'the key of {client} has {roles}; the route needs {needed}',
  client_site_reserved: 'the client belongs to the site {site_id}, which is reserved for the operator',
  link_services_off: 'the client belongs to a service, and service links are switched off',
  link_unknown: 'no service link has the link_id of the request',
  link_of_other_service: 'the service link of the request belongs to another service',
  link_disabled: 'the service link of the request is disabled',
  link_role_absent: 'the service link of the request does not have the role MAPPER',
} as const;

const base64 = {
  base64_empty: '{what} is empty',
  base64_quoted: '{what} stands in quotes',
  base64_white_space: '{what} has white space, such as the line breaks of MIME base64',
  base64_url_alphabet: '{what} has the URL alphabet (- and _); standard base64 has + and /',
  base64_percent_encoded: '{what} is percent-encoded',
  base64_padding: '{what} has missing or superfluous padding',
  base64_binary: '{what} came as bytes; it has to be base64 text',
  base64_json: '{what} is JSON; it has to be base64 text',
  base64_alphabet: '{what} has characters that base64 does not have',
} as const;

const bodies = {
  body_empty: 'the request has no body',
  body_multipart: 'the body is a multipart form, which the operator never reads',
  body_plain_json: 'the body is JSON that is not sealed in an envelope',
  body_not_json: 'the body is not JSON',
  body_null: 'the body is the JSON null',
  body_not_an_object: 'the body is JSON, but not an object',
  body_binary_untyped: 'the body is a binary envelope without content type application/octet-stream',
  envelope_too_short: 'the envelope has {length} bytes; the shortest has {minimum}',
  envelope_version: 'the first byte of the envelope is {version}; it has to be 1',
  envelope_tag:
    'the envelope does not open with the secret of the client: another secret sealed it, or it was altered',
  timestamp_in_seconds: 'the timestamp of the envelope is in seconds; it has to be in ms',
  timestamp_little_endian: 'the timestamp of the envelope is little-endian; it has to be big-endian',
  timestamp_past: 'the timestamp of the envelope lies {seconds} s before the clock of the operator',
  timestamp_future: 'the timestamp of the envelope lies {seconds} s after the clock of the operator',
  payload_absent: 'the envelope holds no JSON',
  payload_not_json: 'the payload in the envelope is not JSON',
  payload_not_an_object: 'the payload in the envelope is JSON, but not an object',
  payload_empty: 'the payload is an object without members',
} as const;

const identifiers = {
  identifier_absent: 'the request has none of {kinds}',
  identifier_misnamed: 'the request has {got}, which has to be called {expected}',
  identifier_null: '{kind} is null',
  identifiers_several: 'the request has {kinds}; it may have one of them',
  phones_off: 'the request has {kind}, and phone support is switched off',
  identifier_not_text: '{kind} is not a text',
  email_without_at: 'the email has no @',
  email_with_two_ats: 'the email has more than one @',
  email_local_part_empty: 'the email has nothing before its @ once it is normalized',
  email_domain_empty: 'the email has nothing after its @',
  identifier_is_hash: 'a hash came under {kind}; it belongs under {kind}_hash',
  phone_without_plus: 'the phone does not begin with +',
  phone_characters: 'the phone has other characters than + and digits',
  phone_length: 'the phone has {digits} digits; E.164 allows 10 to 15',
  hash_is_identifier: 'an address or number came under {kind}; it belongs under {plain}',
  hash_padding_absent: 'the hash is base64 without its padding; 44 characters are read, with = at the end',
  hash_length: 'the hash has {length} characters; base64 of SHA-256 has 44, hex has 64',
  hash_not_hex: 'the hash has 64 characters that are not all hex digits',
  hash_url_alphabet: 'the hash has the URL alphabet (- and _); standard base64 has + and /',
  hash_not_base64: 'the hash has 44 characters that are not base64',
} as const;

const lists = {
  list_absent: 'the request has no list under any of {kinds}',
  list_misnamed: 'the request has {got}, which has to be called {expected}',
  lists_several: 'the request has more than one list that is not empty',
  list_not_an_array: '{list} is not a list',
  list_has_null: '{list} has a null',
  member_unknown: 'the request has the member {member}, which the endpoint does not know',
  element_not_text: '{list} has an element that is a list, an object or null',
} as const;

const tokens = {
  refresh_token_absent: 'the request has no refresh_token',
  token_absent: 'the request has no token',
  token_too_short: '{what} is too short',
  token_version: '{what} has the version {version}, which no token of its kind has',
  token_is_advertising: 'an advertising token came in place of a refresh token',
  token_standard_alphabet:
    '{what} has the standard alphabet (+ and /); it has to have the URL alphabet (- and _)',
  token_type: '{what} has a type byte that no identity has',
  token_key_unknown: '{what} was sealed with the key {key_id}, which this operator does not have',
  token_altered: '{what} was altered: it does not open with the key that it names',
  token_types_disagree: '{what} says two different identity types',
  token_identity: '{what} holds an identity that is not a hash',
  token_other_scope: '{what} was issued for another identity scope',
  token_expired: '{what} has expired',
  token_of_other_site: 'the token was sealed with a key that does not belong to the site of the client',
  site_without_keyset: 'the site of the client has no keyset of its own, so no token is its own',
  wrapper_key_unknown:
    'the refresh token is wrapped with the key {key_id}, which this operator does not have',
  wrapper_altered: 'the refresh token was altered: its wrapping does not open with the key that it names',
  wrapper_too_short: 'the wrapping of the refresh token is too short',
  wrapper_payload: 'the wrapping of the refresh token does not hold the JSON that it should',
  wrapper_key_length: 'the refresh token holds a response key that AES cannot use',
} as const;

const others = {
  policy_not_a_number: '{member} is not a number',
  policy_value: '{member} is {value}; it has to be 0 or 1',
  policy_required: 'the site of the client was made after August 2023 and has to send optout_check 1',
  consent_not_text: 'tcf_consent_string is not a text',
  consent_unreadable: 'tcf_consent_string cannot be read',
  consent_version_1: 'tcf_consent_string has version 1 of the TCF',
  since_absent: 'the request has no since_timestamp',
  since_invalid: 'since_timestamp is not an ISO 8601 local date-time such as 2026-01-31T12:00:00',
  status_ids_absent: 'the request has no advertising_ids',
  status_ids_not_a_list: 'advertising_ids is not a list',
  status_ids_too_many: 'advertising_ids has {count} elements; the limit is {limit}',
} as const;

const clientSide = {
  cstg_member_not_text: '{member} is a list or an object',
  cstg_timestamp: 'timestamp is not a whole number of 64 bits',
  cstg_subscription_absent: 'the request has no subscription_id',
  cstg_subscription_unknown: 'no key pair has the subscription_id of the request',
  cstg_subscription_disabled: 'the key pair of the subscription_id is disabled',
  cstg_app_name_unknown: 'the site does not list the app_name of the request',
  cstg_app_name_not_text: 'app_name has half of a surrogate pair, of which no text can be made',
  cstg_hash_expected: 'the payload has {got}; client-side generation takes hashes only',
  cstg_origin_absent: 'the request has no Origin header',
  cstg_origin_without_domain: 'the Origin header names no registrable domain: {origin}',
  cstg_origin_unknown: 'the site does not list the domain of the Origin header: {domain}',
  cstg_parameter_absent: 'the request has no {member}',
  cstg_public_key_form: 'public_key is not a P-256 key in DER (SubjectPublicKeyInfo)',
  cstg_public_key_curve: 'public_key is a key of another curve than P-256',
  cstg_public_key_point: 'public_key holds a point that is not on the curve P-256',
  cstg_iv_length: 'iv has {length} bytes; it has to have 12',
  cstg_payload_tag:
    'payload does not open with the shared key: the key pair, the additional data or the bytes differ',
} as const;

const failures = {
  scripts_off: 'scripts under /static/js/ come from the folder of the option static, and none is named',
  no_active_master_key: 'no master key is active at the time of the clock',
  no_active_site_key:
    'neither the site {site_id} nor the fallback site has a key that is active at the time of the clock',
  no_active_refresh_key: 'no refresh key is active at the time of the clock',
  optout_service_absent: 'the world has no opt-out service (optout_service_configured is false)',
  failed: 'the mock itself failed: {message}',
} as const;

const reasons = {
  ...served,
  ...targets,
  ...keys,
  ...base64,
  ...bodies,
  ...identifiers,
  ...lists,
  ...tokens,
  ...others,
  ...clientSide,
  ...failures,
} as const;

export type Reason = keyof typeof reasons;

/** What a sentence tells of the case: names, numbers and lengths; never a secret, a whole token or an identifier. */
export type Facts = Readonly<Record<string, string | number>>;

/** The sentence of a reason. */
export const sentenceOf = (reason: Reason, facts: Facts): string =>
  reasons[reason].replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? `(${name})`));

const failed: ReadonlySet<string> = new Set(Object.keys(failures));

/** Whether no caller can mend it: the world, the options or the mock are at fault. */
export const isFailure = (reason: Reason): boolean => failed.has(reason);
