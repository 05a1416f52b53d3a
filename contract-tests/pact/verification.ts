/** Verifies a pact against an operator, in the provider states that this operator supports. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Verifier } from '@pact-foundation/pact';
import { z } from 'zod';
import { startSealingProxy } from '../wire/envelope-proxy.ts';
import { formatPact, type Pact, type Parties } from './pact-file.ts';
import { states, type Provider } from '../provider-states/states.ts';

interface Verification {
  verified: string[];
  /** What could not be asked of this operator, and why. */
  leftOut: { interaction: string; lacks: string }[];
}

function split(pact: Pact, provider: Provider): Verification {
  const result: Verification = { verified: [], leftOut: [] };
  for (const { description, providerStates } of pact.interactions) {
    const lacks = providerStates.flatMap(({ name }) => {
      const state = states[name];
      if (!state) throw new Error(`state: expected one of states.ts, got ${name}`);
      return state.lacks(provider) ?? [];
    });
    if (lacks.length === 0) result.verified.push(description);
    else result.leftOut.push({ interaction: description, lacks: lacks.join(', ') });
  }
  return result;
}

const stateHandlers = (provider: Provider) =>
  Object.fromEntries(Object.entries(states).map(([name, state]) => [name, () => state.setUp(provider)]));

async function verify(parties: Parties, pact: Pact, provider: Provider, url: string): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'uid2-pact-'));
  const file = path.join(folder, 'pact.json');
  writeFileSync(file, formatPact(pact));
  try {
    await new Verifier({
      provider: parties.provider,
      providerBaseUrl: url,
      pactUrls: [file],
      stateHandlers: stateHandlers(provider),
      beforeEach: async () => provider.reset?.(),
      logLevel: 'error',
    }).verifyProvider();
  } catch (error) {
    throw new Error(brokenInteractions(error));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const failuresSchema = z.object({
  errors: z.array(z.object({ interaction: z.string(), mismatch: z.unknown() })),
});

/** Pact's error is its whole output as JSON, of which the broken interactions are a small part. */
function brokenInteractions(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  try {
    const { errors } = failuresSchema.parse(JSON.parse(message));
    return errors
      .map(({ interaction, mismatch }) => `${interaction}: ${JSON.stringify(mismatch)}`)
      .join('\n');
  } catch {
    return message;
  }
}

/** Rejects when the operator breaks the pact. For `v2` a proxy seals what the pact states in plain JSON. */
export async function verifyPact(parties: Parties, pact: Pact, provider: Provider): Promise<Verification> {
  const result = split(pact, provider);
  const interactions = pact.interactions.filter(({ description }) => result.verified.includes(description));
  const rest = { ...pact, interactions };
  if (provider.api === 'v1') {
    await verify(parties, rest, provider, provider.url);
    return result;
  }
  const secrets = new Map([[provider.apiKey, provider.secret]]);
  const proxy = await startSealingProxy({ target: provider.url, secrets });
  const keepResponseKey = (token: string, key: string): void => {
    proxy.responseKeys.set(token, key);
  };
  try {
    await verify(parties, rest, { ...provider, keepResponseKey }, proxy.url);
  } finally {
    await proxy.close();
  }
  return result;
}
