/** `uid2-mock proxy` as users run it: usage, TLS, the file of --save, and the contract suite through it. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type MockOperator, startMockOperator } from '../mock-server/index.ts';
import { companyOf, post } from '../mock-server/testing/caller.ts';
import { InProcess, Binary, killCommandLines } from '../mock-server/testing/command-line.ts';
import { rawAnswer } from '../mock-server/testing/raw-answers.ts';

const folder = mkdtempSync(join(tmpdir(), 'uid2-proxy-'));
const inFolder = (name: string): string => join(folder, name);
const CLIENTS = inFolder('clients.json');

let mock: MockOperator;
beforeAll(async () => {
  mock = await startMockOperator({ profile: 'current' });
  writeFileSync(CLIENTS, JSON.stringify({ credentials: mock.credentials }));
  writeFileSync(inFolder('none.json'), '{"client_side_keypairs":[]}');
  writeFileSync(inFolder('twice.json'), JSON.stringify({ credentials: [companyOf(mock), companyOf(mock)] }));
});
afterEach(killCommandLines);
afterAll(async () => {
  await mock.close();
  rmSync(folder, { recursive: true });
});

const REQUEST = '/v1/token/generate';

describe('used wrongly', () => {
  const good = ['--target', 'http://127.0.0.1:1', '--credentials', CLIENTS];
  it.each<readonly [string[], string | RegExp]>([
    [
      ['--credentials', CLIENTS],
      /^--target: expected the URL of an operator without a path, .*; got nothing$/,
    ],
    [['--target', 'nonsense', '--credentials', CLIENTS], /^--target: .*; got nonsense$/],
    [['--target', 'ftp://a.example', '--credentials', CLIENTS], /^--target: .*; got ftp:\/\/a\.example$/],
    [['--target', 'http://a.example/v2', '--credentials', CLIENTS], /^--target: expected .* without a path/],
    [['--target', 'https://u:hunter2@a.example', '--credentials', CLIENTS], /; got one with a user name$/],
    [
      ['--target', 'https://prod.uidapi.com', '--credentials', CLIENTS],
      '--target: expected no production host, or --allow-production beside it; got prod.uidapi.com',
    ],
    [['--target', 'https://global.prod.uidapi.com', '--credentials', CLIENTS], /production host/],
    [['--target', 'https://PROD.euid.eu:443', '--credentials', CLIENTS], /production host/],
    [['--target', 'https://prod.uidapi.com.', '--credentials', CLIENTS], /production host/],
    [
      ['--target', 'http://127.0.0.1:1'],
      '--credentials: expected a file of API keys and client secrets, or --world FILE; got neither',
    ],
    [['--target', 'http://127.0.0.1:1', '--credentials', inFolder('nope')], /^--credentials: .*\(ENOENT\)$/],
    [
      ['--target', 'http://127.0.0.1:1', '--credentials', inFolder('none.json')],
      /^--credentials: .*; got neither$/,
    ],
    [
      ['--target', 'http://127.0.0.1:1', '--credentials', inFolder('twice.json')],
      /^--credentials: clients\[1\]/,
    ],
    [[...good, '--world', inFolder('nope')], /^--world: .*ENOENT/],
    [[...good, '--port', '65536'], '--port: expected a whole number from 0 to 65535; got 65536'],
    [[...good, '--profile', 'new'], '--profile: expected local, seed-v1, v5.56, current; got new'],
    [
      [...good, '--host', '0.0.0.0'],
      /^--host: expected a loopback address, or --admin-token .*; got 0\.0\.0\.0$/,
    ],
    [
      [...good, '--admin-token', ' '],
      '--admin-token: expected a text that is not blank, such as openssl rand -hex 16 prints; got blanks alone',
    ],
    [
      [...good, '--save', join(folder, 'no', 'file')],
      /^--save: expected a file that can be written; got .*ENOENT/,
    ],
    [[...good, '--insecure'], "unknown option '--insecure'; --help lists the options"],
  ])('%j', async (args, message) => {
    const { code, out, err } = await new InProcess(['proxy', ...args]).exit();
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^uid2-mock: [^\n]*\n$/);
    const said = err.replace('uid2-mock: ', '').trimEnd();
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
  });

  it('a port that is in use', async () => {
    const { port } = new URL(mock.url);
    const { code, err } = await new InProcess(['proxy', ...good, '--port', port]).exit();
    expect([code, err]).toEqual([
      2,
      `uid2-mock: --port: expected a free port on 127.0.0.1; got ${port} (EADDRINUSE); choose another, or 0 for any free port\n`,
    ]);
  });

  it('is not refused for a production host with --allow-production', async () => {
    const args = ['--target', 'https://prod.uidapi.com', '--credentials', CLIENTS, '--allow-production'];
    const proxy = new InProcess(['proxy', ...args, '--port', '0']);
    await proxy.until(() => proxy.out.includes('Target   https://prod.uidapi.com'));
    expect((await proxy.stop()).code).toBe(0);
  });
});

describe('in front of a mock', () => {
  const start = (...args: string[]): InProcess =>
    new InProcess(['proxy', '--target', mock.url, '--credentials', CLIENTS, '--port', '0', ...args]);

  it('names its URL, the target and the journal, and logs a line for each request', async () => {
    const proxy = start('--compare');
    await proxy.until(() => proxy.out.endsWith('\n\n'));
    const [, url = ''] = /^UID2 proxy on (http:\S+)\n/.exec(proxy.out) ?? [];
    expect(proxy.out).toContain(`\nTarget   ${mock.url}, with the secrets of 9 clients\n`);
    expect(proxy.out).toContain('\nCompared with a mock of profile current\n');
    expect(proxy.out).toContain(`\nPage     ${url}/__admin/ui\nJournal  ${url}/__admin/requests\n`);
    await rawAnswer(url, '/v2/token/generate', { method: 'POST' });
    await proxy.until(() => proxy.err !== '');
    expect(proxy.err).toMatch(
      /^POST \/v2\/token\/generate 401: the request has no Authorization header; send .* \(\d+ ms\)\n$/,
    );
    expect((await proxy.stop()).code).toBe(0);
  });

  it('logs only what failed with --quiet', async () => {
    const own = await startMockOperator();
    const args = ['--target', own.url, '--credentials', CLIENTS, '--port', '0', '--quiet', '--json'];
    const proxy = new InProcess(['proxy', ...args]);
    const { url } = await proxy.line();
    await rawAnswer(url, REQUEST);
    await own.close();
    await rawAnswer(url, REQUEST);
    await proxy.until(() => proxy.err !== '');
    expect(proxy.err).toMatch(/^GET \/v1\/token\/generate cut off: the target cannot be reached[^\n]*\n$/);
    await proxy.stop();
  });

  it('saves masked lines in a file of its owner, behind those that it has', async () => {
    const file = inFolder('saved.ndjson');
    for (const count of [1, 2]) {
      const proxy = start('--save', file, '--json');
      const { url } = await proxy.line();
      const operator = Object.create(mock, { url: { value: url } }) as MockOperator;
      await post(operator, '/v2/token/generate', { email: 'reader@example.com' });
      await proxy.stop();
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
      expect(lines).toHaveLength(count);
      expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
        path: '/v2/token/generate',
        request: { plain: { email: 'r…@example.com' } },
        passage: { target: mock.url },
      });
      expect(lines.join('')).not.toContain(companyOf(mock).key);
    }
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('prints with --json what uid2-mock verify takes', async () => {
    const proxy = start('--json');
    const line = await proxy.line();
    expect(line).toMatchObject({
      target: mock.url,
      admin_url: `${line.url}/__admin`,
      credentials: mock.credentials,
    });
    const file = inFolder('proxy.json');
    writeFileSync(file, proxy.out);
    const args = ['verify', '--credentials', file, '--filter', 'generate/*', '--as', 'publisher', '--quiet'];
    expect(await new InProcess(args).exit()).toMatchObject({ code: 0 });
    await proxy.stop();
  });
});

describe('TLS to the target', () => {
  const key = inFolder('key.pem');
  const certificate = inFolder('certificate.pem');
  const server = { close: (): void => undefined, url: '' };
  beforeAll(async () => {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const files = ['-keyout', key, '-out', certificate];
    const options = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...options, ...subject, ...files], { stdio: 'ignore' });
    const https = createServer(
      { key: readFileSync(key), cert: readFileSync(certificate) },
      ({ headers }, response) => response.end(headers.host),
    );
    await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
    server.url = `https://localhost:${(https.address() as AddressInfo).port}`;
    server.close = () => https.close();
  });
  afterAll(() => {
    server.close();
  });

  const start = (environment: NodeJS.ProcessEnv): Binary =>
    new Binary(
      ['proxy', '--target', server.url, '--credentials', CLIENTS, '--port', '0', '--json'],
      environment,
    );

  it('is refused with a certificate of an unknown authority', async () => {
    const proxy = start({});
    const { url } = await proxy.line();
    expect(await rawAnswer(url, REQUEST)).toMatchObject({ isBroken: true });
    await proxy.until(() => proxy.err !== '');
    expect(proxy.err).toMatch(/the certificate of the target is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
    expect(proxy.err).toContain('NODE_EXTRA_CA_CERTS');
    await proxy.stop();
  });

  it('is accepted with the authority of NODE_EXTRA_CA_CERTS, and Host is that of the target', async () => {
    const proxy = start({ NODE_EXTRA_CA_CERTS: certificate });
    const { url } = await proxy.line();
    const answer = await rawAnswer(url, REQUEST);
    expect({ status: answer.status, body: answer.body.toString() }).toEqual({
      status: 200,
      body: new URL(server.url).host,
    });
    await proxy.stop();
  });
});
