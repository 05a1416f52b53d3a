/** Both implementations of the primitives, to run a vector through each: `describe.each(implementations)('%s', …)`. */

import { noblePrimitives } from './noble-primitives.ts';
import type { Primitives } from '../core/primitives.ts';
import { nativePrimitives } from '../native/primitives.ts';

export const implementations: readonly (readonly [string, Primitives])[] = [
  ['noble', noblePrimitives],
  ['node:crypto', nativePrimitives],
];
