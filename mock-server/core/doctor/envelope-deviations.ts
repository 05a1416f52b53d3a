/** What the parts of the envelope doctor pass on: deviations from the right form, each with the facts of its sentence. */

import type { Facts } from '../reasons.ts';
import type { EnvelopeCauseId } from './causes/envelope.ts';

export type Deviation = readonly [id: EnvelopeCauseId, facts?: Facts | undefined];

/** What a step gives that takes a wrapping off: content, and the facts of its sentence. */
export type Peeled = readonly [content: string | Uint8Array, facts?: Facts | undefined];

/** Takes one wrapping off; gives nothing where it does not apply. */
export type Step<T> = readonly [id: EnvelopeCauseId, peel: (content: T) => readonly Peeled[]];
