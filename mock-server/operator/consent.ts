/** TCF consent of EUID users (Protocol §8.1.5). */

import { hasPurposes, hasSpecialFeature, readConsent } from '../core/consent.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Fault } from '../core/reasons.ts';
import type { Deployment } from './deployment.ts';

const PURPOSES = [1, 2, 3, 4, 7, 10];
const PRECISE_GEOLOCATION = 1;

/**
 * Why the vendor lacks consent or legitimate interest for a purpose that it needs; undefined when it lacks nothing.
 *
 * @throws OperatorError `consent_invalid`; `unknown` for a string of TCF version 1, which is read without its purposes
 */
export function consentFault({ world, profile }: Deployment, consentString: unknown): Fault | undefined {
  if (typeof consentString !== 'string') throw new OperatorError('consent_invalid', 'consent_not_text');
  const consent = readConsent(consentString, world.tcf_vendor_id);
  if (consent === undefined) {
    throw new OperatorError('consent_invalid', consentString === '' ? 'consent_empty' : 'consent_unreadable');
  }
  if (consent === 'version 1') throw new OperatorError('unknown', 'consent_version_1');
  if (profile.preciseGeolocation && !hasSpecialFeature(consent, PRECISE_GEOLOCATION)) {
    return ['consent_geolocation'];
  }
  if (hasPurposes(consent, PURPOSES)) return undefined;
  const missing = PURPOSES.filter((purpose) => !hasPurposes(consent, [purpose]));
  return ['consent_insufficient', { vendor: world.tcf_vendor_id, purposes: missing.join(', ') }];
}
