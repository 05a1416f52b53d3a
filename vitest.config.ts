import { readFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const ci = process.env['CI'] === 'true';

/** The tests with a check whose length `scaled` says. */
const longChecks = ['mock-server', 'contract-tests', 'mutants']
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  )
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => readFileSync(file, 'utf8').includes("/testing/scale.ts'"));

/** Long files first, so that at the end no worker runs one alone. */
class LongestFirst extends BaseSequencer {
  static readonly #longest = [
    'containers/image.test.ts',
    'contract-tests/run.test.ts',
    'mutants/mutants.test.ts',
    'scripts/docs.test.ts',
    'contract-tests/sdks/prebid.test.ts',
    'scripts/site.test.ts',
    'containers/testcontainers.test.ts',
    'examples/examples.test.ts',
    'contract-tests/sdks/schemathesis.test.ts',
    'mock-server/inspect/recordings.test.ts',
    'scripts/packed-nodes.test.ts',
    'scripts/packed-types.test.ts',
  ];

  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LongestFirst.#longest.findIndex((name) => moduleId.endsWith(name));
      return place < 0 ? LongestFirst.#longest.length : place;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    reporters: ci ? ['default', 'json'] : ['default'],
    outputFile: { json: '.vitest/results.json' },
    coverage: {
      include: ['{cli,test-runners,mutants,mock-server,contract-tests}/**/*.ts', 'fixtures/*.ts'],
      exclude: ['mock-server/testing/**', 'contract-tests/sdks/**'],
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{cli,mutants,mock-server,contract-tests,fixtures,scripts,bench,action}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, 'contract-tests/sdks/**'],
          testTimeout: 20_000,
          hookTimeout: 30_000,
          // No test alters what another imports, so that modules are loaded once per worker.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          // Random and hostile input, at length: `npm run endurance`.
          name: 'endurance',
          include: longChecks,
          env: { UID2_MOCK_TEST_SCALE: process.env['UID2_MOCK_TEST_SCALE'] ?? '1' },
          testTimeout: 1_800_000,
        },
      },
      {
        extends: true,
        test: {
          // Clients published for other runtimes, and the examples: installed by the tests.
          name: 'sdks',
          include: ['contract-tests/sdks/**/*.test.ts', 'examples/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 900_000,
        },
      },
      {
        extends: true,
        test: {
          // The image, built and run without a daemon, and what is made of several: installed by the tests.
          name: 'containers',
          include: ['containers/**/*.test.ts'],
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 900_000,
        },
      },
      {
        extends: true,
        test: {
          // The contract suite against a target named by the environment: `npm run contract`.
          name: 'contract',
          include: ['contract-tests/**/*.suite.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
