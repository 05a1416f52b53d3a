/** The operator's clock against ours. */
import type { Answer } from '../check/answer.ts';
import type { Check } from '../check/departure.ts';
import type { ScenarioContext } from './context.ts';

/** Some envelopes are sent this many milliseconds late, so that an operator that echoes their time is noticed. */
const LATE = 20_000;

/** The time on the operator's clock in milliseconds, as far as its answers have shown it. */
export const operatorTime = ({ facts }: ScenarioContext): number => Math.round(Date.now() + facts.clockAhead);

/** The time to put into an envelope, milliseconds: two of three are late. */
export const envelopeTime = (ctx: ScenarioContext): number =>
  operatorTime(ctx) - (ctx.nextCount() % 3) * LATE;

/** `time` is the operator's time in milliseconds. */
export function watchTime({ reply, watch }: Answer, check: Check, time: number): void {
  const { sentAt, receivedAt } = reply;
  watch.clock(check, time - (sentAt + receivedAt) / 2, receivedAt - sentAt);
}
