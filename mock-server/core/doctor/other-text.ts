/** Reads a text as what it may be beside tokens and keys: a time of the v3 map, an identifier, another kind of id. */

import { isoTime } from '../iso-time.ts';
import { normalizeEmail, normalizePhone } from '../normalize.ts';
import { type Case, type Reading, tokenCause } from './reading.ts';

const DAY = 86_400_000;
/** A time in seconds, read as milliseconds, lies before it. */
const MISREAD_UNTIL = 60 * DAY;
const NEAR = 20 * 365 * DAY;

/** The time in ms that a number means which was taken for milliseconds. */
function misread(ms: number, now: number): string | null {
  const right = ms * 1000;
  return ms > 0 && ms < MISREAD_UNTIL && Math.abs(right - now) < NEAR ? isoTime(right) : null;
}

const ISO = /^1970-\d\d-\d\dT[\d:.]+Z?$/;

/** Epoch seconds as the v3 map gives them, or the date in 1970 that comes of reading them as milliseconds. */
function readTime(text: string, { now }: Case): Reading | undefined {
  const isNumber = /^\d{9,13}$/.test(text);
  const ms = isNumber
    ? Number(text)
    : ISO.test(text)
      ? Date.parse(text.endsWith('Z') ? text : `${text}Z`)
      : NaN;
  const right = misread(ms, now);
  if (right === null) {
    return isNumber && text.length === 13
      ? { kind: 'time_in_milliseconds', opens: false, found: { time: isoTime(ms) }, causes: [] }
      : undefined;
  }
  return {
    kind: isNumber ? 'time_in_seconds' : 'time_of_1970',
    opens: false,
    found: { time: right, taken_for_milliseconds: isoTime(ms) },
    causes: [tokenCause('map_r_as_milliseconds', !isNumber, { right })],
  };
}

const FORMS: readonly (readonly [kind: string, is: (text: string) => boolean])[] = [
  ['an email address', (text) => text.length < 300 && normalizeEmail(text) !== undefined],
  ['a phone number', (text) => normalizePhone(text) !== undefined],
  ['a SHA-256 hash in hex', (text) => /^[0-9a-f]{64}$/i.test(text)],
  ['an MD5 hash in hex', (text) => /^[0-9a-f]{32}$/i.test(text)],
  [
    'a UUID, such as a cookie or device id',
    (text) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text),
  ],
  ['a JSON Web Token', (text) => /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(text)],
];

/** The reading of a text that is another known value than a token or key; undefined when it is none of them. */
export function readOther(text: string, one: Case): Reading | undefined {
  const got = FORMS.find(([, is]) => is(text))?.[0];
  if (got === undefined) return readTime(text, one);
  return {
    kind: got.replace(/^an? /, '').replace(/,.*$/, '').replaceAll(/[ -]/g, '_').toLowerCase(),
    opens: false,
    found: {},
    causes: [tokenCause('token_is_identifier', false, { got })],
  };
}
