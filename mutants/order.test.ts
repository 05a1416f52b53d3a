/** Scenarios stand alone: no verdict depends on what ran before, or at the same time. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  runContract,
  scenarios,
  type ContractOptions,
  type ContractReport,
  type Result,
} from '../contract-tests/index.ts';
import { startMockOperator, type MockOperator } from '../mock-server/index.ts';
import { listen } from '../mock-server/listen.ts';
import { sampled } from '../mock-server/testing/scale.ts';
import { composeMutant, stageWorld } from './index.ts';

const resultsOf = ({ targets }: ContractReport): Result[] => targets.flatMap(({ results }) => results);

const verdictsOf = (report: ContractReport) => ({
  exitCode: report.exitCode,
  outcomes: resultsOf(report).map(({ scenario, api, outcome }) => `${scenario}@${api} ${outcome}`),
  findings: report.targets.flatMap(({ findings }) => findings.map(({ id }) => id)).sort(),
});

const ORDERS: Partial<ContractOptions>[] = [
  { order: 1 },
  { order: 2, concurrency: 8 },
  { order: 3 },
  { concurrency: 8 },
];

const world = stageWorld({}, Date.now());

async function expectSameInAnyOrder(url: string): Promise<void> {
  const run = (options: Partial<ContractOptions>): Promise<ContractReport> =>
    runContract({ targets: [{ url, world, profile: 'local' }], ...options });
  const expected = verdictsOf(await run({}));
  for (const options of sampled(ORDERS, 2))
    expect(verdictsOf(await run(options)), JSON.stringify(options)).toEqual(expected);
}

describe('in any order, and several at once', () => {
  it('gives the same verdicts on the mock', async () => {
    const operator = await startMockOperator({ world });
    try {
      await expectSameInAnyOrder(operator.url);
    } finally {
      await operator.close();
    }
  }, 120_000);

  const some = [
    'normalisation/keeps-gmail-dots',
    'hashing/lower-hex-only',
    'auth/no-key-needed',
    'validate/sealed-always-true',
    'envelope/no-window',
    'roles/any-role',
    'salts/previous-never',
  ];
  it.each(sampled(some, 1))(
    'gives the same verdicts on %s',
    async (id) => {
      const operator = await listen(await composeMutant(id, { world }));
      try {
        await expectSameInAnyOrder(operator.url);
      } finally {
        await operator.close();
      }
    },
    120_000,
  );

  it('runs in the order of its seed', async () => {
    const operator = await startMockOperator({ world });
    const orderOf = async (order: number): Promise<string[]> => {
      const seen: string[] = [];
      const onResult = (_: string, { scenario, api }: Result): void => void seen.push(`${scenario}@${api}`);
      const filter = ['generate/*'];
      await runContract({ targets: [{ url: operator.url, world }], filter, order, onResult });
      return seen;
    };
    try {
      const first = await orderOf(5);
      expect(await orderOf(5)).toEqual(first);
      const second = await orderOf(6);
      expect(second).not.toEqual(first);
      expect(second.toSorted()).toEqual(first.toSorted());
    } finally {
      await operator.close();
    }
  });
});

describe('alone', () => {
  let operator: MockOperator;
  const whole = new Map<string, string>();
  const nameOf = ({ scenario, api }: Result): string => `${scenario}@${api}`;
  const targets = () => [{ url: operator.url, world, profile: 'local' as const }];

  beforeAll(async () => {
    operator = await startMockOperator({ world });
    for (const result of resultsOf(await runContract({ targets: targets() })))
      whole.set(nameOf(result), result.outcome);
  }, 60_000);
  afterAll(() => operator.close());

  it.each(sampled(scenarios, 25))(
    '$id passes or is skipped as among the others',
    async ({ id }) => {
      for (const result of resultsOf(await runContract({ targets: targets(), filter: [id] }))) {
        // A scenario that was asked for and did not run is incomplete.
        const outcome = result.outcome === 'incomplete' ? 'skipped' : result.outcome;
        expect(outcome, `${nameOf(result)}: ${result.reason ?? ''}`).toBe(whole.get(nameOf(result)));
      }
    },
    20_000,
  );
});
