/** Writes the JSON Schema of a world file, derived from the schema that the mock reads it with. */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { worldSchema } from '../mock-server/operator/world/schema.ts';

export const worldSchemaPath = fileURLToPath(new URL('../fixtures/world.schema.json', import.meta.url));

const withoutOwnBounds = (schema: z.core.JSONSchema.BaseSchema): void => {
  // the bounds of JavaScript's integers mean nothing to a reader
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
};

export function worldJsonSchema(): string {
  const schema = z.toJSONSchema(worldSchema, {
    io: 'input',
    override: ({ jsonSchema }) => withoutOwnBounds(jsonSchema),
  });
  return `${JSON.stringify(schema, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(worldSchemaPath, worldJsonSchema());
