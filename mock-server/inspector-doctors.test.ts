/** The doctors of the inspector page, in a browser: they say what is wrong, and send nothing that is typed. */

import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { sealRequest } from '../contract-tests/wire/index.ts';
import { companyOf, credentialOf, post } from './testing/caller.ts';
import { pageTests } from './testing/page.ts';

const pageTest = pageTests();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

/** What a page sends while something is done in it: addresses with bodies. */
async function sentBy(page: Page, act: () => Promise<void>): Promise<string> {
  const sent: string[] = [];
  page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
  await act();
  // longer than the page waits before it looks at what was typed
  await page.waitForTimeout(500);
  return sent.join('\n');
}

describe('the tab of identities', () => {
  pageTest('shows the normal form, the hash, and the cause of another one', async (pages) => {
    const { page, problems } = await pages.visit(await pages.operator(), '#identity');
    const identity = page.getByLabel('Email address or phone number');
    const expected = page.getByLabel('Hash that you computed');
    const sent = await sentBy(page, async () => {
      await identity.fill(' Jane.Doe+news@Gmail.com');
      await page.getByText(sha256('janedoe@gmail.com')).first().waitFor();
      await page.getByText('janedoe@gmail.com', { exact: true }).first().waitFor();
      await page.getByRole('heading', { name: /^Mistakes that cause no error/ }).waitFor();
      await expected.fill(sha256('jane.doe@gmail.com'));
      await page.getByText('gmail_dots_kept').waitFor();
      await page.getByText('proved').waitFor();
      await expected.fill(sha256('janedoe@gmail.com'));
      await page.getByText('Your hash is right').waitFor();
      await expected.fill(sha256('somebody else'));
      await page.getByText('Your hash is another one').waitFor();
      expect(await page.getByText('proved', { exact: true }).count()).toBe(0);
      await identity.fill('12345');
      await page.getByLabel('It is').selectOption('phone');
      await page.getByText('The operator calls this phone invalid').waitFor();
    });
    expect(sent).not.toMatch(/jane|12345|gmail/i);
    expect(problems).toEqual([]);
  });

  pageTest('begins with a test identity that is handed over', async (pages) => {
    const { page } = await pages.visit(await pages.operator(), '#identities');
    await page.getByRole('button', { name: 'Look at its hash' }).first().click();
    expect(await page.getByLabel('Email address or phone number').inputValue()).toBe('validate@email.com');
    await page.getByText(sha256('validate@email.com')).first().waitFor();
  });
});

describe('the tab of tokens', () => {
  pageTest('says what a text is, what it holds and what is wrong with it', async (pages) => {
    const mock = await pages.operator({ profile: 'current' });
    const { json } = await post(mock, '/v2/token/generate', { email: 'token@example.com', optout_check: 1 });
    const { advertising_token: token, refresh_token: refreshToken } = json.body;
    const { page, problems } = await pages.visit(mock, '#token');
    const text = page.getByLabel('A token, raw UID, key or secret');
    const verdict = page.locator('.why');
    const sent = await sentBy(page, async () => {
      await text.fill(token);
      await verdict.getByText('It is right').waitFor();
      await verdict.getByText('advertising token').waitFor();
      await page.locator('.facts').getByText('Example Company').first().waitFor();
      await text.fill(`"${token}"`);
      await verdict.getByText('Fix').first().waitFor();
      await text.fill(refreshToken);
      await page.getByLabel('Sent to').selectOption('/v2/token/validate');
      await verdict.getByText('token_is_refresh').waitFor();
      await text.fill('nonsense');
      await verdict.getByText('likely').waitFor();
      await text.fill('');
      await verdict.waitFor({ state: 'detached' });
    });
    expect(sent).not.toContain(token.slice(0, 20));
    expect(sent).not.toContain(refreshToken.slice(0, 20));
    expect(problems).toEqual([]);
  });

  pageTest('judges by the clock of the operator', async (pages) => {
    const mock = await pages.operator();
    const { json } = await post(mock, '/v2/token/generate', { email: 'token@example.com', policy: 1 });
    await mock.clock.advance('2d');
    const { page } = await pages.visit(mock, '#token');
    await page.getByLabel('A token, raw UID, key or secret').fill(json.body.refresh_token);
    await page.locator('.why').getByText('token_expired').waitFor();
  });
});

describe('the tab of envelopes', () => {
  pageTest('opens bodies, and says which layer fails and why', async (pages) => {
    const mock = await pages.operator({ profile: 'current' });
    const company = companyOf(mock);
    const other = credentialOf(mock, 'Example Publisher');
    const plain = Buffer.from('{"email":"sealed@example.com","optout_check":1}');
    const sealed = (secret: string, timestampMs = mock.clock.now()): string =>
      sealRequest(Buffer.from(secret, 'base64'), plain, { timestampMs }).toString('base64');
    const { page, problems } = await pages.visit(mock, '#envelope');
    const body = page.getByLabel('Body');
    const verdict = page.locator('.why');
    const sent = await sentBy(page, async () => {
      await page.getByLabel('Client').selectOption(company.name);
      await body.fill(sealed(company.secret));
      await verdict.getByText('It is right').waitFor();
      await page.getByText('sealed@example.com').first().waitFor();
      await body.fill(sealed(other.secret));
      await verdict.getByText('The operator refuses it with 400').waitFor();
      await verdict.getByText('proved').first().waitFor();
      await verdict.getByText(other.name).first().waitFor();
      await body.fill(sealed(company.secret, Math.floor(mock.clock.now() / 1000)));
      await verdict
        .getByText(/in seconds/)
        .first()
        .waitFor();
      await body.fill(plain.toString());
      await verdict.getByText('The operator refuses it with 400').waitFor();
      await verdict.getByText(/JSON/).first().waitFor();
    });
    expect(sent).not.toMatch(/sealed@|AY[A-Za-z0-9+/]{40}/);
    expect(problems).toEqual([]);
  });

  pageTest('takes a request of the journal over, as of the time at which it arrived', async (pages) => {
    const mock = await pages.operator();
    await post(mock, '/v2/token/generate', { email: 'user@example.com', policy: 1 });
    await mock.clock.advance('3d');
    const { page } = await pages.visit(mock, '#requests/1');
    await page.getByRole('button', { name: 'Look at its envelope' }).click();
    await page.locator('.why').getByText('It is right').waitFor();
    await page.getByRole('textbox', { name: 'At' }).fill('');
    await page.locator('.why').getByText('The operator refuses it with 400').waitFor();
  });
});
