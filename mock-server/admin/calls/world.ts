/** The data that the operator runs with, and how it is changed. */

import { z } from 'zod';
import { type Json, type PatchedWorld, isObject, patchedWorld } from '../../operator/world/change.ts';
import { maskProblems, masked } from '../../operator/world/mask.ts';
import type { World } from '../../operator/world/schema.ts';
import { type Context, call } from './call.ts';
import { type ControlError, conflict, worldRefused } from './control-error.ts';

/** Bytes of a body. Worlds are long. */
const LONGEST_WORLD = 67_108_864;

const world = z.custom<World>(isObject).describe('a world, in the format of a world file');
const worldFile = z
  .custom<Json>(isObject, { error: 'an object in the format of a world file' })
  .describe('a world file, as fixtures/world.schema.json says');
const worldPatch = z
  .custom<Json>(isObject, { error: 'an object with members of a world file' })
  .describe('members of a world file; lists have the elements to add or change');

/** The error for a change of the world with a test id. */
export const worldIsCommon = (testId: string): ControlError =>
  conflict('X-UID2-Test-Id', 'no test id, because all test ids share one world', testId);

/** @throws ControlError `conflict` for a test id */
export function checkCommon({ state: { testId } }: Context): void {
  if (testId !== '') throw worldIsCommon(testId);
}

function checkUnmasked(given: Json): void {
  const problems = maskProblems(given);
  if (problems.length > 0) throw worldRefused(problems);
}

const made = z.object({
  clients: z.array(z.object({ name: z.string(), key: z.string(), secret: z.string() })),
  keyset_keys: z.array(z.object({ id: z.number(), keyset_id: z.number(), secret: z.string() })),
  client_side_keypairs: z.array(z.object({ subscription_id: z.string(), public_key: z.string() })),
});
export type MadeSecrets = z.output<typeof made>;

/** The elements of a world that another does not have. */
function madeSince(former: World, present: World): MadeSecrets {
  const keys = new Set(former.clients.map(({ key }) => key));
  const ids = new Set(former.keyset_keys.map(({ id }) => id));
  const pairs = new Set(former.client_side_keypairs.map(({ public_key }) => public_key));
  return {
    clients: present.clients
      .filter(({ key }) => !keys.has(key))
      .map(({ name, key, secret }) => ({ name, key, secret })),
    keyset_keys: present.keyset_keys
      .filter(({ id }) => !ids.has(id))
      .map(({ id, keyset_id, secret }) => ({ id, keyset_id, secret })),
    client_side_keypairs: present.client_side_keypairs
      .filter(({ public_key }) => !pairs.has(public_key))
      .map(({ subscription_id, public_key }) => ({ subscription_id, public_key })),
  };
}

/**
 * The patched world. Problems that the present world has too, such as an expired key, are not a reason to refuse it.
 *
 * @throws ControlError with all problems
 */
async function readPatched({ worlds }: Context, present: World, patched: PatchedWorld): Promise<World> {
  const read = await worlds.read(patched.world);
  if ('world' in read && patched.problems.length === 0) return read.world;
  const found = 'problems' in read ? read.problems : [];
  const former = found.length === 0 ? undefined : await worlds.read(present);
  const before = new Set(former !== undefined && 'problems' in former ? former.problems : []);
  const made = found.filter((line) => !before.has(line));
  const problems = [...patched.problems, ...made.map(patched.inPatch)];
  if (problems.length === 0 && 'problems' in read && read.parsed !== undefined) return read.parsed;
  throw worldRefused(problems.length > 0 ? problems : found);
}

export const worldCalls = {
  getWorld: call({
    method: 'GET',
    path: '/world',
    summary: 'the world, in the format of a world file; secrets are masked',
    schemas: {
      query: z.strictObject({
        secrets: z.enum(['0', '1']).default('0').describe('1: secrets are not masked'),
      }),
      answer: world,
    },
    run: ({ deployment }, { query }) =>
      query.secrets === '1' ? deployment().world : masked(deployment().world),
  }),
  replaceWorld: call({
    method: 'PUT',
    path: '/world',
    summary: 'replace the world; it is checked as at the start, and all its problems are told at once',
    refuses: ['conflict'],
    longest: LONGEST_WORLD,
    schemas: { body: worldFile, answer: z.object({ replaced: z.literal(true) }) },
    async run(context, { body }) {
      checkCommon(context);
      checkUnmasked(body);
      return context.worlds.change(async () => {
        const read = await context.worlds.read(body);
        if ('problems' in read) throw worldRefused(read.problems);
        return { world: read.world, result: { replaced: true as const } };
      });
    },
  }),
  patchWorld: call({
    method: 'PATCH',
    path: '/world',
    summary:
      'add or change elements of the world by their ids, and replace its other members: all or nothing; secrets that ' +
      'new elements leave out are made, and are in the answer',
    refuses: ['conflict'],
    longest: LONGEST_WORLD,
    schemas: { body: worldPatch, answer: made },
    async run(context, { body }) {
      checkCommon(context);
      checkUnmasked(body);
      return context.worlds.change(async (present, making) => {
        const patched = patchedWorld(present, body, making);
        const world = await readPatched(context, present, patched);
        return { world, result: madeSince(present, world) };
      });
    },
  }),
};
