/**
 * The single executable: built here, and run as by people without Node, in an empty environment and another folder.
 * docs/executable.md has its commands.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildExecutable } from './executable.js';

const repository = path.resolve(import.meta.dirname, '..');
const isBuiltHere = process.platform === 'linux' && process.arch === 'x64';
if (!isBuiltHere)
  console.error('SKIPPED, not tested: the single executable, which is built on Linux x64 here');

const KEY = 'UID2-C-L-1001-DbRLvg.iVebYUxDAUiAJvZOO9BDlmUKljx6Lg+/Y5hAs=';
const { version } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8')) as {
  version: string;
};

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const running = new Set<ChildProcess>();
let built: string;
let folder: string;
let executable: string;

/** A program in an empty environment: no PATH, no HOME, no Node. */
function launch(program: string, args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { cwd: folder, env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

async function ended(child: ChildProcess): Promise<Ended> {
  let [out, err] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

const run = (...args: string[]): Promise<Ended> => ended(launch(executable, args));

interface Started {
  readonly url: string;
  readonly line: string;
  readonly stop: () => Promise<Ended>;
}

/** A mock that listens. */
async function start(...flags: string[]): Promise<Started> {
  const child = launch(executable, ['start', '--json', '--port', '0', ...flags]);
  const end = ended(child);
  if (child.stdout === null) throw new Error('expected a standard output');
  const first = once(createInterface(child.stdout), 'line').then(([line]) => String(line));
  const line = await Promise.race([first, end.then(({ err }) => Promise.reject(new Error(err)))]);
  return {
    url: JSON.parse(line).url,
    line,
    stop() {
      child.kill('SIGTERM');
      return end;
    },
  };
}

async function hasToken(url: string): Promise<void> {
  const headers = { authorization: `Bearer ${KEY}`, connection: 'close' };
  const answer = await fetch(`${url}/v1/token/generate?email=newcomer@example.com`, { headers });
  expect(await answer.json()).toMatchObject({
    status: 'success',
    body: { advertising_token: expect.stringMatching(/^A4/) },
  });
}

describe.skipIf(!isBuiltHere)('the single executable', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    built = mkdtempSync(path.join(tmpdir(), 'uid2-mock-executable-built-'));
    folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-executable-run-'));
    const file = await buildExecutable(built);
    executable = path.join(folder, path.basename(file));
    renameSync(file, executable);
  }, 300_000);

  afterEach(() => {
    for (const child of running) child.kill('SIGKILL');
  });

  afterAll(() => {
    for (const one of [built, folder]) rmSync(one, { recursive: true });
  });

  it('runs the commands of docs/executable.md', async () => {
    const blocks = readFileSync(path.join(repository, 'docs/executable.md'), 'utf8').matchAll(
      /<!-- checked by: scripts\/executable\.test\.ts -->\n```sh\n(.*?)```/gs,
    );
    const [block] = [...blocks].map(([, text = '']) => text);
    expect(block).toContain('./uid2-mock-linux-x64 hash');
    copyFileSync(executable, path.join(folder, 'downloaded'));
    const script = (block ?? '')
      .replaceAll(path.basename(executable), 'downloaded')
      .replace('chmod', '/bin/chmod');
    const { code, out, err } = await ended(launch('/bin/sh', ['-e', '-c', script]));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`${version}\n`);
    expect(out).toContain('"janedoe@gmail.com"');
  });

  it('starts, gives a first token, serves its page, and ends when it is told to', async () => {
    const { url, stop } = await start();
    await hasToken(url);
    const page = await fetch(`${url}/__admin/ui`);
    expect(await page.text()).toContain('<title>UID2 mock operator</title>');
    for (const encoding of ['identity', 'br']) {
      const script = await fetch(`${url}/__admin/ui/page.js`, { headers: { 'accept-encoding': encoding } });
      expect((await script.text()).length).toBeGreaterThan(100_000);
    }
    expect(await stop()).toMatchObject({ code: 0, err: '' });
  });

  it('serves by workers, each of which is replaced', async () => {
    const { url, stop } = await start('--workers', '2');
    const instances = async (): Promise<string[]> => {
      const state = await fetch(`${url}/__admin/state`, { headers: { connection: 'close' } });
      return JSON.parse(await state.text()).instances;
    };
    await expect.poll(async () => (await instances()).length, { timeout: 20_000 }).toBe(2);
    await hasToken(url);
    const [first = ''] = await instances();
    process.kill(Number(first.replace(/\D+/, '')), 'SIGKILL');
    await expect
      .poll(async () => (await instances().catch(() => [])).filter((name) => name !== first).length, {
        timeout: 20_000,
      })
      .toBe(2);
    await hasToken(url);
    const { code, err } = await stop();
    expect(code).toBe(0);
    expect(err).toMatch(/^worker \d+ ended: SIGKILL; another takes its place\n$/);
  });

  it('verifies itself, and tells a departure by its exit code', async () => {
    const { url, line, stop } = await start();
    writeFileSync(path.join(folder, 'credentials.json'), line);
    const target = [
      'verify',
      '--target',
      url,
      '--credentials',
      'credentials.json',
      '--filter',
      'generate/email',
    ];
    expect(await run(...target)).toMatchObject({ code: 0, out: expect.stringContaining('0 failed') });
    await fetch(`${url}/__admin/faults`, {
      method: 'POST',
      body: JSON.stringify({ preset: 'server-error' }),
    });
    expect(await run(...target)).toMatchObject({ code: 1, out: expect.stringMatching(/[1-9]\d* failed/) });
    await stop();
  });

  it('looks at a key, and at every spelling of the vectors, which are inside', async () => {
    const { out, err } = await run('inspect', ` ${KEY}`);
    expect({ out, err }).toEqual({ out: expect.stringContaining('Example Company'), err: '' });
    const verified = await run('verify', '--filter', 'normalisation/email', '--api', 'v1');
    expect(verified).toMatchObject({ code: 0, out: expect.stringContaining('1 passed, 0 failed') });
  });

  it('talks to a store without a package beside it', async () => {
    const { code, err } = await run('start', '--store', 'redis://127.0.0.1:1');
    expect(code).toBe(2);
    expect(err).toBe(
      'uid2-mock: --store: expected a Valkey or Redis server at 127.0.0.1:1; got ECONNREFUSED\n',
    );
  });

  it('says what is wrong with a flag in one sentence', async () => {
    expect(await run('start', '--bogus')).toEqual({
      code: 2,
      out: '',
      err: "uid2-mock: unknown option '--bogus'; --help lists the options\n",
    });
  });
});
