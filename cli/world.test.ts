/** `uid2-mock world`: the embedded world as a file that serves the same as the mock without one. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { decodeAdvertisingToken } from '../contract-tests/wire/index.ts';
import { type MockOperator, type MockOperatorOptions, startMockOperator } from '../mock-server/index.ts';
import { companyOf, post } from '../mock-server/testing/caller.ts';
import { runInProcess as run } from '../mock-server/testing/command-line.ts';
import { keysOf } from '../mock-server/testing/world.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-world-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const mocks: MockOperator[] = [];
afterEach(() => Promise.all(mocks.splice(0).map((mock) => mock.close())));
async function started(options: MockOperatorOptions): Promise<MockOperator> {
  const mock = await startMockOperator(options);
  mocks.push(mock);
  return mock;
}

const NOW = '2027-03-04T05:06:07Z';

describe('the printed world', () => {
  it.each<[flags: string[], options: MockOperatorOptions]>([
    [[], {}],
    [['--scope', 'euid'], { scope: 'euid' }],
    [['--seed', 'another', '--profile', 'v5.56'], { seed: 'another', profile: 'v5.56' }],
  ])('with the flags %j serves the same keys, raw UIDs and tokens', async (flags, options) => {
    const { code, out, err } = await run(['world', '--now', NOW, ...flags]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const file = path.join(folder, 'world.json');
    writeFileSync(file, out);
    const { profile } = options;
    const embedded = await started({ ...options, now: NOW });
    const own = await started({ world: file, now: NOW, ...(profile && { profile }) });
    expect(own.world).toEqual(embedded.world);
    expect(own.credentials).toEqual(embedded.credentials);

    const user = { email: 'user@example.com', policy: 1 };
    const listing = async (mock: MockOperator) => (await post(mock, '/v2/key/sharing')).json.body;
    expect(await listing(own)).toEqual(await listing(embedded));
    const tokens = await Promise.all(
      [own, embedded].map(async (mock) => (await post(mock, '/v2/token/generate', user)).json.body),
    );
    const uids = tokens.map(
      (token) => decodeAdvertisingToken(token.advertising_token, keysOf(own.world)).raw_uid,
    );
    expect(uids[0]).toBe(uids[1]);
  });

  it('follows the environment as `start` does', async () => {
    const { out } = await run(['world'], { UID2_MOCK_SEED: 'from the environment' });
    const mock = await started({ seed: 'from the environment' });
    expect(JSON.parse(out).clients[0].key).toBe(companyOf(mock).key);
  });
});

it.each([
  [['--scope', 'EUID'], '--scope: expected uid2, euid; got EUID'],
  [['--seed', ''], '--seed: expected a text; got nothing'],
  [
    ['--profile', 'seed-v1', '--scope', 'euid'],
    '--scope: expected uid2 with --profile seed-v1, which has no other scope; got euid',
  ],
  [['--world', 'x'], "unknown option '--world'; --help lists the options"],
])('uid2-mock world %j is wrong usage', async (flags, sentence) => {
  expect(await run(['world', ...flags])).toEqual({ code: 2, out: '', err: `uid2-mock: ${sentence}\n` });
});
