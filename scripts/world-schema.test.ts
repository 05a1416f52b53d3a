/** `fixtures/world.schema.json` equals the schema of the mock; `npm run schema` writes it. */

import { readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { fixturePath } from '../fixtures/path.ts';
import { embeddedWorld } from '../mock-server/testing/caller.ts';
import { worldJsonSchema, worldSchemaPath } from './world-schema.ts';

const text = readFileSync(worldSchemaPath, 'utf8');

it('is current', () => {
  expect(worldJsonSchema()).toBe(text);
});

it('accepts every recorded world and the embedded one, and no unknown member', () => {
  const schema = z.fromJSONSchema(JSON.parse(text));
  const folder = fixturePath('recordings/');
  const recorded = readdirSync(folder)
    .filter((name) => /^world-.*\.json$/.test(name))
    .map((name) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')));
  expect(recorded.length).toBeGreaterThan(0);
  const embedded = embeddedWorld();
  for (const world of [...recorded, embedded, { $schema: 'x', ...embedded }]) {
    expect(schema.safeParse(world).error?.issues ?? []).toEqual([]);
  }
  for (const world of [
    { ...embedded, optedout_identities: [] },
    { ...embedded, clients: [{ ...embedded.clients[0], disabld: true }] },
    { ...embedded, salts: { ...embedded.salts, buckets: [] } },
  ]) {
    expect(schema.safeParse(world).success).toBe(false);
  }
});
