/** Changes of the two sides of an email. */

import { type TextStep, textStep } from './step.ts';

type ChangeSides = (local: string, domain: string) => string | undefined;

/** A step that is given what stands in front of the last @ and behind it. */
export const sided = (
  cause: TextStep['cause'],
  what: string,
  change: ChangeSides,
  rank: TextStep['rank'] = 1,
): TextStep =>
  textStep(
    cause,
    { what },
    (text) => {
      const at = text.lastIndexOf('@');
      return at < 0 ? undefined : change(text.slice(0, at), text.slice(at + 1));
    },
    rank,
  );

/** The first letter of each word in upper case. */
export const capitalized = (text: string): string =>
  text.replace(/(^|[.\-_+ ])([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
