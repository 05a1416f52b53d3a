/** Checks a value against the schema of a world. It reports every problem, and keeps the valid parts. */

import { z } from 'zod';
import { nearest } from './nearest.ts';
import { type World, worldSchema } from './schema.ts';
import { came, quoted } from '../../core/words.ts';

export interface ParsedWorld {
  /** the valid parts; an invalid member has its default, or is an empty list */
  readonly world: World;
  /** a line each: `field: expected…; got…` */
  readonly problems: readonly string[];
  /** members that are missing from `world`, or incomplete, because they are invalid */
  readonly incomplete: ReadonlySet<string>;
  /** path of an element of a list of `world`, with its index in the input */
  readonly elementPath: (list: string, index: number) => string;
}

type Path = readonly PropertyKey[];

const nouns: Readonly<Record<string, string>> = {
  string: 'a string',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

/** For each name the most similar member of a schema; empty when no member is similar. */
function meantMembers(names: readonly string[], schema: unknown): string[] {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  return names.map((name) => nearest(name, known) ?? '');
}

/** The message for an issue of the schema. For unknown members it is the similar member of each, a line each. */
function words(issue: z.core.$ZodRawIssue): string | undefined {
  const { input } = issue;
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${nouns[issue.expected] ?? issue.expected}; got ${came(input)}`;
    case 'invalid_value':
      return `expected ${issue.values.map(String).join(', ')}; got ${typeof input === 'string' ? quoted(input) : came(input)}`;
    case 'too_small':
      return issue.origin === 'array'
        ? 'expected at least one; got an empty list'
        : `expected ${issue.origin === 'string' ? 'text' : `at least ${issue.minimum}`}; got ${came(input)}`;
    case 'too_big':
      return `expected at most ${issue.maximum}; got ${came(input)}`;
    case 'unrecognized_keys':
      return meantMembers(issue.keys, issue.inst).join('\n');
    default:
      return undefined;
  }
}

const pathText = (path: Path): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');

/** The name of a member; quoted when it looks unlike a name, because it may be a secret. */
const memberName = (name: string): string => (/^[a-z0-9_$]{1,60}$/.test(name) ? name : quoted(name));

/** A recorded world may have members that the mock does not read, but no misspelt ones. */
function linesOf(issue: z.core.$ZodIssue, isRecorded: boolean): string[] {
  const { path, message } = issue;
  if (issue.code !== 'unrecognized_keys')
    return [path.length === 0 ? message : `${pathText(path)}: ${message}`];
  const meant = message.split('\n');
  return issue.keys.flatMap((name, i) => {
    const field = pathText([...path, memberName(name)]);
    if (meant[i]) return [`${field}: expected no such member; did you mean ${meant[i]}?`];
    if (isRecorded) return [];
    return [`${field}: expected no such member; fixtures/world.schema.json lists those that exist`];
  });
}

/** The parts that an issue makes invalid: unknown members, an element of a list, or a member of the world. */
function invalidParts(issue: z.core.$ZodIssue): Path[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((name) => [...path, name]);
  return [typeof path[1] === 'number' ? path.slice(0, 2) : path.slice(0, 1)];
}

/** A copy of JSON without the parts at some paths. */
function without(value: unknown, isLeftOut: (path: Path) => boolean, path: Path = []): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries: [string, unknown][] = Object.entries(value);
  const rest = entries
    .map(([name, member]) => ({ at: [...path, Array.isArray(value) ? Number(name) : name], name, member }))
    .filter(({ at }) => !isLeftOut(at))
    .map(({ at, name, member }) => [name, without(member, isLeftOut, at)] as const);
  return Array.isArray(value) ? rest.map(([, element]) => element) : Object.fromEntries(rest);
}

/** Stand-ins for required members. */
const placeholders = {
  clients: [],
  keysets: [],
  keyset_keys: [],
  salts: { first_level: '', buckets: [{ id: 0, last_updated: 0, salt: '' }] },
};

/** @param input JSON of any shape */
export function parseWorld(input: unknown): ParsedWorld | { readonly problems: readonly string[] } {
  const parsed = worldSchema.safeParse(input, { error: words });
  if (parsed.success) {
    return {
      world: parsed.data,
      problems: [],
      incomplete: new Set(),
      elementPath: (list, index) => pathText([list, index]),
    };
  }
  const { issues } = parsed.error;
  const isRecorded = typeof input === 'object' && input !== null && 'recorded_at_ms' in input;
  const problems = issues.flatMap((issue) => linesOf(issue, isRecorded));
  const leftOut = new Set(issues.flatMap(invalidParts).map(pathText));
  const isLeftOut = (path: Path): boolean => leftOut.has(pathText(path));
  const rest = without(input, isLeftOut);
  const again = worldSchema.safeParse({ ...placeholders, ...(typeof rest === 'object' ? rest : {}) });
  if (!again.success) return { problems };
  return {
    world: again.data,
    problems,
    incomplete: new Set(
      issues.flatMap(({ code, path }) => (code === 'unrecognized_keys' ? [] : [String(path[0])])),
    ),
    elementPath(list, index) {
      const indexes = Array.from({ length: leftOut.size + index + 1 }, (_, i) => i);
      return pathText([list, indexes.filter((i) => !isLeftOut([list, i]))[index] ?? index]);
    },
  };
}
