/** The committed pacts: the same contract gives the same bytes, in any order and on any machine. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export const PACTS = fileURLToPath(new URL('../../fixtures/pacts/', import.meta.url));

export interface Parties {
  consumer: string;
  provider: string;
}
export const plainPact: Parties = { consumer: 'server-only-publisher', provider: 'uid2-operator-v1' };
export const encryptedPact: Parties = { consumer: 'encrypted-client', provider: 'uid2-operator-v2' };

/** As pact names its files. */
export const fileName = ({ consumer, provider }: Parties): string => `${consumer}-${provider}.json`;

const pactSchema = z.looseObject({
  interactions: z.array(
    z.looseObject({
      description: z.string(),
      providerStates: z.array(z.looseObject({ name: z.string() })).default([]),
    }),
  ),
  metadata: z.looseObject({ pactSpecification: z.object({ version: z.string() }) }),
});

export type Pact = z.infer<typeof pactSchema>;

export const parsePact = (text: string): Pact => pactSchema.parse(JSON.parse(text));

export const readPact = (parties: Parties): Pact =>
  parsePact(readFileSync(path.join(PACTS, fileName(parties)), 'utf8'));

export const formatPact = (pact: Pact): string => `${JSON.stringify(pact, null, 2)}\n`;

/** Sorted by description, without the versions of the tools that wrote it. */
export function canonical(text: string): string {
  const pact = parsePact(text);
  return formatPact({
    ...pact,
    interactions: pact.interactions.toSorted((a, b) => (a.description < b.description ? -1 : 1)),
    metadata: { pactSpecification: pact.metadata.pactSpecification },
  });
}

/** Replaces the file at once, since others may be reading it. */
export function writePact(parties: Parties, text: string): void {
  mkdirSync(PACTS, { recursive: true });
  const file = path.join(PACTS, fileName(parties));
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
