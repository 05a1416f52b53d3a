/** What fixes refusals of client-side generation. */

import type { clientSide as sentences } from '../../../sentences/client-side.ts';
import type { Fix } from '../../cause.ts';

const SECTION = '8.5';
const DER_FIX = 'send base64 of the own ephemeral P-256 key in DER (SubjectPublicKeyInfo, 91 bytes)';
const DOMAIN_FIX = 'have the domain of the page added to the domain_names of the site';

export const clientSide: Readonly<Record<keyof typeof sentences, Fix>> = {
  cstg_member_not_text: { fix: 'send {member} as a text', section: SECTION },
  cstg_timestamp: { fix: 'send timestamp as a whole number of milliseconds since 1970', section: SECTION },
  cstg_subscription_absent: { fix: 'send the subscription_id of the site', section: SECTION },
  cstg_subscription_unknown: {
    fix: 'send the subscription_id that was issued for this environment',
    section: SECTION,
  },
  cstg_subscription_disabled: {
    fix: 'have the key pair enabled, or use another subscription_id',
    section: SECTION,
  },
  cstg_app_name_unknown: { fix: 'have the app_name added to the app_names of the site', section: SECTION },
  cstg_app_name_not_text: { fix: 'send app_name as text in UTF-8', section: SECTION },
  cstg_hash_expected: {
    fix: 'hash the identifier, and send it as email_hash or phone_hash',
    section: SECTION,
  },
  cstg_origin_absent: {
    fix: 'send the Origin header from a page, or app_name from an app',
    section: SECTION,
  },
  cstg_origin_null: { fix: 'serve the page over http:// or https:// from a listed domain', section: SECTION },
  cstg_origin_without_scheme: {
    fix: 'send the Origin header with its scheme, such as https://example.com',
    section: SECTION,
  },
  cstg_origin_scheme: {
    fix: 'send app_name from an app instead of an origin with {scheme}',
    section: SECTION,
  },
  cstg_origin_address: {
    fix: 'open the page as http://localhost or by a listed domain instead of an IP address',
    section: SECTION,
  },
  cstg_origin_without_domain: { fix: DOMAIN_FIX, section: SECTION },
  cstg_origin_unknown: { fix: DOMAIN_FIX, section: SECTION },
  cstg_parameter_absent: { fix: 'send {member}', section: SECTION },
  cstg_public_key_prefix: {
    fix: 'generate an own key pair for each request, and send its public key without a prefix',
    section: SECTION,
  },
  cstg_public_key_pem: { fix: 'remove the lines BEGIN and END and the line breaks', section: SECTION },
  cstg_public_key_point: { fix: 'export the key in the format spki instead of raw', section: SECTION },
  cstg_public_key_form: { fix: DER_FIX, section: SECTION },
  cstg_public_key_curve: { fix: 'generate the key pair on the curve P-256', section: SECTION },
  cstg_public_key_off_curve: { fix: DER_FIX, section: SECTION },
  cstg_public_key_of_operator: { fix: DER_FIX, section: SECTION },
  cstg_iv_hex: { fix: 'encode iv in base64', section: SECTION },
  cstg_iv_length: { fix: 'generate an iv of 12 random bytes', section: SECTION },
  cstg_payload_too_short: { fix: 'send ciphertext and tag together as payload', section: SECTION },
  cstg_payload_tag: {
    fix: 'take the raw ECDH secret as the key, and [timestamp] or [timestamp,"app_name"] of the request as additional data',
    section: SECTION,
  },
};
