/** TCF consent of EUID users (Protocol §8.1.5). */

import type { TCModel } from '@iabtechlabtcf/core';
import { decodeBase64, fromUrlAlphabet } from '../core/base64.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Operator } from './operator.ts';

const PURPOSES = [1, 2, 3, 4, 7, 10];
const PRECISE_GEOLOCATION = 1;
/** Bits of the core segment in front of its lists. */
const FIXED_BITS = 213;

const isBase64Url = (text: string): boolean => {
  const standard = fromUrlAlphabet(text);
  return standard !== undefined && decodeBase64(standard) !== undefined;
};

/** The core segment of a string of version 2; undefined when it is none, or ends too early. */
async function decodeCore(core: string): Promise<TCModel | undefined> {
  // only deployments of scope EUID ever need the library
  const { TCModel, TCString } = await import('@iabtechlabtcf/core');
  // the library refuses providers, languages and countries that the operator does not look at
  const unasked = { set: () => undefined, get: () => 0 };
  const model = Object.defineProperties(new TCModel(), {
    cmpId: unasked,
    consentLanguage: unasked,
    publisherCountryCode: unasked,
  });
  try {
    const { vendorConsents, vendorLegitimateInterests, publisherRestrictions } = TCString.decode(core, model);
    const lists = [vendorConsents, vendorLegitimateInterests, publisherRestrictions];
    const bits = lists.reduce((sum, { bitLength }) => sum + bitLength, FIXED_BITS);
    return bits <= Math.floor((core.length * 6) / 8) * 8 ? model : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether the vendor has consent or legitimate interest for every purpose needed.
 *
 * @throws OperatorError `consent_invalid`; `unknown` for a string of TCF version 1, which is readable, but nothing in
 *   it can be asked for
 */
export async function hasConsent(operator: Operator, consentString: unknown): Promise<boolean> {
  // empty segments at the end are none
  const text = typeof consentString === 'string' ? consentString.replace(/\.+$/, '') : '';
  const [core = '', ...others] = text.split('.');
  // the first character is the version
  if (core.startsWith('B') && isBase64Url(core)) throw new OperatorError('unknown');
  const isReadable = core.startsWith('C') && [core, ...others].every(isBase64Url);
  const consent = isReadable ? await decodeCore(core.replace(/=+$/, '')) : undefined;
  if (consent === undefined) throw new OperatorError('consent_invalid');
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
