/** Holds a value to the schema of a world: everything that is wrong with it, and as much of it as is right. */

import { z } from 'zod';
import { nearest } from './nearest.ts';
import { type World, worldSchema } from './schema.ts';
import { came, quoted } from './words.ts';

export interface ParsedWorld {
  /** what the schema accepts; in place of an invalid member its default, or an empty list */
  readonly world: World;
  /** a line each: `field: expected…; got…` */
  readonly problems: readonly string[];
  /** members that `world` has not, or not in full, because they are invalid */
  readonly incomplete: ReadonlySet<string>;
  /** path of an element of a list of `world`, at its index in the input */
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

/** For each of the names the member of a schema that it is most like, empty where there is none. */
function meantMembers(names: readonly string[], schema: unknown): string[] {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  return names.map((name) => nearest(name, known) ?? '');
}

/** The schema's complaint in the words of the other errors; of unknown members, what each may stand for. */
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

/** A member's name as it is; quoted, when it could be a secret or something else. */
const memberName = (name: string): string => (/^[a-z0-9_$]{1,60}$/.test(name) ? name : quoted(name));

/** A recording may tell more of its operator than a mock reads; a misspelt member is a mistake there too. */
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

/** The part to leave out for an issue: an unknown member, an element of a list, or a member of the world. */
function invalidParts(issue: z.core.$ZodIssue): Path[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((name) => [...path, name]);
  return [typeof path[1] === 'number' ? path.slice(0, 2) : path.slice(0, 1)];
}

/** A copy of JSON without the parts of some paths. */
function without(value: unknown, isLeftOut: (path: Path) => boolean, path: Path = []): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries: [string, unknown][] = Object.entries(value);
  const rest = entries
    .map(([name, member]) => ({ at: [...path, Array.isArray(value) ? Number(name) : name], name, member }))
    .filter(({ at }) => !isLeftOut(at))
    .map(({ at, name, member }) => [name, without(member, isLeftOut, at)] as const);
  return Array.isArray(value) ? rest.map(([, element]) => element) : Object.fromEntries(rest);
}

/** In place of members that a world has to have. */
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
