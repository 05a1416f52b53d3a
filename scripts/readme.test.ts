/** The README's table of options is the one the options give; `npm run readme` writes it. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { optionsTable, readmePath, withOptions } from './readme.ts';

it('tells every option', () => {
  const readme = readFileSync(readmePath, 'utf8');
  expect(withOptions(readme)).toBe(readme);
  expect(optionsTable()).toContain('`--port`');
});
