import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fixturePath } from '../fixtures/path.ts';
import { startMockOperator, type MockOperator, type MockOperatorOptions } from '../mock-server/index.ts';
import {
  runContract,
  type ContractOptions,
  type ContractReport,
  type Result,
  type TargetOptions,
} from './index.ts';

const world = (name: string): unknown =>
  JSON.parse(readFileSync(fixturePath(`recordings/world-${name}.json`), 'utf8'));

const failures = (report: ContractReport): unknown[] =>
  report.targets.flatMap(({ results }) =>
    results
      .filter((result) => result.outcome === 'failed' || result.outcome === 'incomplete')
      .map(({ scenario, api, failure, reason }) => ({ scenario, api, failure, reason })),
  );

const credentialsOf = (mock: MockOperator) => ({
  credentials: mock.credentials,
  clientSideKeypairs: mock.clientSideKeypairs,
});

async function verify(
  mock: MockOperatorOptions,
  options: Partial<ContractOptions> = {},
  profile = mock.profile,
): Promise<ContractReport> {
  const operator = await startMockOperator(mock);
  try {
    const known = mock.world === undefined ? credentialsOf(operator) : { world: mock.world };
    return await runContract({ targets: [{ url: operator.url, ...known, profile }], as: 'all', ...options });
  } finally {
    await operator.close();
  }
}

// A whole run is thousands of requests: 2 s on an idle machine, and many times that on a busy one.
const wholeRun = 120_000;

describe('the mock', () => {
  function expectConformant(report: ContractReport, passed: number): void {
    expect(failures(report)).toEqual([]);
    expect(report.totals.passed).toBeGreaterThanOrEqual(passed);
    expect(report.exitCode).toBe(0);
  }

  // How many scenarios ran may grow, never shrink.
  it.each([
    ['local', 'v5.70.250', 360],
    ['local', 'extra-euid-v5.70.250', 367],
    ['seed-v1', 'v5.56.13', 164],
    ['v5.56', 'v5.56.13', 359],
    ['v5.56', 'extra-v5.56.13', 366],
    ['v5.56', 'extra-euid-v5.70.250', 366],
    ['current', 'v5.70.250', 174],
    ['current', 'extra-v5.70.250', 177],
    ['current', 'extra-euid-v5.70.250', 177],
  ] as const)(
    'conforms in profile %s to the suite that has world %s',
    async (profile, name, passed) => {
      expectConformant(await verify({ profile, world: world(name) }, { strict: true }), passed);
    },
    wholeRun,
  );

  it.each([
    ['local', 'uid2', 322, 222, 7],
    ['local', 'euid', 322, 222, 7],
    ['seed-v1', 'uid2', 145, 118, 4],
    ['v5.56', 'uid2', 321, 221, 7],
    ['v5.56', 'euid', 321, 221, 7],
    ['current', 'uid2', 155, 91, 3],
    ['current', 'euid', 155, 91, 3],
  ] as const)(
    'conforms in profile %s, scope %s, to the suite that has all credentials or one',
    async (profile, scope, withAll, withOne, ofRoles) => {
      const operator = await startMockOperator({ profile, scope });
      const run = (known: Omit<TargetOptions, 'url'>, options: Partial<ContractOptions>) =>
        runContract({ targets: [{ url: operator.url, profile, ...known }], strict: true, ...options });
      try {
        expectConformant(await run(credentialsOf(operator), { as: 'all' }), withAll);
        // Without roles, the suite asks the operator for them.
        const bare = operator.credentials.map(({ key, secret }) => ({ key, secret }));
        expectConformant(await run({ credentials: bare.slice(0, 1) }, {}), withOne);
        const roles = { as: 'all', filter: ['auth/role*'] } as const;
        expectConformant(await run({ credentials: bare }, roles), ofRoles);
      } finally {
        await operator.close();
      }
    },
    wholeRun,
  );

  it.each([
    ['local', 'local'],
    ['seed-v1', 'seed-v1'],
    ['v5.56', 'v5.56'],
    ['current', 'current'],
  ] as const)('in profile %s is recognised when no profile is given', async (profile, detected) => {
    const operator = await startMockOperator({ profile });
    const report = await runContract({
      targets: [{ url: operator.url, ...credentialsOf(operator) }],
      as: 'all',
      strict: true,
      filter: ['generate/*', 'refresh/*', 'validate/*', 'cors/*'],
    });
    await operator.close();
    expect(failures(report)).toEqual([]);
    expect(report.targets[0]?.profile).toBe(detected);
    expect(report.exitCode).toBe(0);
  });

  // Settings of a world: the suite uses those of the given world, and finds others out where it can.
  it.each([
    [{ enable_phone_support: false }],
    [{ client_side_token_generate: false, token_lifetime_tolerance_seconds: 20 }],
    [{ client_side_token_generate_domain_name_check: false, max_request_body_bytes: 2_000_000 }],
  ])('conforms with %o in its world', async (settings) => {
    const data = { ...z.record(z.string(), z.unknown()).parse(world('extra-euid-v5.70.250')), ...settings };
    expect(failures(await verify({ profile: 'current', world: data }))).toEqual([]);
  });

  it.each(['extra-v5.56.13', 'extra-euid-v5.70.250'])(
    'conforms when only the keys of world %s are known',
    async (name) => {
      const operator = await startMockOperator({
        profile: name.includes('5.56') ? 'v5.56' : 'current',
        world: world(name),
      });
      const report = await runContract({
        targets: [{ url: operator.url, ...credentialsOf(operator) }],
        as: 'all',
        strict: true,
      });
      await operator.close();
      expect(failures(report)).toEqual([]);
      expect(report.exitCode).toBe(0);
    },
  );

  it('takes several requests at once', async () => {
    expect(
      failures(await verify({}, { concurrency: 8, filter: ['refresh/*', 'map/*', 'envelope/*'] })),
    ).toEqual([]);
  });

  it('may issue V2 tokens when the suite is given that version', async () => {
    const operator = await startMockOperator({ tokenVersion: 'v2' });
    const target = { url: operator.url, ...credentialsOf(operator), tokenVersion: 2 as const };
    const report = await runContract({
      targets: [target],
      as: 'all',
      filter: ['tokens/*', 'refresh/*', 'validate/*'],
    });
    await operator.close();
    expect(failures(report)).toEqual([]);
  });
});

describe('what is run', () => {
  let mock: MockOperator;
  beforeAll(async () => {
    mock = await startMockOperator();
  });
  afterAll(() => mock.close());

  const target = (over: object = {}) => ({ url: mock.url, ...credentialsOf(mock), ...over });
  const [first] = [() => mock.credentials[0]];
  const run = (options: Partial<ContractOptions>) => runContract({ targets: [target()], ...options });
  const outcomes = (report: ContractReport): Set<string> =>
    new Set(report.targets.flatMap(({ results }) => results.map((result) => result.outcome)));

  it("is the publisher's part, unless a world is given", async () => {
    const report = await run({ filter: ['generate/*', 'map/*'] });
    expect(new Set(report.targets[0]?.results.map((result) => result.participant))).toEqual(
      new Set(['publisher']),
    );
  });

  it('is bounded by --api and --filter', async () => {
    const report = await run({ api: ['v2'], filter: ['refresh/chain', 'generate/e*'] });
    expect(new Set(report.targets[0]?.results.map((result) => result.api))).toEqual(new Set(['v2']));
    expect(report.targets[0]?.results.map((result) => result.scenario)).toContain('generate/email-hash');
    expect(report.exitCode).toBe(0);
  });

  it('reports every result as it comes', async () => {
    const seen: Result[] = [];
    const report = await run({ filter: ['generate/email'], onResult: (_, result) => seen.push(result) });
    expect(seen).toEqual(report.targets[0]?.results);
  });

  it('compares several targets', async () => {
    const other = await startMockOperator({ profile: 'v5.56' });
    const report = await runContract({
      targets: [target(), { url: other.url, ...credentialsOf(other) }],
      filter: ['generate/*'],
    });
    await other.close();
    expect(report.targets.map(({ profile }) => profile)).toEqual(['local', 'v5.56']);
  });

  it.each([
    ['no such scenario', { filter: ['no/such'] }],
    ['no target', { targets: [] }],
    ['no URL', { targets: [{ url: 'somewhere' }] }],
    ['a production host', { targets: [{ url: 'https://prod.uidapi.com' }] }],
    ['another production host', { targets: [{ url: 'https://global.prod.uidapi.com' }] }],
  ])('is refused for %s', async (_, options) => {
    await expect(run(options)).rejects.toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('refuses a world that cannot be read', async () => {
    await expect(run({ targets: [target({ world: { clients: 5 } })] })).rejects.toThrow(/^world: clients: /);
  });

  it('is incomplete when the target cannot be reached', async () => {
    const report = await run({ targets: [{ url: 'http://127.0.0.1:1' }], filter: ['generate/email'] });
    expect(outcomes(report)).toEqual(new Set(['incomplete']));
    expect(report.exitCode).toBe(3);
  });

  it('waits for a target that comes up later', async () => {
    const { port } = new URL(mock.url);
    await mock.close();
    const report = run({ filter: ['generate/email'], waitMs: 5000 });
    mock = await startMockOperator({ port: Number(port) });
    expect((await report).exitCode).toBe(0);
  });

  it('is incomplete when the only key is refused', async () => {
    const report = await run({
      targets: [{ url: mock.url, credentials: [{ key: 'unknown', secret: 'A'.repeat(43) + '=' }] }],
    });
    expect(outcomes(report)).toEqual(new Set(['incomplete']));
    expect(report.exitCode).toBe(3);
  });

  it('finds out the roles of a key', async () => {
    const credential = first();
    const report = await run({
      targets: [{ url: mock.url, credentials: [{ key: credential?.key ?? '', secret: credential?.secret }] }],
      filter: ['generate/*', 'refresh/*'],
    });
    expect(failures(report)).toEqual([]);
    expect(report.totals.passed).toBeGreaterThan(40);
  });

  it.each(['publisher', 'advertiser', 'dsp', 'sharer'] as const)(
    'takes a bare key as %s',
    async (participant) => {
      const { key, secret } = first() ?? { key: '', secret: '' };
      const report = await run({
        targets: [{ url: mock.url, credentials: [{ key, secret }] }],
        as: [participant],
      });
      expect(failures(report)).toEqual([]);
      expect(report.totals.passed).toBeGreaterThan(participant === 'sharer' ? 2 : 10);
      expect(report.exitCode).toBe(0);
    },
  );

  it('skips what the target does not serve, and is incomplete when that was asked for', async () => {
    const seed = await startMockOperator({ profile: 'seed-v1' });
    const only = { url: seed.url, ...credentialsOf(seed) };
    const all = await runContract({ targets: [only] });
    const asked = await runContract({ targets: [only], filter: ['envelope/layout'] });
    await seed.close();
    expect([all.exitCode, outcomes(all)]).toEqual([0, new Set(['passed', 'skipped'])]);
    expect([asked.exitCode, outcomes(asked)]).toEqual([3, new Set(['incomplete'])]);
  });

  it('runs nothing without a credential', async () => {
    const report = await run({ targets: [{ url: mock.url }] });
    expect(report.totals.passed).toBe(0);
    expect(report.exitCode).toBe(2);
  });

  it('prints no secret, key or whole token', async () => {
    const wrong = {
      ...target(),
      credentials: mock.credentials.map((one) => ({
        ...one,
        secret: Buffer.alloc(32, 1).toString('base64'),
      })),
      profile: 'current' as const,
    };
    const text = JSON.stringify(
      await run({ targets: [wrong], as: 'all', filter: ['generate/*', 'refresh/*', 'keys/*', 'map/*'] }),
    );
    for (const { key, secret } of mock.credentials) {
      expect(text).not.toContain(key);
      expect(text).not.toContain(secret);
    }
    expect(text).toContain('client secret');
    expect(text).not.toMatch(/[A-Za-z0-9+/_-]{100}/);
  });
});

describe('a baseline of expected failures', () => {
  const against = (expectedFailures: string[]) =>
    // A profile that the target does not have: some scenarios fail.
    verify(
      { profile: 'v5.56' },
      { filter: ['envelope/too-short', 'envelope/layout'], expectedFailures },
      'current',
    );

  it('excuses what fails, by scenario or in one generation', async () => {
    expect((await against([])).exitCode).toBe(1);
    for (const entry of ['envelope/too-short', 'envelope/too-short@v2']) {
      const report = await against([entry]);
      expect(report.exitCode).toBe(0);
      expect(
        report.targets[0]?.results
          .filter((result) => result.expectedFailure)
          .map((result) => result.scenario),
      ).toEqual(['envelope/too-short']);
    }
  });

  it('is stale when a scenario passes or is not known', async () => {
    const report = await against(['envelope/too-short', 'envelope/layout', 'no/such', 'generate/email']);
    expect(report.staleEntries).toEqual(['envelope/layout', 'no/such']);
    expect([report.totals.stale, report.exitCode]).toEqual([2, 1]);
  });
});
