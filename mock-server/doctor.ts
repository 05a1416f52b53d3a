/**
 * `uid2-mock-operator/doctor`: the doctors, with primitives that run anywhere. In a browser nothing that is given to them
 * leaves the page.
 */

import { checkEnvelopeCase, checkHashCase, checkTokenCase } from './core/doctor/check-given.ts';
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

/**
 * Whether a value is the hash of an identity, and if not, which mistakes give exactly that value.
 *
 * @throws TypeError in one sentence, for what it cannot work with, such as an unknown kind
 */
export function diagnoseHash(identity: string, options?: HashOptions): HashDiagnosis {
  checkHashCase(identity, options);
  return ofHash(portablePrimitives, identity, options);
}

/**
 * What the operator answers to an envelope, and why; or why an answer of the operator does not open (Protocol §7).
 *
 * @throws TypeError in one sentence, for what it cannot work with, such as an unknown profile
 */
export function diagnoseEnvelope(given: EnvelopeCase): EnvelopeDiagnosis {
  checkEnvelopeCase(given);
  return ofEnvelope(portablePrimitives, given);
}

/**
 * What a text is that was sent as a token, key or raw UID, what it holds, and what is wrong with it.
 *
 * @throws TypeError in one sentence, for what it cannot work with, such as a world whose clients have no keys
 */
export function inspectToken(text: string, given: TokenCase): TokenInspection {
  checkTokenCase(text, given);
  return ofToken(portablePrimitives, text, given);
}
