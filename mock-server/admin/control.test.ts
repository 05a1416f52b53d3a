/** Control in this process and over HTTP: one interface, the same tests. */

import { afterAll, describe, expect, it } from 'vitest';
import { compose } from '../compose.ts';
import { type ConnectedOperator, connectMockOperator } from '../index.ts';
import { listen } from '../listen.ts';
import { memoryStore } from '../operator/state/memory.ts';
import type { Replica } from '../operator/state/replica.ts';
import { type Store, StoreAway } from '../operator/state/store.ts';
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

it('refuses a change in the same words in process and over HTTP while the store is away', async () => {
  const openStore = async (replica: Replica): Promise<Store> => ({
    ...memoryStore(replica),
    append: () => Promise.reject(new StoreAway('no answer')),
  });
  await using mock = await listen(await compose({}, { openStore }));
  await using connection = await connectMockOperator(mock.url);
  for (const control of [mock, connection]) {
    await expect(control.clock.freeze()).rejects.toMatchObject({
      name: 'ControlError',
      code: 'store',
      message: 'store: expected a store that answers; got no answer',
    });
  }
});
