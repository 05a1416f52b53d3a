/** The schema of an opt-out as it is listed. */

import { z } from 'zod';

export const recordedOptOut = z.object({
  first_level_hash: z.string().nullable().describe('base64; null when only the raw UID is known'),
  raw_uid: z.string().describe('base64, as optout/status finds it'),
  at: z.number().describe('epoch ms'),
});
export type RecordedOptOut = z.output<typeof recordedOptOut>;
