/** Reads worlds for tests, by the schema that the mock reads them with. */

import { readFileSync } from 'node:fs';
import { type World, worldSchema } from '../operator/world/schema.ts';

/** @throws ZodError */
export const loadWorld = (path: string): World => worldSchema.parse(JSON.parse(readFileSync(path, 'utf8')));

/** All encryption keys of a world by their id. */
export const keysOf = ({ keyset_keys }: Pick<World, 'keyset_keys'>): Map<number, Buffer> =>
  new Map(keyset_keys.map(({ id, secret }) => [id, Buffer.from(secret, 'base64')]));
