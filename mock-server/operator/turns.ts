/**
 * Long work in pieces, so that other requests are answered in between. One piece runs per turn of the event loop,
 * however many requests have long work.
 */

import type { JsonReading } from '../core/json-reading.ts';
import { realTimers } from './real-timers.ts';

/** Length of a piece in ms. It ends with the step that exceeds it. */
const PIECE_MS = 5;
/** Items of a list, and characters of JSON, between two looks at the time. */
const ITEMS_PER_STEP = 32;
const CHARACTERS_PER_STEP = 16_384;

const { setImmediate: immediately, elapsed } = realTimers;

const waiting: (() => void)[] = [];

function resumeOne(): void {
  waiting.shift()?.();
  if (waiting.length > 0) immediately(resumeOne);
}

/** Resolves in a later turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) immediately(resumeOne);
  });
}

/** The turn in which a piece of long work runs. */
export class Turn {
  #since = elapsed();

  /** Whether the piece has lasted long enough. */
  get isOver(): boolean {
    return elapsed() - this.#since >= PIECE_MS;
  }

  /** Goes on in a later turn. */
  async next(): Promise<void> {
    await nextTurn();
    this.#since = elapsed();
  }
}

/** Runs steps until one returns true. */
export async function inTurns(step: () => boolean): Promise<void> {
  const turn = new Turn();
  while (!step()) if (turn.isOver) await turn.next();
}

/** Reads JSON to its end. */
export const readInTurns = (reading: JsonReading): Promise<void> =>
  inTurns(() => reading.advance(CHARACTERS_PER_STEP));

/** Calls `act` with slices of a list, at least once. */
export function slicesInTurns<T>(items: readonly T[], act: (slice: readonly T[]) => void): Promise<void> {
  let from = 0;
  return inTurns(() => {
    act(items.slice(from, from + ITEMS_PER_STEP));
    from += ITEMS_PER_STEP;
    return from >= items.length;
  });
}
