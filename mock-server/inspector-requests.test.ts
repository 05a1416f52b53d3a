/** The requests of the inspector page, in a browser. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { type MockOperator, type MockOperatorOptions, startMockOperator } from './index.ts';
import { companyOf, get, post } from './testing/caller.ts';
import { copied, pageTests } from './testing/page.ts';

const pageTest = pageTests();
const runFile = promisify(execFile);

/** Requests of all kinds: three that are served, and refusals of four stages. */
async function ask(mock: MockOperator): Promise<void> {
  await post(mock, '/v2/token/generate', { email: 'user@example.com', policy: 1 });
  await post(mock, '/v2/identity/map', { email: ['a@example.com'], policy: 1 });
  await get(mock, '/v1/token/generate', { email: 'v1@example.com' }, { credential: companyOf(mock) });
  await get(mock, '/v9/token/generate');
  await get(mock, '/v1/token/generate', { email: 'v1@example.com' });
  await post(mock, '/v2/token/generate', { email: 'user@example.com' }, { timestampMs: 1 });
  await post(mock, '/v2/token/generate', { email: 'no-at', policy: 1 });
}

describe('requests', () => {
  pageTest('appear within 300 ms of their answers, newest first', async (pages) => {
    const mock = await pages.operator();
    const { page, problems } = await pages.visit(mock);
    await page.getByText('No requests yet').waitFor();
    const times: number[] = [];
    for (let id = 1; id <= 5; id++) {
      const row = page.locator(`#request-${id}`);
      await post(mock, '/v2/token/generate', { email: `user${id}@example.com`, policy: 1 });
      const answered = performance.now();
      await row.waitFor();
      times.push(performance.now() - answered);
    }
    expect(Math.min(...times)).toBeLessThan(300);
    expect(await page.locator('.row').first().getAttribute('id')).toBe('request-5');
    expect(problems).toEqual([]);
  });

  pageTest('are filtered by words, status and client', async (pages) => {
    const mock = await pages.operator();
    await ask(mock);
    const { page } = await pages.visit(mock);
    const rows = page.locator('.row');
    const count = async (expected: number): Promise<void> => {
      await expect.poll(() => rows.count(), { timeout: 10_000 }).toBe(expected);
    };
    await count(7);
    await page.getByLabel('Status', { exact: true }).selectOption('4xx');
    await count(4);
    await page.getByLabel('Client', { exact: true }).selectOption(companyOf(mock).name);
    await count(2);
    await page.getByLabel(/^Filter/).fill('TIMESTAMP generate');
    await count(1);
    await page.getByText('1 of 7').waitFor();
    await page.getByLabel(/^Filter/).fill('nothing has this');
    await page.getByText('No request passes the filter').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await count(7);
  });

  pageTest('are walked and opened by keys', async (pages) => {
    const mock = await pages.operator();
    await ask(mock);
    const { page } = await pages.visit(mock);
    await page.locator('#request-7').waitFor();
    const selected = (): Promise<string | null> =>
      page.locator('.row[aria-selected=true]').getAttribute('id');
    await page.keyboard.press('j');
    expect(await selected()).toBe('request-7');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    expect(await selected()).toBe('request-6');
    await page.keyboard.press('Enter');
    await page.getByRole('article', { name: 'Request 6' }).waitFor();
    await page.keyboard.press('k');
    await page.getByRole('article', { name: 'Request 7' }).getByText('the email has no').first().waitFor();
    expect(page.url()).toMatch(/#requests\/7$/);
    await page.keyboard.press('Escape');
    await page.getByRole('article').waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    await page.keyboard.type('j');
    expect(await page.getByLabel(/^Filter/).inputValue()).toBe('j');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keys' });
    await help.getByLabel('Keys of one character act').uncheck();
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.keyboard.press('2');
    expect(await help.count()).toBe(0);
    expect(await page.getByRole('tab', { selected: true }).innerText()).toBe('Requests');
  });

  pageTest('show why, the way they took, both sides, and their tokens', async (pages) => {
    const mock = await pages.operator();
    await ask(mock);
    const { page } = await pages.visit(mock, '#requests/1');
    const detail = page.getByRole('article');
    const stages = async (): Promise<string[]> => {
      const items = await detail.getByRole('list', { name: 'The way' }).getByRole('listitem').all();
      return Promise.all(items.map(async (item) => String(await item.getAttribute('class'))));
    };
    await detail
      .getByRole('region', { name: 'what was inside of the request' })
      .getByText('"policy": 1')
      .waitFor();
    expect(await stages()).toEqual(['passed', 'passed', 'passed', 'passed', 'ended']);
    await detail
      .getByRole('region', { name: 'what was inside of the answer' })
      .getByText('advertising_token')
      .waitFor();
    await detail.getByRole('region', { name: 'head of the answer' }).getByText('HTTP/1.1 200').waitFor();
    await detail.getByRole('heading', { name: 'advertising token' }).waitFor();
    const ends = { 3: 'answer', 4: 'gate', 5: 'API key', 6: 'Envelope', 7: 'Identity' };
    for (const [id, stage] of Object.entries(ends)) {
      await page.locator(`#request-${id}`).click();
      await page
        .getByRole('article', { name: `Request ${id}` })
        .getByText(`#${id}`)
        .waitFor();
      const ended = detail.locator('.way .ended');
      expect((await ended.innerText()).toLowerCase()).toContain(stage.toLowerCase());
    }
    expect(await stages()).toEqual(['passed', 'passed', 'passed', 'ended', 'passed']);
    const [cause] = (await mock.journal.get('7')).causes;
    await detail.locator('.causes').getByText(String(cause?.fix)).waitFor();
  });

  pageTest('say the reason once, above its fix and the other causes', async (pages) => {
    const mock = await pages.operator();
    const timestampMs = Date.now() - 2 * 3_600_000;
    await post(mock, '/v2/token/generate', { email: 'user@example.com', policy: 1 }, { timestampMs });
    const { page } = await pages.visit(mock);
    await page.locator('#request-1').click();
    const { reason_text, causes } = await mock.journal.get('1');
    const others = causes.filter(({ says }) => says !== reason_text);
    expect(others).toHaveLength(1);
    const why = page.locator('.why');
    await why.getByText(reason_text).waitFor();
    expect(await why.getByText(reason_text).count()).toBe(1);
    const shown = await why
      .locator('li')
      .evaluateAll((items) =>
        items.map((item) => [...item.querySelectorAll('p:not(.note)')].map(({ textContent }) => textContent)),
      );
    const reason = causes.find(({ says }) => says === reason_text);
    expect(shown).toEqual([
      [`proved Fix ${reason?.fix}`],
      ...others.map(({ says, fix }) => [`proved ${says}`, `Fix ${fix}`]),
    ]);
  });

  pageTest('are copied as a curl command that is answered as they were', async (pages) => {
    const mock = await pages.operator({ journalPlain: true });
    await ask(mock);
    const { page } = await pages.visit(mock);
    for (const { id, status, reason } of await mock.journal.list()) {
      await page.locator(`#request-${id}`).click();
      await page.getByRole('article').getByText(`#${id}`).waitFor();
      await page.getByRole('button', { name: 'Copy as curl' }).click();
      await page.getByRole('button', { name: 'Copied' }).waitFor();
      const command = (await copied(page)).trim();
      expect(command).toMatch(/^curl /);
      const { stdout } = await runFile('sh', ['-c', `${command} -s -o /dev/null -w '%{http_code}'`]);
      expect(Number(stdout)).toBe(status);
      expect((await mock.journal.list()).at(-1)).toMatchObject({ reason });
    }
  });

  pageTest('are copied as a test that passes', async (pages) => {
    const mock = await pages.operator({ journalPlain: true });
    await ask(mock);
    const { page } = await pages.visit(mock);
    for (const { id } of await mock.journal.list()) {
      await page.locator(`#request-${id}`).click();
      await page.getByRole('article').getByText(`#${id}`).waitFor();
      await page.getByRole('button', { name: 'Copy as test' }).click();
      await page.getByRole('button', { name: 'Copied' }).waitFor();
      expect(await runTest(await copied(page))).toBe(1);
    }
  });
});

type Body = (given: { operator: MockOperator }) => Promise<void>;

/** Runs a copied test without its imports; gives how many tests it has. */
async function runTest(text: string): Promise<number> {
  const tests: [MockOperatorOptions, Body][] = [];
  const mockOperatorTest = (options: MockOperatorOptions) => (_name: string, body: Body) =>
    tests.push([options, body]);
  const code = text.replace(/^import .*$/gm, '');
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the test is what is tested
  new Function('expect', 'mockOperatorTest', code)(expect, mockOperatorTest);
  for (const [options, body] of tests) {
    await using operator = await startMockOperator(options);
    await body({ operator });
  }
  return tests.length;
}
