/** Control in this process and over HTTP: one interface, the same tests. */

import { afterAll, describe } from 'vitest';
import { type ConnectedOperator, connectMockOperator } from '../index.ts';
import { testControl } from '../testing/control-tests.ts';

describe('control in process', () => {
  testControl((mock) => mock);
});

describe('control over HTTP', () => {
  const connections: ConnectedOperator[] = [];
  afterAll(() => Promise.all(connections.map((one) => one.close())));

  testControl(async ({ url }) => {
    const connection = await connectMockOperator(url);
    connections.push(connection);
    return connection;
  });
});
