/** A publisher's page with Prebid.js in headless Chromium, served from any host name. */
import { copyFileSync, readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { z } from 'zod';
import { run } from './command.ts';
import { needChromium, openChromium } from './chromium.ts';
import { cached } from './runtime.ts';

const folder = path.join(import.meta.dirname, 'prebid');
const sources = ['package.json', 'package-lock.json', 'page.js'];

const pageState = z.object({
  uid2: z.object({ id: z.string().optional(), optout: z.boolean().optional() }).nullable(),
  eids: z.array(z.object({ source: z.string(), uids: z.array(z.object({ id: z.string() })) })),
  problems: z.array(z.string()),
});

/** The ids that bidders of the page would get, and the errors that Prebid reported. */
type PageState = z.infer<typeof pageState>;

/** A call of the page to the operator; `body` is read of refusals only. */
interface Call {
  method: string;
  path: string;
  status: number;
  body: string;
}

/** The page's programs, installed: the browser's path, the bundle's text, and the folder of npm's packages. */
interface PrebidTools {
  browser: string;
  bundle: string;
  packages: string;
}

/** Installs Prebid.js and bundles it with its UID2 module; finds or installs Chromium. */
export async function installPrebid(): Promise<PrebidTools> {
  const browser = await needChromium();
  const files = sources.map((name) => path.join(folder, name));
  const target = await cached('prebid', files, process.platform, async (empty) => {
    for (const name of sources) copyFileSync(path.join(folder, name), path.join(empty, name));
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: empty });
    const bundling = ['--bundle', '--format=iife', '--outfile=bundle.js', '--log-level=warning'];
    const esbuild = path.join(empty, 'node_modules/esbuild/bin/esbuild');
    await run(process.execPath, [esbuild, 'page.js', ...bundling], { cwd: empty });
  });
  const bundle = readFileSync(path.join(target, 'bundle.js'), 'utf8');
  return { browser, bundle, packages: path.join(target, 'node_modules') };
}

const html =
  '<!doctype html><meta charset="utf-8"><title>A publisher</title><script src="/bundle.js"></script>';

function servePage(bundle: string): Promise<http.Server> {
  const server = http.createServer((request, response) => {
    const isScript = request.url === '/bundle.js';
    response.setHeader('content-type', isScript ? 'text/javascript; charset=utf-8' : 'text/html');
    response.end(isScript ? bundle : html);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/** The browser knows only this machine and the invented publishers. */
function browserFlags(port: number, hosts: readonly string[]): string[] {
  const rules = hosts.map((host) => `MAP ${host} 127.0.0.1`);
  const origins = hosts.map((host) => `http://${host}:${port}`);
  return [
    `--host-resolver-rules=${[...rules, 'MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1', 'EXCLUDE localhost'].join(',')}`,
    // Web Crypto needs a secure context, which a publisher's https page is.
    `--unsafely-treat-insecure-origin-as-secure=${origins.join(',')}`,
  ];
}

/** One visitor: a page of one origin in a browser profile of its own. */
export class Visit {
  readonly calls: Call[] = [];
  readonly #context: BrowserContext;
  readonly #page: Page;

  constructor(context: BrowserContext, page: Page, operatorUrl: string) {
    this.#context = context;
    this.#page = page;
    page.on('response', (response) => {
      const url = response.url();
      if (!url.startsWith(operatorUrl)) return;
      const status = response.status();
      const call = { method: response.request().method(), path: new URL(url).pathname, status, body: '' };
      this.calls.push(call);
      if (status !== 200) {
        response.text().then(
          (text) => (call.body = text),
          () => undefined,
        );
      }
    });
  }

  /** Configures Prebid with the UID2 parameters of a publisher. */
  async configure(params: object): Promise<void> {
    await this.#page.evaluate(`publisherPage.configure(${JSON.stringify(params)})`);
  }

  /** Loads the page again, as for a returning visitor; its storage stays. */
  async comeBack(): Promise<void> {
    this.calls.length = 0;
    await this.#page.reload();
  }

  /** Resolves when Prebid has no request left. */
  async settled(): Promise<void> {
    await this.#page.evaluate('publisherPage.settled()');
  }

  async state(): Promise<PageState> {
    return pageState.parse(await this.#page.evaluate('publisherPage.state()'));
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}

/** A browser, and a web server that is every publisher's: `hosts` are the names it answers to. */
export class PublisherSite {
  readonly #browser: Browser;
  readonly #server: http.Server;
  readonly #port: number;

  private constructor(browser: Browser, server: http.Server, port: number) {
    this.#browser = browser;
    this.#server = server;
    this.#port = port;
  }

  static async open(tools: PrebidTools, hosts: readonly string[]): Promise<PublisherSite> {
    const server = await servePage(tools.bundle);
    const { port } = server.address() as AddressInfo;
    const browser = await openChromium(...browserFlags(port, hosts));
    return new PublisherSite(browser, server, port);
  }

  /** A new visitor of `host`, whose calls to the operator are noted. */
  async visit(host: string, operatorUrl: string): Promise<Visit> {
    const context = await this.#browser.newContext();
    const page = await context.newPage();
    const visit = new Visit(context, page, operatorUrl);
    await page.goto(`http://${host}:${this.#port}/`);
    return visit;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
