/** Test ids: which are in use, and their end. */

import { z } from 'zod';
import { quoted } from '../../core/words.ts';
import { call } from './call.ts';
import { missing } from './control-error.ts';

const used = z.object({ id: z.string(), used_at: z.number().describe("the machine's time, epoch ms") });
export type UsedTestId = z.output<typeof used>;

export const testIdCalls = {
  listTestIds: call({
    method: 'GET',
    path: '/tests',
    summary: 'the test ids in use; one that is idle for an hour is deleted',
    schemas: { answer: z.object({ tests: z.array(used) }) },
    run: ({ states: { replica } }) => ({
      tests: [...replica.tests].map(([id, { usedAt }]) => ({ id, used_at: usedAt })),
    }),
  }),
  deleteTestId: call({
    method: 'DELETE',
    path: '/tests/:id',
    summary: 'delete a test id with its state; with the next request it begins again',
    schemas: {
      params: z.strictObject({ id: z.string() }),
      answer: z.object({ deleted: z.string() }),
    },
    async run({ states }, { params: { id } }) {
      if (!states.replica.tests.has(id)) {
        throw missing('id', 'a test id in use, as GET tests lists them', quoted(id));
      }
      await states.write(id, { of: 'test', how: 'delete' });
      return { deleted: id };
    },
  }),
};
