/**
 * `uid2-mock-operator/doctor`: the doctors, with primitives that run anywhere. In a browser nothing that is given to them
 * leaves the page.
 */

import type { EnvelopeCase, EnvelopeDiagnosis } from './core/doctor/envelope-case.ts';
import { diagnoseEnvelope as ofEnvelope } from './core/doctor/envelope-doctor.ts';
import { type HashDiagnosis, type HashOptions, diagnoseHash as ofHash } from './core/doctor/hash-doctor.ts';
import {
  type TokenCase,
  type TokenInspection,
  inspectToken as ofToken,
} from './core/doctor/token-inspector.ts';
import { portablePrimitives } from './portable/primitives.ts';

export type { Cause } from './core/doctor/cause.ts';
export type { DoctorWorld } from './core/doctor/doctor-world.ts';
export type { EnvelopeCase, EnvelopeDiagnosis, HashDiagnosis, HashOptions, TokenCase, TokenInspection };

/** Whether a value is the hash of an identity, and if not, which mistakes give exactly that value. */
export const diagnoseHash = (identity: string, options?: HashOptions): HashDiagnosis =>
  ofHash(portablePrimitives, identity, options);

/** What the operator answers to an envelope, and why; or why an answer of the operator does not open (Protocol §7). */
export const diagnoseEnvelope = (given: EnvelopeCase): EnvelopeDiagnosis =>
  ofEnvelope(portablePrimitives, given);

/** What a text is that was sent as a token, key or raw UID, what it holds, and what is wrong with it. */
export const inspectToken = (text: string, given: TokenCase): TokenInspection =>
  ofToken(portablePrimitives, text, given);
