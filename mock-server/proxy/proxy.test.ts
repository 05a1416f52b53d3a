/** A proxy in front of a mock shows what was inside, and why a request was refused. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MockOperator, startMockOperator } from '../index.ts';
import { companyOf, post } from '../testing/caller.ts';
import { proxyTo } from '../testing/proxy.ts';

let mock: MockOperator;
let proxy: Awaited<ReturnType<typeof proxyTo>>;
beforeAll(async () => {
  mock = await startMockOperator({ profile: 'local' });
  proxy = await proxyTo(mock);
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await mock.close();
});

it('opens the envelopes of a request and its answer', async () => {
  const answer = await post(proxy.operator, '/v2/token/generate', { email: 'reader@example.com' });
  expect(answer.status).toBe(200);
  const entry = await proxy.last();
  expect(entry).toMatchObject({
    method: 'POST',
    path: '/v2/token/generate',
    route: '/v2/token/generate',
    client: companyOf(mock).name,
    status: 200,
    reason: 'served',
    request: { plain: { email: 'r…@example.com' } },
    answer: { plain: { status: 'success', body: { advertising_token: answer.json.body.advertising_token } } },
  });
});
