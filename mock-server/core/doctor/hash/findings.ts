/** Turns paths of the search into causes, in the order in which the mistakes were made. */

import type { HashCauseId } from '../causes/hash.ts';
import type { Found, Tail } from './search.ts';
import type { Source } from './texts.ts';

/** A cause of the hash doctor before its sentences are filled. */
export interface HashFinding {
  readonly cause: HashCauseId;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly proved: boolean;
}

type Named = { readonly cause: HashCauseId; readonly facts?: HashFinding['facts'] };

/** A finding that is proved. */
export const proved = ({ cause, facts = {} }: Named): HashFinding => ({ cause, facts, proved: true });

/** Mistakes in the order in which they were made, each named once. */
export function namedOnce(steps: readonly Named[]): HashFinding[] {
  const seen = new Set<string>();
  return steps.flatMap((step) => {
    const key = JSON.stringify([step.cause, step.facts]);
    if (seen.has(key)) return [];
    seen.add(key);
    return [proved(step)];
  });
}

/** The mistakes in encoding and hash. */
export const stepsOf = ({ encoding, digest: { cause, facts } }: Tail): Named[] => [
  ...(encoding ? [encoding] : []),
  ...(cause ? [{ cause, ...(facts && { facts }) }] : []),
];

const cutOf = (cut: number | undefined): Named[] =>
  cut === undefined ? [] : [{ cause: 'digest_truncated', facts: { bytes: cut } }];

/** The findings of a path that the search found. */
export function findingsOf({ path: { text, tail }, written, cut }: Found, source: Source): HashFinding[] {
  const isMeant = !source.isValid && text.before.length + text.left.length === 0;
  const steps: Named[] = [
    ...text.left.map(({ cause, facts }): Named => ({ cause, ...(facts && { facts }) })),
    ...text.before,
    ...text.after,
    ...stepsOf(tail),
    ...cutOf(cut),
    ...written,
    ...(isMeant && source.kind === 'phone' ? [{ cause: 'phone_not_normal' } as const] : []),
  ];
  return namedOnce(steps);
}
