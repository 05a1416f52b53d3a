/** Scripts under `/static/js/`, from a folder that the user names (Protocol §6.4). */

import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MockOperator, startMockOperator } from '../index.ts';
import { exchange } from '../testing/differential/connection.ts';

const script = '// a script\n';
const modified = new Date('2026-01-02T03:04:05.678Z');
const logged: string[] = [];
let folder: string;
let mock: MockOperator;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scripts-'));
  await mkdir(join(folder, 'js', 'older'), { recursive: true });
  for (const file of ['uid2-sdk-1.0.0.js', 'older/sdk.js', 'notes']) {
    await writeFile(join(folder, 'js', file), script);
    await utimes(join(folder, 'js', file), modified, modified);
  }
  await writeFile(join(folder, 'secret.js'), 'not to be served');
  mock = await startMockOperator({ profile: 'current', static: join(folder, 'js') });
});
afterAll(async () => {
  await mock.close();
  await rm(folder, { recursive: true });
});

async function asked(method: string, target: string, headers: Record<string, string> = {}, on = mock) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const bytes = Buffer.from(`${method} ${target} HTTP/1.1\r\nHost: x\r\n${lines.join('')}\r\n`);
  const [answer] = await exchange(on.url, bytes, method, 1);
  if (answer === undefined) throw new Error('answer: expected one, got none');
  const { status, reason, body } = answer;
  const kept = [...answer.headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name));
  return {
    status,
    reason,
    body: body.toString(),
    headers: Object.fromEntries(kept.map(([name, [value]]) => [name, value])),
  };
}

const whole = {
  vary: 'origin',
  'accept-ranges': 'bytes',
  'cache-control': 'public, immutable, max-age=86400',
  'last-modified': 'Fri, 02 Jan 2026 03:04:05 GMT',
  'content-length': String(script.length),
};
const type = { 'content-type': 'text/javascript;charset=UTF-8' };
const PATH = '/static/js/uid2-sdk-1.0.0.js';

describe('a script', () => {
  it('is served with the headers of the operator', async () => {
    expect(await asked('GET', PATH)).toEqual({
      status: 200,
      reason: 'OK',
      body: script,
      headers: { ...whole, ...type },
    });
    const { headers } = await asked('GET', PATH, { Origin: 'http://a' });
    expect(headers).toEqual({ ...whole, ...type, 'access-control-allow-origin': 'http://a' });
  });

  it('answers a HEAD with its headers except the type', async () => {
    expect(await asked('HEAD', PATH)).toMatchObject({ status: 200, body: '', headers: whole });
    expect((await asked('HEAD', PATH)).headers).not.toHaveProperty('content-type');
  });

  it('is found under any spelling of its path, in folders too', async () => {
    for (const path of [
      '/static/js/older/sdk.js',
      '/static//js/./older%2fsdk.js',
      '/static/js/%6flder/sdk.js?a=b',
    ]) {
      expect(await asked('GET', path)).toMatchObject({ status: 200, body: script });
    }
  });

  it('has no type unless its name ends with .js', async () => {
    expect((await asked('GET', '/static/js/notes')).headers).toEqual(whole);
  });

  it('is not sent again when it is unchanged', async () => {
    const since = (time: string) => asked('GET', PATH, { 'If-Modified-Since': time });
    expect(await since('Fri, 02 Jan 2026 03:04:05 GMT')).toMatchObject({ status: 304, body: '' });
    expect(await since('Fri, 02 Jan 2026 03:04:04 GMT')).toMatchObject({ status: 200, body: script });
    expect(await since('once')).toMatchObject({ status: 200 });
  });

  it.each([
    ['bytes=3-5', 206, script.slice(3, 6), `bytes 3-5/${script.length}`],
    ['bytes=3-', 206, script.slice(3), `bytes 3-${script.length - 1}/${script.length}`],
    ['bytes=0-999', 206, script, `bytes 0-${script.length - 1}/${script.length}`],
    ['bytes=-3', 200, script, undefined],
    ['lines=1-2', 200, script, undefined],
    ['bytes=99-', 416, 'Requested Range Not Satisfiable', `bytes */${script.length}`],
    ['bytes=5-3', 416, 'Requested Range Not Satisfiable', `bytes */${script.length}`],
  ])('in part: %s', async (range, status, body, contentRange) => {
    const answer = await asked('GET', PATH, { Range: range });
    expect(answer).toMatchObject({ status, body });
    expect(answer.headers['content-range']).toBe(contentRange);
  });
});

describe('no script', () => {
  const notFound = { status: 404, headers: { 'content-type': 'text/html; charset=utf-8' } };

  it.each([
    '/static/js/no.js',
    '/static/js/',
    '/static/js',
    '/static/js/older',
    '/static/secret.js',
    '/static/js/../secret.js',
    '/static/js/..%2fsecret.js',
    '/static/js/%2e%2e%2fsecret.js',
    '/static/js/%ff.js',
    '/static/js/a%00.js',
  ])('is found at %s', async (path) => expect(await asked('GET', path)).toMatchObject(notFound));

  it('is posted to', async () => {
    expect(await asked('POST', PATH)).toMatchObject(notFound);
  });

  it('is served without a folder, and the log says so', async () => {
    const bare = await startMockOperator({
      profile: 'current',
      log: (level, message) => logged.push(`${level} ${message}`),
    });
    try {
      expect(await asked('GET', PATH, {}, bare)).toMatchObject(notFound);
      expect(logged).toContain(
        `error GET ${PATH} 404: scripts under /static/js/ come from the folder of the option static, and none is named; name the folder with the scripts by the option static`,
      );
      logged.length = 0;
      await asked('GET', '/static/x', {}, bare);
      expect(logged).toEqual([
        'info GET /static/x 404: no endpoint has this path; compare the path with the list of endpoints',
      ]);
    } finally {
      await bare.close();
    }
  });
});

it('a path that is not a folder is refused at the start', async () => {
  await expect(startMockOperator({ static: join(folder, 'secret.js') })).rejects.toThrow(
    /^static: expected a folder; got .*secret\.js, which is not a folder$/,
  );
});
