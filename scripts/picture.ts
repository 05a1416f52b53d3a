/** `npm run picture`: the picture of the inspector page in the README. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { openChromium } from '../contract-tests/sdks/chromium.ts';
import { compose } from '../mock-server/compose.ts';
import type { MockOperator } from '../mock-server/index.ts';
import { listen } from '../mock-server/listen.ts';
import { companyOf, credentialOf, get, post } from '../mock-server/testing/caller.ts';
import { buildPage } from './page.js';

const picture = fileURLToPath(new URL('../docs/images/inspector.png', import.meta.url));

/** A morning of requests, the last of which is refused for a reason that the answer does not say. */
async function fill(mock: MockOperator): Promise<void> {
  const publisher = { credential: credentialOf(mock, 'Example Publisher') };
  const advertiser = { credential: credentialOf(mock, 'Example Advertiser') };
  const dsp = { credential: credentialOf(mock, 'Example DSP') };
  await post(mock, '/v2/token/generate', { email: 'jane@example.com' }, publisher);
  await get(mock, '/v1/token/generate', { email: 'reader@example.com' }, { credential: companyOf(mock) });
  await post(mock, '/v3/identity/map', { email: ['a@example.com', 'b@example.com'] }, advertiser);
  await post(mock, '/v2/token/generate', { email: 'optout@example.com' }, publisher);
  await post(mock, '/v2/key/bidstream', {}, dsp);
  await mock.faults.add({ preset: 'rate-limited', times: 1 });
  await post(mock, '/v2/token/generate', { email: 'jane@example.com' }, publisher);
  await mock.faults.clear();
  await post(mock, '/v2/token/generate', { email: 'jane@example.com' }, dsp);
  await post(
    mock,
    '/v2/token/generate',
    { email: 'jane@example.com' },
    { ...publisher, timestampMs: Date.now() - 7_200_000 },
  );
}

const folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-picture-'));
const browser = await openChromium();
try {
  await buildPage(folder);
  const mock = await listen(await compose({ port: 8432 }, { page: pathToFileURL(`${folder}${path.sep}`) }));
  await fill(mock);
  const page = await browser.newPage({ viewport: { width: 1280, height: 760 }, colorScheme: 'light' });
  await page.goto(`${mock.url}/__admin/ui`);
  await page.locator('.row').first().click();
  await page.locator('.why .fix').first().waitFor();
  await page.screenshot({ path: picture });
  await mock.close();
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
