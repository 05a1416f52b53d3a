import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startMock } from './mock.js';

// of the embedded world, the same in every mock
const key = 'UID2-C-L-1001-DbRLvg.iVebYUxDAUiAJvZOO9BDlmUKljx6Lg+/Y5hAs=';

let mock;
before(async () => {
  mock = await startMock();
});
after(() => mock?.stop());

const ask = async (call, query) => {
  const answer = await fetch(`${mock.url}/v1/token/${call}?${new URLSearchParams(query)}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return answer.json();
};

test('a reader who opts out gets no new token', async () => {
  const { status, body } = await ask('generate', { email: 'reader@example.com' });
  assert.equal(status, 'success');
  await mock.control('optouts', { email: 'reader@example.com' });
  assert.equal((await ask('refresh', { refresh_token: body.refresh_token })).status, 'optout');
});
