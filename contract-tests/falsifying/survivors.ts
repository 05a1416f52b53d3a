/** Falsifications that a whole run does not notice, and why it cannot. */
import type { Knowledge } from './falsification.ts';

interface Survivor {
  readonly id: string;
  /** With what the suite knows there. */
  readonly level: Knowledge;
  readonly why: string;
}

export const survivors: readonly Survivor[] = [];
