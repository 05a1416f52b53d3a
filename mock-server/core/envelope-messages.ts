/**
 * The messages of refused envelopes (Protocol §7.3) and of refused requests of client-side generation (§8.5), and the
 * rules of envelopes of each era. They stand here because the server and the doctors give the same messages.
 */

import type { EnvelopeVariant } from './envelope.ts';

const ENVELOPE_DOCS = 'docs/getting-started/gs-encryption-decryption';

/**
 * Messages by error code; `{version}` stands for a fact of the error.
 *
 * @param detailed whether they give details and link to the documentation
 */
export function envelopeMessages(detailed: boolean, isEuid: boolean) {
  const docs = `https://${isEuid ? 'euid.eu' : 'unifiedid.com'}/${ENVELOPE_DOCS}`;
  const hint = detailed ? `. See ${docs} for details on the request envelope format.` : '';
  const stop = detailed ? hint : '.';
  return {
    body_missing: 'Invalid body: Body is missing.',
    body_not_base64: `Invalid body: Body is not valid base64${stop}`,
    body_too_short: `Invalid body: Body too short. Check encryption method${stop}`,
    body_wrong_version: detailed
      ? `Invalid body: Invalid request envelope format version: received {version}, must be 1${hint}`
      : 'Invalid body: Version mismatch.',
    body_undecryptable: `Invalid body: Check encryption key (ClientSecret)${hint}`,
    body_unencrypted_json:
      'Invalid body: The request body is unencrypted JSON. It must be an encrypted request envelope. ' +
      `See ${docs}#encryption-and-decryption-code-examples for encryption and decryption code examples.`,
    timestamp_out_of_window: 'Invalid timestamp: Request too old or client time drift.',
    payload_not_json: 'Invalid payload in body: Data is not valid json string.',
  } as const;
}

/** Messages of client-side generation about the sealed request. */
export const clientGenerateMessages = {
  cstg_json_invalid: 'json payload is not valid',
  cstg_json_missing: 'json payload expected but not found',
  cstg_bad_subscription: 'bad subscription_id',
  cstg_parameters: 'required parameters: payload, iv, public_key',
  cstg_bad_public_key: 'bad public key',
  cstg_bad_iv: 'bad iv',
  cstg_undecryptable: 'payload decryption failed',
  cstg_payload_not_json: 'encrypted payload contains invalid json',
} as const;

interface EnvelopeEra {
  readonly variant: EnvelopeVariant;
  readonly detailed: boolean;
}

export const envelopeEras = {
  detailed: { variant: { namesPlainJson: true, base64Fallback: true }, detailed: true },
  terse: { variant: { namesPlainJson: false, base64Fallback: false }, detailed: false },
} as const satisfies Record<string, EnvelopeEra>;
