/** The schemas of the journal's calls. */

import { z } from 'zod';
import { reasons } from '../../core/reasons.ts';
import { epochMs } from '../../operator/state/clock.ts';
import { nearest } from '../../operator/world/nearest.ts';
import { durationMs } from './times.ts';

/** Smaller numbers are ids: as times they would be of 1973 and before. */
const FIRST_MS = 100_000_000_000;
const EXPECTED_SINCE = 'epoch ms, an ISO 8601 date such as 2026-01-31T12:00:00Z, or the id of an entry';

function sinceOf(given: string | number): { ms: number } | { id: number } | undefined {
  const number = /^\d{1,16}$/.test(String(given)) ? Number(given) : undefined;
  if (number !== undefined && number < FIRST_MS) return { id: number };
  const ms = epochMs(number ?? given);
  return ms === undefined ? undefined : { ms };
}

const since = z
  .union([z.string(), z.number()], { error: EXPECTED_SINCE })
  .refine((given) => sinceOf(given) !== undefined, { error: EXPECTED_SINCE })
  .transform((given) => sinceOf(given) ?? { id: 0 })
  .describe('requests at that time or later (epoch ms or ISO 8601), or after the entry with that id');

const EXPECTED_STATUS = 'a status such as 401, or a class such as 4xx';
const status = z
  .union([z.string(), z.number()], { error: EXPECTED_STATUS })
  .transform(String)
  .refine((given) => /^[1-5](?:\d\d|xx)$/.test(given), { error: EXPECTED_STATUS })
  .describe(EXPECTED_STATUS);

const codes = Object.keys(reasons);
const reason = z
  .string()
  .refine((given) => Object.hasOwn(reasons, given), {
    error: ({ input }) => {
      const meant = nearest(String(input), codes);
      return `a reason as the journal names it${meant === undefined ? '' : `, such as ${meant}`}`;
    },
  })
  .describe('why the answer is what it is, such as served or key_unknown');

const filterShape = {
  client: z.string().optional().describe('name of a client'),
  path: z.string().optional().describe('a path; * stands for any characters'),
  status: status.optional(),
  reason: reason.optional(),
  since: since.optional(),
};
/** Which requests; all that are given have to hold. */
export const requestFilter = z.strictObject(filterShape);

const LONGEST_WAIT = 120_000;
const EXPECTED_WAIT = 'a duration from 0 to 2m, such as 500ms or 5s';
const isWait = (ms: number | undefined): ms is number => ms !== undefined && ms >= 0 && ms <= LONGEST_WAIT;

/** A query has the digits of a number as a text. */
const waitMs = (given: string | number): number | undefined =>
  typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : durationMs(given);

const wait = z
  .union([z.string(), z.number()], { error: EXPECTED_WAIT })
  .refine((given) => isWait(waitMs(given)), { error: EXPECTED_WAIT })
  .transform((given) => waitMs(given) ?? 0)
  .describe('how long to wait for the requests: ms, or a text such as 5s; at most 2m');

const MOST = 1_000_000;
const wholeNumber = (least: number, most = MOST) => {
  const error = `a whole number from ${least} to ${most}`;
  return z.coerce.number({ error }).int().min(least).max(most);
};

/** The query of the list. */
export const listQuery = z.strictObject({
  ...filterShape,
  limit: wholeNumber(1).optional().describe('the newest so many'),
  wait: wait.optional(),
  count: wholeNumber(1).optional().describe('how many to wait for; 1 if absent'),
});

/** The query of the stream. */
export const followQuery = z.strictObject({
  ...filterShape,
  // ids go on for as long as an operator runs
  after: wholeNumber(0, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('the id of the entry before the first one; 0 for all that the journal has'),
});

const time = z.string().describe("ISO 8601, by the operator's clock");

/** A request in a list or stream. */
export const requestSummary = z.object({
  id: z.string().describe('increasing'),
  at: time,
  arrived_ms: z.number().describe("epoch ms, by the operator's clock"),
  answered_ms: z.number().nullable().describe('null when there was no answer'),
  duration_ms: z.number().describe('real'),
  method: z.string(),
  path: z.string().describe('without the query'),
  route: z.string().nullable().describe('the endpoint; null when none served the request'),
  client: z.string().nullable().describe('name of the client that the API key names'),
  status: z.number().nullable(),
  reason: z.string().describe('a code'),
  reason_text: z.string().describe('a sentence'),
  test_id: z.string().nullable(),
  fault: z.string().nullable().describe('the ordered fault that was applied'),
  request_bytes: z.number().describe('length of the body'),
  answer_bytes: z.number().describe('length of the body'),
  departures: z
    .array(z.string())
    .optional()
    .describe('of a proxy that compares: in what the operator departs from a mock'),
});
export type RequestSummary = z.output<typeof requestSummary>;

const headers = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const wire = {
  headers,
  body: z.string().nullable(),
  body_encoding: z.enum(['text', 'base64']).nullable(),
  plain: z
    .unknown()
    .describe('the JSON in the envelope, or of a body that is not sealed; null if there is none'),
};

const passage = z.object({
  target: z.string().describe('base URL of the operator behind the proxy'),
  target_clock_ms: z
    .number()
    .nullable()
    .describe("how far the operator's clock is ahead of that of this machine"),
  target_clock_within_ms: z.number().nullable().describe('how far that may be wrong'),
  target_clock_by: z.enum(['envelope', 'date']).nullable().describe('from what it was read'),
  client_clock_ms: z.number().nullable().describe("how far the client's clock is ahead"),
});

/** A request and its answer in full. */
export const requestDetail = z.object({
  ...requestSummary.shape,
  request: z.object({ target: z.string(), ...wire }),
  answer: z.object({ status: z.number().nullable(), ...wire }),
  causes: z
    .array(
      z.object({
        id: z.string().describe('as in fixtures/causes.json'),
        says: z.string(),
        fix: z.string(),
        section: z.string().describe('of the protocol'),
        proved: z.boolean(),
      }),
    )
    .describe('what is wrong, the most exact cause first; empty when nothing is'),
  tokens: z
    .array(z.looseObject({ at: z.string(), kind: z.enum(['advertising', 'refresh']) }))
    .describe('the tokens of the exchange, decoded; or why one cannot be decoded'),
  passage: passage.optional().describe('of an exchange that passed a proxy'),
});
export type RequestDetail = z.output<typeof requestDetail>;
