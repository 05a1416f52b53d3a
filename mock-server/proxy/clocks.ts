/** How far the clocks are apart: that of the target, and that of a client, from the clock of this machine. */

import { valuesOf } from './message-reader.ts';
import type { PassedExchange } from './passed.ts';
import type { OpenedExchange } from './reading.ts';

/** A clock ahead of that of this machine, or behind it where negative. */
interface Distance {
  /** ms */
  readonly ms: number;
  /** how far it may be wrong, in ms */
  readonly within: number;
}

export interface Clocks {
  /** by the time in the sealed answer, else by its `Date`, which has whole seconds */
  readonly target: (Distance & { readonly by: 'envelope' | 'date' }) | undefined;
  /** by the time in the envelope of the request */
  readonly client: Distance | undefined;
}

const HALF_SECOND = 500;

/** How far both clocks are from that of this machine; undefined where an exchange does not have the time. */
export function clocksOf(passed: PassedExchange, { request, answer }: OpenedExchange): Clocks {
  return { target: targetDistance(passed, answer?.time), client: clientDistance(passed, request?.time) };
}

function clientDistance({ arrived }: PassedExchange, time: number | undefined): Distance | undefined {
  // how long the request was on its way is not known
  return time === undefined ? undefined : { ms: time - arrived, within: 0 };
}

/** Either time was read between the moment when the request left and the one when its answer came. */
function targetDistance(passed: PassedExchange, sealed: number | undefined): Clocks['target'] {
  const { answer, arrived, startedAt } = passed;
  if (answer === undefined) return undefined;
  const half = (answer.at - startedAt) / 2;
  const middle = arrived + half;
  if (sealed !== undefined) {
    return { ms: Math.round(sealed - middle), within: Math.ceil(half), by: 'envelope' };
  }
  const date = Date.parse(valuesOf(answer.headers, 'date')[0] ?? '');
  if (Number.isNaN(date)) return undefined;
  return {
    ms: Math.round(date + HALF_SECOND - middle),
    within: Math.ceil(half) + HALF_SECOND,
    by: 'date',
  };
}

/** The distance in ms where it is more than a second beyond its possible error; 0 otherwise. */
export const certainMs = (distance: Distance | undefined): number =>
  distance === undefined || Math.abs(distance.ms) <= distance.within + 1000 ? 0 : distance.ms;
