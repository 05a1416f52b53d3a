import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, beforeEach, test } from 'node:test';
import { chromium } from 'playwright-core';
import { startMockOperator } from 'uid2-mock-operator';
import { pageServer } from './server.js';

const MINUTE = 60_000;

let operator;
let server;
let browser;
let page;

before(async () => {
  operator = await startMockOperator({ profile: 'current', envelopeClock: 'real' });
  const [{ subscription_id: subscriptionId, public_key: serverPublicKey }] = operator.clientSideKeypairs;
  server = pageServer({ baseUrl: operator.url, subscriptionId, serverPublicKey }).listen(0, 'localhost');
  await once(server, 'listening');
  // UID2_CHROMIUM names the program; without it, Chrome is looked for where it is usually installed
  const { UID2_CHROMIUM: executablePath } = process.env;
  browser = await chromium.launch({
    ...(executablePath ? { executablePath } : { channel: 'chrome' }),
    args: ['--no-sandbox'],
  });
});

after(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
  await operator?.close();
});

beforeEach(async (t) => {
  await operator.reset();
  await operator.journal.clear();
  const context = await browser.newContext();
  t.after(() => context.close());
  page = await context.newPage();
  await page.goto(`http://localhost:${server.address().port}/`);
});

async function logIn(email) {
  await page.fill('input[name=email]', email);
  await page.click('text=Log in');
}

/** The ids that bidders get, once there are as many as expected. */
async function ids(count = 1) {
  await page.waitForFunction(
    (expected) => JSON.parse(document.getElementById('eids').textContent || 'null')?.length === expected,
    count,
  );
  const eids = JSON.parse(await page.textContent('#eids'));
  return eids.map(({ source, uids: [{ id }] }) => ({ source, id }));
}

/** The requests of the page to the operator, apart from preflights. */
async function asked() {
  const requests = await operator.journal.list();
  return requests
    .filter(({ method }) => method === 'POST')
    .map(({ path, status }) => `${path.split('/').at(-1)} ${status}`);
}

test('a visitor who logs in gets a token, which bidders see', async () => {
  await logIn('jane@example.com');
  const [{ source, id }] = await ids();
  assert.equal(source, 'uidapi.com');
  assert.match(id, /^A4AAA/); // version 4
  assert.deepEqual(await asked(), ['client-generate 200']);
});

test('a visitor who comes back keeps the token without a request', async () => {
  await logIn('jane@example.com');
  const before = await ids();
  await page.reload();
  assert.deepEqual(await ids(), before);
  assert.deepEqual(await asked(), ['client-generate 200']);
});

test('a token that has expired is refreshed in the browser', async () => {
  // the operator's clock is behind that of the browser, where the token has expired when it arrives
  await operator.clock.advance(-61 * MINUTE);
  await logIn('jane@example.com');
  assert.deepEqual(await ids(0), []);
  await operator.reset(['clock']);
  await page.reload();
  await ids();
  assert.deepEqual(await asked(), ['client-generate 200', 'refresh 200']);
});

test('a visitor who has opted out gets no token', async () => {
  await logIn('optout@example.com');
  assert.deepEqual(await ids(0), []);
  assert.deepEqual(await asked(), ['client-generate 200']);
});

test('a visitor who logs out takes the token along', async () => {
  await logIn('jane@example.com');
  await ids();
  await page.click('text=Log out');
  await page.waitForFunction(() => document.getElementById('eids').textContent === '');
  await page.reload();
  assert.equal(await page.textContent('#eids'), '');
});

test('the page works while the operator is away', async () => {
  await operator.faults.add({ status: 503 });
  await logIn('jane@example.com');
  await page.waitForFunction(() => document.getElementById('problem').textContent !== '');
  await operator.faults.clear();
  await page.reload();
  await ids();
});
