/** `uid2-mock-operator/jest`: a mock operator for the tests of a file, and a test function that prints its journal. */

import { afterAll, beforeAll, beforeEach, test } from '@jest/globals';
import { type MockOperator, type MockOperatorOptions, startMockOperator } from '../mock-server/index.ts';
import { printLastExchanges } from './last-exchanges.ts';

/** A test; it is given the operator. */
export type OperatorTestBody = (context: { readonly operator: MockOperator }) => unknown;

/** Declares a test. */
export type DeclareOperatorTest = (name: string, body: OperatorTestBody, timeoutMs?: number) => void;

/** The `test` of jest for tests that are given an operator. */
export interface OperatorTest extends DeclareOperatorTest {
  readonly only: DeclareOperatorTest;
  readonly skip: DeclareOperatorTest;
  /** Declares a test for each row; it is given the row, then the operator. */
  each<Row>(
    rows: readonly Row[],
  ): (
    name: string,
    body: (row: Row, context: { readonly operator: MockOperator }) => unknown,
    timeoutMs?: number,
  ) => void;
}

/** A proxy for an object that is made later. */
function standInFor<T extends object>(present: () => T): T {
  const handler: ProxyHandler<T> = {
    get: (_target, name): unknown => Reflect.get(present(), name),
    has: (_target, name) => Reflect.has(present(), name),
    ownKeys: () => Reflect.ownKeys(present()),
    getOwnPropertyDescriptor: (_target, name) => Reflect.getOwnPropertyDescriptor(present(), name),
  };
  return new Proxy({} as T, handler);
}

/**
 * A mock operator for the tests of this file, reset before each, and a `test` that gives it to them. A failed test
 * prints the last exchanges of its journal. It has to be called where hooks may be declared.
 *
 * @param options as `startMockOperator` takes them
 */
export function mockOperatorFor(options: MockOperatorOptions = {}): {
  readonly test: OperatorTest;
  readonly operator: MockOperator;
} {
  let started: MockOperator | undefined;
  const operator = standInFor(() => {
    if (started !== undefined) return started;
    throw new Error('operator: expected to be used in a test or hook; it starts before the first of them');
  });
  beforeAll(async () => {
    started = await startMockOperator(options);
  });
  beforeEach(() => operator.reset());
  afterAll(() => started?.close());

  /** Prints the journal when a test fails: no hook of jest is told that it has. */
  async function watched(run: () => unknown): Promise<void> {
    try {
      await run();
    } catch (error) {
      await printLastExchanges(operator);
      throw error;
    }
  }
  const context = { operator };
  const declaredBy =
    (declare: typeof test.only): DeclareOperatorTest =>
    (name, body, timeoutMs) => {
      declare(name, () => watched(() => body(context)), timeoutMs);
    };
  return {
    operator,
    test: Object.assign(declaredBy(test), {
      only: declaredBy(test.only),
      skip: declaredBy(test.skip),
      each:
        <Row>(rows: readonly Row[]) =>
        (name: string, body: (row: Row, given: typeof context) => unknown, timeoutMs?: number) => {
          // each row is an argument of its own, so that a row which is a list stays one
          test.each(rows.map((row) => [row]))(name, (row) => watched(() => body(row, context)), timeoutMs);
        },
    }),
  };
}
