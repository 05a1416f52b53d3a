/** The operator's clock against ours. */
import type { Answer } from '../check/answer.ts';
import { expectThat, type Check } from '../check/expect.ts';
import type { ScenarioContext } from './context.ts';

/** Milliseconds by which the two clocks may differ: an operator accepts envelopes that are up to two minutes off. */
export const CLOCK_TOLERANCE = 130_000;
/** Milliseconds by which the operator's clock may drift in a run, besides the time that answers take. */
const DRIFT_TOLERANCE = 10_000;
/** Envelopes are sent this many milliseconds late, so that an operator that echoes their time is noticed. */
const LATE = 20_000;

/** The time on the operator's clock in milliseconds; our own until an answer told it. */
export const operatorTime = ({ memory }: ScenarioContext): number =>
  Math.round(Date.now() + (memory.clockAhead ?? 0));

/** The time to put into an envelope, milliseconds. */
export const envelopeTime = ({ memory }: ScenarioContext): number =>
  Date.now() - (memory.clockAhead === undefined ? 0 : LATE);

/** `time` is the operator's time in milliseconds: close to ours, and as far from it as in the answers before. */
export function expectNow({ memory }: ScenarioContext, check: Check, { reply }: Answer, time: number): void {
  const { sentAt, receivedAt } = reply;
  const ahead = time - (sentAt + receivedAt) / 2;
  memory.clockAhead ??= ahead;
  const drift = Math.abs(ahead - memory.clockAhead) - (receivedAt - sentAt);
  const near = time > sentAt - CLOCK_TOLERANCE && time < receivedAt + CLOCK_TOLERANCE;
  const why = { ...check, cause: "the operator's clock, or the unit of the time" };
  expectThat(why, near && drift < DRIFT_TOLERANCE, "the operator's time in milliseconds", time);
}
