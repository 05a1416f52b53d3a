/** What the mock leaves out on purpose. `docs/differences.md` names these tests. */

import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { type MockOperator, type MockOperatorOptions, startMockOperator } from './index.ts';
import { companyOf, get } from './testing/caller.ts';

const started: MockOperator[] = [];
async function start(options: MockOperatorOptions = {}): Promise<MockOperator> {
  const mock = await startMockOperator(options);
  started.push(mock);
  return mock;
}
afterEach(() => Promise.all(started.splice(0).map((mock) => mock.close())));

const map = (mock: MockOperator) =>
  get(mock, '/v1/identity/map', { email: 'stays@example.com' }, { credential: companyOf(mock) });

it('has no TLS: a handshake is refused', async () => {
  const { url } = await start();
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  const [error] = await once(socket, 'error').catch((thrown: unknown) => [thrown]);
  expect(error).toMatchObject({ code: 'ERR_SSL_WRONG_VERSION_NUMBER' });
});

it('has no rate limit: two hundred requests of one client in a row are served', async () => {
  const mock = await start();
  const statuses = new Set<number>();
  for (let round = 0; round < 4; round++) {
    for (const { status } of await Promise.all(Array.from({ length: 50 }, () => map(mock))))
      statuses.add(status);
  }
  expect([...statuses]).toEqual([200]);
});

it('rotates neither salts nor keys by itself: a user has the same raw UID ten years later', async () => {
  const mock = await start({ profile: 'v5.56' });
  const before = await map(mock);
  await mock.clock.advance('3650d');
  expect((await map(mock)).json).toEqual(before.json);
  expect(before.status).toBe(200);
});

it('keeps nothing: another start knows no opt-out of the one before', async () => {
  const first = await start();
  const own = await first.optOuts.list();
  await first.optOuts.add({ email: 'forgotten@example.com' });
  expect(await first.optOuts.list()).toHaveLength(own.length + 1);
  await first.close();
  expect(await (await start()).optOuts.list()).toEqual(own);
});
