/** What fixes refusals of the caller. */

import type { keys as sentences } from '../../../sentences/keys.ts';
import type { Fix } from '../../cause.ts';

export const keys: Readonly<Record<keyof typeof sentences, Fix>> = {
  header_absent: { fix: 'send the header Authorization: Bearer KEY with the API key', section: '6.1' },
  header_empty: {
    fix: 'check that the setting with the API key is loaded, and send Authorization: Bearer KEY',
    section: '6.1',
  },
  header_quoted: { fix: 'remove the quotes around the value of the Authorization header', section: '6.1' },
  header_repeated: { fix: 'send the Authorization header once', section: '6.1' },
  key_in_other_header: {
    fix: 'send the API key as Authorization: Bearer KEY, not in {header}',
    section: '6.1',
  },
  scheme_absent: { fix: 'put "Bearer " in front of the API key', section: '6.1' },
  scheme_unknown: { fix: 'begin the Authorization header with "Bearer "', section: '6.1' },
  scheme_without_blank: { fix: 'put one blank between Bearer and the key', section: '6.1' },
  key_absent: {
    fix: 'check that the setting with the API key is loaded, and put the key behind Bearer',
    section: '6.1',
  },
  key_after_blanks: { fix: 'put exactly one blank between Bearer and the key', section: '6.1' },
  key_quoted: { fix: 'remove the quotes around the API key', section: '6.1' },
  key_percent_encoded: { fix: 'send the API key as it was issued, without percent-encoding', section: '6.1' },
  key_plus_lost: { fix: 'send the API key as it was issued, and do not decode it as a form', section: '6.1' },
  key_case: { fix: 'send the API key in the letter case in which it was issued', section: '6.1' },
  key_cut: { fix: 'send the whole API key', section: '6.1' },
  key_with_more: { fix: 'remove what stands behind the API key, such as a line end', section: '6.1' },
  key_is_secret: {
    fix: 'send the API key in the header; the client secret only seals bodies',
    section: '6.1',
  },
  key_other_scope: {
    fix: 'use the API key for {expected}, or the base URL of the other operator',
    section: '10',
  },
  key_other_environment: {
    fix: 'use the API key that was issued for the environment {expected}',
    section: '4.1',
  },
  key_unknown: { fix: 'compare the API key with those of the world of this operator', section: '6.1' },
  client_disabled: { fix: 'have the client enabled, or use the key of another client', section: '6.1' },
  role_absent: { fix: 'use the key of a client with {needed}, or have the role added', section: '6.2' },
  client_site_reserved: { fix: 'give the client a site id greater than 2', section: '4.1' },
  link_services_off: {
    fix: 'set validate_service_links of the world to true, or use a client without a service',
    section: '4.1',
  },
  link_null: { fix: 'send link_id as a text, or leave it out', section: '4.1' },
  link_unknown: { fix: 'send the link_id of a service link of the world', section: '4.1' },
  link_of_other_service: { fix: 'send the link_id of a link of the own service', section: '4.1' },
  link_disabled: { fix: 'have the service link enabled', section: '4.1' },
  link_role_absent: { fix: 'have the role MAPPER added to the service link', section: '4.1' },
};
