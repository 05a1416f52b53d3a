// Stands for the tests of your project: they find the operator and its credentials in the environment.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connectMockOperator } from 'uid2-mock-operator';

const { UID2_BASE_URL: baseUrl, UID2_API_KEY: apiKey } = process.env;

let operator;
before(async () => {
  operator = await connectMockOperator(baseUrl);
});
after(() => operator.close());

/** One call of the v1 API, which needs no envelope. */
async function call(path, query) {
  const url = `${baseUrl}/v1/token/${path}?${new URLSearchParams(query)}`;
  return (await fetch(url, { headers: { authorization: `Bearer ${apiKey}` } })).json();
}

test('a visitor gets a token', async () => {
  const { status, body } = await call('generate', { email: 'jane@example.com' });
  assert.equal(status, 'success');
  assert.ok(body.advertising_token);
});

test('a visitor who opts out gets no new one', async () => {
  const { body } = await call('generate', { email: 'leaves@example.com' });
  await operator.optOuts.add({ email: 'leaves@example.com' });
  assert.deepEqual(await call('refresh', { refresh_token: body.refresh_token }), { status: 'optout' });
});
