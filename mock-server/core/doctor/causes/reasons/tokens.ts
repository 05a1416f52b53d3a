/** What fixes refusals of tokens and of other members of requests. */

import type { tokens as sentences } from '../../../sentences/tokens.ts';
import type { Fix } from '../../cause.ts';

const AS_RECEIVED = 'keep and send the token exactly as it was received';
const ANEW = 'generate a new token for the user';
const OF_THIS_OPERATOR =
  'use tokens of the operator that issued them, and generate new ones after a change of operator';

export const tokens: Readonly<Record<keyof typeof sentences, Fix>> = {
  refresh_token_absent: { fix: 'send the refresh_token of the last answer', section: '8.2' },
  token_absent: { fix: 'send the advertising token as token', section: '8.3' },
  token_too_short: { fix: 'store and send the whole token', section: '5' },
  token_length: {
    fix: 'store and send the whole token: widen the column or cookie that holds it',
    section: '5',
  },
  token_version: { fix: AS_RECEIVED, section: '5' },
  token_is_advertising: {
    fix: 'send refresh_token of the answer instead of advertising_token',
    section: '5.6',
  },
  token_is_refresh: { fix: 'send advertising_token of the answer instead of refresh_token', section: '5.6' },
  token_is_wrapped: { fix: 'send refresh tokens of v2 to /v2/token/refresh', section: '5.5' },
  token_is_raw_uid: {
    fix: 'send an advertising token of token/generate instead of a raw UID of identity/map',
    section: '5',
  },
  token_lower_case: { fix: 'keep the letter case of the token', section: '5' },
  token_standard_alphabet: { fix: AS_RECEIVED, section: '5.2' },
  token_type: { fix: AS_RECEIVED, section: '5' },
  token_key_unknown: { fix: OF_THIS_OPERATOR, section: '4.2' },
  token_altered: { fix: AS_RECEIVED, section: '5' },
  token_types_disagree: { fix: AS_RECEIVED, section: '5' },
  token_identity: { fix: AS_RECEIVED, section: '5' },
  token_other_scope: {
    fix: 'send UID2 tokens to the UID2 operator and EUID tokens to the EUID operator',
    section: '10',
  },
  token_expired: { fix: ANEW, section: '8.2' },
  token_of_other_site: {
    fix: 'validate with the key of the site that generated the token',
    section: '8.3.3',
  },
  site_without_keyset: { fix: 'give the site of the client a keyset with an active key', section: '8.3.3' },
  wrapper_key_unknown: { fix: OF_THIS_OPERATOR, section: '7.4' },
  wrapper_altered: { fix: AS_RECEIVED, section: '7.4' },
  wrapper_payload: { fix: ANEW, section: '7.4' },
  wrapper_key_length: { fix: ANEW, section: '7.4' },

  member_misnamed: { fix: 'rename {got} to {expected}', section: '8' },
  policy_not_a_number: { fix: 'send {member} as the number 1', section: '8.1.4' },
  policy_value: { fix: 'send {member} as 1', section: '8.1.4' },
  policy_required: { fix: 'send optout_check with the value 1', section: '8.1.4' },
  consent_not_text: { fix: 'send tcf_consent_string as a JSON text', section: '8.1.5' },
  consent_empty: {
    fix: 'send the TC string of the consent platform, or leave the member out',
    section: '8.1.5',
  },
  consent_unreadable: { fix: 'send the TC string of the consent platform unchanged', section: '8.1.5' },
  consent_version_1: { fix: 'send a TC string of version 2 of the TCF', section: '8.1.5' },
  since_absent: { fix: 'send since_timestamp, such as 2026-01-31T12:00:00', section: '8.6' },
  since_zone: { fix: 'convert the time to UTC, and write it without Z or offset', section: '8.6' },
  since_invalid: { fix: 'write since_timestamp as 2026-01-31T12:00:00', section: '8.6' },
  status_ids_absent: { fix: 'send a list of raw UIDs as advertising_ids', section: '8.11' },
  status_ids_not_a_list: { fix: 'send advertising_ids as a JSON list', section: '8.11' },
  status_ids_too_many: { fix: 'divide the list: at most {limit} raw UIDs in a request', section: '8.11' },
};
