/** What mends refusals of client-side generation. */

import type { clientSide as sentences } from '../../../sentences/client-side.ts';
import type { Mending } from '../../cause.ts';

const SECTION = '8.5';
const DER_FIX = 'Send base64 of the own ephemeral P-256 key in DER (SubjectPublicKeyInfo, 91 bytes)';
const DOMAIN_FIX = 'Have the domain of the page added to the domain_names of the site';

export const clientSide: Readonly<Record<keyof typeof sentences, Mending>> = {
  cstg_member_not_text: { fix: 'Send {member} as a text', section: SECTION },
  cstg_timestamp: { fix: 'Send timestamp as a whole number of milliseconds since 1970', section: SECTION },
  cstg_subscription_absent: { fix: 'Send the subscription_id of the site', section: SECTION },
  cstg_subscription_unknown: {
    fix: 'Send the subscription_id that was issued for this environment',
    section: SECTION,
  },
  cstg_subscription_disabled: {
    fix: 'Have the key pair enabled, or use another subscription_id',
    section: SECTION,
  },
  cstg_app_name_unknown: { fix: 'Have the app_name added to the app_names of the site', section: SECTION },
  cstg_app_name_not_text: { fix: 'Send app_name as text in UTF-8', section: SECTION },
  cstg_hash_expected: {
    fix: 'Hash the identifier, and send it as email_hash or phone_hash',
    section: SECTION,
  },
  cstg_origin_absent: {
    fix: 'Send the Origin header from a page, or app_name from an app',
    section: SECTION,
  },
  cstg_origin_null: { fix: 'Serve the page over http:// or https:// from a listed domain', section: SECTION },
  cstg_origin_without_scheme: {
    fix: 'Send the Origin header with its scheme, such as https://example.com',
    section: SECTION,
  },
  cstg_origin_scheme: {
    fix: 'Send app_name from an app instead of an origin with {scheme}',
    section: SECTION,
  },
  cstg_origin_address: {
    fix: 'Open the page as http://localhost or by a listed domain instead of an IP address',
    section: SECTION,
  },
  cstg_origin_without_domain: { fix: DOMAIN_FIX, section: SECTION },
  cstg_origin_unknown: { fix: DOMAIN_FIX, section: SECTION },
  cstg_parameter_absent: { fix: 'Send {member}', section: SECTION },
  cstg_public_key_prefix: {
    fix: 'Generate an own key pair for each request, and send its public key without a prefix',
    section: SECTION,
  },
  cstg_public_key_pem: { fix: 'Remove the lines BEGIN and END and the line breaks', section: SECTION },
  cstg_public_key_point: { fix: 'Export the key in the format spki instead of raw', section: SECTION },
  cstg_public_key_form: { fix: DER_FIX, section: SECTION },
  cstg_public_key_curve: { fix: 'Generate the key pair on the curve P-256', section: SECTION },
  cstg_public_key_off_curve: { fix: DER_FIX, section: SECTION },
  cstg_public_key_of_operator: { fix: DER_FIX, section: SECTION },
  cstg_iv_hex: { fix: 'Encode iv in base64', section: SECTION },
  cstg_iv_length: { fix: 'Generate an iv of 12 random bytes', section: SECTION },
  cstg_payload_too_short: { fix: 'Send ciphertext and tag together as payload', section: SECTION },
  cstg_payload_tag: {
    fix: 'Take the raw ECDH secret as the key, and [timestamp] or [timestamp,"app_name"] of the request as additional data',
    section: SECTION,
  },
};
