/** The verification of the pacts refuses a mutant that breaks them. */

import { afterAll, expect, it } from 'vitest';
import { encryptedPact, plainPact, readPact } from '../contract-tests/pact/pact-file.ts';
import { verifyPact } from '../contract-tests/pact/verification.ts';
import { type MockOperator, listen } from '../mock-server/listen.ts';
import { composeMutant } from './index.ts';

process.env['PACT_DO_NOT_TRACK'] = '1';

const mocks: MockOperator[] = [];
afterAll(() => Promise.all(mocks.map((mock) => mock.close())));

it.each([
  ['v1', plainPact],
  ['v2', encryptedPact],
] as const)('%s', async (api, parties) => {
  const mock = await listen(await composeMutant('opt-out/refresh-goes-on', {}));
  mocks.push(mock);
  const { key: apiKey, secret } = mock.credentialFor('GENERATOR');
  const provider = {
    url: mock.url,
    api,
    apiKey,
    secret,
    disabledKey: undefined,
    identities: {
      optedOutOnRefresh: 'refresh-optout@example.com',
      optedOut: 'optout@example.com',
      validate: 'validate@example.com',
    },
    advance: (ms: number) => mock.clock.advance(ms),
    optOut: (email: string) => mock.optOuts.add({ email }),
    lifetimeMs: 86_520_000,
    reset: () => mock.reset(),
  };
  await expect(verifyPact(parties, readPact(parties), provider)).rejects.toThrow(
    /token\/refresh of somebody opted out/,
  );
});
