/** Times and durations in control calls. */

import { z } from 'zod';
import { epochMs } from '../../operator/state/clock.ts';

const EXPECTED_TIME = 'epoch ms or an ISO 8601 date such as 2026-01-31T12:00:00Z';

/** Epoch ms of an ISO 8601 date or of epoch ms. */
export const time = z
  .union([z.string(), z.number()], { error: EXPECTED_TIME })
  .refine((given) => epochMs(given) !== undefined, { error: EXPECTED_TIME })
  .transform((given) => epochMs(given) ?? 0)
  .describe(EXPECTED_TIME);

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const DURATION = /^(-?\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d|w)$/;
const EXPECTED_DURATION = 'ms, or a text such as 500ms, 30s, 15m, 12h, 90d or 2w';

const isUnit = (text: string | undefined): text is keyof typeof UNITS =>
  text !== undefined && Object.hasOwn(UNITS, text);

/** ms of a duration; undefined for any other value. */
export function durationMs(given: unknown): number | undefined {
  if (typeof given === 'number') return Number.isFinite(given) ? given : undefined;
  if (typeof given !== 'string') return undefined;
  const [, amount, unit] = DURATION.exec(given) ?? [];
  return isUnit(unit) ? Number(amount) * UNITS[unit] : undefined;
}

/** ms of a duration. */
export const duration = z
  .union([z.string(), z.number()], { error: EXPECTED_DURATION })
  .refine((given) => durationMs(given) !== undefined, { error: EXPECTED_DURATION })
  .transform((given) => durationMs(given) ?? 0)
  .describe(EXPECTED_DURATION);
