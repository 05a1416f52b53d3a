/** What to do about answers that give less than was asked for. */

import type { outcomes as sentences } from '../../../sentences/outcomes.ts';
import type { Fix } from '../../cause.ts';

type Plain = 'served' | 'preflight';

const OPTED_OUT = 'stop using UID2 for this user, and do not ask again';

export const outcomes: Readonly<Record<Exclude<keyof typeof sentences, Plain>, Fix>> = {
  preflight_header: {
    fix: 'leave the header {header} out of requests of pages; servers call this endpoint',
    section: '6.3',
  },
  fault_ordered: {
    fix: 'remove the fault when it is no longer wanted: uid2-mock ctl faults clear',
    section: '6.4',
  },
  opted_out: { fix: OPTED_OUT, section: '8.1' },
  opted_out_test_identity: {
    fix: 'use another identity to get a token; this one tests how opt-outs are handled',
    section: '1.4',
  },
  chain_too_old: { fix: 'generate a new token for the user', section: '8.2' },
  consent_insufficient: {
    fix: 'ask the user for the purposes {purposes} of the vendor {vendor}',
    section: '8.1.5',
  },
  consent_geolocation: { fix: 'ask the user for special feature 1, precise geolocation', section: '8.1.5' },
  other_identity: { fix: 'validate with the identity for which the token was generated', section: '8.3.3' },
  former_raw_uid: {
    fix: 'refresh the token, or generate a new one, after a rotation of salts',
    section: '8.3.3',
  },
  not_the_test_identity: { fix: 'validate with a token of the test identity', section: '8.3' },
};
