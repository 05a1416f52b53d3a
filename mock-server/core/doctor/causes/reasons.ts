/** What fixes a refusal, by its reason; the sentence of the reason itself says what is wrong. */

import type { Facts, Reason } from '../../reasons.ts';
import { sentenceOf } from '../../reasons.ts';
import { type Cause, type Fix, filled } from '../cause.ts';
import { arrival } from './reasons/arrival.ts';
import { bodies } from './reasons/bodies.ts';
import { clientSide } from './reasons/client-side.ts';
import { failures } from './reasons/failures.ts';
import { identities } from './reasons/identities.ts';
import { keys } from './reasons/keys.ts';
import { outcomes } from './reasons/outcomes.ts';
import { passage } from './reasons/passage.ts';
import { tokens } from './reasons/tokens.ts';

/** Reasons of answers that withhold something, or that a caller should notice. */
type RefusingReason = Exclude<Reason, 'served' | 'preflight'>;

export const fixes: Readonly<Record<RefusingReason, Fix>> = {
  ...outcomes,
  ...arrival,
  ...keys,
  ...bodies,
  ...identities,
  ...tokens,
  ...clientSide,
  ...failures,
  ...passage,
};

export const isRefusing = (reason: Reason): reason is RefusingReason => Object.hasOwn(fixes, reason);

/** The cause of an answer: proved, because the operator itself decided by it. Undefined for plain success. */
export function causeOfReason(reason: Reason, facts: Facts): Cause | undefined {
  if (!isRefusing(reason)) return undefined;
  const { fix, section } = fixes[reason];
  return { id: reason, says: sentenceOf(reason, facts), fix: filled(fix, facts), section, proved: true };
}
