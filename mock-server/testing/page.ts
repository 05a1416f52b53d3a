/** The inspector page in headless Chromium, in front of operators of this process. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openChromium } from '../../contract-tests/sdks/chromium.ts';
import { type Prepared, prepare, readyOrSkip } from '../../contract-tests/sdks/runtime.ts';
import { buildPage } from '../../scripts/page.js';
import { compose } from '../compose.ts';
import type { MockOperator, MockOperatorOptions } from '../index.ts';
import { listen } from '../listen.ts';

const noNetwork = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost';

interface Visit {
  readonly page: Page;
  /** what the browser complained of, such as a violated content security policy */
  readonly problems: string[];
  /** addresses that the page asked for */
  readonly asked: string[];
}

/** A browser, and the page as it is built. */
class Pages {
  readonly #folder: string;
  readonly #browser: Browser;
  readonly #closing: (() => Promise<unknown>)[] = [];

  private constructor(browser: Browser, folder: string) {
    this.#browser = browser;
    this.#folder = folder;
  }

  static async open(): Promise<Pages> {
    const browser = await openChromium(noNetwork);
    const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-page-'));
    await buildPage(folder);
    return new Pages(browser, folder);
  }

  /** An operator that serves the page. */
  async operator(options: MockOperatorOptions = {}): Promise<MockOperator> {
    const page = pathToFileURL(`${this.#folder}${path.sep}`);
    const mock = await listen(await compose(options, { page }));
    this.#closing.push(() => mock.close());
    return mock;
  }

  /** The page of an operator, in a browser profile of its own. */
  async visit(
    { url }: { readonly url: string },
    hash = '',
    options: BrowserContextOptions = {},
  ): Promise<Visit> {
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
      ...options,
    });
    this.#closing.push(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const visit: Visit = { page, problems: [], asked: [] };
    page.on('pageerror', (error) => visit.problems.push(String(error)));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) visit.problems.push(message.text());
    });
    page.on('request', (request) => visit.asked.push(request.url()));
    await page.goto(`${url}/__admin/ui${hash}`);
    return visit;
  }

  /** Closes the operators and pages that were opened since the last time. */
  async clear(): Promise<void> {
    for (const close of this.#closing.splice(0).reverse()) await close();
  }

  async close(): Promise<void> {
    await this.clear();
    await this.#browser.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A function that declares tests of the page. Without a browser they are skipped, and fail in CI. */
export function pageTests(): (name: string, run: (pages: Pages) => Promise<void>, timeout?: number) => void {
  let prepared: Prepared<Pages> | undefined;
  beforeAll(async () => {
    prepared = await prepare('the inspector page', () => Pages.open());
  }, 120_000);
  const opened = (): Pages | undefined =>
    prepared !== undefined && 'ready' in prepared ? prepared.ready : undefined;
  afterEach(() => opened()?.clear());
  afterAll(() => opened()?.close());
  return (name, run, timeout = 60_000) => {
    it(name, { timeout }, (context) => run(readyOrSkip(prepared, context)));
  };
}

/** Where a screenshot is kept: CI keeps the folder. */
export function screenshotFile(name: string): string {
  const folder = path.resolve(import.meta.dirname, '../../screenshots');
  mkdirSync(folder, { recursive: true });
  return path.join(folder, `${name}.png`);
}

/** What was copied last. */
export const copied = (page: Page): Promise<string> => page.evaluate('navigator.clipboard.readText()');

/** Expects something of a value that an act of the page changes. */
export const eventually = <T>(read: () => Promise<T> | T) => expect.poll(read, { timeout: 10_000 });
