/**
 * Thousands of random and hostile requests: the mock keeps answering, without a 5xx that the protocol does not name.
 * A run can be repeated with the seed that it printed:
 * `UID2_MOCK_TEST_SEED=… npx vitest run mock-server/hostile.test.ts`
 */

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type MockOperator, startMockOperator } from './index.ts';
import type { ProfileName } from './operator/profile.ts';
import { companyOf, get, post } from './testing/caller.ts';
import { hostileBytes, hostileRequest } from './testing/hostile-requests.ts';
import { isOfProtocol } from './testing/named-failures.ts';
import { dice } from './testing/random.ts';
import { inWords, scaled } from './testing/scale.ts';
import { closeConnections, inParallel, send, sendBytes } from './testing/wire-client.ts';

const profiles: readonly ProfileName[] = ['local', 'v5.56', 'current', 'seed-v1'];
const mocks = new Map<ProfileName, MockOperator>();
const rejections: unknown[] = [];
const noteRejection = (reason: unknown): void => {
  rejections.push(reason);
};

beforeAll(async () => {
  process.on('unhandledRejection', noteRejection);
  process.on('uncaughtException', noteRejection);
  for (const profile of profiles) mocks.set(profile, await startMockOperator({ profile }));
});
afterEach(() => expect(rejections).toEqual([]));
afterAll(async () => {
  closeConnections();
  await Promise.all([...mocks.values()].map((mock) => mock.close()));
  process.off('unhandledRejection', noteRejection);
  process.off('uncaughtException', noteRejection);
});

const aliveAfterwards = async (mock: MockOperator, profile: ProfileName): Promise<void> => {
  expect((await get(mock, '/ops/healthcheck')).text).toBe('OK');
  // an identity that no hostile request has logged out, which on local opts it out
  const user = { email: 'alive@example.com' };
  const credential = companyOf(mock);
  const generated =
    profile === 'seed-v1'
      ? await get(mock, '/v1/token/generate', user, { credential })
      : await post(mock, '/v2/token/generate', { ...user, policy: 1 });
  expect(generated.json.status).toBe('success');
};

describe('hostile requests', () => {
  const requests = scaled(40_000);
  const connections = scaled(8000);

  it(`${inWords(requests)} of them are answered, with no 5xx but those that the protocol names`, async () => {
    const rolls = dice();
    const seen = new Map<number, number>();
    const unexpected: string[] = [];
    await inParallel(requests, async () => {
      const profile = rolls.pick(profiles);
      const mock = mocks.get(profile);
      if (mock === undefined) return;
      const { endpoint, ...request } = hostileRequest(rolls, mock);
      const { status, body } = await send(mock.url, request);
      seen.set(status, (seen.get(status) ?? 0) + 1);
      const isWrong = status >= 500 && !isOfProtocol(profile, { endpoint, target: request.target, body });
      if (isWrong) unexpected.push(`${profile} ${JSON.stringify(request)} -> ${status} ${body}`);
    });
    expect(unexpected).toEqual([]);
    // the requests reach deep enough to be worth sending
    const expectedStatuses = [200, 204, 400, 401, 403, 404, 405, 500];
    expect([...seen.keys()].sort()).toEqual(expectedStatuses);
    for (const status of [200, 400, 401, 404, 405])
      expect(seen.get(status), `${status}s`).toBeGreaterThan(requests / 100);
    for (const [profile, mock] of mocks) await aliveAfterwards(mock, profile);
  });

  it(`${inWords(connections)} connections with broken requests are answered 4xx or closed`, async () => {
    const rolls = dice();
    const unexpected: string[] = [];
    await inParallel(connections, async () => {
      const mock = mocks.get(rolls.pick(profiles));
      if (mock === undefined) return;
      const bytes = hostileBytes(rolls);
      const answer = await sendBytes(mock.url, bytes);
      const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
      const isAnswer = answer === '' || answer.startsWith('HTTP/1.1 ');
      if (!isAnswer || statuses.some((status) => status >= 500)) {
        unexpected.push(`${JSON.stringify(Buffer.from(bytes).toString('latin1'))} -> ${answer}`);
      }
    });
    expect(unexpected).toEqual([]);
    for (const [profile, mock] of mocks) await aliveAfterwards(mock, profile);
  });
});
