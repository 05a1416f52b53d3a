/** The schemas of what an operator says of itself: its clock, its health, and a summary of its state. */

import { z } from 'zod';

/** Where a clock stands. */
export const clockReading = z.object({
  now: z.string().describe('ISO 8601'),
  now_ms: z.number().describe('epoch ms'),
  frozen: z.boolean(),
  rate: z.number().describe('ms of the clock per ms of the machine; 0 when it is frozen'),
  envelopes: z
    .enum(['clock', 'real'])
    .describe("whether the times in envelopes are checked against this clock or the machine's"),
});
export type ClockReading = z.output<typeof clockReading>;

const storeHealth = z.object({
  kind: z.string(),
  up: z.boolean(),
  lag_ms: z.number().describe('ms since every change was known to be applied here'),
});

export const health = z.object({
  up: z.boolean(),
  profile: z.string(),
  scope: z.enum(['uid2', 'euid']),
  store: storeHealth,
  version: z.string(),
});
export type Health = z.output<typeof health>;

export const stateSummary = z.object({
  clock: clockReading,
  optouts: z.number(),
  faults: z.number(),
  journal: z.object({
    entries: z.number(),
    bytes: z.number(),
    limit: z.number().describe('entries that it keeps at most'),
  }),
  instances: z.array(z.string()),
});
