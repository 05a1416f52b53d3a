/** Both implementations of the primitives, to run a vector through each: `describe.each(implementations)('%s', …)`. */

import { portablePrimitives } from '../portable/primitives.ts';
import type { Primitives } from '../core/primitives.ts';
import { nativePrimitives } from '../native/primitives.ts';

export const implementations: readonly (readonly [string, Primitives])[] = [
  ['noble', portablePrimitives],
  ['node:crypto', nativePrimitives],
];
