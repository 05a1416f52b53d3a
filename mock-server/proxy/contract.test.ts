/** The contract suite passes through a proxy as without it, and nothing that it asks is marked as a departure. */

import { expect, it } from 'vitest';
import { runContract } from '../../contract-tests/index.ts';
import { startMockOperator } from '../index.ts';
import { proxyTo } from '../testing/proxy.ts';

it('passes as without it', async () => {
  const mock = await startMockOperator({ profile: 'current', journal: 10_000 });
  const { world } = mock;
  const proxy = await proxyTo(mock, { compares: true, world: { ...world } });
  const suite = async (url: string) => {
    const target = { url, world, profile: 'current' } as const;
    const { totals, exitCode, targets } = await runContract({ targets: [target], as: 'all' });
    return { totals, exitCode, findings: targets.flatMap(({ findings }) => findings) };
  };
  const through = await suite(proxy.url);
  const requests = await proxy.requests();
  expect(through).toEqual(await suite(mock.url));
  expect(through).toMatchObject({ exitCode: 0, findings: [] });
  expect(through.totals.passed).toBeGreaterThan(100);
  expect(requests.length).toBeGreaterThan(500);
  expect(requests.filter(({ departures }) => departures !== undefined).length).toBeGreaterThan(400);
  const departing = requests.filter(({ departures = [] }) => departures.length > 0);
  expect(departing).toEqual([]);
  // the reason of the mock was found for every refusal
  const refused = requests.filter(({ status }) => (status ?? 0) >= 400);
  expect(refused.length).toBeGreaterThan(100);
  expect(refused.filter(({ reason }) => reason.startsWith('target_'))).toEqual([]);
  await proxy[Symbol.asyncDispose]();
  await mock.close();
}, 60_000);
