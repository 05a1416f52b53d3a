import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMockOperator, type MockOperator, type MockOperatorOptions } from '../../mock-server/index.ts';
import { encryptedPact, plainPact, readPact } from './pact-file.ts';
import type { Provider } from '../provider-states/states.ts';
import { verifyPact } from './verification.ts';

process.env['PACT_DO_NOT_TRACK'] = '1';

const DAY_MS = 86_400_000;

// The embedded world shows no disabled key; this one has such a client.
const world = JSON.parse(
  readFileSync(new URL('../../fixtures/recordings/world-v5.70.250.json', import.meta.url), 'utf8'),
) as { clients: { key: string; disabled: boolean }[] };
const disabledKey = world.clients.find(({ disabled }) => disabled)?.key;

const current = {
  optedOutOnRefresh: 'refresh-optout@example.com',
  optedOut: 'optout@example.com',
  validate: 'validate@example.com',
};
const seed = {
  optedOutOnRefresh: 'optout@email.com',
  optedOut: 'optout@email.com',
  validate: 'validate@email.com',
};

const mocks: MockOperator[] = [];
afterAll(() => Promise.all(mocks.map((mock) => mock.close())));

async function startMock(options: MockOperatorOptions): Promise<{ mock: MockOperator; provider: Provider }> {
  const mock = await startMockOperator({ world, ...options });
  mocks.push(mock);
  const [first] = mock.credentials;
  if (!first) throw new Error('world: expected a client, got none');
  const provider: Provider = {
    url: mock.url,
    api: 'v2',
    apiKey: first.key,
    secret: first.secret,
    disabledKey,
    identities: current,
    advance: (ms) => mock.clock.advance(ms),
    optOut: (email) => mock.optOuts.add({ email }),
    lifetimeMs: DAY_MS + 120_000,
    reset: () => mock.reset(),
  };
  return { mock, provider };
}

// The pacts as committed: what a changed consumer test writes beside this one is seen in the next run.
describe('the mock keeps the pact of the server-only publisher', () => {
  const eras = [
    ['local', current],
    ['seed-v1', seed],
    ['v5.56', current],
  ] as const;

  it.each(eras)('%s', async (profile, identities) => {
    const { provider } = await startMock({ profile });
    const pact = readPact(plainPact);
    const result = await verifyPact(plainPact, pact, { ...provider, api: 'v1', identities });
    expect(result.leftOut).toEqual([]);
    expect(result.verified).toHaveLength(pact.interactions.length);
  });
});

describe('the mock keeps the pact of the encrypted API', () => {
  it.each(['local', 'v5.56', 'current'] as const)('%s', async (profile) => {
    const { provider } = await startMock({ profile });
    const pact = readPact(encryptedPact);
    const result = await verifyPact(encryptedPact, pact, provider);
    expect(result.leftOut).toEqual([]);
    expect(result.verified).toHaveLength(pact.interactions.length);
  });
});

describe('any target', () => {
  let given: Provider;

  // Without a target in the environment, a mock is verified of which only its address and a key are known.
  beforeAll(async () => {
    const { UID2_TARGET: url, UID2_API_KEY: apiKey = '', UID2_CLIENT_SECRET: secret = '' } = process.env;
    if (url === undefined) {
      const { provider } = await startMock({ profile: 'current' });
      const { url: mockUrl, apiKey: key, secret: own } = provider;
      given = { url: mockUrl, api: 'v2', apiKey: key, secret: own, identities: current };
    } else given = { url, api: 'v2', apiKey, secret, identities: current };
  });

  it('keeps the pact of the encrypted API in the states that it supports', async () => {
    const { verified, leftOut } = await verifyPact(encryptedPact, readPact(encryptedPact), given);
    expect(verified.length).toBeGreaterThan(10);
    expect(leftOut).toEqual([
      { interaction: 'token/generate with a disabled key', lacks: 'a disabled key' },
      { interaction: 'token/refresh of an expired token', lacks: 'a clock that can be moved' },
    ]);
  });
});
