/**
 * A mistake as data: what is done wrong in one step from the identity as typed to the value. The search composes steps,
 * and asks nothing about them but this.
 */

import type { HashCauseId } from '../causes/hash.ts';

export interface Step<From, To = From> {
  readonly cause: HashCauseId;
  readonly facts?: Readonly<Record<string, string | number>>;
  /**
   * How rare the mistake is. 1 is combined with every other, 2 with fewer. 3 belongs to a large family, and is combined
   * with no other change of the text; 4 with nothing but ways to write the hash.
   */
  readonly rank: 1 | 2 | 3 | 4;
  /** What becomes of a value; undefined where the mistake makes no sense. */
  readonly change: (value: From) => To | undefined;
}

export type TextStep = Step<string>;

type Facts = Step<string>['facts'];

/** A step of the text. */
export const textStep = (
  cause: HashCauseId,
  facts: NonNullable<Facts>,
  change: (text: string) => string | undefined,
  rank: TextStep['rank'] = 1,
): TextStep => ({ cause, facts, rank, change });

/** A step that replaces what matches a pattern; undefined where nothing matches. */
export const replacing = (
  cause: HashCauseId,
  facts: NonNullable<Facts>,
  pattern: RegExp,
  replacement: string,
  rank: TextStep['rank'] = 1,
): TextStep =>
  textStep(
    cause,
    facts,
    (text) => {
      const changed = text.replace(pattern, replacement);
      return changed === text ? undefined : changed;
    },
    rank,
  );
