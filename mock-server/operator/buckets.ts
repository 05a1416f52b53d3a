/** Salt buckets that changed since a time (Protocol §8.6). */

import { OperatorError } from '../core/operator-error.ts';
import type { Deployment } from './deployment.ts';

/** Years of more than four digits have a sign, years of four no plus; a point needs no digits after it. */
const LOCAL_DATE_TIME =
  /^(\d{4}|-(?!0+-)\d{4,9}|\+\d{5,9})-(\d{2})-(\d{2})[Tt]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{0,9}))?)?$/;
const CYCLE_YEARS = 400;
const CYCLE_MS = 146_097 * 86_400_000;

/**
 * Epoch ms of an ISO 8601 local date-time taken as UTC, undefined for any other text or an impossible date. Beyond
 * what a Date holds the calendar is counted on in its cycles of 400 years.
 */
export function parseLocalDateTime(text: string): number | undefined {
  const match = LOCAL_DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const cycles = Math.floor(year / CYCLE_YEARS) - 5;
  const date = new Date(Date.UTC(year - cycles * CYCLE_YEARS, month - 1, day));
  if (date.getUTCMonth() + 1 !== month || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute, second, Number((match[7] ?? '').padEnd(3, '0').slice(0, 3)));
  return date.getTime() + cycles * CYCLE_MS;
}

/** The buckets updated at or after a time, in table order. */
export function bucketsSince(
  deployment: Deployment,
  since: unknown,
): { bucket_id: string; last_updated: string }[] {
  if (typeof since !== 'string') throw new OperatorError('since_timestamp_missing', 'since_absent');
  const from = parseLocalDateTime(since);
  if (from === undefined) throw new OperatorError('since_timestamp_invalid', 'since_invalid');
  return deployment.directory.buckets
    .filter(({ lastUpdated }) => lastUpdated >= from)
    .map(({ bucketId, lastUpdated }) => ({
      bucket_id: bucketId,
      last_updated: printTime(deployment, lastUpdated),
    }));
}

function printTime(deployment: Deployment, ms: number): string {
  const text = new Date(ms).toISOString().slice(0, -1);
  return deployment.profile.shortBucketTimes
    ? text.replace(/\.?0+$/, (end) => (end.startsWith('.') ? '' : end))
    : text;
}
