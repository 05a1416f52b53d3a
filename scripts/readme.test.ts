/**
 * The README's table of options equals that of the options (`npm run readme` writes it), and no two of its examples
 * share a user.
 */

import { readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fixturePath } from '../fixtures/load.ts';
import { optionsTable, readmePath, withOptions } from './readme.ts';

it('lists every option', () => {
  const readme = readFileSync(readmePath, 'utf8');
  expect(withOptions(readme)).toBe(readme);
  expect(optionsTable()).toContain('`--port`');
});

const addressesOf = (text: string): Set<string> => new Set(text.match(/[\w.-]+@example\.com/g));

it('has examples whose users differ from each other, and from those of the published pacts and the banner', () => {
  const readme = readFileSync(readmePath, 'utf8');
  const blocks = [...readme.matchAll(/^```\w+\n(.*?)^```/gms)].map(([, block = '']) => addressesOf(block));
  const pacts = readdirSync(fixturePath('pacts')).map((name) => fixturePath(`pacts/${name}`));
  const banner = new URL('../cli/banner.ts', import.meta.url);
  const others = [...pacts, banner].map((file) => addressesOf(readFileSync(file, 'utf8')));
  const used = [...blocks, new Set(others.flatMap((addresses) => [...addresses]))].flatMap((addresses) => [
    ...addresses,
  ]);
  expect(used.length).toBeGreaterThan(5);
  expect(used.filter((address, index) => used.indexOf(address) !== index)).toEqual([]);
});
