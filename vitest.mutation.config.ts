import { configDefaults, defineConfig } from 'vitest/config';

/** The tests that judge the mutants of `npm run mutation`: in one process, without those that take long. */
export default defineConfig({
  test: {
    include: (process.env['UID2_MOCK_MUTATION_TESTS'] ?? '**/*.test.ts').split(','),
    exclude: [
      ...configDefaults.exclude,
      '**/{hostile,soak,long-,journal-m,watch,close}*.test.ts',
      '**/store/**',
      '{cli,mutants,scripts,bench}/**',
      'contract-tests/{sdks,pact}/**',
    ],
    env: { UID2_MOCK_TEST_SCALE: '0.005', UID2_MOCK_TEST_SEED: '1' },
    testTimeout: 20_000,
  },
});
