/** A run with one publisher's key, secret and key pair, which is all that most users have. */
import { afterEach, describe, expect, it } from 'vitest';
import { startMockOperator, type MockOperator, type MockOperatorOptions } from '../mock-server/index.ts';
import { startReverseProxy } from './falsifying/reverse-proxy.ts';
import { runContract, scenarios, type ContractOptions, type ContractReport } from './index.ts';

let mock: MockOperator;
let counter: { url: string; close(): Promise<void> };

afterEach(async () => {
  await counter.close();
  await mock.close();
});

/** A run through a proxy that counts the requests. */
async function count(
  options: MockOperatorOptions,
  name: string,
  run: Partial<ContractOptions>,
): Promise<{ report: ContractReport; requests: number }> {
  mock = await startMockOperator(options);
  let requests = 0;
  counter = await startReverseProxy(mock.url, (asked, forward) => {
    requests++;
    return forward(asked);
  });
  const [publisher] = mock.credentials.filter((one) => one.name === name);
  if (!publisher) throw new Error(`no credential of ${name}`);
  const { key, secret } = publisher;
  const clientSideKeypairs = mock.clientSideKeypairs.filter((pair) => pair.site_id === publisher.site_id);
  const report = await runContract({
    targets: [{ url: counter.url, credentials: [{ key, secret }], clientSideKeypairs }],
    ...run,
  });
  return { report, requests };
}

const OWN_KEY = 'Example Publisher';
const WITHOUT_KEY = 'Example Publisher without keyset';

const ended = ({ targets }: ContractReport, theme: string) =>
  targets.flatMap(({ results }) =>
    results
      .filter(({ scenario, api }) => scenario.startsWith(`${theme}/`) && api === 'v2')
      .map(({ scenario, outcome, reason }) => [scenario.slice(theme.length + 1), outcome, reason] as const),
  );

describe('a run with one publisher', () => {
  it.each([
    ['current', ['v2', 'v3'], 1200],
    ['local', ['v2', 'v3'], 1200],
    ['local', 'all', 2200],
    ['v5.56', 'all', 2200],
    ['seed-v1', 'all', 2200],
  ] as const)(
    'of profile %s, generations %j, sends fewer than %i requests',
    async (profile, api, most) => {
      const { report, requests } = await count({ profile }, OWN_KEY, { api });
      expect(report.exitCode).toBe(0);
      expect(requests).toBeLessThan(most);
    },
    60_000,
  );

  it.each(['current', 'local'] as const)(
    'sends at most 400 of them to learn whose tokens are, in profile %s',
    async (profile) => {
      const whole = await count({ profile }, OWN_KEY, {});
      await counter.close();
      await mock.close();
      const filter = scenarios.map(({ id }) => id).filter((id) => !id.startsWith('same-person/'));
      const others = await count({ profile }, OWN_KEY, { filter });
      expect(whole.requests - others.requests).toBeGreaterThan(200);
      expect(whole.requests - others.requests).toBeLessThanOrEqual(400);
    },
    60_000,
  );

  it.each(['current', 'local'] as const)(
    'learns whose tokens are by validate of profile %s',
    async (profile) => {
      const { report } = await count({ profile }, OWN_KEY, { filter: ['same-person/*'] });
      const passed = ended(report, 'same-person').filter(([, outcome]) => outcome === 'passed');
      expect(passed.map(([name]) => name)).toEqual([
        'email-in-generate',
        'email-in-validate',
        'email-hash-in-generate',
        'email-hash-in-validate',
        'phone-in-generate',
        'phone-in-validate',
        'phone-hash-in-generate',
        'phone-hash-in-validate',
        'hash-forms',
        'after-refresh',
        'client-side',
        'opted-out',
      ]);
    },
  );

  it('says why it cannot, for a site without a key of its own', async () => {
    const { report } = await count({ profile: 'current' }, WITHOUT_KEY, { as: 'all' });
    const reasons = ended(report, 'same-person').map(([name, outcome, reason]) => [
      name,
      `${outcome}: ${reason ?? ''}`,
    ]);
    const [, reason] = reasons[0] ?? [];
    expect(reason).toContain('skipped: token/validate refuses tokens of a site without a key of its own');
  });

  it('compares the spellings of the test identity where validate of v5.56 knows no other', async () => {
    const { report } = await count({ profile: 'v5.56' }, OWN_KEY, { as: 'all' });
    const found = Object.fromEntries(
      ended(report, 'same-person').map(([name, outcome, reason]) => [name, reason ?? outcome]),
    );
    expect(found['test-identity']).toBe('passed');
    expect(found['email-in-generate']).toContain('compares tokens of test identities only');
  });
});
