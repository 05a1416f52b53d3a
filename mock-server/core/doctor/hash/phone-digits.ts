/** Changes of the digits of a phone. */

import { countryCodeLength } from './phone-groups.ts';
import { type TextStep, textStep } from './step.ts';

const NORMAL = /^\+\d+$/;

/** A step that is given the digits of a phone in normal form. */
export const digital = (
  cause: TextStep['cause'],
  what: string,
  change: (digits: string) => string | undefined,
  rank: TextStep['rank'] = 1,
): TextStep =>
  textStep(cause, { what }, (text) => (NORMAL.test(text) ? change(text.slice(1)) : undefined), rank);

/** A step that is given the country code and the national number. */
export const national = (
  cause: TextStep['cause'],
  what: string,
  change: (code: string, national: string) => string | undefined,
  rank: TextStep['rank'] = 1,
): TextStep =>
  digital(
    cause,
    what,
    (digits) => {
      const length = countryCodeLength(digits);
      return change(digits.slice(0, length), digits.slice(length));
    },
    rank,
  );
