import { configDefaults, defineConfig } from 'vitest/config';

const ci = process.env['CI'] === 'true';

export default defineConfig({
  test: {
    reporters: ci ? ['default', 'json'] : ['default'],
    outputFile: { json: '.vitest/results.json' },
    coverage: {
      include: ['{cli,mutants,mock-server,contract-tests}/**/*.ts', 'fixtures/*.ts'],
      exclude: ['mock-server/testing/**', 'contract-tests/sdks/**'],
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{cli,mutants,mock-server,contract-tests,fixtures,scripts,bench}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, 'contract-tests/sdks/**'],
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          // Clients published for other runtimes: installed by the tests, one after another.
          name: 'sdks',
          include: ['contract-tests/sdks/**/*.test.ts'],
          fileParallelism: false,
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
