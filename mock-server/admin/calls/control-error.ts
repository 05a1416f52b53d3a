/** What a control call refuses: one error class for every call, in process and over HTTP. */

import type { z } from 'zod';
import { StoreAway } from '../../operator/state/store.ts';
import { didYouMean } from '../../operator/world/nearest.ts';
import { came, quoted } from '../../core/words.ts';

/** The cause, as a status of HTTP. */
export const statuses = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  missing: 404,
  method: 405,
  conflict: 409,
  large: 413,
  failed: 500,
  /** of a caller over HTTP: nothing that serves `/__admin` answered */
  unreachable: 502,
  store: 503,
} as const;

export type ControlCode = keyof typeof statuses;

/** Causes that no argument of a function has. */
const NOT_OF_THE_INPUT: ReadonlySet<ControlCode> = new Set([
  'unauthorized',
  'forbidden',
  'conflict',
  'failed',
  'unreachable',
  'store',
]);

interface Refusal {
  /** the member, parameter or header at fault, such as `set` or `clients[0].roles` */
  readonly field: string;
  readonly expected: string;
  readonly got: string;
  /** whether the field is the whole body or query, not a member with such a name */
  readonly isWhole?: boolean;
}

/** Thrown for a control call that cannot be done. Nothing has changed. Its message is one sentence per refusal. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly code: ControlCode;
  readonly field: string;
  readonly expected: string;
  readonly got: string;
  /** one sentence per refusal, where a call may have many */
  readonly problems: readonly string[] | undefined;
  readonly #isWhole: boolean;

  constructor(
    code: ControlCode,
    refusal: Refusal,
    message = sentenceOf(refusal),
    problems?: readonly string[],
  ) {
    super(message);
    this.code = code;
    this.field = refusal.field;
    this.expected = refusal.expected;
    this.got = refusal.got;
    this.problems = problems;
    this.#isWhole = refusal.isWhole === true;
  }

  /** The same of a function that makes the call: `clock.set` in place of `set`, if the input is at fault. */
  within(name: string): ControlError {
    const { code, field, expected, got, problems } = this;
    if (problems !== undefined || NOT_OF_THE_INPUT.has(code)) return this;
    const place = field.startsWith('[') ? field : `.${field}`;
    return new ControlError(code, { field: this.#isWhole ? name : `${name}${place}`, expected, got });
  }
}

const sentenceOf = ({ field, expected, got }: Refusal): string =>
  `${field}: expected ${expected}; got ${got}`;

/** @param field the member at fault; '' for the whole body */
export const invalid = (field: string, expected: string, got: string): ControlError =>
  new ControlError('invalid', { field: field || 'body', expected, got, isWhole: field === '' });

/** The error for an element that is not there. */
export const missing = (field: string, expected: string, got: string): ControlError =>
  new ControlError('missing', { field, expected, got });

/** The error for a call that the operator, as it was started or addressed, cannot do. */
export const conflict = (field: string, expected: string, got: string): ControlError =>
  new ControlError('conflict', { field, expected, got });

/** The same error for a call that found the store away; any other error as it is. */
export const withoutStore = (error: unknown): unknown =>
  error instanceof StoreAway
    ? new ControlError('store', { field: 'store', expected: 'a store that answers', got: error.message })
    : error;

const LINE = /^(?:(.+?): )?expected (.*?); got (.*)$/s;
const UNKNOWN_MEMBER = /^(.+?): expected no such member; (.*)$/s;

/** The refusal that a line about a world states. */
function refusalOfLine(line: string): Refusal {
  const [, member, hint = ''] = UNKNOWN_MEMBER.exec(line) ?? [];
  if (member !== undefined) {
    const got = hint.startsWith('did you mean') ? `another; ${hint}` : 'another';
    return { field: member, expected: 'a member that fixtures/world.schema.json lists', got };
  }
  const [, field = 'body', expected = 'a valid world', got = 'an invalid one'] = LINE.exec(line) ?? [];
  return { field, expected, got };
}

/** The error for a world with problems, a line each: `field: expected…; got…`. The first one is its refusal. */
export const worldRefused = (problems: readonly string[]): ControlError =>
  new ControlError('invalid', refusalOfLine(problems[0] ?? ''), problems.join('\n'), problems);

const nouns: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');

const SHORT_WORD = /^[\w.-]{1,20}$/;

/** A value as a message may show it: no text that may be a secret or an address. */
const shown = (value: unknown): string =>
  typeof value === 'string' && SHORT_WORD.test(value) ? JSON.stringify(value) : came(value);

type Issue = z.core.$ZodIssue;

/** The members that a schema knows. It is not compared with the class of zod, which no start has to load. */
const membersOf = (schema: unknown): string[] =>
  schema instanceof Object && 'shape' in schema && schema.shape instanceof Object
    ? Object.keys(schema.shape)
    : [];

/** What is expected, where the schema does not say it. */
function expectedOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return nouns[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'too_small':
      return `at least ${issue.minimum}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'unrecognized_keys':
      return membersOf(issue.inst).join(', ');
    default:
      return undefined;
  }
}

/** The issues of the alternative that a value was most likely meant for. */
function meantIssues({ errors }: z.core.$ZodIssueInvalidUnion): readonly Issue[] {
  const isOther = ([first]: readonly Issue[]): boolean =>
    first?.code === 'invalid_type' && first.path.length === 0;
  return errors.find((issues) => !isOther(issues)) ?? errors[0] ?? [];
}

/** So many are told at once: more have a few common causes. */
const MOST_REFUSALS = 100;

function refusalsOf(issue: Issue, whole: string, path: readonly PropertyKey[] = []): Refusal[] {
  const place = [...path, ...issue.path];
  const at = { field: pathText(place) || whole, isWhole: place.length === 0 };
  if (issue.code === 'invalid_union' && issue.message === '') {
    return meantIssues(issue).flatMap((inner) => refusalsOf(inner, whole, place));
  }
  if (issue.code !== 'unrecognized_keys') {
    return [{ ...at, expected: issue.message, got: shown(issue.input) }];
  }
  const known = issue.message.split(', ');
  return issue.keys.slice(0, MOST_REFUSALS).map((name) => {
    const got = `${quoted(name)}${didYouMean(name, known)}`;
    const expected = issue.message === '' ? 'no members' : `members ${issue.message}`;
    return { ...at, expected, got };
  });
}

/**
 * A value after its schema. Schemas give their own messages as what is expected.
 *
 * @param whole what the value is, such as `body`
 * @throws ControlError `invalid`
 */
export function checked<S extends z.ZodType>(schema: S, value: unknown, whole: string): z.output<S> {
  const read = schema.safeParse(value, { reportInput: true, error: (issue) => expectedOf(issue) ?? '' });
  if (read.success) return read.data;
  const refusals = read.error.issues
    .slice(0, MOST_REFUSALS)
    .flatMap((issue) => refusalsOf(issue, whole))
    .slice(0, MOST_REFUSALS);
  const [first] = refusals;
  if (first === undefined) throw read.error;
  throw new ControlError('invalid', first, refusals.map(sentenceOf).join('\n'));
}
