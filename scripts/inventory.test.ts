/** The list of what is inside the package, of a build whose packages are written here. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeInventory } from './inventory.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'uid2-mock-inventory-'));
  const own = { name: 'bundle', version: '1.0.0', license: 'Apache-2.0', description: 'a bundle' };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(own));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

function install(place: string, manifest: object, licence?: string): void {
  const home = path.join(folder, place);
  mkdirSync(home, { recursive: true });
  writeFileSync(path.join(home, 'package.json'), JSON.stringify(manifest));
  if (licence !== undefined) writeFileSync(path.join(home, 'LICENSE.md'), licence);
}

/** What esbuild says of a build in which so many bytes of each file are. */
const built = (inputs: Readonly<Record<string, number>>) => ({
  outputs: {
    'out.js': {
      inputs: Object.fromEntries(
        Object.entries(inputs).map(([file, bytesInOutput]) => [file, { bytesInOutput }]),
      ),
    },
  },
});

const write = (inputs: Readonly<Record<string, number>>): void => {
  writeInventory([built(inputs)], folder, folder);
};

const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

it('lists each package of which something is inside, once, with its own version and text', () => {
  install('node_modules/a', { name: 'a', version: '1.0.0', license: 'MIT' }, 'text of a 1');
  install('node_modules/@s/b', { name: '@s/b', version: '2.0.0', license: 'ISC' }, 'text of b');
  install('node_modules/@s/b/node_modules/a', { name: 'a', version: '3.0.0', license: 'MIT' }, 'text of a 3');
  install('node_modules/unused', { name: 'unused', version: '1.0.0', license: 'GPL-3.0-only' });
  write({
    'own.ts': 10,
    'node_modules/a/index.js': 1,
    'node_modules/a/lib/node_modules.js': 1,
    'node_modules/@s/b/index.js': 1,
    'node_modules/@s/b/node_modules/a/index.js': 1,
    'node_modules/unused/index.js': 0,
  });
  const { components } = JSON.parse(read('sbom.cdx.json'));
  expect(components.map(({ purl }: { purl: string }) => purl)).toEqual([
    'pkg:npm/%40s/b@2.0.0',
    'pkg:npm/a@1.0.0',
    'pkg:npm/a@3.0.0',
  ]);
  const texts = read('THIRD-PARTY-LICENSES');
  for (const text of ['@s/b 2.0.0 (ISC)\n\ntext of b', 'a 1.0.0 (MIT)\n\ntext of a 1', 'text of a 3']) {
    expect(texts).toContain(text);
  }
});

it('refuses a licence that is not allowed', () => {
  install('node_modules/a', { name: 'a', version: '1.0.0', license: 'GPL-3.0-only' }, 'text');
  expect(() => write({ 'node_modules/a/index.js': 1 })).toThrow(
    /^a: expected a licence of MIT, .*, got GPL-3\.0-only;/,
  );
});

it('refuses a package without the text of its licence', () => {
  install('node_modules/a', { name: 'a', version: '1.0.0', license: 'MIT' });
  expect(() => write({ 'node_modules/a/index.js': 1 })).toThrow(
    'a: expected the text of its licence, found none',
  );
});
