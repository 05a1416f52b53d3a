/** The measurements run, on sizes at which the figures say nothing. They measure the build, which `npm test` makes. */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { Binary, killCommandLines } from '../mock-server/testing/command-line.ts';

afterEach(killCommandLines);

const script = fileURLToPath(new URL('run.ts', import.meta.url));
const bench = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', script, ...args], { encoding: 'utf8' });

describe.skipIf(process.platform !== 'linux')('the measurements', () => {
  it('compare a route with a bare server', () => {
    const { status, stdout, stderr } = bench('--small', '--route', 'v1 validate', 'throughput');
    expect(stderr).toBe('measuring throughput\n');
    expect(status).toBe(0);
    const [head, row, ...others] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^what +measured +bound +from$/);
    expect(row).toMatch(
      /^v1 validate, of a bare Fastify route +[\d.]+ % +at least [\d.]+ % .* us against .*; p50 .* ms, p99 .* ms$/,
    );
    expect(others).toEqual([]);
  }, 60_000);

  it('compare it with another operator too, without a bound', async () => {
    const peer = new Binary(['start', '--json', '--port', '0']);
    const { url, credentials } = await peer.line();
    const { key = '', secret = '' } = credentials[0] ?? {};
    const flags = ['--peer', url, '--peer-key', key, '--peer-secret', secret];
    const { status, stdout } = bench('--small', '--route', 'v1 validate', ...flags, 'throughput');
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n')[2]).toMatch(
      /^v1 validate, requests a second, of the peer +[\d.]+ % +\d+\/s; p50 .* ms; here p50 .* ms$/,
    );
  }, 60_000);

  it('say which parts there are, and refuse others with exit code 2', () => {
    expect(bench('--help').stdout).toContain('--peer URL');
    const { status, stderr } = bench('thoughput');
    expect(status).toBe(2);
    expect(stderr).toBe(
      'bench: expected parts out of throughput, start, map, optOuts, sites, workers, hash; got thoughput\n',
    );
  }, 60_000);
});
