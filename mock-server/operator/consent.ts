/** TCF consent of EUID users (Protocol §8.1.5). */

import type { TCModel } from '@iabtechlabtcf/core';
import { OperatorError } from '../core/operator-error.ts';
import type { Operator } from './operator.ts';

const PURPOSES = [1, 2, 3, 4, 7, 10];
const PRECISE_GEOLOCATION = 1;
/** First character of a string of TCF version 1: it is readable, but nothing in it can be asked for. */
const VERSION_1 = 'B';

/**
 * Whether the vendor has consent or legitimate interest for every purpose needed.
 *
 * @throws OperatorError `consent_invalid`; `unknown` for a string of TCF version 1
 */
export async function hasConsent(operator: Operator, consentString: unknown): Promise<boolean> {
  if (typeof consentString !== 'string' || consentString === '') throw new OperatorError('consent_invalid');
  if (consentString.startsWith(VERSION_1)) throw new OperatorError('unknown');
  // only deployments of scope EUID ever need the library
  const { TCString } = await import('@iabtechlabtcf/core');
  let consent: TCModel;
  try {
    consent = TCString.decode(consentString);
  } catch {
    throw new OperatorError('consent_invalid');
  }
  return isSufficient(consent, operator.world.tcf_vendor_id, operator.profile.preciseGeolocation);
}

function isSufficient(consent: TCModel, vendor: number, preciseGeolocation: boolean): boolean {
  if (preciseGeolocation && !consent.specialFeatureOptins.has(PRECISE_GEOLOCATION)) return false;
  return PURPOSES.every(
    (purpose) =>
      (consent.vendorConsents.has(vendor) && consent.purposeConsents.has(purpose)) ||
      (consent.vendorLegitimateInterests.has(vendor) && consent.purposeLegitimateInterests.has(purpose)),
  );
}
