/** The likely cause of an unexpected answer, for the person who fixes the operator or its setup. */
import { isDeepStrictEqual } from 'node:util';
import { loadCauses } from '../../fixtures/load.ts';
import type { Answer } from './answer.ts';
import { UNKNOWN_CAUSE } from './departure.ts';

/** The exact answer. `type` null: no content type; `json` or `text`: the body. */
export interface Expected {
  status: number;
  type: string | null;
  json?: unknown;
  text?: string;
}

const hasBody = (answer: Answer, one: Expected): boolean =>
  (!('json' in one) || isDeepStrictEqual(answer.json, one.json)) &&
  (one.text === undefined || answer.text === one.text);

const hasType = (answer: Answer, one: Expected): boolean => (answer.contentType ?? null) === one.type;

/** Status and body are the expected ones. */
export const matches = (answer: Answer, one: Expected): boolean =>
  answer.status === one.status && hasBody(answer, one);

/** Causes of `fixtures/causes.json` by the message in the answer. */
const CATALOGUED: readonly (readonly [RegExp, string])[] = [
  [/Check encryption key/, 'envelope_tag'],
  [/opt-out policy argument/, 'policy_required'],
  [/Unauthorised to validate/, 'token_of_other_site'],
  [/bad subscription_id/, 'cstg_subscription_unknown'],
  [/payload decryption failed/, 'cstg_payload_tag'],
];

/** Causes by the message in the answer. */
const CAUSES: readonly (readonly [RegExp, string])[] = [
  [
    /Invalid timestamp/,
    'the clocks of the operator and of this machine differ by more than a minute, or the clock window is wrong',
  ],
  [/unexpected http origin/, 'the site does not have this Origin among its domains'],
  [/Invalid link_id/, 'the client belongs to a service, and the operator requires a link_id of it'],
  [/No active encryption key/, 'neither the site nor site 2 has an active key'],
  [/"optout"/, 'the operator has this identity as opted out'],
];

const statusOf = (json: unknown): unknown => (json as { status?: unknown } | null | undefined)?.status;

/** Causes by the difference between the answer and an expected one, the most specific first. */
const DEPARTURES: readonly (readonly [(answer: Answer, one: Expected) => boolean, string])[] = [
  [
    (answer, one) =>
      ('json' in one || one.text !== undefined) && hasBody(answer, one) && hasType(answer, one),
    'the status code of this answer',
  ],
  [
    (answer, one) => statusOf(one.json) === 'optout' && statusOf(answer.json) === 'success',
    'opt-outs are not checked here',
  ],
  [
    (answer, one) => one.status === 401 && answer.status === 200,
    'the key, or the role of its client, is not checked here',
  ],
  [
    (answer, one) => one.status >= 400 && answer.status === 200,
    'a request that must be refused is accepted here',
  ],
  [
    (answer, one) =>
      answer.status === one.status &&
      answer.status >= 400 &&
      statusOf(one.json) !== undefined &&
      statusOf(answer.json) === statusOf(one.json),
    'the wording of the message, which clients may depend on',
  ],
];

let catalogue: ReturnType<typeof loadCauses> | undefined;

/** A cause of the catalogue, with what fixes it. */
function catalogued(id: string): string {
  catalogue ??= loadCauses();
  const cause = catalogue.get(id);
  if (cause === undefined) throw new Error(`fixtures/causes.json: expected a cause ${id}, found none`);
  return `${cause.says}; ${cause.fix}`;
}

/** The likely cause of `answer`, when one of `allowed` was expected. */
export function likelyCause(answer: Answer, allowed: readonly Expected[] = []): string {
  const text = answer.json === undefined ? answer.text : JSON.stringify(answer.json);
  for (const [pattern, id] of CATALOGUED) if (pattern.test(text)) return catalogued(id);
  for (const [pattern, cause] of CAUSES) if (pattern.test(text)) return cause;
  for (const [departs, cause] of DEPARTURES) if (allowed.some((one) => departs(answer, one))) return cause;
  if (answer.status === 401) return 'the key is unknown, disabled or lacks the role for this route';
  if (answer.status === 404) return 'the route is not served';
  if (answer.status >= 500) return 'an error inside the operator; see its log';
  return UNKNOWN_CAUSE;
}
