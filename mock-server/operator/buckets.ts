/** Salt buckets that changed since a time (Protocol §8.6). */

import { absentMember } from '../core/member-faults.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Deployment } from './deployment.ts';

/** A year of more than four digits has a sign, a year of four digits has no plus. No digits need to follow a point. */
const LOCAL_DATE_TIME =
  /^(\d{4}|-(?!0+-)\d{4,9}|\+\d{5,9})-(\d{2})-(\d{2})[Tt]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{0,9}))?)?$/;
const CYCLE_YEARS = 400;
const CYCLE_MS = 146_097 * 86_400_000;

/**
 * Epoch ms of an ISO 8601 local date-time taken as UTC; undefined for any other text or an impossible date. A date
 * beyond the range of a Date is moved by cycles of 400 years, after which the calendar repeats.
 */
export function parseLocalDateTime(text: string): number | undefined {
  const match = LOCAL_DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const cycles = Math.floor(year / CYCLE_YEARS) - 5;
  const date = new Date(Date.UTC(year - cycles * CYCLE_YEARS, month - 1, day));
  // a day that the month does not have falls in another month
  if (date.getUTCMonth() + 1 !== month) return undefined;
  date.setUTCHours(hour, minute, second, Number((match[7] ?? '').padEnd(3, '0').slice(0, 3)));
  return date.getTime() + cycles * CYCLE_MS;
}

const SINCE = 'since_timestamp';
const ZONE = /(?:[Zz]|[+ -]\d{2}:?\d{2})$/;

/**
 * The buckets updated at or after a time, in table order.
 *
 * @param names the names in the request, for the reason when the time is missing
 */
export function bucketsSince(
  deployment: Deployment,
  since: string | undefined,
  names: () => Iterable<string>,
): { bucket_id: string; last_updated: string }[] {
  if (since === undefined) {
    const reasons = { absent: 'since_absent', misnamed: 'member_misnamed' } as const;
    throw new OperatorError('since_timestamp_missing', ...absentMember(names(), [SINCE], reasons));
  }
  const from = parseLocalDateTime(since);
  if (from === undefined) {
    const isZoned = parseLocalDateTime(since.replace(ZONE, '')) !== undefined;
    throw new OperatorError('since_timestamp_invalid', isZoned ? 'since_zone' : 'since_invalid');
  }
  return deployment.directory.buckets
    .filter(({ lastUpdated }) => lastUpdated >= from)
    .map(({ bucketId, lastUpdated }) => ({
      bucket_id: bucketId,
      last_updated: printTime(deployment, lastUpdated),
    }));
}

function printTime(deployment: Deployment, ms: number): string {
  const text = new Date(ms).toISOString().slice(0, -1);
  return deployment.profile.shortBucketTimes ? text.replace('.000', '') : text;
}
