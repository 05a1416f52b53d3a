/** The clock: where it stands, and how it is moved. */

import { z } from 'zod';
import { isoTime } from '../../core/iso-time.ts';
import { type Clock, epochMs } from '../../operator/state/clock.ts';
import { call } from './call.ts';
import { type ClockReading, clockReading } from './service-schema.ts';
import { invalid } from './control-error.ts';
import { duration, time } from './times.ts';

/** Where a clock stands. */
export function readingOf(clock: Clock): ClockReading {
  const { rate, envelopes } = clock.setting();
  const now = clock.now();
  return { now: isoTime(now) ?? '', now_ms: now, frozen: rate === 0, rate, envelopes };
}

const only = (flag: string) => z.literal(true, { error: 'true' }).describe(flag);

const moves = ['set', 'advance', 'freeze', 'resume', 'rate'] as const;

const change = z
  .strictObject({
    set: time.describe('freezes the clock at a time'),
    advance: duration.describe('moves the clock by a duration; a frozen clock stays frozen'),
    freeze: only('freezes the clock where it stands'),
    resume: only('lets the clock run on'),
    rate: z.number().gt(0, { error: 'a number above 0, at most 1000000' }).max(1_000_000),
    envelopes: z.enum(['clock', 'real']).describe('what the times in envelopes are checked against'),
  })
  .partial();

async function move(clock: Clock, given: z.output<typeof change>): Promise<void> {
  if (given.set !== undefined) await clock.set(given.set);
  if (given.advance !== undefined) {
    // the clock stays within what a Date can hold
    if (epochMs(clock.now() + given.advance) === undefined) {
      throw invalid('advance', 'a duration to a time that a date can hold', String(given.advance));
    }
    await clock.advance(given.advance);
  }
  if (given.freeze === true) await clock.freeze();
  if (given.resume === true) await clock.resume();
  if (given.rate !== undefined) await clock.run(given.rate);
}

export const clockCalls = {
  getClock: call({
    method: 'GET',
    path: '/clock',
    summary: 'where the clock stands',
    schemas: { answer: clockReading },
    run: ({ state }) => readingOf(state.clock),
  }),
  changeClock: call({
    method: 'POST',
    path: '/clock',
    summary: 'freeze, move or release the clock',
    schemas: { body: change, answer: clockReading },
    async run({ state }, { body }) {
      const given = moves.filter((name) => body[name] !== undefined);
      if (given.length > 1 || (given.length === 0 && body.envelopes === undefined)) {
        throw invalid('', `exactly one of ${moves.join(', ')}`, given.join(', ') || 'none');
      }
      await move(state.clock, body);
      if (body.envelopes !== undefined) await state.clock.checkEnvelopesBy(body.envelopes);
      return readingOf(state.clock);
    },
  }),
};
