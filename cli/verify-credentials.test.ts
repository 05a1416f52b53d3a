import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMockOperator, type MockOperator } from '../mock-server/index.ts';
import { type Exit, runInProcess } from '../mock-server/testing/command-line.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'uid2-credentials-'));
const FILE = path.join(folder, 'credentials.json');
const write = (content: unknown): string => {
  writeFileSync(FILE, typeof content === 'string' ? content : JSON.stringify(content));
  return FILE;
};

const verify = (args: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Exit> =>
  runInProcess(['verify', ...args], environment);

const totals = ({ out }: Exit): string | undefined => out.trimEnd().split('\n').at(-1);

let mock: MockOperator;
let all: { url: string; credentials: MockOperator['credentials']; client_side_keypairs: unknown };

beforeAll(async () => {
  mock = await startMockOperator();
  const { url, credentials, clientSideKeypairs } = mock;
  all = { url, credentials, client_side_keypairs: clientSideKeypairs };
});

afterAll(async () => {
  await mock.close();
  rmSync(folder, { recursive: true });
});

describe('verify --credentials', () => {
  it('takes what start --json prints, its URL included', async () => {
    const args = ['--filter', 'client-generate/*', '--filter', 'map/ordinary'];
    const run = await verify(['--credentials', write(all), ...args]);
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(totals(run)).toMatch(/^1\d passed, 0 failed, 0 skipped$/);
    expect(run.out).toContain(mock.url);
  });

  it('finds out the roles of bare keys', async () => {
    const credentials = all.credentials.map(({ key, secret }) => ({ key, secret }));
    const args = ['--target', mock.url, '--credentials', write({ credentials })];
    const run = await verify([...args, '--filter', 'map/ordinary', '--filter', 'auth/role*']);
    expect(run).toMatchObject({ code: 0, err: '' });
  });

  it('is per target, and takes the place of the environment', async () => {
    const file = write(all);
    const twice = ['--target', mock.url, '--target', mock.url, '--credentials', file, '--credentials', file];
    const filter = ['--filter', 'generate/email', '--api', 'v2'];
    const run = await verify([...twice, ...filter], {
      UID2_API_KEY: 'of nobody',
      UID2_CLIENT_SECRET: 'wrong',
    });
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(totals(run)).toBe('2 passed, 0 failed, 0 skipped');
  });

  const secret = 'A'.repeat(43) + '=';
  const pair = { subscription_id: 'a' };
  it.each([
    ['not JSON', /a file of JSON; got .*credentials\.json, which is not$/],
    [[], /an object with credentials or client_side_keypairs in .*; got a list$/],
    [{ url: 'x' }, /an API key or a key pair for client-side generation in .*; got neither$/],
    [{ credentials: {} }, /a list as credentials of .*; got an object$/],
    [
      { credentials: [{ secret }] },
      /printable characters without spaces as credentials\.0\.key of .*; got nothing$/,
    ],
    [{ credentials: [{ key: 5 }] }, /as credentials\.0\.key of .*; got a number$/],
    [
      { credentials: [{ key: 'a' }, { key: 'a', secret: 'c2VjcmV0' }] },
      /base64 of 32 bytes as credentials\.1\.secret of .*; got a text of 8 characters$/,
    ],
    [
      { credentials: [{ key: 'a', roles: 'all' }] },
      /a list of texts as credentials\.0\.roles of .*; got a text of 3 characters$/,
    ],
    [{ client_side_keypairs: [pair] }, /as client_side_keypairs\.0\.public_key of .*; got nothing$/],
    [
      { client_side_keypairs: [{ ...pair, public_key: 'UID2-X-L-AAAA' }] },
      /a public key such as UID2-X-L-… as .*\.public_key of .*; got a text of 13 characters$/,
    ],
  ])('refuses %j in one sentence', async (content, message) => {
    const run = await verify(['--target', mock.url, '--credentials', write(content)]);
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toMatch(/^uid2-mock: --credentials: expected [^\n]+\n$/);
    expect(run.err.trimEnd()).toMatch(message);
    expect(run.err).not.toContain('c2VjcmV0');
  });

  it('needs a target', async () => {
    const run = await verify(['--credentials', write({ credentials: all.credentials })]);
    expect(run.code).toBe(2);
    expect(run.err).toMatch(/^uid2-mock: --target: expected a URL, or the member url in .*; got neither\n$/);
  });
});

describe('verify with a key pair in the environment', () => {
  const environment = (over: object = {}): NodeJS.ProcessEnv => {
    const [pair] = mock.clientSideKeypairs;
    return {
      UID2_API_KEY: mock.credentials[0]?.key,
      UID2_CLIENT_SECRET: mock.credentials[0]?.secret,
      UID2_SUBSCRIPTION_ID: pair?.subscription_id,
      UID2_PUBLIC_KEY: pair?.public_key,
      UID2_ORIGIN: 'https://shop.example.com:8443',
      ...over,
    };
  };
  const ask = (over?: object): Promise<Exit> =>
    verify(['--target', mock.url, '--filter', 'client-generate/*'], environment(over));

  it('judges client-side generation from that Origin', async () => {
    const run = await ask();
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(totals(run)).toMatch(/^1\d passed, 0 failed, 0 skipped$/);
  });

  it('fails when the operator refuses the Origin', async () => {
    const run = await ask({ UID2_ORIGIN: 'https://elsewhere.example' });
    expect(run.code).toBe(1);
    expect(run.out).toContain('the site does not have this Origin among its domains');
  });

  it.each([
    [
      { UID2_SUBSCRIPTION_ID: '' },
      'UID2_SUBSCRIPTION_ID: expected the subscription of UID2_PUBLIC_KEY; got nothing',
    ],
    [
      { UID2_PUBLIC_KEY: '' },
      'UID2_PUBLIC_KEY: expected the public key of UID2_SUBSCRIPTION_ID; got nothing',
    ],
    [
      { UID2_PUBLIC_KEY: 'UID2-X-L-' },
      'UID2_PUBLIC_KEY: expected a public key such as UID2-X-L-…; got a text of 9 characters',
    ],
    [
      { UID2_ORIGIN: 'example.com' },
      'UID2_ORIGIN: expected an origin such as https://example.com; got a text of 11 characters',
    ],
  ])('refuses %j', async (over, message) => {
    expect(await ask(over)).toEqual({ code: 2, out: '', err: `uid2-mock: ${message}\n` });
  });
});
