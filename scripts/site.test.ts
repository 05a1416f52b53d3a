/** The documentation site as it is built, in headless Chromium, below the path that GitHub serves it from. */

import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium } from '../contract-tests/sdks/chromium.ts';
import { run } from '../contract-tests/sdks/command.ts';
import { type Prepared, prepare, readyOrSkip } from '../contract-tests/sdks/runtime.ts';
import { sealRequest } from '../contract-tests/wire/index.ts';
import { groups } from '../docs/.vitepress/sidebar.ts';
import { overflowOf, violations } from '../mock-server/testing/axe.ts';
import { screenshotFile } from '../mock-server/testing/page.ts';

const repository = path.resolve(import.meta.dirname, '..');
const docs = path.join(repository, 'docs');
const BASE = '/uid2-mock-operator/';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
};

/** Serves a folder as GitHub does: `try/hash` is `try/hash.html`. */
async function serve(folder: string): Promise<http.Server> {
  const server = http.createServer(({ url = '/' }, response) => {
    const name = decodeURIComponent(new URL(url, 'http://site').pathname).replace(BASE, '');
    const file = [name, `${name}.html`, path.posix.join(name, 'index.html')]
      .map((each) => path.join(folder, each))
      .find((each) => statSync(each, { throwIfNoEntry: false })?.isFile());
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': TYPES[path.extname(file ?? '.html')] ?? 'application/octet-stream',
    });
    response.end(file === undefined ? '' : readFileSync(file));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

let site: string;
let server: http.Server | undefined;
let browser: Prepared<Browser> | undefined;

beforeAll(async () => {
  site = mkdtempSync(path.join(tmpdir(), 'uid2-mock-site-'));
  const vitepress = path.join(repository, 'node_modules/vitepress/bin/vitepress.js');
  const build = run(process.execPath, [vitepress, 'build', docs, '--outDir', site], {
    env: { SITE_BASE: BASE },
  });
  [browser] = await Promise.all([prepare('the documentation site', () => openChromium()), build]);
  server = await serve(site);
}, 600_000);

afterAll(async () => {
  // both are undefined when the build failed
  if (browser !== undefined && 'ready' in browser) await browser.ready.close();
  server?.close();
  rmSync(site, { recursive: true, force: true });
});

/** The files below a folder whose names end so, with forward slashes. */
const filesBelow = (folder: string, end: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith(end) && !file.startsWith('.'))
    .sort();

it('the sidebar has every page once, and no other', () => {
  const pages = filesBelow(docs, '.md').map((file) => file.replace(/\.md$/, ''));
  expect(groups.flatMap((group) => group.pages).sort()).toEqual(pages);
});

/** A built page as far as links are concerned. */
function linksOf(file: string) {
  const html = readFileSync(path.join(site, file), 'utf8');
  const all = (pattern: RegExp) => [...html.matchAll(pattern)].map(([, value = '']) => value);
  return { ids: new Set(all(/\sid="([^"]+)"/g)), links: all(/<a\s[^>]*?href="([^"]+)"/g) };
}

it('every link leads to a page and place of the site, or to a file of the repository', () => {
  const pages = new Map(filesBelow(site, '.html').map((file) => [file, linksOf(file)]));
  const broken: string[] = [];
  for (const [file, { links }] of pages) {
    for (const link of links) {
      const url = new URL(link.replaceAll('&amp;', '&'), `http://site${BASE}${file}`);
      const inRepository = /^\/[^/]+\/[^/]+\/blob\/main\/(.+)/.exec(url.pathname)?.[1];
      if (url.hostname === 'github.com' && inRepository !== undefined) {
        if (!existsSync(path.join(repository, inRepository))) broken.push(`${file}: ${link}`);
      }
      if (url.hostname !== 'site') continue;
      const name = decodeURIComponent(url.pathname.replace(BASE, ''));
      const target =
        pages.get(`${name}.html`) ?? pages.get(path.posix.join(name, 'index.html')) ?? pages.get(name);
      const place = decodeURIComponent(url.hash.slice(1));
      if (target === undefined || (place !== '' && !target.ids.has(place))) broken.push(`${file}: ${link}`);
    }
  }
  expect(pages.size).toBeGreaterThan(3);
  expect(broken).toEqual([]);
});

interface Visit {
  readonly page: Page;
  readonly problems: string[];
  readonly asked: string[];
}

interface Look {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** A page of the site, once all that it loads by itself is there. */
async function visit(ready: Browser, name: string, look: Look = {}): Promise<Visit> {
  const { width = 1280, colorScheme = 'light' } = look;
  const page = await ready.newPage({
    viewport: { width, height: 900 },
    colorScheme,
    reducedMotion: 'reduce',
  });
  page.setDefaultTimeout(20_000);
  const visited: Visit = { page, problems: [], asked: [] };
  page.on('pageerror', (error) => visited.problems.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) visited.problems.push(message.text());
  });
  page.on('request', (request) => visited.asked.push(request.url()));
  await page.goto(`${origin()}${BASE}${name}`);
  await page.waitForLoadState('networkidle');
  return visited;
}

const origin = (): string => `http://127.0.0.1:${(server?.address() as AddressInfo).port}`;

/** The hash of jane.doe@gmail.com, which still has its dot. */
const WITH_DOT = createHash('sha256').update('jane.doe@gmail.com').digest('base64');
const SECRET = createHash('sha256').update('a client secret').digest();

/** What is typed into each doctor, and what it says. */
const doctors: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  async 'try/hash'(page) {
    await page.getByLabel('Email address or phone number').fill('Jane.Doe+news@Gmail.com');
    await page.getByLabel('Hash that you computed').fill(WITH_DOT);
    await page.getByText('Your hash is another one').waitFor();
    await page.locator('.causes').getByText(/dot/).first().waitFor();
    await page.getByText('janedoe@gmail.com').first().waitFor();
  },
  async 'try/token'(page) {
    await page.getByLabel('Try').selectOption('world');
    await page.getByLabel('World file').fill('{"clients":[{}]}');
    await page.getByText('its clients are not what a world has').waitFor();
    await page.getByLabel('Try').selectOption('embedded');
    await page.getByLabel(/^A token/).fill(' UID2-C-L-1001-DbRLvg.iVebYUxDAUiAJvZOO9BDlmUKljx6Lg+/Y5hAs=');
    await page.locator('.facts').getByText('Example Company').first().waitFor();
  },
  async 'try/envelope'(page) {
    const body = sealRequest(SECRET, Buffer.from('{"email":"user@example.com","policy":1}'), {
      timestampMs: Date.now() - 7_200_000,
    });
    await page.getByLabel('Client secret').fill(SECRET.toString('base64'));
    await page.getByLabel('Body').fill(body.toString('base64'));
    await page.getByText('The operator refuses it with 400').waitFor();
    await page.getByText('user@example.com').first().waitFor();
  },
};

describe.each(Object.entries(doctors))('%s', (name, type) => {
  it('works in the page, which asks for nothing and sends nothing', { timeout: 60_000 }, async (context) => {
    const { page, problems, asked } = await visit(readyOrSkip(browser, context), name);
    await page.locator('.doctor .panel').first().waitFor();
    const loaded = asked.length;
    await type(page);
    expect(asked.slice(loaded)).toEqual([]);
    expect(asked.filter((url) => !url.startsWith(`${origin()}${BASE}`) && !url.startsWith('data:'))).toEqual(
      [],
    );
    expect(problems).toEqual([]);
    expect(await page.evaluate('Object.keys(localStorage).join()')).not.toMatch(/uid2|key|world/);
    const sent = await page.evaluate(`fetch(location.href).then(() => 'sent', () => 'refused')`);
    expect(sent).toBe('refused');
    await page.close();
  });

  it('passes axe-core, wide and light, narrow and dark', { timeout: 120_000 }, async (context) => {
    for (const [width, colorScheme] of [
      [1280, 'light'],
      [360, 'dark'],
    ] as const) {
      const { page } = await visit(readyOrSkip(browser, context), name, { width, colorScheme });
      await type(page);
      const file = screenshotFile(`site-${path.basename(name)}-${width}-${colorScheme}`);
      await page.screenshot({ path: file, fullPage: true });
      expect(await violations(page), `${width} ${colorScheme}`).toEqual([]);
      expect(await overflowOf(page), `${width}`).toBeLessThanOrEqual(0);
      await page.close();
    }
  });
});

describe('pages of text', () => {
  it('pass axe-core, light and dark, with code and tables', { timeout: 60_000 }, async (context) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, problems } = await visit(readyOrSkip(browser, context), 'control', { colorScheme });
      await page.locator('pre.shiki').first().waitFor();
      expect(await violations(page), colorScheme).toEqual([]);
      expect(problems).toEqual([]);
      await page.close();
    }
  });

  it('are found by their words, without a request elsewhere', { timeout: 60_000 }, async (context) => {
    const { page, asked, problems } = await visit(readyOrSkip(browser, context), '');
    await page.getByRole('button', { name: 'Search K' }).click();
    await page.getByRole('searchbox').fill('normal form');
    await page.getByRole('option').filter({ hasText: 'Hash doctor' }).first().waitFor();
    expect(asked.filter((url) => !url.startsWith(`${origin()}${BASE}`) && !url.startsWith('data:'))).toEqual(
      [],
    );
    expect(problems).toEqual([]);
    await page.close();
  });
});
