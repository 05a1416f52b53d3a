/** TCF consent of EUID users (Protocol §8.1.5). */

import { hasPurposes, hasSpecialFeature, readConsent } from '../core/consent.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Deployment } from './deployment.ts';

const PURPOSES = [1, 2, 3, 4, 7, 10];
const PRECISE_GEOLOCATION = 1;

/**
 * Whether the vendor has consent or legitimate interest for every purpose needed.
 *
 * @throws OperatorError `consent_invalid`; `unknown` for a string of TCF version 1, which is readable, but nothing in
 *   it can be asked for
 */
export function hasConsent({ world, profile }: Deployment, consentString: unknown): boolean {
  if (typeof consentString !== 'string') throw new OperatorError('consent_invalid', 'consent_not_text');
  const consent = readConsent(consentString, world.tcf_vendor_id);
  if (consent === undefined) throw new OperatorError('consent_invalid', 'consent_unreadable');
  if (consent === 'version 1') throw new OperatorError('unknown', 'consent_version_1');
  if (profile.preciseGeolocation && !hasSpecialFeature(consent, PRECISE_GEOLOCATION)) return false;
  return hasPurposes(consent, PURPOSES);
}
