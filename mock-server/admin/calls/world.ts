/** The data that the operator runs with. */

import { z } from 'zod';
import type { World } from '../../operator/world/schema.ts';
import { call } from './call.ts';

const world = z.custom<World>((value) => typeof value === 'object' && value !== null);

export const worldCalls = {
  getWorld: call({
    method: 'GET',
    path: '/world',
    summary: 'the world, in the format of a world file',
    schemas: { answer: world },
    run: ({ deployment }) => deployment().world,
  }),
};
