/** Provider states of the pacts: what each needs of a provider, and the values it puts into the request. */
import { createClientV2 } from './client-v2.ts';
import { createPublisherV1 } from './publisher-v1.ts';

type Values = Record<string, string>;

/** An operator to verify a pact against. A target may lack the optional members. */
export interface Provider {
  url: string;
  /** The generation of the tokens in the states. */
  api: 'v1' | 'v2';
  /** Has every role that the pact asks for. */
  apiKey: string;
  secret: string;
  disabledKey?: string | undefined;
  /** An identity that is opted out on refresh only, one that is opted out for every call, one that validate knows. */
  identities: { optedOutOnRefresh: string; optedOut: string; validate: string };
  /** Moves the operator's clock, in ms. */
  advance?: ((ms: number) => Promise<void>) | undefined;
  /** Opts an identity out; without it the states use test identities. */
  optOut?: ((email: string) => Promise<void>) | undefined;
  /** Longer than refresh tokens live. */
  lifetimeMs?: number | undefined;
  reset?: (() => Promise<void>) | undefined;
  /** Called with every issued token and its response key. */
  keepResponseKey?: ((refreshToken: string, responseKey: string) => void) | undefined;
}

interface State {
  /** Undefined: this provider can be brought into the state; otherwise what it lacks. */
  lacks(provider: Provider): string | undefined;
  setUp(provider: Provider): Promise<Values>;
}

const ORDINARY = 'user@example.com';
const LEAVER = 'opts-out@example.com';

interface TokenPair {
  advertising_token: string;
  refresh_token: string;
}

async function generate(provider: Provider, email: string): Promise<TokenPair> {
  const { url, apiKey, secret } = provider;
  if (provider.api === 'v1') {
    const identity = await createPublisherV1(url, apiKey).generate({ email });
    if (identity.status !== 'success') throw new Error(`state: expected tokens, got ${identity.status}`);
    const { advertisingToken, refreshToken } = identity.tokens;
    return { advertising_token: advertisingToken, refresh_token: refreshToken };
  }
  const { code, json } = await createClientV2(url, apiKey, secret).call('/v2/token/generate', { email });
  const { body } = json as { body?: TokenPair & { refresh_response_key: string } };
  if (!body) throw new Error(`state: expected tokens, got status ${code}`);
  provider.keepResponseKey?.(body.refresh_token, body.refresh_response_key);
  return { advertising_token: body.advertising_token, refresh_token: body.refresh_token };
}

async function rawUid({ url, apiKey, secret }: Provider, email: string): Promise<string> {
  const { json } = await createClientV2(url, apiKey, secret).call('/v2/identity/map', { email: [email] });
  const { body } = json as { body?: { mapped?: { advertising_id: string }[] } };
  const id = body?.mapped?.[0]?.advertising_id;
  if (id === undefined) throw new Error('state: expected a raw UID, got none');
  return id;
}

const always = (): undefined => undefined;

const withTokens = (
  emailOf: (provider: Provider) => string,
  after?: (provider: Provider) => Promise<void>,
): State['setUp'] => {
  return async (provider) => {
    const email = emailOf(provider);
    const tokens = await generate(provider, email);
    await after?.(provider);
    return { api_key: provider.apiKey, email, ...tokens };
  };
};

const withEmail = (emailOf: (provider: Provider) => string): State => ({
  lacks: always,
  setUp: async (provider) => ({ api_key: provider.apiKey, email: emailOf(provider) }),
});

/** By the name that a pact gives them. */
export const states: Readonly<Record<string, State>> = {
  'a client with an enabled key': withEmail(() => ORDINARY),
  'an opted-out user': withEmail(({ identities }) => identities.optedOut),
  'a client whose key is disabled': {
    lacks: ({ disabledKey }) => (disabledKey === undefined ? 'a disabled key' : undefined),
    setUp: async ({ disabledKey = '' }) => ({ api_key: disabledKey }),
  },
  'a user with tokens': { lacks: always, setUp: withTokens(() => ORDINARY) },
  'a user with tokens who has opted out since': {
    lacks: always,
    setUp: withTokens(
      ({ optOut, identities }) => (optOut ? LEAVER : identities.optedOutOnRefresh),
      async ({ optOut, advance }) => {
        await advance?.(1000);
        await optOut?.(LEAVER);
      },
    ),
  },
  'a user whose refresh token has expired': {
    lacks: ({ advance, lifetimeMs }) =>
      advance && lifetimeMs !== undefined ? undefined : 'a clock that can be moved',
    setUp: withTokens(
      () => ORDINARY,
      async ({ advance, lifetimeMs = 0 }) => {
        await advance?.(lifetimeMs);
      },
    ),
  },
  'the validate test identity with tokens': {
    lacks: always,
    setUp: withTokens(({ identities }) => identities.validate),
  },
  'a raw UID of a user who is not opted out': {
    lacks: always,
    setUp: async (provider) => ({ api_key: provider.apiKey, raw_uid: await rawUid(provider, ORDINARY) }),
  },
};
