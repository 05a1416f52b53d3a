/** What is told to whoever has to mend it: what usually lies behind an answer which was not expected. */
import { isDeepStrictEqual } from 'node:util';
import type { Answer } from './answer.ts';

/** The exact answer: `type` null for none; `json` or `text` for the body. */
export interface Expected {
  status: number;
  type: string | null;
  json?: unknown;
  text?: string;
}

export const UNKNOWN_CAUSE = 'the operator departs from the protocol here';

const hasBody = (answer: Answer, one: Expected): boolean =>
  (!('json' in one) || isDeepStrictEqual(answer.json, one.json)) &&
  (one.text === undefined || answer.text === one.text);

const hasType = (answer: Answer, one: Expected): boolean => (answer.contentType ?? null) === one.type;

export const matches = (answer: Answer, one: Expected): boolean =>
  answer.status === one.status && hasType(answer, one) && hasBody(answer, one);

/** By what the answer says itself. */
const CAUSES: readonly (readonly [RegExp, string])[] = [
  [
    /Check encryption key/,
    'the client secret is not the one of this API key, or the envelope was opened with another key',
  ],
  [
    /Invalid timestamp/,
    'the clocks of the operator and of this machine are more than a minute apart, or the clock window is wrong',
  ],
  [
    /opt-out policy argument/,
    'the site is newer than September 2023 and this operator wants optout_check for it',
  ],
  [
    /Unauthorised to validate/,
    'the token was made with the key of another site: has the site an own, active keyset?',
  ],
  [/Invalid link_id/, 'the client belongs to a service, for which the operator wants a link_id'],
  [/No active encryption key/, 'neither the site nor site 2 has a key that is active now'],
  [/"optout"/, 'the operator takes this identity for opted out'],
];

const statusOf = (json: unknown): unknown => (json as { status?: unknown } | null | undefined)?.status;

/** By how the answer departs from an expected one, the plainest first. */
const DEPARTURES: readonly (readonly [(answer: Answer, one: Expected) => boolean, string])[] = [
  [(answer, one) => answer.status === one.status && hasBody(answer, one), 'the content type of this answer'],
  [
    (answer, one) =>
      ('json' in one || one.text !== undefined) && hasBody(answer, one) && hasType(answer, one),
    'the status code of this answer',
  ],
  [
    (answer, one) => statusOf(one.json) === 'optout' && statusOf(answer.json) === 'success',
    'nobody looks here whether the person has opted out',
  ],
  [
    (answer, one) => one.status === 401 && answer.status === 200,
    'the key, or the role of its client, is not looked at here',
  ],
  [(answer, one) => one.status >= 400 && answer.status === 200, 'what has to be refused is accepted here'],
  [
    (answer, one) =>
      answer.status === one.status &&
      statusOf(one.json) !== undefined &&
      statusOf(answer.json) === statusOf(one.json),
    'the wording of the message: clients may depend on it',
  ],
];

/** What lies behind `answer`, when one of `allowed` was expected. */
export function likelyCause(answer: Answer, allowed: readonly Expected[] = []): string {
  const text = answer.json === undefined ? answer.text : JSON.stringify(answer.json);
  for (const [pattern, cause] of CAUSES) if (pattern.test(text)) return cause;
  for (const [departs, cause] of DEPARTURES) if (allowed.some((one) => departs(answer, one))) return cause;
  if (answer.status === 401) return 'the key is unknown, disabled or lacks the role for this route';
  if (answer.status === 404) return 'the route is not served';
  if (answer.status >= 500) return 'the operator failed inside; its log says more';
  return UNKNOWN_CAUSE;
}
