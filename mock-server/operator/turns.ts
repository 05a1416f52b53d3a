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

/** Acts that wait for the end of a turn at most; with more, the first would wait for long. */
const MOST_ENDING = 32;

let ending: (() => void)[] = [];
const waiting: (() => void)[] = [];
let isAsked = false;

function runEnding(): void {
  const acts = ending;
  ending = [];
  for (const act of acts) act();
}

function endTurn(): void {
  isAsked = false;
  runEnding();
  waiting.shift()?.();
  if (waiting.length > 0) askForEnd();
}

function askForEnd(): void {
  if (isAsked) return;
  isAsked = true;
  immediately(endTurn);
}

/** Calls a function, which must not throw, at the end of this turn of the event loop, before any piece of long work. */
export function atEndOfTurn(act: () => void): void {
  if (ending.push(act) >= MOST_ENDING) runEnding();
  else askForEnd();
}

/** Resolves in a later turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    askForEnd();
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
