/**
 * Why an answer is what it is: a code, and a sentence for a person, in which `{name}` stands for a fact of the case.
 * Reasons are more exact than the errors on the wire, and never reach it. Two causes that need different fixes are two
 * reasons.
 */

import { arrival } from './sentences/arrival.ts';
import { bodies } from './sentences/bodies.ts';
import { clientSide } from './sentences/client-side.ts';
import { failures } from './sentences/failures.ts';
import { identities } from './sentences/identities.ts';
import { keys } from './sentences/keys.ts';
import { outcomes } from './sentences/outcomes.ts';
import { passage } from './sentences/passage.ts';
import { tokens } from './sentences/tokens.ts';

export const reasons = {
  ...outcomes,
  ...arrival,
  ...keys,
  ...bodies,
  ...identities,
  ...tokens,
  ...clientSide,
  ...failures,
  ...passage,
} as const;

export type Reason = keyof typeof reasons;

/** The values in a sentence: names, numbers and lengths; never a secret, a whole token or an identifier. */
export type Facts = Readonly<Record<string, string | number>>;

/** A reason with the facts of its sentence. */
export type Fault = readonly [reason: Reason, facts?: Facts];

const MAX_FACT = 120;
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/** A text of a request as a log may show it: on one line, and not too long. */
export function shownText(text: string): string {
  const line = text.slice(0, MAX_FACT).replace(CONTROL, '?');
  return text.length > MAX_FACT ? `${line}…` : line;
}

/** Facts as a log may show them. */
export const shownFacts = (facts: Facts): Facts =>
  Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'string' ? shownText(fact) : fact]),
  );

/** The sentence of a reason. */
export const sentenceOf = (reason: Reason, facts: Facts): string =>
  reasons[reason].replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? `(${name})`));

const failed: ReadonlySet<string> = new Set(Object.keys(failures));

/** Whether the world, the options or the mock are at fault, so that no caller can fix it. */
export const isFailure = (reason: Reason): boolean => failed.has(reason);
