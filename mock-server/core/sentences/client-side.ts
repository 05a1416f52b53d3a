/** Refusals of client-side generation. */
export const clientSide = {
  cstg_member_not_text: '{member} is a list or an object',
  cstg_timestamp: 'timestamp is not a whole number of milliseconds',
  cstg_subscription_absent: 'the request has no subscription_id',
  cstg_subscription_unknown: 'no key pair has this subscription_id',
  cstg_subscription_disabled: 'the key pair of this subscription_id is disabled',
  cstg_app_name_unknown: 'the site does not list this app_name',
  cstg_app_name_not_text: 'app_name has half of a surrogate pair, which is no text',
  cstg_hash_expected: 'the sealed payload has {got}; client-side generation takes only hashes',
  cstg_origin_absent: 'the request has neither an Origin header nor an app_name',
  cstg_origin_null: 'the Origin header is null, as pages in files and sandboxed frames send it',
  cstg_origin_without_scheme: 'the Origin header has a host without a scheme such as https://',
  cstg_origin_scheme:
    'the Origin header has the scheme {scheme}; pages have https or http, and apps have to send app_name',
  cstg_origin_address: 'the Origin header names an IP address; it has to name a domain or localhost',
  cstg_origin_without_domain: 'the Origin header names no registrable domain',
  cstg_origin_unknown: 'the site does not list the domain of the Origin header, {domain}',
  cstg_parameter_absent: 'the request has no {member}',
  cstg_public_key_prefix: 'public_key has a prefix such as UID2-X-L- in front of its base64',
  cstg_public_key_pem: 'public_key is in PEM; it has to be base64 of DER alone',
  cstg_public_key_point: 'public_key is a bare point; it has to be in DER (SubjectPublicKeyInfo)',
  cstg_public_key_form: 'public_key is no P-256 key in DER (SubjectPublicKeyInfo)',
  cstg_public_key_curve: 'public_key is a key of another curve than P-256',
  cstg_public_key_off_curve: 'public_key holds a point that is not on the curve P-256',
  cstg_public_key_of_operator:
    'public_key is the key of the operator; it has to be the own key of the caller',
  cstg_iv_hex: 'iv is in hex; it has to be in base64',
  cstg_iv_length: 'iv has {length} bytes; it has to have 12',
  cstg_payload_too_short: 'payload has {length} bytes, which is too short for a tag of 16',
  cstg_payload_tag:
    'payload cannot be decrypted: its shared key or additional data differs, or it was altered',
} as const;
