/** Determinism: the same requests give the same bytes, in two processes too. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { sealRequest } from '../contract-tests/wire/index.ts';
import { type MockOperator, type MockOperatorOptions, startMockOperator } from './index.ts';
import { adminOk } from './testing/admin.ts';
import { bearer, companyOf, get } from './testing/caller.ts';

const NOW = '2027-01-01T00:00:00Z';
const NOW_MS = Date.parse(NOW);

const running: MockOperator[] = [];
const start = async (options: MockOperatorOptions = {}): Promise<MockOperator> => {
  const mock = await startMockOperator({ deterministic: 'seed', now: NOW, ...options });
  running.push(mock);
  return mock;
};
afterEach(async () => {
  for (const mock of running.splice(0)) await mock.close();
});

type Target = Pick<MockOperator, 'url' | 'credentials'>;

/** The text of an answer to a generation in an envelope whose own bytes are fixed. */
async function generated(
  mock: Target,
  email: string,
  testId = '',
  path = '/v2/token/generate',
): Promise<string> {
  const [credential] = mock.credentials;
  if (credential === undefined) throw new Error('credentials: expected one, got none');
  const body = sealRequest(Buffer.from(credential.secret, 'base64'), Buffer.from(JSON.stringify({ email })), {
    timestampMs: NOW_MS,
    nonce: Buffer.alloc(8, 1),
    iv: Buffer.alloc(12, 2),
  });
  const answer = await fetch(mock.url + path, {
    method: 'POST',
    headers: { ...bearer(credential), ...(testId !== '' && { 'x-uid2-test-id': testId }) },
    body: body.toString('base64'),
  });
  return answer.text();
}

async function several(mock: Target, testId = ''): Promise<string[]> {
  const texts: string[] = [];
  for (const email of ['a@example.com', 'a@example.com', 'b@example.com']) {
    texts.push(await generated(mock, email, testId));
  }
  return texts;
}

describe('the same requests', () => {
  it('give the same bytes, and no two requests share any', async () => {
    const [one, other] = [await several(await start()), await several(await start())];
    expect(one).toEqual(other);
    expect(new Set(one).size).toBe(3);
    expect(await several(await start({ deterministic: 'other' }))).not.toEqual(one);
    const random = await startMockOperator({ now: NOW });
    await random.clock.set(NOW);
    expect(await several(random)).not.toEqual(one);
    await random.close();
  });

  it('give the same bytes in another process', async () => {
    const child = fork(
      'cli/main.ts',
      ['start', '--port', '0', '--json', '--deterministic', 'seed', '--now', NOW],
      {
        execArgv: ['--import', 'tsx'],
        stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      },
    );
    const [line] = await once(child.stdout as NodeJS.ReadableStream, 'data');
    const theirs = await several(JSON.parse(String(line)));
    child.kill();
    await once(child, 'exit');
    expect(theirs).toEqual(await several(await start()));
  });

  it('are counted within their test id, whatever others do at the same time', async () => {
    const mock = await start();
    const ids = Array.from({ length: 8 }, (_, index) => `test-${index}`);
    const together = await Promise.all(ids.map((id) => several(mock, id)));
    const alone = await start();
    for (const [index, id] of [...ids.entries()].reverse()) {
      expect(await several(alone, id)).toEqual(together[index]);
    }
    expect(new Set(together.flat()).size).toBe(24);
    expect(await several(mock)).toEqual(await several(await start()));
  });

  it('are counted when they reach a route; others do not shift the rest', async () => {
    const [plain, disturbed] = [await start(), await start()];
    await get(disturbed, '/no/such/path');
    await adminOk(disturbed, 'GET /health');
    expect(await several(disturbed)).toEqual(await several(plain));
    const refused = await start();
    await get(refused, '/v1/token/generate', { email: 'a@example.com' });
    expect(await several(refused)).not.toEqual(await several(await start()));
  });

  it('give the same bytes again after a reset, or when the test id is deleted', async () => {
    const mock = await start();
    const [common, isolated] = [await several(mock), await several(mock, 'one')];
    expect(await several(mock)).not.toEqual(common);
    await mock.isolate('one').reset();
    expect(await several(mock, 'one')).toEqual(isolated);
    await mock.testIds.delete('one');
    expect(await several(mock, 'one')).toEqual(isolated);
    await mock.reset();
    expect(await several(mock)).toEqual(common);
  });
});

describe('the clock', () => {
  it('stands until it is moved', async () => {
    const mock = await start();
    expect(await mock.clock.get()).toMatchObject({ now_ms: NOW_MS, frozen: true, rate: 0 });
    await mock.clock.advance('1h');
    expect(mock.clock.now()).toBe(NOW_MS + 3_600_000);
  });

  it('has to be given', async () => {
    await expect(startMockOperator({ deterministic: 'seed' })).rejects.toThrow(
      /^deterministic: expected now beside it, because .*; got none$/,
    );
  });
});

it('rotated and generated secrets are the same too', async () => {
  const change = async (mock: MockOperator) => {
    await mock.keys.rotate();
    await mock.salts.rotate({ share: 0.5 });
    await mock.world.patch({ clients: [{ name: 'New', site_id: 1002 }], keysets: [{ id: 5, site_id: 5 }] });
    return mock.world.get({ secrets: true });
  };
  const [one, other] = [await start(), await start()];
  expect(await change(one)).toEqual(await change(other));
  expect(companyOf(one)).toEqual(companyOf(other));
  expect(await change(await start({ deterministic: 'other' }))).not.toEqual(one.world);
});
