/** The mistakes of envelopes, of answers and of client-side generation, as the envelope doctor names them. */

import { answer } from './envelope-answer.ts';
import { text, time } from './envelope-payload.ts';
import { cipher, layout } from './envelope-sealing.ts';
import { wrapping } from './envelope-wrapping.ts';

export const envelopeCauses = { ...wrapping, ...layout, ...cipher, ...time, ...text, ...answer } as const;

export type EnvelopeCauseId = keyof typeof envelopeCauses;
