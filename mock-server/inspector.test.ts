/** How the inspector page is served: to whom, with which headers, and how large it is. */

import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildPage } from '../scripts/page.js';
import { compose } from './compose.ts';
import type { MockOperator, MockOperatorOptions } from './index.ts';
import { listen } from './listen.ts';
import { admin } from './testing/admin.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-page-'));
const page = pathToFileURL(`${folder}${path.sep}`);
const started: MockOperator[] = [];

const start = async (options: MockOperatorOptions = {}): Promise<MockOperator> => {
  const mock = await listen(await compose(options, { page }));
  started.push(mock);
  return mock;
};

beforeAll(() => buildPage(folder));
afterEach(async () => {
  for (const mock of started.splice(0)) await mock.close();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Headers of a browser that is told to open an address. */
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

interface Answer {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

/** A request with exactly these headers, whose redirects are not followed. */
const asked = (
  { url }: MockOperator,
  target: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { path: target, headers, method }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    });
    sent.on('error', reject).end();
  });

const files = ['/__admin/ui', '/__admin/ui/page.js', '/__admin/ui/style.css'] as const;

describe('the page', () => {
  it.each([
    ['/__admin/ui', 'text/html; charset=utf-8'],
    ['/__admin/ui/page.js', 'text/javascript; charset=utf-8'],
    ['/__admin/ui/style.css', 'text/css; charset=utf-8'],
  ])('%s is sent as %s, with headers that shut everything else out', async (target, type) => {
    const { status, headers } = await asked(await start(), target);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': type,
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
        "base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  });

  it('is one document, one script and one style sheet, less than 120 KB compressed, which fetch nothing else', async () => {
    const mock = await start();
    const answers = await Promise.all(
      files.map((file) => fetch(`${mock.url}${file}`, { headers: { 'accept-encoding': 'gzip, br' } })),
    );
    const sizes = answers.map(({ headers }) => Number(headers.get('content-length')));
    expect(answers.map(({ headers }) => headers.get('content-encoding'))).toEqual([null, 'br', 'br']);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(120_000);
    const contents = await Promise.all(answers.map((answer) => answer.text()));
    for (const [index, file] of files.entries()) {
      const plain = await asked(mock, file, { 'accept-encoding': 'gzip' });
      expect(plain.text).toBe(contents[index]);
      expect(plain.headers['content-encoding']).toBeUndefined();
    }
    const [html = '', , style = ''] = contents;
    expect(html).not.toMatch(/<script>|<style|\sstyle=|\son\w+=|="(?:https?:)?\/\//);
    expect(style).not.toMatch(/url\(|@import/);
  });

  it('is sent without the admin token, which its calls need', async () => {
    const mock = await start({ adminToken: 'a-token' });
    for (const file of files) expect((await asked(mock, file)).status).toBe(200);
    expect((await admin(mock, 'GET /health')).status).toBe(401);
    expect((await admin(mock, 'GET /requests/stream')).status).toBe(401);
  });

  it.each([
    ['another host', { host: 'evil.example' }],
    ['a foreign page', { origin: 'http://evil.example' }],
    ['a foreign page without Origin', { 'sec-fetch-site': 'cross-site' }],
  ])('is refused to %s', async (_name, headers) => {
    const mock = await start();
    for (const file of files) expect((await asked(mock, file, headers)).status).toBe(403);
  });

  it('is below the prefix of a test id too', async () => {
    const mock = await start();
    for (const file of files) expect((await asked(mock, `/__test/mine${file}`)).status).toBe(200);
  });

  it('sends its address with a slash to the one without, and takes no other method', async () => {
    const mock = await start();
    const { status, headers } = await asked(mock, '/__admin/ui/');
    expect([status, headers.location]).toEqual([302, '../ui']);
    const posted = await asked(mock, '/__admin/ui', {}, 'POST');
    expect([posted.status, posted.headers.allow]).toEqual([405, 'GET']);
    expect((await asked(mock, '/__admin/ui/other.js')).status).toBe(404);
  });

  it('is not there without /__admin', async () => {
    const mock = await start({ admin: false });
    for (const file of files) expect((await asked(mock, file)).status).toBe(404);
    expect((await asked(mock, '/', BROWSER)).status).toBe(404);
  });

  it('that was not built says so', async () => {
    const mock = await listen(await compose({}, { page: new URL('no-such-folder/', page) }));
    started.push(mock);
    const { status, text } = await asked(mock, '/__admin/ui');
    expect([status, JSON.parse(text).error.message]).toEqual([
      404,
      'path: expected a page that was built, by npm run build; got no file',
    ]);
  });
});

describe('the root', () => {
  it.each([
    ['/', '__admin/ui'],
    ['/__test/mine', 'mine/__admin/ui'],
    ['/__test/mine/', '__admin/ui'],
  ])('%s sends a browser to the page in profile local', async (target, location) => {
    const mock = await start();
    const { status, headers } = await asked(mock, target, BROWSER);
    expect([status, headers.location]).toEqual([302, location]);
    const opened = new URL(location, `${mock.url}${target}`).pathname;
    expect((await asked(mock, opened)).status).toBe(200);
    expect(await mock.journal.list()).toEqual([]);
  });

  it('answers all others as the operator does', async () => {
    const mock = await start();
    const plain = await asked(mock, '/');
    const answers = [
      await asked(mock, '/', { accept: '*/*' }),
      await asked(mock, '/?', BROWSER),
      await asked(mock, '/', BROWSER, 'POST'),
      await asked(mock, '/index.html', BROWSER),
    ];
    expect(plain.status).toBe(404);
    for (const { status } of answers) expect(status).toBe(404);
    expect(await mock.journal.list()).toHaveLength(5);
  });

  it.each(['seed-v1', 'v5.56', 'current'] as const)('is 404 to browsers in profile %s', async (profile) => {
    expect((await asked(await start({ profile }), '/', BROWSER)).status).toBe(404);
  });
});
