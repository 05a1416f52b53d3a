/** The tables of the documentation equal the data (`npm run readme` writes them), and no two examples of the README share a user. */

import { readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fixturePath } from '../fixtures/path.ts';
import { pages, readmePath, rendered } from './readme.ts';

it.each([
  ['options', '| `--port` N |'],
  ['requirements', '| <a id="r42"></a>R42 | a refresh keeps the site'],
  ['messages', '| `key_cut` | the API key of *client* is cut short'],
])('the table of %s is up to date', { timeout: 60_000 }, async (mark, row) => {
  const [page] = pages.filter((one) => one.mark === mark);
  if (!page) throw new Error(`no page has a table of ${mark}`);
  const text = await rendered(page);
  expect(readFileSync(page.path, 'utf8')).toBe(text);
  expect(text).toContain(`\n${row}`);
});

const addressesOf = (text: string): Set<string> => new Set(text.match(/[\w.-]+@example\.com/g));

it('has examples that do not get in the way of each other, nor of the published pacts and the banner', () => {
  const readme = readFileSync(readmePath, 'utf8');
  const blocks = [...readme.matchAll(/^```\w+\n(.*?)^```/gms)].map(([, block = '']) => addressesOf(block));
  const pacts = readdirSync(fixturePath('pacts')).map((name) => fixturePath(`pacts/${name}`));
  const banner = new URL('../cli/banner.ts', import.meta.url);
  const others = [...pacts, banner].map((file) => addressesOf(readFileSync(file, 'utf8')));
  const used = [...blocks, new Set(others.flatMap((addresses) => [...addresses]))].flatMap((addresses) => [
    ...addresses,
  ]);
  expect(used.length).toBeGreaterThan(2);
  expect(used.filter((address, index) => used.indexOf(address) !== index)).toEqual([]);
});
