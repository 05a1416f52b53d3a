/** The pacts of the package verified as its users do: by pact's verifier, with the exported handlers. */

import { Verifier } from '@pact-foundation/pact';
import { afterEach, expect, it } from 'vitest';
import { fixturePath } from '../../fixtures/path.ts';
import { type MockOperator, startMockOperator } from '../../mock-server/index.ts';
import { providerStates, startSealingProxy } from '../index.ts';

process.env['PACT_DO_NOT_TRACK'] = '1';

const opened: { close(): Promise<void> }[] = [];
const closedLater = <T extends { close(): Promise<void> }>(one: T): T => {
  opened.push(one);
  return one;
};
afterEach(() => Promise.all(opened.splice(0).map((one) => one.close())));

const verify = (
  pact: string,
  providerBaseUrl: string,
  mock: MockOperator,
  stateHandlers: ReturnType<typeof providerStates>,
): Promise<string> =>
  new Verifier({
    provider: 'uid2-operator',
    providerBaseUrl,
    pactUrls: [fixturePath(`pacts/${pact}.json`)],
    stateHandlers,
    beforeEach: () => mock.reset(),
    logLevel: 'error',
  }).verifyProvider();

it.each(['local', 'seed-v1'] as const)('verify the pact of v1 in profile %s', async (profile) => {
  const mock = closedLater(await startMockOperator({ profile }));
  await verify('server-only-publisher-uid2-operator-v1', mock.url, mock, providerStates(mock));
});

it('verify the pact of the encrypted API', async () => {
  const mock = closedLater(await startMockOperator({ profile: 'current' }));
  const secrets = new Map(mock.credentials.map(({ key, secret }) => [key, secret]));
  const proxy = closedLater(await startSealingProxy({ target: mock.url, secrets }));
  await verify('encrypted-client-uid2-operator-v2', proxy.url, mock, providerStates(mock, proxy));
});

it('say what an operator lacks for a state', async () => {
  const { world } = closedLater(await startMockOperator());
  const enabled = world.clients.filter(({ disabled }) => !disabled);
  const mock = closedLater(await startMockOperator({ world: { ...world, clients: enabled } }));
  const { 'a client whose key is disabled': handler } = providerStates(mock);
  await expect(handler?.()).rejects.toThrow(
    'state "a client whose key is disabled": expected an operator with a disabled key, got one without',
  );
});
