/** What a doctor reads a text as, and the case in which it reads. */

import type { Facts } from '../reasons.ts';
import type { Primitives } from '../primitives.ts';
import type { FindSecret } from '../token-format.ts';
import { causeOfReason } from './causes/reasons.ts';
import { tokenCauses } from './causes/tokens.ts';
import { type Cause, causeFrom } from './cause.ts';
import type { DoctorWorld } from './doctor-world.ts';
import { type Reason, reasons } from '../reasons.ts';

export interface Case {
  readonly primitives: Primitives;
  readonly findSecret: FindSecret;
  readonly world: DoctorWorld | undefined;
  /** ms */
  readonly now: number;
  readonly profile: string;
  /** name of the client that would send the text */
  readonly client: string | undefined;
}

export type Found = Readonly<Record<string, unknown>>;

export interface Reading {
  /** such as `advertising_token` */
  readonly kind: string;
  /** whether keys or members of the world show that the text is what it is read as */
  readonly opens: boolean;
  readonly found: Found;
  readonly causes: readonly Cause[];
}

const isReason = (id: string): id is Reason => Object.hasOwn(reasons, id);

/** A cause of the inspector: a reason of the operator, or one of `causes/tokens.ts`. */
export function tokenCause(id: Reason | keyof typeof tokenCauses, proved: boolean, facts: Facts = {}): Cause {
  const ofOperator = isReason(id) ? causeOfReason(id, facts) : undefined;
  return ofOperator === undefined
    ? causeFrom(tokenCauses, id as keyof typeof tokenCauses, proved, facts)
    : { ...ofOperator, proved };
}

const UNITS = [
  [86_400_000, 'days'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const;

/** A length of time in its largest unit, such as `3 min`. */
export function shownDuration(ms: number): string {
  const [length, name] = UNITS.find(([unit]) => Math.abs(ms) >= 2 * unit) ?? UNITS[3];
  return `${Math.round(Math.abs(ms) / length)} ${name}`;
}
