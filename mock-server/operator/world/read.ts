/** Reads a world from a file or an object, and reports all its problems. */

import { nativePrimitives } from '../../native/primitives.ts';
import { derivedChecks } from './check-derived.ts';
import { keyChecks } from './check-keys.ts';
import { participantChecks } from './check-participants.ts';
import type { Check, Checked } from './check.ts';
import { indexWorld } from './directory.ts';
import { readJsonFile } from './json-file.ts';
import type { ParsedWorld } from './parse.ts';
import type { World } from './schema.ts';

/** More problems than these have a few common causes; only their number is reported. */
const MOST_PROBLEMS = 100;

function shortened(problems: readonly string[]): readonly string[] {
  const more = problems.length - MOST_PROBLEMS;
  if (more <= 0) return problems;
  return [...problems.slice(0, MOST_PROBLEMS), `expected no further mistakes; got ${more} more`];
}

const checks: readonly Check[] = [...participantChecks, ...keyChecks, ...derivedChecks];

/**
 * @param now ms, when the mock starts to use the world; keys must be active then, or when the world was recorded
 */
function checkWorld({ world, incomplete, elementPath }: ParsedWorld, now: number): string[] {
  const { recorded_at_ms: recordedAt } = world;
  const checked: Checked = {
    world,
    directory: indexWorld(world, nativePrimitives),
    times: recordedAt === undefined ? [now] : [now, recordedAt],
    elementPath,
  };
  return checks
    .filter(({ onlyWritten }) => onlyWritten !== true || recordedAt === undefined)
    .filter(({ needs }) => needs?.some((member) => incomplete.has(member)) !== true)
    .flatMap(({ problems }) => [...problems(checked)]);
}

interface Refused {
  /** a line each, `field: expected…; got…`, without secrets */
  readonly problems: readonly string[];
  /** the world, if it fits the schema */
  readonly parsed?: World;
}

/** A valid world with all defaults filled in, or its problems. */
export type ReadWorld = { readonly world: World } | Refused;

/**
 * Reads a world.
 *
 * @param source a path, or an object in the format of a world file
 * @param now ms, when the mock starts to use the world
 */
export async function loadWorld(source: unknown, now: number): Promise<ReadWorld> {
  const file = typeof source === 'string' ? await readJsonFile(source) : { json: source };
  if ('problem' in file) return { problems: [file.problem] };
  // zod is slow to load, and the embedded world does not need it
  const { parseWorld } = await import('./parse.ts');
  const parsed = parseWorld(file.json);
  if (!('world' in parsed)) return parsed;
  const problems = [...parsed.problems, ...checkWorld(parsed, now)];
  if (problems.length === 0) return { world: parsed.world };
  return { problems: shortened(problems), ...(parsed.problems.length === 0 && { parsed: parsed.world }) };
}
