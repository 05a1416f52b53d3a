/** `fixtures/causes.json` equals the tables of the doctors; `npm run causes` writes it. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadCauses } from '../fixtures/load.ts';
import { causesJson, causesPath } from './causes.ts';

it('is current', async () => {
  expect(readFileSync(causesPath, 'utf8')).toBe(await causesJson());
});

it('has sentences without a full stop, and sections of the protocol', () => {
  const causes = [...loadCauses().values()];
  expect(causes.length).toBeGreaterThan(200);
  for (const { id, says, fix, section } of causes) {
    expect(id).toMatch(/^[a-z][a-z0-9_]+$/);
    for (const sentence of [says, fix]) expect(sentence, id).toMatch(/^[^\n]{8,}[^.\s]$/);
    expect(section, id).toMatch(/^\d+(\.\d+){0,2}$/);
  }
});
