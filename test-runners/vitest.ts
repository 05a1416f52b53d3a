/** `uid2-mock-operator/vitest`: a test function whose tests are given a mock operator. */

import { type TestAPI, test } from 'vitest';
import { type MockOperator, type MockOperatorOptions, startMockOperator } from '../mock-server/index.ts';
import { printLastExchanges } from './last-exchanges.ts';

interface Fixtures {
  $worker: { startedOperator: MockOperator };
  $test: { operator: MockOperator };
}

/**
 * The `test` of vitest with a fixture `operator`: one mock operator a worker, started by the first test that takes it,
 * and reset before each. A failed test prints the last exchanges of its journal.
 *
 * @param options as `startMockOperator` takes them
 */
export const mockOperatorTest = (options: MockOperatorOptions = {}): TestAPI<{ operator: MockOperator }> =>
  test.extend<Fixtures>({
    startedOperator: [
      // vitest reads the names of the fixtures that a function needs from its first parameter
      async ({}, use) => {
        await using operator = await startMockOperator(options);
        await use(operator);
      },
      { scope: 'worker' },
    ],
    operator: async ({ startedOperator, onTestFailed }, use) => {
      onTestFailed(() => printLastExchanges(startedOperator));
      await startedOperator.reset();
      await use(startedOperator);
    },
  });
