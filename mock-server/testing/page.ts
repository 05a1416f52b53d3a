/** The inspector page in headless Chromium, in front of an operator of this process. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright-core';
import { needChromium, quietFlags } from '../../contract-tests/sdks/chromium.ts';
import { buildPage } from '../../scripts/page.js';
import { compose } from '../compose.ts';
import type { MockOperator, MockOperatorOptions } from '../index.ts';
import { listen } from '../listen.ts';

/** A browser, and the page as it is built. */
export class Pages {
  readonly folder: string;
  readonly #browser: Browser;
  readonly #closing: (() => Promise<unknown>)[] = [];

  private constructor(browser: Browser, folder: string) {
    this.#browser = browser;
    this.folder = folder;
  }

  static async open(): Promise<Pages> {
    const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-page-'));
    await buildPage(folder);
    const executablePath = await needChromium();
    const browser = await chromium.launch({
      executablePath,
      args: [...quietFlags, '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'],
    });
    return new Pages(browser, folder);
  }

  /** An operator that serves the page. */
  async operator(options: MockOperatorOptions = {}): Promise<MockOperator> {
    const mock = await listen(await compose(options, { page: pathToFileURL(`${this.folder}${path.sep}`) }));
    this.#closing.push(() => mock.close());
    return mock;
  }

  /** The page of an operator, in a browser profile of its own; what it complains of is in `problems`. */
  async visit(
    { url }: { readonly url: string },
    hash = '',
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; problems: string[] }> {
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
      ...options,
    });
    this.#closing.push(() => context.close());
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
    });
    await page.goto(`${url}/__admin/ui${hash}`);
    return { page, problems };
  }

  /** Closes the operators and pages that were opened since the last time. */
  async clear(): Promise<void> {
    for (const close of this.#closing.splice(0).reverse()) await close();
  }

  async close(): Promise<void> {
    await this.clear();
    await this.#browser.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
