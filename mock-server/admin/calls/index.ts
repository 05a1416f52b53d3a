/** Every control call. */

import { clockCalls } from './clock.ts';
import { optOutCalls } from './opt-outs.ts';
import { serviceCalls } from './service.ts';
import { worldCalls } from './world.ts';

export const calls = { ...serviceCalls, ...clockCalls, ...optOutCalls, ...worldCalls };
