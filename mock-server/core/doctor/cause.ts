/**
 * What a doctor says about a mistake: what it is, how to fix it, and which section of the protocol has the rule. The
 * texts of all causes are data; a doctor names one of them and says whether it is proved.
 */

import type { Facts } from '../reasons.ts';

/** The texts of a cause, one sentence each, without a full stop. `{name}` stands for a fact of the case. */
export interface CauseText extends Fix {
  readonly says: string;
}

/** How to fix a mistake. */
export interface Fix {
  readonly fix: string;
  /** of the protocol, such as `2.3` */
  readonly section: string;
}

export interface Cause extends CauseText {
  /** stable name, such as `hash_of_hex` */
  readonly id: string;
  /** whether the case shows it, as when the fixed request is right; otherwise it is likely */
  readonly proved: boolean;
}

/** A text with the facts of the case. */
export const filled = (text: string, facts: Facts): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));

/** A cause of a table of texts, with the facts of the case. */
export function causeFrom<T extends Readonly<Record<string, CauseText>>>(
  texts: T,
  id: keyof T & string,
  proved: boolean,
  facts: Facts = {},
): Cause {
  const { says, fix, section } = texts[id] as CauseText;
  return { id, says: filled(says, facts), fix: filled(fix, facts), section, proved };
}
