/** `uid2-mock` as a process: signals, pipes, exit codes, and what npm makes of it. All else is tested in process. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import {
  Binary,
  killCommandLines,
  runInProcess,
  type StartedLine,
} from '../mock-server/testing/command-line.ts';

const repository = path.resolve(import.meta.dirname, '..');

afterEach(killCommandLines);

async function startBinary(...flags: string[]): Promise<{ binary: Binary; line: StartedLine }> {
  const binary = new Binary(['start', '--json', '--port', '0', ...flags]);
  return { binary, line: await binary.line() };
}

const isUp = (url: string): Promise<boolean> =>
  fetch(`${url}/ops/healthcheck`).then(
    ({ ok }) => ok,
    () => false,
  );

describe('the end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s finishes what is in flight and exits with 0',
    async (signal) => {
      const { binary, line } = await startBinary('--profile', 'v5.56');
      const { hostname, port } = new URL(line.url);
      const body = JSON.stringify({ email: ['user@example.com'] });
      const socket = connect(Number(port), hostname).setEncoding('utf8');
      let answer = '';
      socket.on('data', (text: string) => (answer += text));
      const closed = once(socket, 'close');
      socket.write(
        `POST /v1/identity/map HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${line.credentials[0]?.key}\r\n` +
          `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
      );
      // Only what is being worked on is in flight: a round trip later the head has been read.
      await isUp(line.url);
      binary.signal(signal);
      await binary.until(async () => !(await isUp(line.url)));
      socket.write(body.slice(10));
      await closed;
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(answer).toContain('"advertising_id"');
      expect(await binary.exit()).toMatchObject({ code: 0, err: '' });
    },
  );

  it('does not wait for connections that are kept alive', async () => {
    const { binary, line } = await startBinary();
    const { hostname, port } = new URL(line.url);
    const socket = connect(Number(port), hostname);
    socket.write(`GET /ops/healthcheck HTTP/1.1\r\nHost: ${hostname}\r\nConnection: keep-alive\r\n\r\n`);
    await once(socket, 'data');
    const start = Date.now();
    expect(await binary.stop()).toMatchObject({ code: 0 });
    expect(Date.now() - start).toBeLessThan(4000);
  });
});

describe('pipes', () => {
  it('get the whole of a long output', async () => {
    const { out } = await runInProcess(['verify', '--list']);
    expect(out.length).toBeGreaterThan(10_000);
    expect(await new Binary(['verify', '--list']).exit()).toEqual({ code: 0, out, err: '' });
  });

  it('may be closed by their reader while a file is read: it ends without a word', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-pipe-'));
    const file = path.join(folder, 'many.txt');
    writeFileSync(file, 'user@example.com\n'.repeat(100_000));
    const binary = new Binary(['hash', '--file', file]);
    binary.stopReading();
    const { err } = await binary.exit();
    rmSync(folder, { recursive: true });
    expect(err).toBe('');
  });

  it('may be closed by their reader: the mock goes on', async () => {
    const { binary, line } = await startBinary('--log-level', 'info');
    binary.stopReading();
    for (let i = 0; i < 5; i++) expect(await isUp(line.url)).toBe(true);
    expect(await binary.stop()).toMatchObject({ code: 0 });
  });
});

describe('a failure is one sentence and an exit code, never a stack trace', () => {
  it('a port in use', async () => {
    const { line } = await startBinary();
    const { port } = new URL(line.url);
    const { code, out, err } = await new Binary(['start', '--port', port]).exit();
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(
      new RegExp(
        `^uid2-mock: --port: expected a free port [^\\n]*; got ${port} \\(EADDRINUSE\\); choose another, or 0 for any free port\\n$`,
      ),
    );
  });

  it.each([
    [1, ['healthcheck', '--url', 'http://127.0.0.1:1'], /^uid2-mock: [^\n]+; got no answer\n$/],
    [2, ['verify', '--api', 'v9'], /^uid2-mock: --api: expected [^\n]+\n$/],
    [2, ['verify', '--target', 'http://127.0.0.1:1'], /^uid2-mock: --target: expected [^\n]+\n$/],
    [3, ['verify', '--target', 'http://127.0.0.1:1'], /^$/, { UID2_API_KEY: 'unknown' }],
  ])('exits %d for %j', async (code, args, error, environment?: NodeJS.ProcessEnv) => {
    const got = await new Binary(args, environment).exit();
    expect(got.code).toBe(code);
    expect(got.err).toMatch(error);
  });

  it.each([
    ['18.20.4', 2],
    ['20.18.3', 2],
    ['20.19.0', 0],
    ['22.0.0', 0],
  ])('Node %s', async (version, code) => {
    const manifest = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
    expect(manifest.engines.node).toBe('>=20.19');
    const versions = JSON.stringify({ ...process.versions, node: version });
    const old = `data:text/javascript,Object.defineProperty(process,'versions',{value:${encodeURIComponent(versions)}})`;
    expect(await new Binary(['--version'], {}, ['--import', old]).exit()).toEqual(
      code === 0
        ? { code, out: `${manifest.version}\n`, err: '' }
        : { code, out: '', err: `uid2-mock: expected Node 20.19 or newer; got ${version}\n` },
    );
  });
});

// Without a build npm start would make one while other tests look for it.
describe.skipIf(process.platform === 'win32' || !existsSync(path.join(repository, 'dist')))(
  'npm start',
  () => {
    let npm: ChildProcess | undefined;
    afterEach(() => {
      if (npm?.pid !== undefined && npm.exitCode === null) process.kill(-npm.pid, 'SIGKILL');
    });

    it('ends when npm alone is told to', async () => {
      npm = spawn('npm', ['start', '--silent', '--', '--json', '--port', '0'], {
        cwd: repository,
        detached: true,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      if (npm.stdout === null) throw new Error('expected a standard output');
      const [line] = await once(createInterface(npm.stdout), 'line');
      const { url } = JSON.parse(line);
      expect(await isUp(url)).toBe(true);
      // Standard output closes when the last process that writes to it has ended.
      const closed = once(npm, 'close');
      npm.kill('SIGTERM');
      await closed;
      expect(await isUp(url)).toBe(false);
    });
  },
);
