/**
 * Long work in turns, so that other requests are answered in between. Of all the long work there is, one piece is done
 * per turn of the event loop, however many requests bring some.
 */

import type { JsonReading } from '../core/json-reading.ts';

/** How long a piece takes, in ms; it ends with the step that goes beyond. */
const PIECE_MS = 5;
/** Items of a list, and characters of JSON, per look at the time. */
const ITEMS_PER_STEP = 32;
const CHARACTERS_PER_STEP = 16_384;

// as they are at the start: timers that a test replaces must not stop a mock in the same process
const immediately = setImmediate;
const elapsed = performance.now.bind(performance);

const waiting: (() => void)[] = [];

function letOneGoOn(): void {
  waiting.shift()?.();
  if (waiting.length > 0) immediately(letOneGoOn);
}

/** Resolves in a later turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) immediately(letOneGoOn);
  });
}

/** Does steps until one was the last, as it says. */
export async function inTurns(step: () => boolean): Promise<void> {
  let since = elapsed();
  while (!step()) {
    if (elapsed() - since < PIECE_MS) continue;
    await nextTurn();
    since = elapsed();
  }
}

/** Reads JSON to its end. */
export const readInTurns = (reading: JsonReading): Promise<void> =>
  inTurns(() => reading.advance(CHARACTERS_PER_STEP));

/** Hands over a list in pieces of a few items, at least one piece. */
export function slicesInTurns<T>(items: readonly T[], act: (slice: readonly T[]) => void): Promise<void> {
  let from = 0;
  return inTurns(() => {
    act(items.slice(from, from + ITEMS_PER_STEP));
    from += ITEMS_PER_STEP;
    return from >= items.length;
  });
}
