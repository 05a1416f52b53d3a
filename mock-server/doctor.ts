/**
 * `uid2-mock-operator/doctor`: the doctors, with primitives that run anywhere. In a browser nothing that is given to them
 * leaves the page.
 */

import {
  type TokenCase,
  type TokenInspection,
  inspectToken as inspect,
} from './core/doctor/token-inspector.ts';
import { portablePrimitives } from './portable/primitives.ts';

export type { Cause } from './core/doctor/cause.ts';
export type { DoctorWorld } from './core/doctor/doctor-world.ts';
export type { TokenCase, TokenInspection };

/** What a text is that came in place of a token, key or raw UID, what it holds, and what is wrong with it. */
export const inspectToken = (text: string, given: TokenCase): TokenInspection =>
  inspect(portablePrimitives, text, given);
