/**
 * `uid2-mock-operator/doctor` of the packed package, bundled for browsers, in headless Chromium: it says there what it
 * says in Node.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { type TestContext, afterAll, beforeAll, expect, it } from 'vitest';
import { openChromium } from '../contract-tests/sdks/chromium.ts';
import { type Prepared, prepare, readyOrSkip } from '../contract-tests/sdks/runtime.ts';
import * as doctor from '../mock-server/doctor.ts';
import { nativePrimitives } from '../mock-server/native/primitives.ts';
import { defaultWorld } from '../mock-server/operator/world/embedded.ts';
import { installPackage } from './packed-package.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-doctor-'));
const NOW = Date.UTC(2026, 0, 1);
const world = defaultWorld({ seed: 'browser', scope: 'uid2', now: NOW, v4Buckets: true }, nativePrimitives);

/** A page that has the bundle as a module, from this machine. */
async function serve(): Promise<http.Server> {
  await installPackage(folder);
  const built = await build({
    stdin: { contents: "export * from 'uid2-mock-operator/doctor';", resolveDir: folder },
    bundle: true,
    platform: 'browser',
    format: 'esm',
    write: false,
  });
  const bundle = built.outputFiles[0]?.text ?? '';
  const page = '<!doctype html><script type="module">window.doctor = await import("/doctor.js")</script>';
  const server = http.createServer((request, response) => {
    const isScript = request.url === '/doctor.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? bundle : page);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

let server: http.Server | undefined;
let browser: Prepared<Browser> | undefined;

beforeAll(async () => {
  server = await serve();
  browser = await prepare('Chromium', () => openChromium());
}, 600_000);

afterAll(async () => {
  // both are undefined when the package could not be installed
  if (browser !== undefined && 'ready' in browser) await browser.ready.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Each call of the entry, with arguments that are JSON. */
const calls: readonly (readonly [name: keyof typeof doctor, ...given: unknown[]])[] = [
  ['diagnoseHash', 'User@example.com', { expect: 'ab'.repeat(32) }],
  ['diagnoseEnvelope', { body: '{"email":"user@example.com"}', clients: world.clients, now: NOW }],
  ['diagnoseHash', '+12345678901'],
  ['inspectToken', world.clients[0]?.key ?? '', { world, now: NOW }],
  ['inspectToken', 'A4AAAAB', { world, now: NOW, route: '/v2/token/refresh' }],
  ['inspectToken', Buffer.alloc(163, 'x').fill(0x80, 1, 2).toString('base64'), { world, now: NOW }],
];

async function saysTheSame(context: TestContext, name: keyof typeof doctor, given: readonly unknown[]) {
  const page = await readyOrSkip(browser, context).newPage();
  await page.goto(`http://127.0.0.1:${(server?.address() as AddressInfo).port}/`);
  await page.waitForFunction('window.doctor !== undefined');
  const said: unknown = await page.evaluate(`doctor[${JSON.stringify(name)}](...${JSON.stringify(given)})`);
  const call = doctor[name] as (...values: unknown[]) => unknown;
  expect(said).toEqual(JSON.parse(JSON.stringify(call(...given))));
  expect(said).toHaveProperty('kind');
  await page.close();
}

for (const [index, [name, ...given]] of calls.entries()) {
  it(`${name} ${index}`, (context) => saysTheSame(context, name, given));
}

it('has a call for each function of the entry', () => {
  expect([...new Set(calls.map(([name]) => name))].sort()).toEqual(Object.keys(doctor).sort());
});
