/** What mends refusals of the caller. */

import type { keys as sentences } from '../../../sentences/keys.ts';
import type { Mending } from '../../cause.ts';

export const keys: Readonly<Record<keyof typeof sentences, Mending>> = {
  header_absent: { fix: 'Send the header Authorization: Bearer KEY with the API key', section: '6.1' },
  header_empty: {
    fix: 'Check that the setting with the API key is loaded, and send Authorization: Bearer KEY',
    section: '6.1',
  },
  header_quoted: { fix: 'Remove the quotes around the value of the Authorization header', section: '6.1' },
  header_repeated: { fix: 'Send the Authorization header once', section: '6.1' },
  key_in_other_header: {
    fix: 'Send the API key as Authorization: Bearer KEY, not in {header}',
    section: '6.1',
  },
  scheme_absent: { fix: 'Put "Bearer " in front of the API key', section: '6.1' },
  scheme_unknown: { fix: 'Begin the Authorization header with "Bearer "', section: '6.1' },
  scheme_without_blank: { fix: 'Put one blank between Bearer and the key', section: '6.1' },
  key_absent: {
    fix: 'Check that the setting with the API key is loaded, and put the key behind Bearer',
    section: '6.1',
  },
  key_after_blanks: { fix: 'Put exactly one blank between Bearer and the key', section: '6.1' },
  key_quoted: { fix: 'Remove the quotes around the API key', section: '6.1' },
  key_percent_encoded: { fix: 'Send the API key as it was issued, without percent-encoding', section: '6.1' },
  key_plus_lost: { fix: 'Send the API key as it was issued, and do not decode it as a form', section: '6.1' },
  key_case: { fix: 'Send the API key in the letter case in which it was issued', section: '6.1' },
  key_cut: { fix: 'Send the whole API key', section: '6.1' },
  key_with_more: { fix: 'Remove what stands behind the API key, such as a line end', section: '6.1' },
  key_is_secret: {
    fix: 'Send the API key in the header; the client secret only seals bodies',
    section: '6.1',
  },
  key_other_scope: {
    fix: 'Use the API key for {expected}, or the base URL of the other operator',
    section: '10',
  },
  key_other_environment: {
    fix: 'Use the API key that was issued for the environment {expected}',
    section: '4.1',
  },
  key_unknown: { fix: 'Compare the API key with those of the world of this operator', section: '6.1' },
  client_disabled: { fix: 'Have the client enabled, or use the key of another client', section: '6.1' },
  role_absent: { fix: 'Use the key of a client with {needed}, or have the role added', section: '6.2' },
  client_site_reserved: { fix: 'Give the client a site id greater than 2', section: '4.1' },
  link_services_off: {
    fix: 'Set validate_service_links of the world to true, or use a client without a service',
    section: '4.1',
  },
  link_null: { fix: 'Send link_id as a text, or leave it out', section: '4.1' },
  link_unknown: { fix: 'Send the link_id of a service link of the world', section: '4.1' },
  link_of_other_service: { fix: 'Send the link_id of a link of the own service', section: '4.1' },
  link_disabled: { fix: 'Have the service link enabled', section: '4.1' },
  link_role_absent: { fix: 'Have the role MAPPER added to the service link', section: '4.1' },
};
