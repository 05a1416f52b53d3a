/** Reasons for the other members of requests, and for failures by the configuration. */

import { get, sealed } from './requests.ts';
import { type Row, rowsOn } from './row.ts';
import type { Stage } from './stage.ts';

const GENERATE = '/v2/token/generate';
const EMAIL = 'others@example.com';
const user = { email: EMAIL };
const row = rowsOn('current');
const onLocal = rowsOn('local');
const on556 = rowsOn('v5.56');
const onLate = rowsOn('sites made lately');
const onEuid = rowsOn('EUID');

const generate = (more: object = {}) => sealed(GENERATE, { ...user, ...more });

const CONSENT = 'COztr8AOztr8AAHABAENAwCoAPJAAAAAAAYgAKgAACAAIAAA';
const consent = (text: unknown) => generate({ tcf_consent_string: text });

const buckets = (query: Record<string, string>) => get('/v1/identity/buckets', query);
const SINCE = '2026-01-31T12:00:00';
const goodBuckets = buckets({ since_timestamp: SINCE });

const status = (payload: object | undefined) => sealed('/v2/optout/status', payload);
const goodStatus = status({ advertising_ids: ['AA=='] });

export const otherRows: Row[] = [
  row('opted_out', sealed(GENERATE, { email: 'local-mock-optout@example.com' }), generate()),
  row('opted_out_test_identity', sealed(GENERATE, { email: 'optout@example.com' }), generate()),
  on556('policy_not_a_number', generate({ optout_check: '1' }), generate({ optout_check: 1 })),
  on556('policy_value', generate({ policy: 2 }), generate({ policy: 1 })),
  onLate('policy_required', generate(), generate({ optout_check: 1 })),
  onLate('member_misnamed', generate({ optoutCheck: 1 }), generate({ optout_check: 1 })),
  onEuid('consent_not_text', consent([CONSENT]), consent(CONSENT)),
  onEuid('consent_empty', consent(''), consent(CONSENT)),
  onEuid('consent_unreadable', consent(CONSENT.slice(0, 30)), consent(CONSENT)),
  onEuid('consent_version_1', consent(`B${CONSENT.slice(1)}`), consent(CONSENT)),
  onEuid(
    'consent_insufficient',
    consent('COztr8AOztr8AAHABAENAwCoANIAAAAAAAYgAKgAACAAIAAA'),
    consent(CONSENT),
    { facts: { vendor: 21, purposes: '3, 10' } },
  ),
  rowsOn('EUID of v5.56')(
    'consent_geolocation',
    consent('COztr8AOztr8AAHABAENAwCgAPJAAAAAAAYgAKgAACAAIAAA'),
    consent(CONSENT),
  ),
  onLocal('since_absent', buckets({}), goodBuckets),
  onLocal('member_misnamed', buckets({ sinceTimestamp: SINCE }), goodBuckets),
  onLocal('since_zone', buckets({ since_timestamp: `${SINCE}Z` }), goodBuckets),
  onLocal('since_zone', buckets({ since_timestamp: `${SINCE} 01:00` }), goodBuckets),
  onLocal('since_invalid', buckets({ since_timestamp: '1769860800' }), goodBuckets),
  onLocal('since_invalid', buckets({ since_timestamp: 'noonZ' }), goodBuckets),
  row('payload_absent', status(undefined), goodStatus),
  row('status_ids_absent', status({}), goodStatus),
  row('status_ids_absent', status({ advertising_ids: null }), goodStatus),
  row('member_misnamed', status({ advertisingIds: [] }), status({ advertising_ids: [] })),
  row('status_ids_not_a_list', status({ advertising_ids: 'AA==' }), goodStatus),
  rowsOn('short lists')('status_ids_too_many', status({ advertising_ids: ['AA==', 'AQ=='] }), goodStatus),
];

const keys = (stage: Stage) => ({ authorization: `Bearer ${stage.clientOf('Example DSP').key}` });
const latest = get('/key/latest', '', { headers: keys });
const generateV1 = get('/v1/token/generate', user);
const onFailure = { fixedOn: 'while all keys last' } as const;

export const configurationRows: Row[] = [
  rowsOn('without scripts')('scripts_off', get('/static/js/a.js'), get('/static/js/a.js'), {
    fixedOn: 'with scripts',
  }),
  rowsOn('after all keys but those of sites')('no_active_master_key', latest, latest, onFailure),
  rowsOn('after the refresh key')('no_active_refresh_key', generateV1, generateV1, onFailure),
  rowsOn('after the keys of sites')('no_active_site_key', generateV1, generateV1, onFailure),
  rowsOn('without opt-out service')(
    'optout_service_absent',
    get('/token/logout', { email: 'logged.out@example.com' }),
    get('/token/logout', { email: 'logged.out@example.com' }),
    { fixedOn: 'local' },
  ),
  rowsOn('with an ordered fault')('fault_ordered', generateV1, generateV1, { fixedOn: 'local' }),
  rowsOn('with a rule that fails')('failed', generate(), generate(), { fixedOn: 'local' }),
];
