/** Handlers for the provider states of the pacts in `fixtures/pacts/`, and of pacts that use the same states. */

import type { EnvelopeProxy } from '../wire/envelope-proxy.ts';
import { type Provider, states } from './states.ts';

/** What the states need of an operator; a mock operator has it. */
export interface PactOperator {
  readonly url: string;
  readonly profile: string;
  /** the first has every role that the pacts ask for */
  readonly credentials: readonly { readonly key: string; readonly secret: string }[];
  readonly world: {
    readonly refresh_token_expires_after_seconds: number;
    readonly clients: readonly { readonly key: string; readonly disabled: boolean }[];
  };
  readonly clock: { advance(ms: number): Promise<unknown> };
  readonly optOuts: { add(identity: { email: string }): Promise<unknown> };
}

/** The test identities of operators, of which the oldest had others. */
const identitiesOf = (profile: string): Provider['identities'] =>
  profile === 'seed-v1'
    ? {
        optedOutOnRefresh: 'optout@email.com',
        optedOut: 'optout@email.com',
        validate: 'validate@email.com',
      }
    : {
        optedOutOnRefresh: 'refresh-optout@example.com',
        optedOut: 'optout@example.com',
        validate: 'validate@example.com',
      };

const MARGIN_MS = 60_000;

function providerOf(operator: PactOperator, proxy: EnvelopeProxy | undefined): Provider {
  const { url, profile, credentials, world, clock, optOuts } = operator;
  const [client] = credentials;
  if (client === undefined) throw new Error('credentials: expected a client that is enabled, got none');
  return {
    url,
    api: proxy === undefined ? 'v1' : 'v2',
    apiKey: client.key,
    secret: client.secret,
    disabledKey: world.clients.find(({ disabled }) => disabled)?.key,
    identities: identitiesOf(profile),
    lifetimeMs: world.refresh_token_expires_after_seconds * 1000 + MARGIN_MS,
    advance: async (ms) => {
      await clock.advance(ms);
    },
    optOut: async (email) => {
      await optOuts.add({ email });
    },
    keepResponseKey: (token, key) => proxy?.responseKeys.set(token, key),
  };
}

/**
 * The state handlers for the verifier of `@pact-foundation/pact`: each brings the operator into the state of its name and
 * gives the values that the requests of the pact take. Reset the operator before each interaction.
 *
 * @param operator from `startMockOperator`, with a world that has a disabled client if the pact asks for its key
 * @param proxy from `startSealingProxy` with the secrets of all credentials of the operator, for a pact of the encrypted
 *   API; without it the tokens are those of v1
 */
export function providerStates(
  operator: PactOperator,
  proxy?: EnvelopeProxy,
): Record<string, () => Promise<Record<string, string>>> {
  const provider = providerOf(operator, proxy);
  const handlers = Object.entries(states).map(([name, state]) => {
    const handler = async (): Promise<Record<string, string>> => {
      const lacks = state.lacks(provider);
      if (lacks !== undefined)
        throw new Error(`state "${name}": expected an operator with ${lacks}, got one without`);
      return state.setUp(provider);
    };
    return [name, handler] as const;
  });
  return Object.fromEntries(handlers);
}
