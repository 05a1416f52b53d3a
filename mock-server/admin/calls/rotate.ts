/** Rotation of keys and salts. */

import { z } from 'zod';
import { oldestBuckets, publicBucketIds, withNewKeys, withNewSalts } from '../../operator/world/rotate.ts';
import type { World } from '../../operator/world/schema.ts';
import { quoted } from '../../core/words.ts';
import { call } from './call.ts';
import { invalid, missing } from './control-error.ts';
import { time } from './times.ts';
import { checkCommon } from './world.ts';

const newKey = z.object({
  id: z.number(),
  keyset_id: z.number(),
  activates: z.number().describe('seconds since 1970'),
  expires: z.number().describe('seconds since 1970'),
});
export type NewKey = z.output<typeof newKey>;

function keysetsOf({ keysets }: World, keyset: number | undefined): number[] {
  const ids = keysets.map(({ id }) => id);
  if (keyset === undefined) return ids;
  if (ids.includes(keyset)) return [keyset];
  throw missing('keyset', `the id of a keyset: ${ids.join(', ')}`, String(keyset));
}

const MOST_NAMED = 10;

/** The places of buckets, by their public id or by their number. */
function placesOf(world: World, ids: readonly (string | number)[]): number[] {
  const publicIds = publicBucketIds(world);
  const places = new Map<string | number, number>([
    ...publicIds.map((id, at) => [id, at] as const),
    ...world.salts.buckets.map(({ id }, at) => [id, at] as const),
  ]);
  return ids.map((id, index) => {
    const place = places.get(id);
    if (place !== undefined) return place;
    const some = publicIds.slice(0, MOST_NAMED).join(', ');
    const more = publicIds.length > MOST_NAMED ? ', …' : '';
    throw missing(
      `buckets[${index}]`,
      `the id of a salt bucket: ${some}${more}`,
      typeof id === 'string' ? quoted(id) : String(id),
    );
  });
}

const LAST_SECOND = 100_000_000_000;

export const rotateCalls = {
  rotateKeys: call({
    method: 'POST',
    path: '/keys/rotate',
    summary: 'a new key for a keyset, or for every keyset; former keys stay, so that old tokens can be read',
    refuses: ['missing', 'conflict'],
    schemas: {
      body: z
        .strictObject({
          keyset: z.int().optional().describe('id of a keyset; every keyset if absent'),
          activates: time.optional(),
        })
        .optional(),
      answer: z.object({ keys: z.array(newKey) }),
    },
    async run(context, { body: { keyset, activates } = {} }) {
      checkCommon(context);
      if (activates !== undefined && (activates < 0 || activates / 1000 >= LAST_SECOND)) {
        throw invalid('activates', 'a time after 1970 that keys can have', 'another time');
      }
      return context.worlds.change((present, making) => {
        const keysets = keysetsOf(present, keyset);
        const { world, keys } = withNewKeys(present, keysets, activates ?? making.now, making);
        const shown = keys.map(({ id, keyset_id, activates: from, expires }) => ({
          id,
          keyset_id,
          activates: from,
          expires,
        }));
        return { world, result: { keys: shown } };
      });
    },
  }),
  rotateSalts: call({
    method: 'POST',
    path: '/salts/rotate',
    summary:
      'new salts for some buckets, for a share of them, those that changed longest ago, or for all; the former are ' +
      'kept as previous, and give the previous raw UID for 90 days',
    refuses: ['missing', 'conflict'],
    schemas: {
      body: z
        .strictObject({
          buckets: z
            .array(z.union([z.string(), z.number()], { error: 'the id of a salt bucket' }))
            .min(1, { error: 'at least one id' })
            .optional()
            .describe('ids, as identity/map answers them, or numbers of the world'),
          share: z
            .number()
            .gt(0, { error: 'a number above 0, at most 1' })
            .max(1, { error: 'a number above 0, at most 1' })
            .optional(),
        })
        .optional(),
      answer: z.object({ buckets: z.array(z.string()).describe('ids, as identity/map answers them') }),
    },
    async run(context, { body: { buckets, share = 1 } = {} }) {
      checkCommon(context);
      if (buckets !== undefined && share !== 1) throw invalid('', 'buckets or share', 'both');
      return context.worlds.change((present, making) => {
        const places = buckets === undefined ? oldestBuckets(present, share) : placesOf(present, buckets);
        const ids = publicBucketIds(present);
        const result = { buckets: [...new Set(places)].map((at) => ids[at] ?? '') };
        return { world: withNewSalts(present, places, making), result };
      });
    },
  }),
};
