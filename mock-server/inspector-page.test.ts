/** The other tabs of the inspector page in a browser: what each shows and does. */

import { createHash } from 'node:crypto';
import { describe, expect } from 'vitest';
import { credentialOf, get, post } from './testing/caller.ts';
import { copied, eventually, pageTests } from './testing/page.ts';

const pageTest = pageTests();

describe('participants', () => {
  pageTest('are listed with their keys, which are copied unseen and shown on demand', async (pages) => {
    const mock = await pages.operator();
    const { name, key, secret } = credentialOf(mock, 'Example Publisher');
    const { page } = await pages.visit(mock, '#participants');
    const shown = (): Promise<string> => page.locator('body').innerText();
    await page.getByRole('button', { name: `Copy client secret of ${name}`, exact: true }).click();
    await page.getByText(`Copied client secret of ${name}`).waitFor();
    expect(await copied(page)).toBe(secret);
    expect(await shown()).not.toContain(secret);
    await page.getByRole('button', { name: 'Show secrets' }).click();
    await page.getByText(secret).waitFor();
    expect(await shown()).toContain(key);
    for (const site of mock.world.sites) expect(await shown()).toContain(site.name);
    await page.getByRole('button', { name: 'Hide secrets' }).click();
    await page.getByText(secret).waitFor({ state: 'detached' });
    expect(await shown()).not.toContain(key);
  });
});

describe('clock and faults', () => {
  pageTest('moves the clock', async (pages) => {
    const mock = await pages.operator();
    const { page } = await pages.visit(mock, '#control');
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
    await press('Freeze');
    await page.getByText('frozen', { exact: true }).waitFor();
    const { now_ms: before } = await mock.clock.get();
    await press('+1 d');
    await page
      .getByText('1 d ahead of this machine')
      .or(page.getByText('23 h 59 min ahead'))
      .first()
      .waitFor();
    expect((await mock.clock.get()).now_ms).toBe(before + 86_400_000);
    await page.getByLabel('Advance by').fill('-90m');
    await press('Advance');
    await eventually(() => mock.clock.now()).toBe(before + 86_400_000 - 5_400_000);
    await page.getByLabel('Set to').fill('2027-01-31T12:00:00Z');
    await press('Set');
    await page.getByText('2027-01-31', { exact: true }).waitFor();
    await press('Resume');
    await page.getByText('running', { exact: true }).waitFor();
    await page.getByLabel('Rate').fill('60');
    await press('Run');
    await page.getByText('60 times as fast').waitFor();
    await page.getByLabel('Times in envelopes').selectOption('real');
    await eventually(async () => mock.clock.get()).toMatchObject({ rate: 60, envelopes: 'real' });
    await page.getByLabel('Rate').fill('0');
    await press('Run');
    await page.getByText('rate: expected a number above 0').waitFor();
  });

  pageTest('orders faults and removes them', async (pages) => {
    const mock = await pages.operator();
    const { page } = await pages.visit(mock, '#control');
    await page.getByLabel('Fault', { exact: true }).selectOption('rate-limited');
    await page.getByLabel('Path').fill('/v2/*');
    await page.getByLabel('Times', { exact: true }).fill('2');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByText('met 0, applied 0, 2 left').waitFor();
    expect((await post(mock, '/v2/token/generate', { email: 'a@example.com', policy: 1 })).status).toBe(429);
    await page.getByText('met 1, applied 1, 1 left').waitFor();
    await page.getByLabel('Fault', { exact: true }).selectOption('own');
    await page.getByLabel('Members, as JSON').fill('{"latency":');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.locator('.refused', { hasText: 'JSON' }).waitFor();
    await page.getByLabel('Members, as JSON').fill('{"latency":"5ms"}');
    await page.getByRole('button', { name: 'Add' }).click();
    await eventually(async () => (await mock.faults.list()).map(({ latency }) => latency)).toEqual([
      undefined,
      5,
    ]);
    await page.getByRole('button', { name: 'Remove fault rate-limited' }).click();
    await eventually(async () => (await mock.faults.list()).length).toBe(1);
    await page.getByRole('heading', { name: 'Faults (1)' }).waitFor();
  });

  pageTest('opts out and takes it back, and resets', async (pages) => {
    const mock = await pages.operator();
    const generate = async (): Promise<string> =>
      (await post(mock, '/v2/token/generate', { email: 'page@example.com', policy: 1, optout_check: 1 })).json
        .status;
    const { page } = await pages.visit(mock, '#control');
    const before = (await mock.optOuts.list()).length;
    await page.getByLabel('Identity').fill('page@example.com');
    await page.getByRole('button', { name: 'Opt out' }).click();
    await page.getByRole('heading', { name: `Opt-outs (${before + 1})` }).waitFor();
    expect(await generate()).toBe('optout');
    await page.getByRole('button', { name: 'Remove', exact: true }).first().click();
    await page.getByRole('heading', { name: `Opt-outs (${before})` }).waitFor();
    expect(await generate()).toBe('success');
    await mock.clock.set(0);
    await page.getByLabel('Requests').check();
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.getByText('running', { exact: true }).waitFor();
    expect(await mock.journal.list()).toEqual([]);
    expect(mock.clock.now()).toBeGreaterThan(0);
  });
});

describe('test identities', () => {
  pageTest('are those of the profile, with their hashes', async (pages) => {
    const mock = await pages.operator({ profile: 'current' });
    const { page } = await pages.visit(mock, '#identities');
    await page.getByRole('button', { name: 'Copy hash of optout@example.com' }).click();
    await eventually(() => copied(page)).toBe(
      createHash('sha256').update('optout@example.com').digest('base64'),
    );
    expect(await page.getByText('validate@email.com').count()).toBe(0);
    await page.getByRole('heading', { name: '+00000000002' }).waitFor();
  });
});

describe('the page', () => {
  pageTest('asks for the admin token, and sends it with its calls', async (pages) => {
    const mock = await pages.operator({ adminToken: 'a-token' });
    await get(mock, '/v1/token/generate');
    const { page } = await pages.visit(mock);
    const dialog = page.getByRole('dialog', { name: 'Admin token' });
    await dialog.getByLabel('Token').fill('another');
    await dialog.getByRole('button', { name: 'Use it' }).click();
    await dialog.getByText('The operator has another token').waitFor();
    await page.keyboard.press('Escape');
    await dialog.getByLabel('Token').fill('a-token');
    await page.keyboard.press('Enter');
    await page.locator('#request-1').waitFor();
    expect(await dialog.count()).toBe(0);
    await page.reload();
    await page.locator('#request-1').waitFor();
    await page.getByRole('tab', { name: 'Clock and faults' }).click();
    await page.getByRole('button', { name: 'Freeze' }).click();
    await eventually(async () => (await mock.clock.get()).frozen).toBe(true);
  });

  pageTest('of a test id shows and changes its state alone', async (pages) => {
    const mock = await pages.operator();
    const url = `${mock.url}/__test/mine`;
    await get(mock, '/v1/token/generate');
    await get({ ...mock, url }, '/v1/token/generate');
    const { page } = await pages.visit({ url });
    await page.locator('#request-2').waitFor();
    expect(await page.locator('.row').count()).toBe(1);
    await page.getByText('test mine').first().waitFor();
    await page.getByRole('tab', { name: 'Clock and faults' }).click();
    await page.getByRole('button', { name: 'Freeze' }).click();
    await eventually(async () => (await mock.isolate('mine').clock.get()).frozen).toBe(true);
    expect((await mock.clock.get()).frozen).toBe(false);
  });

  pageTest('goes on with an operator that was started again', async (pages) => {
    const mock = await pages.operator();
    const port = Number(new URL(mock.url).port);
    for (let count = 0; count < 3; count++) await get(mock, '/v1/token/generate');
    const { page } = await pages.visit(mock);
    await page.locator('#request-3').waitFor();
    await mock.close();
    await page.getByText('no connection').waitFor();
    const again = await pages.operator({ port });
    await get(again, '/v1/token/refresh');
    await page.locator('.row', { hasText: '/v1/token/refresh' }).waitFor();
    expect(await page.locator('.row').count()).toBe(1);
  });

  pageTest('says that an operator keeps no journal', async (pages) => {
    const { page } = await pages.visit(await pages.operator({ journal: 0 }));
    await page.getByText('This operator keeps no journal').waitFor();
  });

  pageTest('has a theme that stays', async (pages) => {
    const { page } = await pages.visit(await pages.operator());
    const theme = (): Promise<unknown> =>
      page.evaluate('getComputedStyle(document.documentElement).colorScheme');
    expect(await theme()).toBe('light dark');
    await page.getByRole('button', { name: 'Theme: system' }).click();
    await page.getByRole('button', { name: 'Theme: light' }).click();
    expect(await theme()).toBe('dark');
    await page.reload();
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
    expect(await theme()).toBe('dark');
  });
});

describe('the page of a proxy', () => {
  pageTest('has the tabs that need neither a world nor a clock', async (pages) => {
    const mock = await pages.operator();
    const { page } = await pages.visit(mock);
    await page.route(/__admin\/(clock|world|faults|optouts)/, (route) =>
      route.fulfill({ status: 404, json: {} }),
    );
    await page.goto(`${mock.url}/__admin/ui#participants`);
    await page.reload();
    const tabs = page.getByRole('tab');
    await eventually(() => tabs.allInnerTexts()).toEqual(['Requests', 'Identity', 'Token']);
    expect(await page.getByRole('tab', { selected: true }).innerText()).toBe('Requests');
    await page.getByRole('tab', { name: 'Token' }).click();
    await page.getByLabel('A token, raw UID, key or secret').fill('nonsense');
    await page.locator('.why').getByText('likely').first().waitFor();
  });
});
